"""One child process: started so that it dies with us, its output kept in a log file, and stopped for good."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from integration import lifeline

_LARGEST_LOG = 5_000_000
_TAIL = 12


@dataclass(frozen=True)
class Spec:
    """What to start: a name for logs and terminal, the command, and how to treat it."""

    name: str
    argv: list[str]
    #: False for a process whose end with exit code 0 is its normal end; it is then left ended.
    forever: bool = True
    #: True when its standard output is meant for the reader of the terminal.
    shown: bool = False
    #: True when its warnings are advice to administrators: they go to the log only.
    quiet: bool = False
    #: True when what it shows is a secret and must reach no file.
    secret: bool = False


#: Called from reader threads with the spec, the line without its end, and whether it is meant for the reader.
OnLine = Callable[[Spec, str, bool], None]


class Child:
    """A started process. `tail` keeps its last lines for the case that it dies."""

    def __init__(self, spec: Spec, environment: Mapping[str, str], logs: Path, on_line: OnLine) -> None:
        self.spec = spec
        self.tail: deque[str] = deque(maxlen=_TAIL)
        self.started = time.monotonic()
        self._on_line = on_line
        self._log = _open_log(logs / f"{spec.name}.log")
        self._process = self._spawn(environment)
        self._readers = [self._reader(stream, shown) for stream, shown in self._streams()]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def poll(self) -> int | None:
        """Its exit code (negative: the signal that ended it), or None while it runs."""
        return self._process.poll()

    def finish(self) -> None:
        """After its end: take in the last of its output and close the log."""
        for reader in self._readers:
            # A grandchild may still hold the pipe; its lines are not worth waiting for.
            reader.join(timeout=1)
        with suppress(OSError):
            self._log.close()

    def terminate(self) -> None:
        """Ask it to stop; its own children are its own affair."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """Stop it and its process group at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """True when it ended within `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _spawn(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            lifeline.command(self.spec.argv),
            env=lifeline.children_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self.spec.shown else subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Its own session: Ctrl-C at the terminal reaches only us, and we stop the others in order.
            start_new_session=True,
        )

    def _streams(self) -> list[tuple[IO[str], bool]]:
        """Each pipe, and whether its lines are for the reader."""
        pipes = [(self._process.stdout, self.spec.shown), (self._process.stderr, False)]
        return [(stream, shown) for stream, shown in pipes if stream is not None]

    def _reader(self, stream: IO[str], shown: bool) -> threading.Thread:
        thread = threading.Thread(target=self._read, args=(stream, shown), name=f"{self.spec.name} output", daemon=True)
        thread.start()
        return thread

    def _read(self, stream: IO[str], shown: bool) -> None:
        for raw in stream:
            line = raw.rstrip("\r\n")
            if not (shown and self.spec.secret):
                self._keep(line)
            self._on_line(self.spec, line, shown)

    def _keep(self, line: str) -> None:
        self.tail.append(line)
        with suppress(OSError, ValueError):  # a full disk, or a straggler after the log was closed
            self._log.write(line + "\n")
            self._log.flush()


def _open_log(path: Path) -> IO[str]:
    """The log, appended to; one that has grown too large is put aside as NAME.log.1 first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("a", encoding="utf-8")
