"""G-08: a plan that ranks higher is never later than a lower one, at any minute of a year.

The deadlines are those of the engine itself (domain/sla.py): the first reply is due at the earliest of a plan's own
deadline and those of the plans it includes; the other clocks follow the first row that states them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integration.domain.book import Book
from integration.domain.catalogue import METRICS, Catalogue, Metric
from integration.domain.catalogue_check.compare import Comparer, Line
from integration.domain.catalogue_check.finding import Finding, Path


@dataclass(frozen=True)
class Rung:
    """A pair of plans by rank, for one severity and one clock."""

    lower: str
    higher: str
    severity: str
    metric: Metric

    @property
    def what(self) -> str:
        return f"{self.metric} of {self.severity}"


def check_ladder(catalogue: Catalogue, book: Book) -> Iterator[Finding]:
    """Findings about ranks that contradict includes, circles of includes, and higher plans that would be later."""
    broken = [*_ranks(catalogue), *_circles(catalogue, book)]
    yield from broken
    if broken:
        return
    comparer = Comparer(book)
    for lower, higher in _rungs(catalogue):
        for severity in catalogue.severities:
            for metric in METRICS:
                yield from _later(catalogue, book, comparer, Rung(lower, higher, severity, metric))


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
    """Every pair (lower, higher) by rank: a plan between two others may have no number."""
    for lower, plan in catalogue.plans.items():
        yield from ((lower, name) for name, other in catalogue.plans.items() if other.rank > plan.rank)


def _later(catalogue: Catalogue, book: Book, comparer: Comparer, rung: Rung) -> Iterator[Finding]:
    low = lines_of(book, f"{catalogue.vendor}/{rung.lower}", rung.severity, rung.metric)
    high = lines_of(book, f"{catalogue.vendor}/{rung.higher}", rung.severity, rung.metric)
    if not low or _decided(catalogue.plans[rung.higher].decision) or (high and high[0].decided):
        return
    if not high:
        says = f"{rung.lower} promises {rung.what} within {low[0].within}, and the higher plan {rung.higher} nothing"
        right = f"add a target, or let it include {catalogue.vendor}/{rung.lower}"
        yield Finding(("plans", rung.higher), says, right)
    elif at := comparer.first_later(low, high):
        zone = book.calendar(high[0].vendor, high[0].calendar).zone
        moments = (at, comparer.due(high, at), comparer.due(low, at))
        start, due, other = (moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M") for moment in moments)
        says = f"{rung.higher} is later than {rung.lower}: {rung.what}, asked {start}, is due {due}, there {other}"
        right = f"shorten it, let {rung.higher} include {rung.lower}, or add a decision that names G-08"
        yield Finding(high[0].path, says, right)


def _decided(decision: str) -> bool:
    """A decision may let a higher plan be later, but only one that is about it: it names the rule."""
    return "G-08" in decision


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
