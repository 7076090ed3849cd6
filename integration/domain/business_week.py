"""Opening hours as people write them ("mon" 09:00-17:00, "mon 09:00" to "fri 17:00"), as minutes of local days.

Minutes are counted from local midnight; a pair is half-open (09:00 is open, 17:00 is not) and 24:00 = 1440 is legal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = tuple[tuple[int, int], ...]
"""Open pieces of one local day: sorted, half-open (start, end) minutes that neither touch nor overlap."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


class CalendarError(ValueError):
    """A calendar's facts are wrong; the message says what, where and what would be right."""


def parse_clock(text: object, where: str = "hours") -> int:
    """Minutes since local midnight of a wall time "HH:MM", "00:00" to "24:00"; CalendarError for anything else."""
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise CalendarError(f"{where}: {text!r} is not a time of day; write it as HH:MM, from 00:00 to 24:00")
    return int(text[:2]) * 60 + int(text[3:])


def parse_weekly(document: Any) -> dict[int, Hours]:
    """Weekly hours by weekday (0 = Monday), from any of three ways to write them:

    - by day: ``{"mon": [["09:00", "17:00"]], "fri": [["22:00", "06:00"]]}``; an end at or before its start is on the
      following day, so Friday's interval goes on until Saturday 06:00;
    - one span over days: ``{"from": "mon 09:00", "to": "fri 17:00"}`` (the 24x5 week of MM-22);
    - a list of such spans.

    Everything is cut at midnight. CalendarError when something is malformed or overlaps.
    """
    pieces: dict[int, list[tuple[int, int]]] = {}
    for start, end in _week_spans(document):
        for weekday, opens, closes in _cut_at_midnight(start, end):
            pieces.setdefault(weekday, []).append((opens, closes))
    return {weekday: checked_hours(pieces[weekday], DAYS[weekday]) for weekday in sorted(pieces)}


def parse_dates(texts: Iterable[object], where: str = "holidays") -> frozenset[date]:
    """Local dates from "YYYY-MM-DD" texts (dates are taken as they are)."""
    return frozenset(_date(text, where) for text in _listed(texts, where))


def parse_dated_hours(document: Any, where: str = "shifts") -> dict[date, Hours]:
    """Hours by local date, from ``{"2026-12-24": [["12:00", "17:00"]]}``: what breaks and shifts look like.

    An interval ends on its own day: what goes on after midnight is written under both dates, since each date's own
    hours are replaced or closed.
    """
    if not isinstance(document, Mapping):
        raise CalendarError(f'{where}: expected dates with their hours, such as {{"2026-12-24": [["12:00", "17:00"]]}}')
    dated = {}
    for key, pairs in document.items():
        label = f"{where} {key}"
        dated[_date(key, where)] = checked_hours(list(_clock_pairs(pairs, label)), label)
    return dated


def checked_hours(pairs: Iterable[tuple[int, int]], where: str) -> Hours:
    """Sorted hours of one day with touching pieces joined; CalendarError when a pair is bad or two overlap.

    Joined, so that 09:00-12:00 with 12:00-17:00 is the very same fact as 09:00-17:00.
    """
    joined: list[tuple[int, int]] = []
    for start, end in sorted(_checked_pair(pair, where) for pair in pairs):
        if joined and start < joined[-1][1]:
            raise CalendarError(
                f"{where}: {span_text(*joined[-1])} overlaps {span_text(start, end)}; write them as one"
            )
        if joined and start == joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return tuple(joined)


def without(hours: Hours, closed: Hours) -> Hours:
    """What is left of a day's hours when the closed pieces are taken out."""
    left = list(hours)
    for shut_from, shut_to in closed:
        left = [
            (start, end)
            for opens, closes in left
            for start, end in ((opens, min(closes, shut_from)), (max(opens, shut_to), closes))
            if start < end
        ]
    return tuple(left)


def clock_text(minute: int) -> str:
    """540 -> "09:00"; 1440 -> "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def span_text(start: int, end: int) -> str:
    """(540, 1020) -> "09:00-17:00"."""
    return f"{clock_text(start)}-{clock_text(end)}"


def _checked_pair(pair: Any, where: str) -> tuple[int, int]:
    whole = isinstance(pair, Sequence) and len(pair) == 2 and all(type(minute) is int for minute in pair)
    if not whole:
        raise CalendarError(f"{where}: {pair!r} is not an interval; give (start, end) in whole minutes of the day")
    start, end = pair
    if not 0 <= start < end <= DAY_MINUTES:
        raise CalendarError(
            f"{where}: minutes {start} to {end} are not inside one day; needed: 0 <= start < end <= 1440"
        )
    return start, end


def _week_spans(document: Any) -> Iterator[tuple[int, int]]:
    if isinstance(document, Mapping) and not {"from", "to"} & set(document):
        for key, pairs in document.items():
            yield from _day_spans(key, pairs)
    elif isinstance(document, Mapping):
        yield _span(document)
    else:
        for item in _listed(document, "weekly"):
            yield _span(item)


def _day_spans(key: object, pairs: Any) -> Iterator[tuple[int, int]]:
    midnight = _weekday(key) * DAY_MINUTES
    for start, end in _clock_pairs(pairs, str(key)):
        if start == end:
            raise CalendarError(f'{key}: {span_text(start, end)} is empty; a whole day is ["00:00", "24:00"]')
        yield midnight + start, midnight + end + (DAY_MINUTES if end < start else 0)


def _span(item: Any) -> tuple[int, int]:
    if not isinstance(item, Mapping) or set(item) != {"from", "to"}:
        raise CalendarError(f'weekly: {item!r} is not a span; write {{"from": "mon 09:00", "to": "fri 17:00"}}')
    start, end = _moment(item["from"]), _moment(item["to"])
    if start == end:
        raise CalendarError('weekly: the span is empty; a whole week is {"from": "mon 00:00", "to": "sun 24:00"}')
    return start, end if end > start else end + WEEK_MINUTES


def _moment(text: object) -> int:
    day, _, clock = text.partition(" ") if isinstance(text, str) else ("", "", "")
    if not clock:
        raise CalendarError(f'weekly: {text!r} is not a moment of the week; write it as "mon 09:00"')
    return _weekday(day) * DAY_MINUTES + parse_clock(clock, "weekly")


def _cut_at_midnight(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    while start < end:
        day = start // DAY_MINUTES
        stop = min(end, (day + 1) * DAY_MINUTES)
        yield day % 7, start - day * DAY_MINUTES, stop - day * DAY_MINUTES
        start = stop


def _clock_pairs(pairs: Any, where: str) -> Iterator[tuple[int, int]]:
    for pair in _listed(pairs, where):
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise CalendarError(f'{where}: {pair!r} is not an interval; write ["09:00", "17:00"]')
        yield parse_clock(pair[0], where), parse_clock(pair[1], where)


def _listed(value: Any, where: str) -> Iterable[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise CalendarError(f"{where}: expected a list, got {value!r}")
    return value


def _weekday(key: object) -> int:
    if key not in DAYS:
        raise CalendarError(f"weekly: {key!r} is not a day; use one of {', '.join(DAYS)}")
    return DAYS.index(str(key))


def _date(value: object, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise CalendarError(f"{where}: {value!r} is not a date; write it as YYYY-MM-DD") from None
