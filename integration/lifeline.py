"""A process that dies with its parent, so that a killed `make run` leaves nothing behind.

Two ways in: a Python process calls `arm()` on itself at its start, and any other program (Valkey) is started through
`python integration/lifeline.py COMMAND...`, which arms and then becomes that program. This file imports the standard
library only and starts as a script in a few milliseconds. It is for Linux and macOS.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType

#: Set to 1 by whoever wants its children to die with it; without it nothing here does anything.
SWITCH = "DESKWARD_LIFELINE"
#: The process id of the one that set the switch, so that a child can tell that it has died already.
PARENT = "DESKWARD_LIFELINE_PARENT"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_WATCH_SECONDS = 0.5


def arm(parent: int | None = None, sig: signal.Signals = signal.SIGKILL) -> bool:
    """Have this process get `sig` as soon as its parent dies; True when armed.

    `parent` is the process id that the parent is known to have; name it after a fork (`os.getpid()` before it), for
    otherwise it is read from the environment, where the supervisor has put its own. Does nothing unless
    DESKWARD_LIFELINE is 1. A parent that is dead already counts as dying now.
    """
    if os.environ.get(SWITCH) != "1":
        return False
    expected = parent or _announced_parent()
    if not _ask_kernel(sig):
        _watch(expected or os.getppid(), sig)
    # The parent may have died before we were armed; then nobody will ever tell us.
    if expected and os.getppid() != expected:
        os.kill(os.getpid(), sig)
    return True


def children_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` for children that are to die with this process."""
    return {**environment, SWITCH: "1", PARENT: str(os.getpid())}


def command(argv: list[str]) -> list[str]:
    """`argv`, to be started so that it dies with this process, whatever program it is (see the module's text)."""
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), *argv]


def adopt_orphans() -> None:
    """Have the kernel give us our children's orphans (Linux), so that the last one out can see and stop them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _announced_parent() -> int | None:
    """The parent's process id as the environment tells it, or None."""
    text = os.environ.get(PARENT, "")
    return int(text) if text.isdigit() else None


def _prctl(option: int, value: int) -> bool:
    """One Linux prctl call; False where there is no such thing."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)


def _ask_kernel(sig: signal.Signals) -> bool:
    return _prctl(_PR_SET_PDEATHSIG, int(sig))


def _watch(parent: int, sig: signal.Signals) -> None:
    """Where the kernel cannot tell us: look twice a second whether we still have the parent we had."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os.kill(os.getpid(), sig)

    threading.Thread(target=look, name="lifeline", daemon=True).start()


def _become(argv: list[str]) -> int:
    """Arm, then turn into `argv`; where only a watcher can arm, stay and watch over it."""
    if _ask_kernel(signal.SIGKILL):
        expected = _announced_parent()
        if expected and os.getppid() != expected:
            return 1
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            print(f"cannot start {argv[0]}: {error.strerror}", file=sys.stderr)
            return 127
    return _watch_over(argv)


def _watch_over(argv: list[str]) -> int:
    """Run `argv` as a child, hand signals on to it, and kill it once our own parent is gone."""
    parent = _announced_parent() or os.getppid()
    # What the child sees as its parent is this process, not the supervisor.
    child = subprocess.Popen(argv, env={**os.environ, PARENT: str(os.getpid())})

    def hand_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, hand_on)
    while os.getppid() == parent:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(_WATCH_SECONDS)
    child.kill()
    return 1


if __name__ == "__main__":
    sys.exit(_become(sys.argv[1:]))
