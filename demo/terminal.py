"""What the person in front of the terminal sees: our own words, one colour per process, and only what matters."""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TextIO

_COLOURS = (36, 35, 34, 32, 33, 96, 95, 94)
_LOUD = re.compile(
    r"""\b(WARNING|ERROR|CRITICAL|FATAL)\b | "level":\s*"(warning|error|critical)" | \[(warning|error|critical)\s*\]
        | \blevel=(warning|error|critical)\b""",
    re.VERBOSE,
)
_TRACEBACK = "Traceback (most recent call last):"


class Terminal:
    """Writes whole lines, from any thread, with a process's name in front where it is not ourselves speaking."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colours = self._stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """A line of our own, or one that a process meant for the reader."""
        with self._lock:
            try:
                self._stream.write(text + "\n")
                self._stream.flush()
            except OSError:
                pass  # the terminal was closed; the log files still have everything

    def quote(self, name: str, text: str) -> None:
        """A line of process `name`."""
        self.say(f"{self._paint(name)} {text}")

    def _paint(self, name: str) -> str:
        label = f"{name:>8} |"
        if not self._colours:
            return label
        number = self._numbers.setdefault(name, len(self._numbers))
        return f"\x1b[{_COLOURS[number % len(_COLOURS)]}m{label}\x1b[0m"


class Sieve:
    """Decides which lines of one process's log are worth a look at the terminal; keeps the state of a traceback."""

    def __init__(self) -> None:
        self._in_traceback = False

    def passes(self, line: str) -> bool:
        """True for warnings and errors; of a traceback only its last line, which says what went wrong."""
        if line.startswith(_TRACEBACK):
            self._in_traceback = True
            return False
        if self._in_traceback:
            self._in_traceback = line.startswith(" ") or not line
            return not self._in_traceback
        return bool(_LOUD.search(line))
