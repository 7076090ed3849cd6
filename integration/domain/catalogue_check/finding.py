"""What a check has to say: where in the file, what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

#: Keys and list positions (from 0) that lead to a place in a catalogue file.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. `path` leads to the line; `right` tells a person what to write instead."""

    path: Path
    says: str
    right: str

    @property
    def where(self) -> str:
        """The path in words: "plans › premier › targets 1 › within › L1" (positions count from 1)."""
        return path_in_words(self.path)


def path_in_words(path: Path) -> str:
    """A path as a person reads it; list positions count from 1 and stay with their list's name."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and words:
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(str(step))
    return " › ".join(words) or "the file"


def nearest(word: str, known: Iterable[str], what: str) -> str:
    """'did you mean "email"? There are: email, portal' for a name that is not known."""
    names = list(known)
    if not names:
        return f"there are no {what} in this file; add one first"
    close = get_close_matches(word, names, n=1, cutoff=0.5)
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}the {what} are: {', '.join(names)}"
