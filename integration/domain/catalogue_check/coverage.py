"""Whether a promise can be kept in its hours, and whether somebody is told when nobody is at work (G-13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from integration.domain.book import Book
from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Catalogue, Plan, Span, Targets
from integration.domain.catalogue_check.finding import Finding, Path

#: A fixed year that stands for all: it has every weekday, the holidays and both clock changes of a zone.
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
_DAYS_IN_YEAR = 365


def check_coverage(catalogue: Catalogue, book: Book) -> Iterator[Finding]:
    """Findings about hours; names that lead nowhere are passed over here, since check_references tells them."""
    calendars = book.calendars[catalogue.vendor]
    for name, plan in catalogue.plans.items():
        path: Path = ("plans", name)
        yield from _uncovered_severities(path, plan, catalogue)
        yield from _unstaffed(path, plan, catalogue, calendars)
        for position, row in enumerate(plan.targets):
            yield from _too_many_days((*path, "targets", position), plan, row, calendars)


def check_lengths(catalogue: Catalogue, calendars: Mapping[str, BusinessCalendar]) -> Iterator[Finding]:
    """Findings about targets longer than a year of their coverage; the engine's search for such a deadline gives up."""
    for name, plan in catalogue.plans.items():
        for position, row in enumerate(plan.targets):
            yield from _too_long(("plans", name, "targets", position), plan, row, calendars)


def _uncovered_severities(path: Path, plan: Plan, catalogue: Catalogue) -> Iterator[Finding]:
    for severity in catalogue.severities:
        if plan.coverage and severity not in plan.coverage:
            says = f"{severity} has no coverage in this plan"
            yield Finding((*path, "coverage"), says, f"add {severity} with the calendar in which it is answered")


def _too_long(path: Path, plan: Plan, row: Targets, calendars: Mapping[str, BusinessCalendar]) -> Iterator[Finding]:
    for severity, span in row.spans.items():
        calendar = calendars.get(_counting(plan, row, severity, span))
        if calendar and not _fits(span, calendar):
            hours = f"{calendar.hours_per_week:g} h a week"
            says = f'"{row.within[severity]}" is more than {calendar.name} ({hours}) holds in a year'
            yield Finding((*path, "within", severity), says, "shorten the target, or choose a wider calendar")


def _too_many_days(
    path: Path, plan: Plan, row: Targets, calendars: Mapping[str, BusinessCalendar]
) -> Iterator[Finding]:
    for severity, span in row.spans.items():
        calendar = calendars.get(_counting(plan, row, severity, span))
        if calendar and span.elapsed is None and not row.decision and all(calendar.weekly):
            says = f'"{row.within[severity]}" would count in {calendar.name}, where every day is a business day'
            right = 'name the calendar of the business days in "business_days_in" (RL-10)'
            yield Finding((*path, "within", severity), says, right)


def _counting(plan: Plan, row: Targets, severity: str, span: Span) -> str:
    """The calendar in which the engine counts a target: business days may have one of their own."""
    in_days = row.business_days_in if span.elapsed is None else None
    return in_days or plan.coverage.get(severity, "")


def _fits(span: Span, calendar: BusinessCalendar) -> bool:
    if span.elapsed is None:
        days = (YEAR[0].date() + timedelta(days=number) for number in range(_DAYS_IN_YEAR))
        return max(span.business_days, 1) <= sum(1 for day in days if calendar.hours_on(day))
    return span.elapsed <= calendar.between(*YEAR)


def _unstaffed(
    path: Path, plan: Plan, catalogue: Catalogue, calendars: Mapping[str, BusinessCalendar]
) -> Iterator[Finding]:
    staffed = calendars.get(catalogue.staffed)
    for severity, name in plan.coverage.items():
        calendar = calendars.get(name)
        if calendar is None or staffed is None or severity in plan.escalation:
            continue
        gap = first_gap(calendar, staffed)
        if gap:
            says = f"{severity} is covered on {gap} ({name}), when nobody is at work ({catalogue.staffed}; G-13)"
            right = f'name an escalation policy for {severity} under "escalation"'
            yield Finding((*path, "coverage", severity), says, right)


def first_gap(calendar: BusinessCalendar, staffed: BusinessCalendar) -> str:
    """The first hour of the year that `calendar` has and `staffed` lacks, in words; empty where there is none."""
    missing = calendar.intersection(staffed.complement())
    start, end = YEAR
    for opens, _ in missing.intervals(start, end):
        return opens.astimezone(calendar.zone).strftime("%a %Y-%m-%d %H:%M")
    return ""
