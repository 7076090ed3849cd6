"""A mistake in a catalogue file, with the line a person has to look at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1; `where` is the path in words; `says` is what is wrong, `right` what would be right."""

    file: str
    line: int
    where: str
    says: str
    right: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.where}: {self.says}. {sentence(self.right)}"

    def as_dict(self) -> dict[str, str | int]:
        """For JSON output."""
        return asdict(self)


class CatalogueError(ValueError):
    """Catalogue files that cannot be used; `problems` has every mistake that was found, each with file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop, so that two halves of a message read as two sentences."""
    closed = text if text.endswith((".", "?", "!")) else f"{text}."
    return closed[:1].upper() + closed[1:]


def shown(file: Path) -> str:
    """The file's path as a person would type it: relative when it lies below the working directory."""
    near = os.path.relpath(file)
    return str(file) if near.startswith("..") else near
