"""One measured figure beside its target, and the table that they make."""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Figure:
    """What was measured; `target` in words, `met` None where no target is stated."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def at_most(share: float, values: Iterable[float]) -> float:
    """The smallest value that is not exceeded by `share` of all (0.99: the p99); raises ValueError for none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values, no quantile")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def show(figures: Iterable[Figure]) -> None:
    """Print the figures as a table in Markdown, so that a reader may copy it."""
    for each in figures:
        print(f"| {each.name} | {each.value} | {each.target} | {each.verdict} |", flush=True)


def show_head() -> None:
    """Print what the figures depend on, and the head of their table."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {machine}; load averages at the start {load}\n")
    print("| figure | measured | target | |\n|---|---|---|---|", flush=True)


def tell(text: str) -> None:
    """Say on standard error what is going on; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)
