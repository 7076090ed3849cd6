"""A catalogue's calendars, solved: hour lines parsed, public holidays looked up, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from integration.adapters.catalogue_file.hours import (
    BadHours,
    WeekPieces,
    day_pieces,
    overlap,
    week_pieces,
    week_words,
    weekly,
)
from integration.adapters.holidays import UnknownHolidays, public_holidays
from integration.domain.business_time import BusinessCalendar, CalendarError
from integration.domain.business_week import Hours, span_text
from integration.domain.catalogue import Calendar, Catalogue
from integration.domain.catalogue_check.finding import Finding, Path, nearest

_ONCE = "write each hour once"


def solve_calendars(catalogue: Catalogue) -> tuple[dict[str, BusinessCalendar], list[Finding]]:
    """The calendars that could be solved, and a finding for every line that keeps one from it."""
    solved: dict[str, BusinessCalendar] = {}
    findings = zone_findings(("timezone",), catalogue.timezone)
    for name, calendar in catalogue.calendars.items():
        reader = _Reader(("calendars", name))
        result = reader.solve(name, calendar)
        if result and not reader.findings:
            solved[name] = result
        findings += reader.findings
    return solved, findings


def zone_findings(path: Path, zone: str) -> list[Finding]:
    """A finding where the zone is not one of the IANA names."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(zone, sorted(available_timezones()), n=1, cutoff=0.6)
        guess = f'did you mean "{close[0]}"? ' if close else ""
        return [Finding(path, f'there is no time zone "{zone}"', f"{guess}use an IANA name such as Europe/Lisbon")]
    return []


class _Reader:
    """One calendar on its way; mistakes are gathered, so that one run shows them all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def solve(self, name: str, calendar: Calendar) -> BusinessCalendar | None:
        pieces = self._week(calendar.hours)
        closed = self._holidays(calendar) | frozenset(calendar.closed)
        breaks = self._dated(calendar.breaks, "breaks")
        shifts = self._dated(calendar.shifts, "shifts")
        self.findings += zone_findings((*self.path, "timezone"), calendar.timezone)
        if self.findings:
            return None
        try:
            return BusinessCalendar(name, calendar.timezone, weekly(pieces), closed, breaks, shifts)
        except CalendarError as error:
            # Zone, lines and dates are right by now, so that it can only be a calendar without any open hour.
            says, _, right = str(error).rpartition(": ")
            self._found(("hours",), says, right)
            return None

    def _week(self, lines: tuple[str, ...]) -> WeekPieces:
        taken: WeekPieces = []
        for position, line in enumerate(lines):
            try:
                pieces = week_pieces(line)
            except BadHours as error:
                self._found(("hours", position), str(error), error.right)
                continue
            twice = overlap(pieces, taken)
            if twice:
                self._found(("hours", position), f"{week_words(*twice)} is open on another line too", _ONCE)
            taken += pieces
        return taken

    def _holidays(self, calendar: Calendar) -> frozenset[date]:
        wanted = calendar.holidays
        if wanted is None:
            return frozenset()
        try:
            return public_holidays(wanted.country, wanted.subdivision, wanted.observed)
        except UnknownHolidays as error:
            self._found(("holidays", error.key), str(error), nearest(error.code, error.known, "codes"))
            return frozenset()

    def _dated(self, hours: Mapping[date, tuple[str, ...]], key: str) -> dict[date, Hours]:
        return {day: self._day((key, day.isoformat()), lines) for day, lines in hours.items()}

    def _day(self, path: Path, lines: tuple[str, ...]) -> Hours:
        taken: list[tuple[int, int]] = []
        for position, line in enumerate(lines):
            try:
                pieces = list(day_pieces(line))
            except BadHours as error:
                self._found((*path, position), str(error), error.right)
                continue
            twice = overlap(pieces, taken)
            if twice:
                self._found((*path, position), f"{span_text(*twice)} is written twice", _ONCE)
            taken += pieces
        if not lines:
            self._found(path, "no hours are given for this date", 'write them, or put the date under "closed"')
        return tuple(taken)

    def _found(self, path: Path, says: str, right: str) -> None:
        self.findings.append(Finding((*self.path, *path), says, right))
