"""The receipt: one internal note of at most ten lines that tells an agent what was decided and why, in plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integration.domain.book import Book
from integration.domain.entitlement import Check
from integration.domain.sla import Target
from integration.domain.ticket import Ticket
from integration.domain.triage import Decision

MOST_LINES = 10


def write(ticket: Ticket, decision: Decision, book: Book) -> str:
    """The note's text. Lines beyond the tenth are never needed; flags are joined to keep within it."""
    lines = [
        _headline(decision, book),
        _why(decision),
        _action(decision),
        _severity_line(decision),
        _category_line(decision),
        _deadline_line(decision),
        _source_line(decision),
        _flags_line(ticket, decision, book),
        _services_line(decision, book),
        _version_line(decision),
    ]
    return "\n".join([line for line in lines if line][:MOST_LINES])


def _headline(decision: Decision, book: Book) -> str:
    outcome = decision.entitlement.outcome.replace("_", " ")
    if decision.entitlement.plan:
        return f"Deskward: {outcome} · {plan_title(decision.entitlement.plan, book)}"
    return f"Deskward: {outcome} · no plan's promise applies"


def plan_title(plan_id: str, book: Book) -> str:
    """The plan's name with its vendor, as people say it."""
    catalogue, plan = book.of_plan(plan_id)
    return plan.title if catalogue.title.casefold() in plan.title.casefold() else f"{catalogue.title} {plan.title}"


def _why(decision: Decision) -> str:
    return "Who: " + "; ".join(_told(check) for check in _telling(decision.entitlement.because))


def _telling(checks: tuple[Check, ...]) -> list[Check]:
    """The failed check alone says most; where all held, organization, contract and contact do."""
    failed = [check for check in checks if not check.passed]
    if failed:
        return [c for c in checks if c.name in ("organization", "override") and c.passed] + failed[:1]
    return [check for check in checks if check.name in ("override", "organization", "contract", "contact")]


def _told(check: Check) -> str:
    return f"{check.says} ({', '.join(check.rules)})"


def _action(decision: Decision) -> str:
    return f"Do: {decision.entitlement.effects.note}" if decision.entitlement.outcome != "entitled" else ""


def _severity_line(decision: Decision) -> str:
    rated = decision.severity
    if rated.working is None:
        return f"Severity: none; {rated.because}"
    stated = f"stated {rated.stated}" if rated.stated else "none stated"
    return f"Severity: {rated.working} ({stated}; {rated.because}), priority {rated.priority}"


def _category_line(decision: Decision) -> str:
    chosen = decision.category
    if chosen.value is None:
        return ""
    if chosen.origin == "text":
        words = ", ".join(chosen.because[:3])
        return f"Category: {chosen.value}, from the text ({chosen.confidence:.0%} sure: {words})"
    return f"Category: {chosen.value}, as the {'customer' if chosen.origin == 'form' else 'agent'} chose"


def _deadline_line(decision: Decision) -> str:
    target = decision.first_reply
    if target is None:
        return ""
    if target.fulfilled_at:
        return f"First reply: {target.note}"
    if target.deadline is None:
        return ""
    extra = f"; {target.note}" if target.note else ""
    return (
        f"First reply due: {local_and_utc(target.deadline, target.zone)} ({target.within} in {target.coverage}{extra})"
    )


def _source_line(decision: Decision) -> str:
    target: Target | None = decision.first_reply
    if target is None:
        return ""
    return f"From: {target.source} ({', '.join(target.rules)})" if target.rules else f"From: {target.source}"


def _flags_line(ticket: Ticket, decision: Decision, book: Book) -> str:
    channel = book.catalogue(decision.catalogue).channels.get(ticket.channel)
    hint = (channel.receipt_hint,) if channel and channel.receipt_hint and decision.entitlement.plan else ()
    found = (*decision.flags, *hint)
    return "Note: " + "; ".join(found) if found else ""


def _services_line(decision: Decision, book: Book) -> str:
    if decision.entitlement.plan is None:
        return ""
    services = book.of_plan(decision.entitlement.plan)[1].services
    return "Plan also brings: " + ", ".join(service.title for service in services) if services else ""


def _version_line(decision: Decision) -> str:
    return f"Decided by catalogue {decision.catalogue} {decision.version}".rstrip()


def local_and_utc(instant: datetime, zone: str) -> str:
    """An instant in a zone's own words and in UTC: "Mon 23 Nov 2026 17:00 PST (01:00 UTC, Tue 24 Nov)"."""
    local = instant.astimezone(ZoneInfo(zone))
    utc = instant.astimezone(UTC)
    day = "" if utc.date() == local.date() else f", {utc:%a %d %b}"
    name = local.tzname() or zone
    name = f"UTC{name}" if name[:1] in "+-" else name
    return f"{local:%a %d %b %Y %H:%M} {name} ({utc:%H:%M} UTC{day})"
