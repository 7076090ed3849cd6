"""Keeps a set of processes alive, and ends them all: in order when asked, at once when asked twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from demo.processes import Child, Spec
from demo.terminal import Sieve, Terminal
from integration import lifeline

_LOOK_SECONDS = 0.1


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, TERM, or the death of the one who started us."""


class GaveUp(Exception):
    """Going on makes no sense; the message says why, in words for the reader of the terminal."""


@dataclass(frozen=True)
class Patience:
    """How long the supervisor bears with a process; all in seconds but `deaths`."""

    #: Between asking a process to stop and killing it.
    polite: float = 8.0
    #: A process that dies within this time of its start has died quickly.
    quick: float = 10.0
    #: So many quick deaths in a row, and we give up.
    deaths: int = 5
    #: The wait before each restart in a row; the last one goes on.
    back_off: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass
class _Post:
    """A process that is to run: the one that runs now, and how its restarts went."""

    spec: Spec
    child: Child | None = None
    quick_deaths: int = 0
    due: float = 0.0


class Supervisor:
    """Everything it starts ends with it. Starts only from the main thread: the kernel ties a child to a thread."""

    def __init__(
        self, terminal: Terminal, logs: Path, environment: Mapping[str, str], patience: Patience | None = None
    ) -> None:
        self.environment = dict(environment)
        #: Lines that shown processes have printed, by name.
        self.shown_lines: dict[str, int] = {}
        self._terminal = terminal
        self._logs = logs
        self._patience = patience or Patience()
        self._posts: list[_Post] = []
        self._sieves: dict[str, Sieve] = {}
        self._asked_to_stop = 0
        self._running_step: Child | None = None

    def take_charge(self) -> None:
        """From now on Ctrl-C, TERM and a lost terminal stop everything; the second one does not wait.

        Our children's orphans become ours too, where the system can do that, so that `stop` finds them.
        """
        numbers = [signal.SIGINT, signal.SIGTERM]
        # Started with nohup, the run is meant to outlive its terminal.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            numbers.append(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, self._on_signal)
        lifeline.adopt_orphans()

    def start(self, spec: Spec) -> None:
        """Start `spec` and keep it running from now on."""
        post = _Post(spec)
        self._posts.append(post)
        self._start(post)

    def step(self, spec: Spec) -> list[str]:
        """Run `spec` to its end and return the lines it showed; GaveUp when it fails, with what it said last."""
        lines: list[str] = []

        def keep(_: Spec, line: str, shown: bool) -> None:
            if shown and line.strip():
                lines.append(line)

        child = Child(spec, self.environment, self._logs, keep)
        self._running_step = child
        try:
            while child.poll() is None:
                self._look(child)
        finally:
            self._end(child)
            self._running_step = None
        code = child.poll()
        if code:
            said = "\n".join(f"  {line}" for line in child.tail)
            raise GaveUp(f"{spec.name} failed ({_ending(code)}):\n{said}\n  (`{' '.join(spec.argv)}`)")
        return lines

    def pids(self) -> dict[str, int]:
        """The process ids of what runs now, by name."""
        return {post.spec.name: post.child.pid for post in self._posts if post.child}

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until `ready()`, keeping everything alive meanwhile; GaveUp after `seconds`."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise GaveUp(f"{what} did not answer within {seconds:.0f} seconds; see {self._logs}")
            self._look()

    def watch(self, enough: Callable[[], bool]) -> None:
        """Keep everything alive until `enough()` is true."""
        while not enough():
            self._look()

    def stop(self) -> None:
        """Stop everything, the last one started first, so that nobody loses what it still needs."""
        if self._running_step:
            self._end(self._running_step)
        for post in reversed(self._posts):
            if post.child:
                self._end(post.child)
        self._posts.clear()
        _kill_orphans()

    def _look(self, step: Child | None = None) -> None:
        """One short wait, then: stop if asked, see who died, start who is due."""
        if step:
            step.wait(_LOOK_SECONDS)
        else:
            time.sleep(_LOOK_SECONDS)
        if self._asked_to_stop:
            raise Stopped
        for post in self._posts:
            self._tend(post)

    def _tend(self, post: _Post) -> None:
        if post.child is not None and (code := post.child.poll()) is not None:
            self._bury(post, post.child, code)
        elif post.child is None and post.due and time.monotonic() >= post.due:
            self._start(post)

    def _start(self, post: _Post) -> None:
        post.due = 0.0
        self._sieves[post.spec.name] = Sieve()
        post.child = Child(post.spec, self.environment, self._logs, self._on_line)

    def _bury(self, post: _Post, child: Child, code: int) -> None:
        """Say that a process died and why, and set the time of its next start; GaveUp when it keeps dying."""
        # Whatever it left in its process group would otherwise work beside its successor.
        child.kill()
        child.finish()
        post.child = None
        if code == 0 and not post.spec.forever:
            return
        post.quick_deaths = post.quick_deaths + 1 if child.age < self._patience.quick else 1
        name, last = post.spec.name, "\n".join(f"  {line}" for line in child.tail)
        self._terminal.say(f"{name} died ({_ending(code)}). Its last lines:\n{last or '  (none)'}")
        if post.quick_deaths >= self._patience.deaths:
            raise GaveUp(f"{name} died {post.quick_deaths} times in a row; its log is {self._logs / name}.log")
        waits = self._patience.back_off
        wait = waits[min(post.quick_deaths, len(waits)) - 1]
        post.due = time.monotonic() + wait
        self._terminal.say(f"{name} is started again in {wait:g} s")

    def _on_line(self, spec: Spec, line: str, shown: bool) -> None:
        if shown:
            self._terminal.say(line)
            if line.strip():
                self.shown_lines[spec.name] = self.shown_lines.get(spec.name, 0) + 1
        elif not spec.quiet and self._sieves[spec.name].passes(line):
            self._terminal.quote(spec.name, line)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1
        if self._asked_to_stop > 1:
            for child in self._children():
                child.kill()

    def _children(self) -> list[Child]:
        running = [post.child for post in self._posts if post.child]
        return [*running, self._running_step] if self._running_step else running

    def _end(self, child: Child) -> None:
        if child.poll() is None:
            child.terminate()
            child.wait(self._patience.polite)
        # Also after a polite end: its group may hold a process that was not told.
        child.kill()
        child.wait(self._patience.polite)
        child.finish()


def _ending(code: int) -> str:
    """An exit code in words; a negative one is the signal that ended the process."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"


def _kill_orphans() -> None:
    """Kill what our children left behind: processes that are ours now because their parent ended before them."""
    for pid in _adopted():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _adopted() -> list[int]:
    found = []
    proc = Path("/proc")
    for entry in proc.iterdir() if proc.is_dir() else ():
        with suppress(OSError, ValueError, IndexError):
            # The program's name stands in brackets and may itself hold spaces and brackets.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if entry.name.isdigit() and int(fields[1]) == os.getpid():
                found.append(int(entry.name))
    return found
