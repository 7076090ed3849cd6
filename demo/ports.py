"""Is a port free? And if not: who has it, and which variable moves us out of the way."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_LISTENING = "0A"


class PortTaken(Exception):
    """A port that we need is taken; the message names it, its holder where known, and the variable that moves it."""


def require_free(port: int, variable: str, purpose: str, host: str = "127.0.0.1") -> None:
    """Raise PortTaken unless we could listen on `host`:`port`."""
    with socket.socket() as probe:
        # A connection of an earlier run that has not quite ended yet must not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return
        except OSError as error:
            why = error.strerror
    holder = _holder(port)
    by = f" by {holder}" if holder else f" ({why})"
    raise PortTaken(
        f"Port {port} ({purpose}) is taken{by}. Stop that, or choose another port: {variable}={_next(port)} make run"
    )


def _next(port: int) -> int:
    return port + 10 if port < 65_000 else 8100


def _holder(port: int) -> str | None:
    """The program that listens on `port`, as far as /proc tells us (Linux, and processes we may look into)."""
    inodes = _listening_inodes(port)
    if not inodes:
        return None
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _has_open(process, inodes):
            name = _text(process / "comm").strip() or "a process"
            return f"{name} (process {process.name})"
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _text(Path(table)).splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _has_open(process: Path, targets: set[str]) -> bool:
    try:
        return any(os.readlink(each) in targets for each in (process / "fd").iterdir())
    except OSError:  # it ended meanwhile, or is somebody else's
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
