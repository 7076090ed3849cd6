"""SLA targets that apply to a ticket when it is triaged, and the instants at which they fall due.

A plan's own target and those of the plans it includes compete, and the earliest deadline wins (G-08). First reply
starts with the ticket; next reply and update start later, so they have a length and no deadline yet. A promise that
improves after the start is counted from the moment of the change and never later than before (G-09).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from integration.domain.book import Book
from integration.domain.catalogue import METRICS, Kind, Metric, Span, Targets
from integration.domain.ticket import EarlierPromise


@dataclass(frozen=True, slots=True)
class Target:
    """One target that applies. `plan` and `coverage` are those whose deadline won; `deadline` None: not started yet.

    `fulfilled_at` is set where the target was met as the ticket was made (a call that an agent logged, RC-14).
    """

    metric: Metric
    kind: Kind
    plan: str
    severity: str
    within: str
    coverage: str
    zone: str
    source: str
    rules: tuple[str, ...] = ()
    started_at: datetime | None = None
    deadline: datetime | None = None
    fulfilled_at: datetime | None = None
    note: str = ""


def plans_with_included(book: Book, plan_id: str) -> Iterator[str]:
    """The plan, then every plan that it includes, directly or through another, each once."""
    seen: list[str] = []
    waiting = [plan_id]
    while waiting:
        current = waiting.pop(0)
        if current not in seen:
            seen.append(current)
            waiting.extend(book.of_plan(current)[1].includes)
            yield current


def choose(book: Book, plan_id: str, severity: str, start: datetime) -> tuple[Target, ...]:
    """The targets of a severity under a plan, in the order of METRICS; first reply counted from `start`."""
    chosen = (_choose(book, plan_id, severity, metric, start) for metric in METRICS)
    return tuple(target for target in chosen if target is not None)


def _choose(book: Book, plan_id: str, severity: str, metric: Metric, start: datetime) -> Target | None:
    rows = [
        _target(book, each, severity, row, start)
        for each in plans_with_included(book, plan_id)
        for row in book.of_plan(each)[1].targets
        if row.metric == metric and severity in row.spans
    ]
    if not rows or metric != "first_reply":
        return rows[0] if rows else None
    best = min(rows, key=lambda target: target.deadline or start)
    if best.plan != plan_id and best is not rows[0]:
        title = book.of_plan(best.plan)[1].title
        return replace(best, note=f"{title}, which is included, is due earlier (G-08)", rules=(*best.rules, "G-08"))
    return best


def _target(book: Book, plan_id: str, severity: str, row: Targets, start: datetime) -> Target:
    catalogue, plan = book.of_plan(plan_id)
    coverage = plan.coverage[severity]
    span = row.spans[severity]
    if span.elapsed is None and row.business_days_in:
        coverage = row.business_days_in
    running = row.metric == "first_reply"
    return Target(
        metric=row.metric,
        kind=row.kind,
        plan=plan_id,
        severity=severity,
        within=row.within[severity],
        coverage=coverage,
        zone=catalogue.calendars[coverage].timezone,
        source=row.source_of(severity),
        rules=row.rules,
        started_at=start if running else None,
        deadline=deadline(book, catalogue.vendor, coverage, span, start) if running else None,
    )


def deadline(book: Book, vendor: str, calendar: str, span: Span, start: datetime) -> datetime:
    """When a span that starts at `start` is over, in UTC (RC-34 for business days, G-16 for the next business day)."""
    hours = book.calendar(vendor, calendar)
    if span.next_business_day:
        return hours.close_of_next_business_day(start)
    if span.elapsed is None:
        return hours.add_business_days(start, span.business_days)
    return hours.add(start, span.elapsed)


def improve(
    book: Book, plan_id: str, targets: tuple[Target, ...], earlier: EarlierPromise | None, changed_at: datetime
) -> tuple[Target, ...]:
    """Carry an earlier first-reply promise on: unchanged, eased from the start, or shortened fairly (G-09).

    `plan_id` is the plan whose promise applies now, `changed_at` the moment of the change that asks for it.
    """
    if earlier is None:
        return targets
    return tuple(
        _improve(book, plan_id, each, earlier, changed_at) if each.metric == "first_reply" else each for each in targets
    )


def _improve(book: Book, plan_id: str, target: Target, earlier: EarlierPromise, changed_at: datetime) -> Target:
    if target.deadline is None:
        return target
    start = changed_at
    if earlier.deadline and earlier.started_at and (earlier.plan, earlier.severity) == (plan_id, target.severity):
        start = earlier.started_at
    elif earlier.deadline and target.deadline >= earlier.deadline:
        return target
    moved = _restarted(book, plan_id, target.severity, start, earlier.deadline)
    is_moved = (moved.started_at, moved.deadline) != (target.started_at, target.deadline)
    return moved if is_moved else target


def _restarted(book: Book, plan_id: str, severity: str, at: datetime, latest: datetime | None) -> Target:
    """A promise that starts at `at` and is over by `latest` (None: any time).

    A new one and one that is carried on come out equal, so that a repeated decision changes nothing.
    """
    fresh = next(each for each in choose(book, plan_id, severity, at) if each.metric == "first_reply")
    due = min(each for each in (fresh.deadline, latest) if each is not None)
    note = "from the change on, and no later than promised before"
    return replace(fresh, deadline=due, rules=(*fresh.rules, "G-09"), note=note)
