"""A real run of the supervisor, seen from outside: what it prints, and which of its processes are still there."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("child.py")
PATIENCE = 60.0


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without what would steer Deskward, and with `more`."""
    ours = ("ZENDESK_", "DESKWARD_", "DATABASE_URL", "REDIS_URL", "PORT", "SANDBOX_PORT", "WEB_")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | more


class Running:
    """One started process group of the test, with its output line by line."""

    def __init__(self, argv: list[str], environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until(self, *wanted: str) -> str:
        """Read on until a line holds each of `wanted`, in any order; returns the last line read."""
        missing, line = set(wanted), ""
        while missing:
            line = self._next()
            assert line, f"ended before it said {missing}:\n{''.join(self.lines)}"
            missing = {each for each in missing if each not in line}
        return line

    def said(self) -> str:
        """Everything it printed, up to its end."""
        while self._next():
            pass
        return "".join(self.lines)

    def _next(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.lines.append(line)
        return line

    def ended(self) -> int:
        """Its exit code, after its end."""
        self.said()
        return self.process.wait(PATIENCE)


@contextmanager
def running(argv: list[str], **more: str) -> Iterator[Running]:
    """Start `argv`; at the end of the test nothing of it is left, however the test went."""
    run = Running(argv, clean_environment(**more))
    try:
        yield run
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait(PATIENCE)
        if run.process.stdout:
            run.process.stdout.close()


def bare(folder: Path, *more: str) -> list[str]:
    """The command of a run with the Procfile in `folder` and its state below it."""
    return [sys.executable, "-m", "demo.run", *bare_arguments(folder), *more]


def bare_arguments(folder: Path) -> list[str]:
    """The arguments of `bare` alone."""
    return ["--bare", "--var", str(folder / "var"), "--procfile", str(folder / "Procfile")]


def write_procfile(folder: Path, **lines: str) -> None:
    """A Procfile with `lines`, where "child" stands for the test's own small program."""
    child = f"{sys.executable} {CHILD}"
    text = "\n".join(f"{name}: {line.replace('child', child, 1)}" for name, line in lines.items())
    (folder / "Procfile").write_text(text + "\n", encoding="utf-8")


def descendants(pid: int) -> set[int]:
    """All living processes below `pid` (Linux)."""
    parents = {each: parent for each, parent, state in _table() if state not in "ZX"}
    found: set[int] = set()
    edge = {pid}
    while edge:
        edge = {each for each, parent in parents.items() if parent in edge} - found
        found |= edge
    return found


def still_alive(pids: set[int]) -> set[int]:
    """Those of `pids` that do not end, although they were given ample time."""
    return {pid for pid in pids if not _gone(pid)}


def _gone(pid: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle, closefd=True):
        ready, _, _ = select.select([handle], [], [], PATIENCE)
    return bool(ready)


def _table() -> Iterator[tuple[int, int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                yield int(entry.name), int(fields[1]), fields[0]
