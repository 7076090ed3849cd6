"""What is wrong with a file of contracts: every error at once, each with its line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One error. `where` is the file and line (or the Zendesk organization), `says` also says what would be right."""

    where: str
    column: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.column}: {self.says}" if self.column else f"{self.where}: {self.says}"


class ImportRefused(ValueError):
    """Nothing was written, because of these problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
