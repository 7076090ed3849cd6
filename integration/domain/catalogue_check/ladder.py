"""G-08: a plan that ranks higher is never later than a lower one, at any minute of a year.

The deadlines are those of the engine itself (domain/sla.py): the first reply is due at the earliest of a plan's own
deadline and those of the plans it includes; the other clocks follow the first row that states them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise

from integration.domain.book import Book
from integration.domain.catalogue import METRICS, Catalogue, Metric, Span
from integration.domain.catalogue_check.coverage import YEAR
from integration.domain.catalogue_check.finding import Finding, Path
from integration.domain.catalogue_check.turning_points import turning_points, with_neighbours
from integration.domain.sla import deadline


@dataclass(frozen=True)
class Line:
    """One number of one plan with the calendar that counts it; `path` is its place in the plan's own file."""

    vendor: str
    calendar: str
    span: Span
    within: str
    path: Path
    decided: bool

    def due(self, book: Book, start: datetime) -> datetime:
        """The deadline, in UTC."""
        return deadline(book, self.vendor, self.calendar, self.span, start)

    def points(self, book: Book) -> set[datetime]:
        """Where its deadline turns, within the year."""
        return turning_points(self.span, book.calendar(self.vendor, self.calendar), *YEAR)


def check_ladder(catalogue: Catalogue, book: Book) -> Iterator[Finding]:
    """Findings about ranks that contradict includes, circles of includes, and higher plans that would be later."""
    broken = [*_ranks(catalogue), *_circles(catalogue, book)]
    yield from broken
    if broken:
        return
    for lower, higher in _rungs(catalogue):
        for severity in catalogue.severities:
            for metric in METRICS:
                yield from _later(catalogue, book, lower, higher, severity, metric)


def _ranks(catalogue: Catalogue) -> Iterator[Finding]:
    for name, plan in catalogue.plans.items():
        for position, included in enumerate(plan.includes):
            vendor, _, key = included.partition("/")
            lower = catalogue.plans.get(key) if vendor == catalogue.vendor else None
            if lower and key != name and lower.rank >= plan.rank:
                says = f"{name} (rank {plan.rank}) includes {key}, which ranks {lower.rank}"
                right = f"give {name} a higher rank than {key}"
                yield Finding(("plans", name, "includes", position), says, right)


def _circles(catalogue: Catalogue, book: Book) -> Iterator[Finding]:
    for name in catalogue.plans:
        own = f"{catalogue.vendor}/{name}"
        if own in _below(book, own):
            right = "let the higher plan include the lower one, never the other way round"
            yield Finding(("plans", name, "includes"), f"{own} includes itself in the end", right)


def _below(book: Book, plan_id: str) -> list[str]:
    """Every plan that is included, directly or through another, in the order in which the engine looks at them."""
    seen: list[str] = []
    waiting = list(_included(book, plan_id))
    while waiting:
        current = waiting.pop(0)
        if current not in seen:
            seen.append(current)
            waiting.extend(_included(book, current))
    return seen


def _included(book: Book, plan_id: str) -> tuple[str, ...]:
    vendor, _, name = plan_id.partition("/")
    catalogue = book.catalogues.get(vendor)
    plan = catalogue.plans.get(name) if catalogue else None
    return plan.includes if plan else ()


def _rungs(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every pair (lower, higher) by rank: neighbours alone would not do, since a plan between them may have no number."""
    for lower, plan in catalogue.plans.items():
        yield from ((lower, name) for name, other in catalogue.plans.items() if other.rank > plan.rank)


def _later(
    catalogue: Catalogue, book: Book, lower: str, higher: str, severity: str, metric: Metric
) -> Iterator[Finding]:
    low = lines_of(book, f"{catalogue.vendor}/{lower}", severity, metric)
    high = lines_of(book, f"{catalogue.vendor}/{higher}", severity, metric)
    if not low or _decided(catalogue.plans[higher].decision) or (high and high[0].decided):
        return
    if not high:
        if True:
            says = (
                f"{lower} promises {metric} for {severity} within {low[0].within}, and the higher plan {higher} nothing"
            )
            yield Finding(("plans", higher), says, f"add a target, or let it include {catalogue.vendor}/{lower}")
        return
    if high[0].decided or catalogue.plans[higher].decision:
        return
    at = first_later(book, low, high)
    if at:
        yield _finding(book, lower, higher, severity, metric, low, high, at)


def _decided(decision: str) -> bool:
    """A decision may let a higher plan be later, but only one that is about it: it names the rule."""
    return "G-08" in decision


def _finding(
    book: Book, lower: str, higher: str, severity: str, metric: Metric, low: list[Line], high: list[Line], at: datetime
) -> Finding:
    zone = book.calendar(high[0].vendor, high[0].calendar).zone
    start, due, other = (
        moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")
        for moment in (at, _due(book, high, at), _due(book, low, at))
    )
    says = f"{higher} would be later than {lower}: {metric} of {severity}, asked {start}, is due {due}, and {other} on {lower}"
    right = (
        f"shorten it, let {higher} include {lower} (the earlier deadline then wins), or add a decision that names G-08"
    )
    return Finding(high[0].path, says, right)


def lines_of(book: Book, plan_id: str, severity: str, metric: Metric) -> list[Line]:
    """The promises that compete for one clock of a plan: all of them for the first reply, else the first one."""
    found = [line for each in (plan_id, *_below(book, plan_id)) for line in _own(book, each, severity, metric)]
    return found if metric == "first_reply" else found[:1]


def _own(book: Book, plan_id: str, severity: str, metric: Metric) -> Iterator[Line]:
    vendor, _, name = plan_id.partition("/")
    catalogue = book.catalogues.get(vendor)
    plan = catalogue.plans.get(name) if catalogue else None
    for position, row in enumerate(plan.targets if plan else ()):
        span = row.spans.get(severity)
        if plan is None or span is None or row.metric != metric or row.kind != "promise":
            continue
        calendar = (row.business_days_in if span.elapsed is None else None) or plan.coverage.get(severity)
        if calendar in book.calendars.get(vendor, {}):
            path: Path = ("plans", name, "targets", position, "within", severity)
            yield Line(vendor, str(calendar), span, row.within[severity], path, _decided(row.decision))


def first_later(book: Book, low: list[Line], high: list[Line]) -> datetime | None:
    """The first start in the year at which the higher plan would be later, or None: never later."""
    if set(low) <= set(high):
        return None  # the earliest of more deadlines, the very same ones among them, cannot be later
    points = {point for line in (*low, *high) for point in line.points(book)}
    ordered = sorted(point for point in with_neighbours(points) | set(YEAR) if YEAR[0] <= point <= YEAR[1])
    for point, following in pairwise(ordered):
        for start in (point, *_crossings(book, high, point, following)):
            if _due(book, high, start) > _due(book, low, start):
                return start
    return None


def _crossings(book: Book, lines: list[Line], point: datetime, following: datetime) -> Iterator[datetime]:
    """Where two of a plan's own lines cross between two turning points: the earlier of the two is latest there."""
    for one, other in combinations(lines, 2):
        crossing = point + abs(one.due(book, point) - other.due(book, point))
        if point < crossing < following:
            yield crossing


def _due(book: Book, lines: list[Line], start: datetime) -> datetime:
    return min(line.due(book, start) for line in lines)
