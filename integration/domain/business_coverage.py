"""Questions that any kind of coverage answers: is it open, when does it open, how much open time, which deadline.

A coverage knows its open pieces of UTC time; weekly hours, zones and holidays are materialised elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Literal
from zoneinfo import ZoneInfo

from integration.domain.business_blocks import (
    BLOCK,
    DAY,
    Block,
    NaiveTimeError,
    Pieces,
    common,
    gaps,
    instant,
    merged,
    micros_at,
    micros_in,
)

SEARCH_DAYS = 3653
"""No search looks further than this many days (ten years) from its start: an answer beyond it is a NoOpeningError."""

_SEARCH = SEARCH_DAYS * DAY
_KEPT_BLOCKS = 64  # some 70 years; a question about the year 1900 must not make a calendar grow for ever
# Two days inside what datetime can express, so that no zone offset and no 24:00 can leave it.
FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 29)
_FIRST, _LAST = (micros_at(datetime.combine(day, time(0), ZoneInfo("UTC"))) for day in (FIRST_DAY, LAST_DAY))

__all__ = ["SEARCH_DAYS", "CombinedCoverage", "Coverage", "NaiveTimeError", "NoOpeningError", "wall"]


class NoOpeningError(LookupError):
    """There is not enough open time within SEARCH_DAYS of the start of a search."""


def wall(zone: ZoneInfo, day: date, minute: int) -> int:
    """The instant (microseconds) of a wall time, `minute` (0..1440) of a local day.

    In a spring gap it moves forward by the gap; of two it is the first occurrence. Both are what fold=0 means.
    """
    return micros_at(datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(0, minute * 60))


class Coverage:
    """The hours in which a clock runs. Aware datetimes in, UTC datetimes out; NaiveTimeError for a naive one.

    `zone` decides what a local day is (business days); everything else is pure UTC arithmetic.
    """

    def __init__(self, name: str, zone: ZoneInfo) -> None:
        self.name = name
        self.zone = zone
        # Filled when asked. Two threads may compute the same block; both get the same one, so no lock.
        self._blocks: dict[int, Block] = {}

    @property
    def tz(self) -> str:
        """The IANA name of the zone whose days count."""
        return self.zone.key

    def is_open(self, at: datetime) -> bool:
        """Whether a clock runs at this instant: openings count, closings do not."""
        micros = micros_at(at)
        return self._block(micros // BLOCK).open_at(micros)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening; NoOpeningError when there is none in ten years."""
        return instant(self._opening_from(micros_at(at)))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant by which `duration` of open time has passed since `start`: a deadline.

        It stays on a closing when it falls exactly there (Friday 17:00, not Monday 09:00). Nothing added is `start`
        itself, a negative duration is `subtract`. NoOpeningError when ten years do not hold that much open time.
        """
        at, amount = micros_at(start), micros_in(duration)
        if amount > 0:
            return instant(self._ahead(at, amount))
        return instant(self._back(at, -amount) if amount else at)

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        """The last instant from which `duration` of open time passes until `end`; it stays on an opening.

        For an open instant it undoes `add`. NoOpeningError as for `add`.
        """
        return self.add(end, -duration)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from `start` to `end`; negative when `end` is the earlier."""
        low, high = micros_at(start), micros_at(end)
        if high < low:
            return -self.between(end, start)
        first, last = low // BLOCK, high // BLOCK
        covered = self._block(last).elapsed(high) - self._block(first).elapsed(low)
        if first != last:
            covered += sum(self._block(index).total for index in range(first, last))
        return timedelta(0, 0, covered)

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Half-open UTC intervals of open time inside [start, end), in order, as long as possible."""
        for opens, closes in self._pieces_between(micros_at(start), micros_at(end)):
            yield instant(opens), instant(closes)

    def add_business_days(self, start: datetime, days: int) -> datetime:
        """RC-34: the same local time on the Nth covered day after `start`.

        A start outside coverage first moves to the next opening (all there is to do for 0 days). A day counts when it
        has any opening. A local time outside that day's hours moves to that day's next opening, or back to its last
        closing. ValueError for a negative number, NoOpeningError when ten years have too few covered days.
        """
        if type(days) is not int or days < 0:
            raise ValueError(f"{days!r} business days: give a whole number, 0 or more")
        opening = self.next_opening(start)
        if not days:
            return opening
        local = opening.astimezone(self.zone)
        for number, (day, pieces) in enumerate(self._covered_days_after(local.date()), 1):
            if number == days:
                same_time = datetime.combine(day, local.time().replace(fold=0), self.zone)
                return instant(_inside_day(micros_at(same_time), pieces))
        raise self._nothing(f"{days} covered days after", start)

    def close_of_next_business_day(self, created: datetime) -> datetime:
        """G-16: the last closing of the first covered day after the local date of `created`."""
        micros_at(created)  # a naive time would silently be taken for this machine's zone below
        for _, pieces in self._covered_days_after(created.astimezone(self.zone).date()):
            return instant(pieces[-1][1])
        raise self._nothing("covered day after", created)

    def union(self, *others: Coverage) -> CombinedCoverage:
        """Open when any of them is; local days are those of this one's zone."""
        return CombinedCoverage("union", (self, *others))

    def intersection(self, *others: Coverage) -> CombinedCoverage:
        """Open when all of them are; local days are those of this one's zone. It may never be open."""
        return CombinedCoverage("intersection", (self, *others))

    def complement(self) -> CombinedCoverage:
        """Open when this one is closed. It may never be open."""
        return CombinedCoverage("complement", (self,))

    def _pieces(self, low: int, high: int) -> Pieces:
        """The merged open pieces inside one block (or what datetime can express of it)."""
        raise NotImplementedError

    def _block(self, index: int) -> Block:
        block = self._blocks.get(index)
        if block is None:
            low, high = max(index * BLOCK, _FIRST), min((index + 1) * BLOCK, _LAST)
            block = Block(self._pieces(low, high) if low < high else [])
            if len(self._blocks) >= _KEPT_BLOCKS:
                self._blocks = {}
            self._blocks[index] = block
        return block

    def _ahead(self, at: int, amount: int) -> int:
        index = at // BLOCK
        block = self._block(index)
        target = block.elapsed(at) + amount
        while target > block.total:
            target -= block.total
            index += 1
            if index * BLOCK > at + _SEARCH:
                raise self._nothing(f"{timedelta(0, 0, amount)} of open time after", instant(at))
            block = self._block(index)
        return self._near(at, block.when_reached(target), amount)

    def _back(self, at: int, amount: int) -> int:
        index = at // BLOCK
        block = self._block(index)
        target = block.elapsed(at) - amount
        while target < 0:
            index -= 1
            if (index + 1) * BLOCK < at - _SEARCH:
                raise self._nothing(f"{timedelta(0, 0, amount)} of open time before", instant(at))
            block = self._block(index)
            target += block.total
        return self._near(at, block.when_left(target), amount)

    def _near(self, at: int, answer: int, amount: int) -> int:
        if abs(answer - at) > _SEARCH:
            raise self._nothing(f"{timedelta(0, 0, amount)} of open time around", instant(at))
        return answer

    def _opening_from(self, at: int) -> int:
        for index in range(at // BLOCK, (at + _SEARCH) // BLOCK + 1):
            opening = self._block(index).opening_from(at)
            if opening is not None and opening <= at + _SEARCH:
                return opening
        raise self._nothing("opening after", instant(at))

    def _pieces_between(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        held: tuple[int, int] | None = None
        for index in range(low // BLOCK, high // BLOCK + 1):
            for start, end in merged(self._block(index).pieces, low, high):
                if held and start > held[1]:
                    yield held
                    held = None
                held = (held[0] if held else start, end)
        if held:
            yield held

    def _covered_days_after(self, day: date) -> Iterator[tuple[date, Pieces]]:
        last = min(day.toordinal() + SEARCH_DAYS, LAST_DAY.toordinal() - 1)
        for ordinal in range(max(day, FIRST_DAY).toordinal() + 1, last + 1):
            candidate = date.fromordinal(ordinal)
            pieces = list(self._pieces_between(wall(self.zone, candidate, 0), wall(self.zone, candidate, 1440)))
            if pieces:
                yield candidate, pieces

    def _nothing(self, what: str, at: datetime) -> NoOpeningError:
        return NoOpeningError(f"calendar {self.name!r}: no {what} {at.isoformat()} within {SEARCH_DAYS} days")


class CombinedCoverage(Coverage):
    """Union, intersection or complement of other coverages; a value like them, equal when its parts are."""

    def __init__(self, how: Literal["union", "intersection", "complement"], parts: tuple[Coverage, ...]) -> None:
        super().__init__(f"{how} of {', '.join(part.name for part in parts)}", parts[0].zone)
        self.how = how
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CombinedCoverage) and (self.how, self.parts) == (other.how, other.parts)

    def __hash__(self) -> int:
        return hash((self.how, self.parts))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _pieces(self, low: int, high: int) -> Pieces:
        each = [part._block(low // BLOCK).pieces for part in self.parts]
        if self.how == "union":
            return merged(chain.from_iterable(each), low, high)
        if self.how == "complement":
            return gaps(each[0], low, high)
        both = each[0]
        for other in each[1:]:
            both = common(both, other)
        return both


def _inside_day(at: int, pieces: Pieces) -> int:
    for start, end in pieces:
        if at <= end:
            return max(at, start)
    return pieces[-1][1]
