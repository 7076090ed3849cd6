"""The instants between which a deadline, as a function of the start, is a straight line.

A deadline that is counted in covered time moves along with its start (slope 1) or stands still (slope 0); it changes
from one to the other, or jumps, only where the start or the deadline itself meets an opening or a closing. One in
business days also turns at local midnights, and where either end meets the wall time of an opening, a closing or a
clock change. Looking at these instants, and at one minute on either side, is therefore as good as looking at every
minute; tests/domain/test_catalogue_check.py compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Span

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def turning_points(span: Span, calendar: BusinessCalendar, since: datetime, until: datetime) -> set[datetime]:
    """A superset of the turning points of the span's deadline for starts in [since, until); UTC in and out."""
    if span.elapsed is not None:
        return _of_elapsed(span.elapsed, calendar, since, until)
    return _of_days(calendar, since, until)


def with_neighbours(points: Iterable[datetime]) -> set[datetime]:
    """The points and the minutes before and after each: a deadline may jump on either side of a turning point."""
    return {point + shift for point in points for shift in (-_MINUTE, timedelta(), _MINUTE)}


def _of_elapsed(elapsed: timedelta, calendar: BusinessCalendar, since: datetime, until: datetime) -> set[datetime]:
    edges = set(_edges(calendar, since, calendar.add(until, elapsed)))
    return edges | {calendar.subtract(edge, elapsed) for edge in edges}


def _edges(calendar: BusinessCalendar, since: datetime, until: datetime) -> Iterator[datetime]:
    for interval in calendar.intervals(since, until):
        yield from interval


def _of_days(calendar: BusinessCalendar, since: datetime, until: datetime) -> set[datetime]:
    # Ten days more, since a target of a few business days may end behind a run of holidays.
    marks = [*_edges(calendar, since, until + 10 * _DAY), *_clock_changes(calendar.zone, since, until + 10 * _DAY)]
    walls = {time(0), *(near.astimezone(calendar.zone).time() for mark in marks for near in (mark - _MINUTE, mark))}
    days = range((until - since).days + 2)
    first = since.astimezone(calendar.zone).date()
    local = (datetime.combine(first + number * _DAY, wall) for number in days for wall in walls)
    utc = ZoneInfo("UTC")
    return {at.replace(tzinfo=calendar.zone, fold=fold).astimezone(utc) for at in local for fold in (0, 1)}


def _clock_changes(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """The first minute of every new UTC offset of the zone."""
    at = since
    while at < until:
        low, high = at, at + _DAY
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > _MINUTE:
                middle = low + (high - low) // 2
                changed = middle.astimezone(zone).utcoffset() != low.astimezone(zone).utcoffset()
                low, high = (low, middle) if changed else (middle, high)
            yield high.replace(second=0, microsecond=0)
        at += _DAY
