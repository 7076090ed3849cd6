"""A lock file held for as long as a process lives, so that two runs never share one folder of state."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class Held(Exception):
    """Somebody else holds the lock; `pid` is their process id, or None where they left none."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"held by process {pid}" if pid else "held by another process")
        self.pid = pid


def hold(path: Path, wait: bool = False) -> IO[str]:
    """Take the lock at `path`, or raise Held; with `wait`, wait for it instead.

    The lock goes with the process, however it ends; keep the file that is returned. The file itself stays behind and
    means nothing: only the kernel's lock on it counts.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise Held(int(owner) if owner.isdigit() else None) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
