"""The lines in which a catalogue writes opening hours, as half-open minutes of the week and of single days.

"always" | "mon-fri 09:00-17:00" | "sat,sun 10:00-14:00" | "mon-fri 09:00-12:00 13:00-17:00" | "mon 09:00 to fri 17:00".
An end at or before its start is on the following day ("fri 22:00-06:00"); 24:00 is legal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from integration.domain.business_week import DAY_MINUTES, DAYS, WEEK_MINUTES, Hours, clock_text, span_text

#: (start, end) in minutes since Monday 00:00, cut at midnight, so that a piece never leaves its day.
WeekPieces = list[tuple[int, int]]

HOURS_HINT = 'write "always", "mon-fri 09:00-17:00", "sat,sun 10:00-14:00" or "mon 09:00 to fri 17:00"'
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00"
_RANGE = re.compile(rf"({_CLOCK})-({_CLOCK})\Z")
_SPAN = re.compile(rf"(\S+) ({_CLOCK}) to (\S+) ({_CLOCK})\Z")


class BadHours(ValueError):
    """A line that is no opening hours; `right` says what would be."""

    def __init__(self, says: str, right: str = HOURS_HINT) -> None:
        self.right = right
        super().__init__(says)


def week_pieces(line: str) -> WeekPieces:
    """The open pieces of one line of weekly hours, sorted; BadHours says what is wrong with it."""
    if line.strip() == "always":
        return [(day * DAY_MINUTES, (day + 1) * DAY_MINUTES) for day in range(7)]
    span = _SPAN.match(line.strip())
    spans = [_long_span(*span.groups())] if span else _daily_spans(line)
    return sorted(piece for start, end in spans for piece in _cut(start, end))


def weekly(pieces: WeekPieces) -> dict[int, list[tuple[int, int]]]:
    """Minutes of each weekday (0 = Monday), as BusinessCalendar takes them."""
    days: dict[int, list[tuple[int, int]]] = {}
    for start, end in pieces:
        day = start // DAY_MINUTES
        days.setdefault(day, []).append((start - day * DAY_MINUTES, end - day * DAY_MINUTES))
    return days


def day_pieces(line: str) -> Hours:
    """The pieces of one line of a single day ("09:00-13:00"), for breaks and shifts."""
    return tuple(_range_of_day(text) for text in line.split())


def overlap(pieces: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """The first stretch that is in two pieces, be both new or one of them taken already; None when there is none."""
    seen = list(taken)
    for start, end in pieces:
        for other_start, other_end in seen:
            both = max(start, other_start), min(end, other_end)
            if both[0] < both[1]:
                return both
        seen.append((start, end))
    return None


def week_words(start: int, end: int) -> str:
    """Minutes of the week in words: "wed 12:00-17:00"."""
    day = start // DAY_MINUTES
    return f"{DAYS[day]} {span_text(start - day * DAY_MINUTES, end - day * DAY_MINUTES)}"


def _long_span(first: str, opens: str, last: str, closes: str) -> tuple[int, int]:
    start, end = _moment(first, opens), _moment(last, closes)
    if start == end:
        raise BadHours(f'"{first} {opens} to {last} {closes}" is no time at all', 'write "always" for the whole week')
    return start, end if end > start else end + WEEK_MINUTES


def _daily_spans(line: str) -> list[tuple[int, int]]:
    days, *ranges = line.split() or [""]
    if not ranges:
        raise BadHours(f'"{line}" names no hours')
    return [
        (day * DAY_MINUTES + start, day * DAY_MINUTES + end)
        for day in _days(days)
        for start, end in map(_range, ranges)
    ]


def _days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last if dash else first)
        yield from range(start, end + 1) if end >= start else [*range(start, 7), *range(end + 1)]


def _day(word: str) -> int:
    if word in DAYS:
        return DAYS.index(word)
    near = get_close_matches(word[:3].lower(), DAYS, n=1, cutoff=0.6)
    guess = f'did you mean "{near[0]}"? ' if near else ""
    raise BadHours(f'"{word}" is no day of the week', f"{guess}the days are: {', '.join(DAYS)}; or {HOURS_HINT}")


def _moment(day: str, clock: str) -> int:
    return _day(day) * DAY_MINUTES + _minutes(clock)


def _range(text: str) -> tuple[int, int]:
    found = _RANGE.match(text)
    if not found:
        raise BadHours(f'"{text}" is no stretch of hours', "write it as 09:00-17:00, between 00:00 and 24:00")
    start, end = _minutes(found[1]), _minutes(found[2])
    if start == end:
        raise BadHours(f'"{text}" is no time at all', "write 00:00-24:00 for a whole day")
    return start, end if end > start else end + DAY_MINUTES


def _range_of_day(text: str) -> tuple[int, int]:
    start, end = _range(text)
    if end > DAY_MINUTES:
        raise BadHours(
            f'"{text}" goes past midnight', f"end it at {clock_text(DAY_MINUTES)} and begin on the next date"
        )
    return start, end


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = min(end, (start // DAY_MINUTES + 1) * DAY_MINUTES)
        within_week = start // WEEK_MINUTES * WEEK_MINUTES
        yield start - within_week, stop - within_week
        start = stop
