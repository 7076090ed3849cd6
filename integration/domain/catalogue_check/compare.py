"""Two plans' deadlines for the same clock, compared for every minute of a year.

Deadlines are those of the engine itself (domain/sla.py). They are compared where they turn (see turning_points), and
stretches in which one is far ahead of the other are passed over: a later start has no earlier deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from integration.domain.book import Book
from integration.domain.catalogue import Span
from integration.domain.catalogue_check.coverage import YEAR
from integration.domain.catalogue_check.finding import Path
from integration.domain.catalogue_check.turning_points import turning_points, with_neighbours
from integration.domain.sla import deadline

# In the hour that a zone repeats, a deadline in business days may step back by that hour; both sides may.
_CLEARLY = timedelta(hours=4)


@dataclass(frozen=True)
class Line:
    """One number of one plan with the calendar that counts it; `path` is its place in the plan's own file."""

    vendor: str
    calendar: str
    span: Span
    within: str
    path: Path
    decided: bool

    @property
    def clock(self) -> tuple[str, str, Span]:
        """What the deadline depends on."""
        return self.vendor, self.calendar, self.span


class Comparer:
    """Compares lines of one book; keeps each deadline it has worked out, since plans share many of them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[tuple[tuple[str, str, Span], datetime], datetime] = {}
        self._turns: dict[tuple[str, str, Span], set[datetime]] = {}

    def due(self, lines: Sequence[Line], start: datetime) -> datetime:
        """The earliest deadline of the lines, in UTC (G-08)."""
        return min(self._due(line, start) for line in lines)

    def first_later(self, low: Sequence[Line], high: Sequence[Line]) -> datetime | None:
        """A start in the year at which `high` would be later than `low` (the first one), or None: never later."""
        if {line.clock for line in low} <= {line.clock for line in high}:
            return None  # the earliest of more deadlines, the very same ones among them, cannot be later
        points = self._points([*low, *high])
        return self._between(low, high, points, 0, len(points) - 1)

    def _between(
        self, low: Sequence[Line], high: Sequence[Line], points: list[datetime], first: int, last: int
    ) -> datetime | None:
        if self.due(high, points[last]) + _CLEARLY <= self.due(low, points[first]):
            return None
        if last - first <= 1:
            # Between turning points each line has slope 0 or 1, so the difference only grows or only shrinks.
            starts = (points[first], points[last])
            return next((start for start in starts if self.due(high, start) > self.due(low, start)), None)
        middle = (first + last) // 2
        found = self._between(low, high, points, first, middle)
        return found or self._between(low, high, points, middle, last)

    def _points(self, lines: Sequence[Line]) -> list[datetime]:
        turns = {point for line in lines for point in self._turns_of(line)}
        since, until = YEAR
        return sorted(point for point in with_neighbours(turns) | {since, until} if since <= point <= until)

    def _turns_of(self, line: Line) -> set[datetime]:
        if line.clock not in self._turns:
            calendar = self._book.calendar(line.vendor, line.calendar)
            self._turns[line.clock] = turning_points(line.span, calendar, *YEAR)
        return self._turns[line.clock]

    def _due(self, line: Line, start: datetime) -> datetime:
        key = line.clock, start
        if key not in self._known:
            self._known[key] = deadline(self._book, line.vendor, line.calendar, line.span, start)
        return self._known[key]
