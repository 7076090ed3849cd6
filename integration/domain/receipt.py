"""The receipt: one internal note of at most ten lines that tells an agent what was decided and why, in plain words."""

from __future__ import annotations

from integration.domain.book import Book
from integration.domain.entitlement import Check
from integration.domain.receipt_words import document_and_place, length_and_hours, local_and_utc, outcome_in_words
from integration.domain.sla import Target
from integration.domain.ticket import Ticket
from integration.domain.triage import Decision

MOST_LINES = 10
#: No line is longer: a customer's own words in it must not fill the note.
MOST_CHARACTERS = 800


def write(ticket: Ticket, decision: Decision, book: Book) -> str:
    """The note's text: one line per question that an agent may have, and none for what does not apply."""
    lines = [
        _headline(decision, book),
        _why(decision),
        _action(decision),
        _severity_line(decision),
        _category_line(decision),
        _deadline_line(decision, book),
        _source_line(decision, book),
        _flags_line(ticket, decision, book),
        _services_line(decision, book),
        _version_line(decision),
    ]
    return "\n".join([_one_line(line) for line in lines if line][:MOST_LINES])


def _one_line(text: str) -> str:
    """Customers' words come with line breaks and of any length."""
    whole = " ".join(text.split())
    return whole if len(whole) <= MOST_CHARACTERS else whole[: MOST_CHARACTERS - 1] + "…"


def _headline(decision: Decision, book: Book) -> str:
    plan = decision.entitlement.plan
    promise = book.title_of(plan) if plan else "no plan's promise applies"
    return f"Deskward: {outcome_in_words(decision.entitlement.outcome)} · {promise}"


def _why(decision: Decision) -> str:
    return "Who: " + "; ".join(_with_rules(check.says, check.rules) for check in _telling(decision.entitlement.because))


def _telling(checks: tuple[Check, ...]) -> list[Check]:
    """The failed check alone says most; where all held, organization, contract and contact do."""
    failed = [check for check in checks if not check.passed]
    if failed:
        return [c for c in checks if c.name in ("organization", "override") and c.passed] + failed[:1]
    return [check for check in checks if check.name in ("override", "organization", "contract", "contact")]


def _with_rules(says: str, rules: tuple[str, ...]) -> str:
    return f"{says} ({', '.join(rules)})" if rules else says


def _action(decision: Decision) -> str:
    return f"Do: {decision.entitlement.effects.note}" if decision.entitlement.outcome != "entitled" else ""


def _severity_line(decision: Decision) -> str:
    """Both severities, the customer's and ours (G-07)."""
    rated = decision.severity
    if rated.working is None:
        return f"Severity: none; {rated.because}"
    stated = f"the customer stated {rated.stated}; " if rated.stated not in (None, rated.working) else ""
    until = " until the customer answers" if decision.ask_severity else ""
    says = _with_rules(stated + rated.because + until, rated.rules)
    return f"Severity: {rated.working}, priority {rated.priority}: {says}"


def _category_line(decision: Decision) -> str:
    chosen = decision.category
    if chosen.value is None:
        return ""
    if chosen.origin == "text":
        words = ", ".join(chosen.because[:3])
        return f"Category: {chosen.value}, from the text ({chosen.confidence:.0%} sure: {words})"
    return f"Category: {chosen.value}, as the {'customer' if chosen.origin == 'form' else 'agent'} chose"


def _deadline_line(decision: Decision, book: Book) -> str:
    target = decision.first_reply
    if target is None:
        return "First reply: this plan promises no time" if decision.entitlement.plan else ""
    if target.fulfilled_at or target.deadline is None:
        return f"First reply: {target.note}"
    extra = f"; {target.note}" if target.note else ""
    return f"First reply due: {local_and_utc(target.deadline, target.zone)}: {length_and_hours(target, book)}{extra}"


def _source_line(decision: Decision, book: Book) -> str:
    target: Target | None = decision.first_reply
    if target is None:
        return ""
    catalogue, _ = book.of_plan(target.plan)
    return "From: " + _with_rules(document_and_place(target.source, catalogue), target.rules)


def _flags_line(ticket: Ticket, decision: Decision, book: Book) -> str:
    channel = book.catalogue(decision.catalogue).channels.get(ticket.channel)
    hint = (channel.receipt_hint,) if channel and channel.receipt_hint and decision.entitlement.plan else ()
    found = tuple(dict.fromkeys((*decision.flags, *hint)))
    return "Note: " + "; ".join(found) if found else ""


def _services_line(decision: Decision, book: Book) -> str:
    if decision.entitlement.plan is None:
        return ""
    services = book.of_plan(decision.entitlement.plan)[1].services
    return "Plan also brings: " + "; ".join(service.title for service in services) if services else ""


def _version_line(decision: Decision) -> str:
    return f"Decided by catalogue {decision.catalogue} {decision.version}".rstrip()
