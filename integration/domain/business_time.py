"""Business time: weekly hours in one zone, with holidays, breaks and shifts, as a value that computes deadlines.

The conventions, each with an example, are in docs/business-time.md. Arithmetic (add, between, ...) is in Coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integration.domain.business_blocks import Pieces, instant, merged
from integration.domain.business_coverage import (
    FIRST_DAY,
    LAST_DAY,
    SEARCH_DAYS,
    CombinedCoverage,
    Coverage,
    NaiveTimeError,
    NoOpeningError,
    wall,
)
from integration.domain.business_week import (
    DAYS,
    CalendarError,
    Hours,
    checked_hours,
    parse_dated_hours,
    parse_dates,
    parse_weekly,
    without,
)

__all__ = [
    "SEARCH_DAYS",
    "BusinessCalendar",
    "CalendarError",
    "CombinedCoverage",
    "Coverage",
    "NaiveTimeError",
    "NoOpeningError",
    "parse_dated_hours",
    "parse_dates",
    "parse_weekly",
]

Intervals = Iterable[tuple[int, int]]


class BusinessCalendar(Coverage):
    """Opening hours of one place (RC-32, MM-20..22, RS-13). Treat it as frozen: equal facts make equal calendars.

    - `tz`: IANA zone name; every date and minute below is local to it.
    - `weekly`: weekday (0 = Monday) to half-open (start, end) minutes of that day, 0..1440, several a day.
    - `holidays`: dates closed whole. `shifts`: hours that replace those of the week on a date, even on a holiday.
    - `breaks`: pieces of a date that are closed, whatever else is said of it.

    CalendarError for an unknown zone, bad or overlapping hours, or a calendar that is never open.
    """

    def __init__(
        self,
        name: str,
        tz: str,
        weekly: Mapping[int, Intervals],
        holidays: Iterable[date] = (),
        breaks: Mapping[date, Intervals] | None = None,
        shifts: Mapping[date, Intervals] | None = None,
    ) -> None:
        where = f"calendar {name!r}"
        super().__init__(name, _zone(tz, where))
        self.weekly = _week(weekly, where)
        self.holidays = _dates(holidays, f"{where}, holidays")
        self.breaks = _dated(breaks, f"{where}, breaks")
        self.shifts = _dated(shifts, f"{where}, shifts")
        self._special = {day: self._hours_of_special(day) for day in {*self.holidays, *self.breaks, *self.shifts}}
        if not any(self.weekly) and not any(self._special.values()):
            raise CalendarError(f"{where} is never open: give it weekly hours, or a shift that no break closes")

    @classmethod
    def from_document(cls, name: str, document: Mapping[str, Any]) -> BusinessCalendar:
        """A calendar from plain data: tz, weekly (see parse_weekly), holidays, breaks, shifts with "HH:MM" texts."""
        known = {"tz", "weekly", "holidays", "breaks", "shifts"}
        if not isinstance(document, Mapping) or set(document) - known or "tz" not in document:
            raise CalendarError(f"calendar {name!r}: needs tz; may have weekly, holidays, breaks, shifts: {document!r}")
        return cls(
            name,
            document["tz"],
            parse_weekly(document.get("weekly", {})),
            parse_dates(document.get("holidays", ())),
            parse_dated_hours(document.get("breaks", {}), "breaks"),
            parse_dated_hours(document.get("shifts", {}), "shifts"),
        )

    @property
    def hours_per_week(self) -> float:
        """Hours of an ordinary week by the wall clock, without holidays, breaks, shifts and DST changes."""
        return sum(end - start for hours in self.weekly for start, end in hours) / 60

    def hours_on(self, day: date) -> Hours:
        """The open minutes of a local date, by the facts alone."""
        special = self._special.get(day)
        return self.weekly[day.weekday()] if special is None else special

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BusinessCalendar) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((self.name, self.tz, self.weekly, self.holidays))

    def __repr__(self) -> str:
        return f"<BusinessCalendar {self.name!r} {self.tz} {self.hours_per_week:g} h/week>"

    def _facts(self) -> tuple[object, ...]:
        return self.name, self.tz, self.weekly, self.holidays, self.breaks, self.shifts

    def _hours_of_special(self, day: date) -> Hours:
        usual = () if day in self.holidays else self.weekly[day.weekday()]
        return without(self.shifts.get(day, usual), self.breaks.get(day, ()))

    def _pieces(self, low: int, high: int) -> Pieces:
        # Two days more on both sides: a zone is up to a day from UTC, and a gap may push hours into the next day.
        first = max(instant(low).toordinal() - 2, FIRST_DAY.toordinal())
        last = min(instant(high).toordinal() + 2, LAST_DAY.toordinal() - 1)
        found: Pieces = []
        for ordinal in range(first, last + 1):
            found += self._day_pieces(date.fromordinal(ordinal))
        return merged(found, low, high)

    def _day_pieces(self, day: date) -> Pieces:
        hours = self.hours_on(day)
        if not hours or _skipped(self.zone, day):
            return []
        return [(wall(self.zone, day, start), wall(self.zone, day, end)) for start, end in hours]


def _skipped(zone: ZoneInfo, day: date) -> bool:
    """Whether the zone never had this date (Pacific/Apia went from 29 to 31 December 2011): it has no hours to move."""
    return instant(wall(zone, day, 0)).astimezone(zone).date() != day


def _zone(tz: str, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        raise CalendarError(f"{where}: unknown zone {tz!r}; use an IANA name such as America/Los_Angeles") from None


def _week(weekly: Mapping[int, Intervals], where: str) -> tuple[Hours, ...]:
    unknown = [key for key in weekly if key not in range(7)]
    if unknown:
        raise CalendarError(f"{where}: weekday {unknown[0]!r} is not one of 0 (Monday) to 6 (Sunday)")
    return tuple(checked_hours(weekly.get(number, ()), f"{where}, {day}") for number, day in enumerate(DAYS))


def _dates(days: Iterable[date], where: str) -> frozenset[date]:
    found = frozenset(days)
    for day in found:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise CalendarError(f"{where}: {day!r} is not a datetime.date (a local day, without time or zone)")
    return found


def _dated(hours: Mapping[date, Intervals] | None, where: str) -> dict[date, Hours]:
    dated = {}
    for day in _dates(hours or (), where):
        dated[day] = checked_hours((hours or {})[day], f"{where} {day}")
        if not dated[day]:
            raise CalendarError(f"{where} {day}: no hours given; to close a whole day make it a holiday")
    return dated
