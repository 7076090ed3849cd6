"""Deciding: the question is answered, the answer kept with every input, and what it owes Zendesk written down, in
one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integration.domain import receipt
from integration.domain.desk import Desk
from integration.domain.triage import Decision, Question, triage
from integration.services import facts
from integration.services.desk import Address, owe_decision, owe_message, wanted_fields
from integration.services.desk_schema import template_id
from integration.services.gather import Marks
from integration.services.parts import Parts
from integration.services.ports import Conflict, TicketRead
from integration.services.records import decision_json, digest
from integration.store import switches, work
from integration.store import tickets as rows
from integration.store.work import Claim

#: From the one that writes nothing to the one that writes all.
MODES = ("observe", "note", "act")


def decide(
    parts: Parts,
    claimed: Claim,
    read: TicketRead,
    desk: Desk,
    question: Question,
    asked: Mapping[str, Any],
    last: Any,
    marks: Marks,
) -> None:
    """Answer the question, keep the answer, and owe Zendesk what follows from it."""
    decision = triage(question, parts.book)
    note = receipt.write(question.ticket, decision, parts.book)
    answer = decision_json(decision, note)
    values = wanted_fields(decision, parts.specs, desk)
    with parts.store.write() as (connection, now):
        if not work.renew(connection, claimed, now):
            raise Conflict("the ticket was taken over while it was decided")
        rows.remember(connection, _seen(claimed, read, desk, question, marks, now))
        number = last.number + 1 if last else 1
        rows.add_decision(connection, _row(claimed, decision, asked, answer, number, now, parts))
        same, more = _says_the_same(last, answer), may_say_more(parts, last)
        if not _is_active(parts, question, connection) or (same and not more):
            return
        where = Address(claimed.account, claimed.ticket)
        told = same and rows.has_note(connection, claimed.account, claimed.ticket)
        key = None if told else f"decision {number}"
        owe_decision(connection, where, decision, note, values, parts.settings, now, key)
        if decision.message is None:
            rows.take_back_message(connection, claimed.account, claimed.ticket)
        elif _may_be_written_to(read, marks):
            template = template_id(decision.catalogue, decision.message)
            requester = str(read.ticket.get("requester_id"))
            owe_message(connection, where, template, requester, parts.specs, parts.settings, now)


def may_say_more(parts: Parts, last: Any) -> bool:
    """True where the last decision was taken in a mode that told the ticket less than today's would."""
    return last is not None and MODES.index(parts.settings.mode_of("fields")) > MODES.index(last.mode)


def _may_be_written_to(read: TicketRead, marks: Marks) -> bool:
    """G-02: never to staff, to suspended or removed users, to a doubted sender, or to a machine."""
    user = read.users.get(int(read.ticket.get("requester_id") or 0), {})
    is_person = user.get("role") == "end-user" and user.get("active", True) and not user.get("suspended")
    return bool(is_person) and not marks.doubted and not marks.automatic


def _says_the_same(last: Any, answer: Mapping[str, Any]) -> bool:
    """A repeated decision that changes nothing writes nothing; the catalogue's version alone is no change."""
    ignored = ("catalogue_version", "note")
    return last is not None and all(last.answer.get(k) == v for k, v in answer.items() if k not in ignored)


def _is_active(parts: Parts, question: Question, connection: Any) -> bool:
    """Tickets older than ACTIVE_SINCE (by default: the installation) are decided, and told nothing."""
    since = parts.settings.active_since or switches.installed_at(connection)
    return since is None or question.ticket.created_at >= since.replace(microsecond=0)  # Zendesk tells whole seconds


def _seen(
    claimed: Claim, read: TicketRead, desk: Desk, question: Question, marks: Marks, now: datetime
) -> dict[str, Any]:
    stated = question.ticket.stated_severity
    return {
        "account": claimed.account,
        "ticket": claimed.ticket,
        "created_at": question.ticket.created_at,
        "zendesk_updated_at": facts.instant_of(str(read.ticket["updated_at"])),
        "read_at": now,
        "subject": question.ticket.subject,
        "status": str(read.ticket.get("status") or ""),
        "requester": str(read.ticket.get("requester_id") or ""),
        "sender_flagged": marks.doubted,
        "sender_automatic": marks.automatic,
        "stated_severity": stated,
        "stated_at": question.ticket.created_at if stated else None,
        "found": facts.of_persons(read, desk),
    }


def _row(
    claimed: Claim,
    decision: Decision,
    asked: Mapping[str, Any],
    answer: Mapping[str, Any],
    number: int,
    now: datetime,
    parts: Parts,
) -> dict[str, Any]:
    first = decision.first_reply
    return {
        "account": claimed.account,
        "ticket": claimed.ticket,
        "number": number,
        "decided_at": now,
        "catalogue": decision.catalogue,
        "catalogue_version": decision.version,
        "outcome": decision.entitlement.outcome,
        "plan": decision.entitlement.plan,
        "severity": decision.severity.working,
        "priority": decision.severity.priority,
        "first_reply_due": first.deadline if first else None,
        "digest": digest(dict(asked)),
        "question": dict(asked),
        "answer": dict(answer),
        "mode": parts.settings.mode_of("fields"),
    }
