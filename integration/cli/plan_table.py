"""One plan as a page that a salesperson could read: what is promised, to whom, when, and on which document's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten, wrap

from integration.domain.book import Book
from integration.domain.catalogue import METRICS, Calendar, Catalogue, Contacts, Metric, Plan, Targets
from integration.domain.sla import plans_with_included

WIDTH = 100
_LABEL = 15
_SHORT = 150
_HEADS: dict[Metric, str] = {
    "first_reply": "First reply",
    "next_reply": "Next reply",
    "update": "Updates",
    "resolution": "Solution",
}


def plan_table(book: Book, plan_id: str) -> Iterator[str]:
    """The page's lines, none longer than WIDTH columns; UnknownPlan for a plan that is not in the book."""
    catalogue, plan = book.of_plan(plan_id)
    yield plan.title
    yield "=" * len(plan.title)
    yield from _row("Plan", f"{plan_id} (catalogue version {book.versions[catalogue.vendor]})")
    yield from _row("Channels", ", ".join(catalogue.channels[name].title for name in plan.channels), plan.source)
    yield from _who(plan.contacts)
    yield from _row("Includes", ", ".join(plan.includes))
    yield from _row("Needs", plan.prerequisite.title if plan.prerequisite else "", _source(plan.prerequisite))
    yield from _sale(plan)
    yield from _promises(book, plan_id, catalogue, plan)
    yield from _hours(catalogue, plan)
    yield from _escalation(catalogue, plan)
    yield from _incidents(plan)
    yield from _services(book, plan_id)


def _source(part: object) -> str:
    return str(getattr(part, "source", "") or "")


def _row(label: str, text: str, source: str = "") -> Iterator[str]:
    """A label with its text and the document it came from; nothing where there is nothing to say."""
    if not text:
        return
    whole = f"{text} [{source}]" if source else text
    yield from _wrapped(whole, label.ljust(_LABEL), " " * _LABEL)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _section(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _who(contacts: Contacts | None) -> Iterator[str]:
    if contacts is None:
        yield from _row("Who may ask", "anyone the contract matches")
        return
    count = f"up to {contacts.limit}" if contacts.limit is not None else "any number of"
    rules = [f"{count} named contacts"]
    rules += ["a person each, no shared mailbox"] if contacts.individual else []
    rules += ["on the company's domain"] if contacts.company_domain else []
    yield from _row("Who may ask", ", ".join(rules), contacts.source)
    if contacts.others:
        yield from _row("Anyone else", f"gets {contacts.others}")


def _sale(plan: Plan) -> Iterator[str]:
    sale = plan.sale
    words = [f"since {sale.since}"] if sale.since else []
    words += [f"not sold from {sale.stopped_from} on"] if sale.stopped_from else []
    words += ["renewals are accepted"] if sale.stopped_from and sale.renewals else []
    words += [f"only through {', '.join(sale.sources)}"] if sale.sources else []
    yield from _row("Sale", ", ".join(words), sale.source)


def _promises(book: Book, plan_id: str, catalogue: Catalogue, plan: Plan) -> Iterator[str]:
    yield from _section("What is promised")
    shown = [metric for metric in METRICS if any(row.metric == metric for row in plan.targets)]
    if not shown:
        yield "No response time is stated for this plan."
    heads = ["Severity", "In Zendesk", *(_HEADS[metric] for metric in shown), "Coverage"]
    rows = [_cells(catalogue, plan, severity, shown) for severity in catalogue.severities]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    yield _columns(heads, widths)
    yield "  ".join("-" * width for width in widths)
    for row in rows:
        yield _columns(row, widths)
    yield from _remarks(book, plan_id, plan)
    yield from _definitions(catalogue)
    yield from _numbers(plan, shown)


def _cells(catalogue: Catalogue, plan: Plan, severity: str, shown: Sequence[Metric]) -> list[str]:
    facts = catalogue.severities[severity]
    title = facts.title if facts.title.casefold() == severity.casefold() else f"{severity} {facts.title}"
    numbers = [_number(plan.targets, metric, severity) for metric in shown]
    return [title, facts.priority, *numbers, plan.coverage.get(severity, "-")]


def _number(rows: Iterable[Targets], metric: Metric, severity: str) -> str:
    for row in rows:
        if row.metric == metric and severity in row.within:
            return row.within[severity] + (" (goal)" if row.kind == "goal" else "")
    return "-"


def _columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _remarks(book: Book, plan_id: str, plan: Plan) -> Iterator[str]:
    included = [other for other in plans_with_included(book, plan_id) if other != plan_id]
    rivals = [other for other in included if book.of_plan(other)[1].targets]
    if rivals:
        yield from _wrapped(f"Where {' or '.join(rivals)} is due earlier, that first reply counts (G-08).", "", "")
    if any(row.kind == "goal" for row in plan.targets):
        yield "A goal is the team's own aim and no promise to the customer."


def _definitions(catalogue: Catalogue) -> Iterator[str]:
    yield from _section("What the severities mean")
    for name, severity in catalogue.severities.items():
        text = shorten(severity.definition, _SHORT, placeholder=" …")
        yield from _row(name, text, severity.source)


def _numbers(plan: Plan, shown: Sequence[Metric]) -> Iterator[str]:
    if shown:
        yield from _section("Where the numbers come from")
    for row in plan.targets:
        for severity, text in row.within.items():
            label = f"{_HEADS[row.metric]} {severity}: {text}"
            source = row.source_of(severity) or "our own decision"
            counted = f", business days of {row.business_days_in}" if _in_days(row, severity) else ""
            yield from _wrapped(f"{label}{counted} [{source}]", "", "    ")
        if row.decision:
            yield from _wrapped(f"Decided: {row.decision}", "    ", "    ")


def _in_days(row: Targets, severity: str) -> bool:
    return row.spans[severity].elapsed is None and bool(row.business_days_in)


def _hours(catalogue: Catalogue, plan: Plan) -> Iterator[str]:
    names = [*plan.coverage.values(), *(row.business_days_in for row in plan.targets if row.business_days_in)]
    yield from _section("Hours")
    for name in dict.fromkeys(names):
        calendar = catalogue.calendars[name]
        yield from _row(name, hours_in_words(calendar), calendar.source)


def hours_in_words(calendar: Calendar) -> str:
    """A calendar as a customer reads it: "mon-fri 09:00-17:00, America/Los_Angeles, not on public holidays (US)"."""
    hours = ", ".join("every hour" if line == "always" else line for line in calendar.hours)
    words = [hours or "on single dates only", calendar.timezone]
    if calendar.holidays:
        country = calendar.holidays.subdivision or calendar.holidays.country
        words.append(f"not on public holidays ({country})")
    if calendar.closed:
        words.append(f"closed on {len(calendar.closed)} more days")
    return ", ".join(words)


def _escalation(catalogue: Catalogue, plan: Plan) -> Iterator[str]:
    if plan.escalation:
        yield from _section("When nobody answers")
    for name in dict.fromkeys(plan.escalation.values()):
        policy = catalogue.escalation_policies[name]
        severities = ", ".join(key for key, value in plan.escalation.items() if value == name)
        steps = "; ".join(_step(step.tell, step.after_minutes, step.repeat_minutes) for step in policy.steps)
        yield from _row(severities, f"{policy.title}: {steps}", policy.source)


def _step(tell: Sequence[str], after: int, repeat: int | None) -> str:
    again = f", again every {repeat} min" if repeat else ""
    return f"{' and '.join(tell)} {'at once' if after == 0 else f'{after} min later'}{again}"


def _incidents(plan: Plan) -> Iterator[str]:
    terms = plan.incidents
    if terms is None:
        return
    yield from _section("Incidents")
    years = f"{terms.valid_for_years} year" + ("s" if terms.valid_for_years > 1 else "")
    back = "refunded" if terms.refundable else "not refunded"
    yield from _row("Valid", f"{years} from the day of purchase; what is left is {back}", terms.source)
    if terms.expected_price_minor is not None:
        price = f"{terms.expected_price_minor // 100}.{terms.expected_price_minor % 100:02d}"
        yield from _row("Price", f"{terms.currency} {price} expected; the order's price counts", terms.source)
    yield from _row("Counts", "; ".join(terms.counts))
    yield from _row("Does not", "; ".join(terms.not_counted))
    empty = {"hold": "a new incident waits for approval", "flag": "work goes on, with a flag"}
    yield from _row("When empty", empty[terms.when_empty])


def _services(book: Book, plan_id: str) -> Iterator[str]:
    """The services of the plan, then those of the plans that it includes (MM-37)."""
    plans = [(each, book.of_plan(each)[1]) for each in plans_with_included(book, plan_id)]
    if any(plan.services for _, plan in plans):
        yield from _section("What else it brings")
    for each, plan in plans:
        for service in plan.services:
            title = service.title if each == plan_id else f"{service.title}, from {each}"
            yield from _wrapped(f"{title} [{service.source}]" if service.source else title, "- ", "  ")
