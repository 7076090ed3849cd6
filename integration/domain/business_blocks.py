"""Open time on the UTC line, cut into blocks with running totals, so that every question is one or two binary searches.

Instants here are whole microseconds since 1970-01-01T00:00Z: integers compare and add exactly, and nothing is rounded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
# Somewhat over a year: a deadline a few days ahead is nearly always in the block of its start.
BLOCK = 400 * DAY

Pieces = list[tuple[int, int]]


class NaiveTimeError(ValueError):
    """An instant came without a zone; it could mean any of some 38 moments, so it is refused."""


def micros_at(at: datetime) -> int:
    """The instant as microseconds; NaiveTimeError unless `at` is an aware datetime."""
    try:
        since = at - EPOCH
    except TypeError:
        raise NaiveTimeError(
            f"{at!r} is not an aware datetime; give it a zone, such as datetime.timezone.utc"
        ) from None
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def micros_in(duration: timedelta) -> int:
    """The duration as microseconds; TypeError for a bare number, whose unit nobody can know."""
    try:
        return (duration.days * 86_400 + duration.seconds) * SECOND + duration.microseconds
    except AttributeError:
        raise TypeError(f"{duration!r} is not a timedelta; write timedelta(minutes=240), say") from None


def instant(micros: int) -> datetime:
    """The UTC datetime of a number of microseconds."""
    return EPOCH + timedelta(0, 0, micros)


def merged(pieces: Iterable[tuple[int, int]], low: int, high: int) -> Pieces:
    """The pieces inside [low, high), sorted, with touching and overlapping ones joined and empty ones dropped."""
    joined: Pieces = []
    for start, end in sorted((max(start, low), min(end, high)) for start, end in pieces):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def common(left: Pieces, right: Pieces) -> Pieces:
    """What two merged lists have in common."""
    found, here, there = [], 0, 0
    while here < len(left) and there < len(right):
        start, end = max(left[here][0], right[there][0]), min(left[here][1], right[there][1])
        if start < end:
            found.append((start, end))
        if left[here][1] < right[there][1]:
            here += 1
        else:
            there += 1
    return found


def gaps(pieces: Pieces, low: int, high: int) -> Pieces:
    """What a merged list leaves free in [low, high)."""
    edges = [low, *(edge for piece in pieces for edge in piece), high]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


class Block:
    """The open pieces of one stretch of time, with the open time before and through each of them."""

    __slots__ = ("before", "ends", "starts", "through", "total")

    def __init__(self, pieces: Pieces) -> None:
        self.starts = [start for start, _ in pieces]
        self.ends = [end for _, end in pieces]
        self.through = list(accumulate(end - start for start, end in pieces))
        self.before = [0, *self.through[:-1]]
        self.total = self.through[-1] if pieces else 0

    @property
    def pieces(self) -> Pieces:
        return list(zip(self.starts, self.ends, strict=True))

    def elapsed(self, at: int) -> int:
        """Open time from the beginning of the block to `at`."""
        here = bisect_right(self.starts, at) - 1
        if here < 0:
            return 0
        end = self.ends[here]
        return self.before[here] + (at if at < end else end) - self.starts[here]

    def when_reached(self, amount: int) -> int:
        """The first instant at which `amount` (0 < amount <= total) has passed: a closing stays a closing."""
        here = bisect_left(self.through, amount)
        return self.ends[here] - self.through[here] + amount

    def when_left(self, amount: int) -> int:
        """The last instant at which only `amount` (0 <= amount < total) has passed: an opening stays an opening."""
        here = bisect_right(self.before, amount) - 1
        return self.starts[here] - self.before[here] + amount

    def open_at(self, at: int) -> bool:
        here = bisect_right(self.starts, at) - 1
        return here >= 0 and at < self.ends[here]

    def opening_from(self, at: int) -> int | None:
        """`at` itself when open, else the next opening in this block, or None."""
        here = bisect_right(self.ends, at)
        return max(at, self.starts[here]) if here < len(self.starts) else None
