"""The drain: claim open tickets, read them from Zendesk once, decide each, write what is owed in one update.

A delivery is only a hint that a ticket changed: the ticket itself is read again, so that late, doubled and shuffled
deliveries end in the same state (F04). No HTTP and no computing happen inside a write transaction.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from integration.domain import receipt, severity
from integration.domain.desk import Desk
from integration.domain.ticket import EarlierPromise, Mailbox, Ticket
from integration.domain.triage import Decision, Question, triage
from integration.services import facts
from integration.services.desk import Address, fold, owe_decision, owe_severity_question, wanted_fields
from integration.services.facts import Memory
from integration.services.parts import Parts
from integration.services.ports import Conflict, Gone, NotAllowed, RetryLater, TicketRead, UnknownOutcome, ZendeskError
from integration.services.records import decision_json, digest, question_json
from integration.store import accounts, candidates, people, switches, work
from integration.store import tickets as rows
from integration.store.work import Claim

log = structlog.get_logger()
BATCH = 50
#: Flags in the metadata of a creating audit by which Zendesk doubts the sender.
DOUBTFUL = ("trusted",)
FINAL = ("closed", "deleted")


@dataclass(frozen=True, slots=True)
class Drained:
    """What one call did: tickets claimed, and how many of them must be looked at again."""

    claimed: int
    postponed: int = 0


def drain(parts: Parts, most: int = BATCH) -> Drained:
    """Work off up to `most` due tickets. Never raises for a single ticket: it is postponed, and parked in the end."""
    with parts.store.write() as (connection, now):
        claims = work.claim(connection, parts.account, now, most)
    if not claims:
        return Drained(0)
    with parts.store.read() as (connection, _):
        desk = accounts.desk(connection, parts.account)
    try:
        reads = {str(each.ticket["id"]): each for each in parts.zendesk.tickets([int(c.ticket) for c in claims])}
    except ZendeskError as error:
        for claimed in claims:
            _postpone(parts, claimed, error)
        return Drained(len(claims), len(claims))
    done = [_one(parts, claimed, reads.get(claimed.ticket), desk) for claimed in claims]
    return Drained(len(claims), done.count(False))


def _one(parts: Parts, claimed: Claim, read: TicketRead | None, desk: Desk) -> bool:
    try:
        with parts.store.write() as (connection, now):
            if not work.renew(connection, claimed, now):
                return True  # somebody else has it; a stale worker writes nothing
        if read is None:
            _gone(parts, claimed)
        else:
            _look(parts, claimed, read, desk)
    except ZendeskError as error:
        _postpone(parts, claimed, error)
        return False
    except Exception as error:  # a poison ticket must not stop the others (F66); it is parked with its trace
        log.error("ticket failed", ticket=claimed.ticket, error=repr(error))
        _postpone(parts, claimed, error)
        return False
    return True


def _postpone(parts: Parts, claimed: Claim, error: Exception) -> None:
    """Give the ticket back. A busy or absent Zendesk parks nothing; a refusal or a fault of ours does after five."""
    wait, counts = _patience(claimed, error)
    trace = str(error) if isinstance(error, ZendeskError) else "".join(traceback.format_exception(error)[-3:])
    with parts.store.write() as (connection, now):
        work.postpone(connection, claimed, now + timedelta(seconds=wait), f"{type(error).__name__}: {trace}", counts)
        if isinstance(error, NotAllowed):
            switches.throw(connection, "zendesk_refused", str(error), "drain", now)


def _patience(claimed: Claim, error: Exception) -> tuple[float, bool]:
    if isinstance(error, RetryLater):
        return error.seconds, False
    if isinstance(error, (Conflict, UnknownOutcome)):
        return min(0.2 * 2**claimed.attempts, 60.0), False
    if isinstance(error, NotAllowed):
        return 60.0, False
    return min(2.0 * 2**claimed.attempts, 300.0), True


def _gone(parts: Parts, claimed: Claim) -> None:
    """F27: a ticket that is not there any more is left alone, and what we know of it stays."""
    with parts.store.write() as (connection, now):
        rows.mark(connection, claimed.account, claimed.ticket, gone_at=now)
        rows.drop_owed(connection, claimed.account, claimed.ticket)
        work.finish(connection, claimed)


def _look(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    if str(read.ticket.get("status")) in FINAL:
        with parts.store.write() as (connection, _):
            rows.drop_owed(connection, claimed.account, claimed.ticket)
            work.finish(connection, claimed)
        return
    confirm_attempt(parts, claimed, read, desk)
    flagged = _is_flagged(parts, claimed, read)
    mailboxes = facts.mailboxes_of(read, _verified(parts, read), parts.to_mailbox)
    _hear_answer(parts, claimed, read)
    question, last = _ask(parts, claimed, read, desk, mailboxes, flagged)
    asked = question_json(question)
    if last is None or last.digest != digest(asked):
        _decide(parts, claimed, read, desk, question, asked, last, flagged)
    _write(parts, claimed, read, desk)


def confirm_attempt(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    """F20: an update whose outcome we never learned took effect if the ticket carries its revision."""
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
    if known is None or known.attempted_revision is None:
        return
    revision = facts.raw_fields(read, desk).get("revision") or 0
    with parts.store.write() as (connection, now):
        if int(revision) >= known.attempted_revision:
            attempted = rows.attempted(connection, claimed.account, claimed.ticket)
            rows.settle(connection, claimed.account, claimed.ticket, attempted, known.attempted_revision, now)
        else:
            rows.mark(connection, claimed.account, claimed.ticket, attempted_revision=None)


def _is_flagged(parts: Parts, claimed: Claim, read: TicketRead) -> bool:
    """F38: whether Zendesk doubts who sent the creating message; asked once per ticket that came by e-mail."""
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
    if known is not None and known.sender_flagged is not None:
        return bool(known.sender_flagged)
    if not facts.is_mail(read):
        return False
    audit = read.audit if read.audit and _creates(read.audit) else _creating_audit(parts, claimed)
    return doubts_sender(audit or {})


def _creates(audit: Mapping[str, Any]) -> bool:
    return any(event.get("type") == "Create" for event in audit.get("events") or ())


def _creating_audit(parts: Parts, claimed: Claim) -> Mapping[str, Any] | None:
    audits = parts.zendesk.audits(int(claimed.ticket))
    return next((audit for audit in audits if _creates(audit)), audits[0] if audits else None)


def doubts_sender(audit: Mapping[str, Any]) -> bool:
    """True where a flag of the audit's comment says that its sender is not trusted."""
    metadata = audit.get("metadata") or {}
    options = metadata.get("flags_options") or {}
    return any(options.get(str(flag), {}).get("trusted") is False for flag in metadata.get("flags") or ())


def _verified(parts: Parts, read: TicketRead) -> Sequence[str]:
    """The requester's verified addresses, read once per person and again when Zendesk changed the person."""
    if facts.is_mail(read) and not facts.is_staff_made(read):
        return ()
    requester = int(read.ticket.get("requester_id") or 0)
    user = read.users.get(requester, {})
    changed = facts.instant_of(user["updated_at"]) if user.get("updated_at") else None
    with parts.store.read() as (connection, _):
        known = people.known(connection, parts.account, str(requester), changed)
    if known is None:
        known = _verified_now(parts, requester, user)
    vouched = [str(user["email"])] if facts.is_staff_made(read) and user.get("email") else []
    return tuple(dict.fromkeys((*vouched, *known)))


def _verified_now(parts: Parts, requester: int, user: Mapping[str, Any]) -> Sequence[str]:
    identities = parts.zendesk.identities(requester)
    verified = [str(i["value"]) for i in identities if i.get("type") == "email" and i.get("verified")]
    with parts.store.write() as (connection, now):
        people.remember(connection, parts.account, str(requester), user, verified, now)
    return verified


def _hear_answer(parts: Parts, claimed: Claim, read: TicketRead) -> None:
    """The customer's bare-word answer to the severity question becomes what they stated, from that moment on."""
    with parts.store.read() as (connection, _):
        last = rows.last_decision(connection, claimed.account, claimed.ticket)
        known = rows.known(connection, claimed.account, claimed.ticket)
    if last is None or known is None or known.stated_severity or not last.answer.get("ask_severity"):
        return
    if facts.instant_of(str(read.ticket["updated_at"])) <= known.zendesk_updated_at:
        return
    catalogue = parts.book.catalogue(last.catalogue)
    requester = read.ticket.get("requester_id")
    for comment in parts.zendesk.comments(int(claimed.ticket))[1:]:
        mine = comment.get("author_id") == requester and comment.get("public")
        auto = 4 in ((comment.get("metadata") or {}).get("flags") or ())
        found = (
            severity.answer(catalogue, str(comment.get("plain_body") or comment.get("body")), auto) if mine else None
        )
        if found:
            with parts.store.write() as (connection, _):
                stated_at = facts.instant_of(str(comment["created_at"]))
                rows.mark(connection, claimed.account, claimed.ticket, stated_severity=found, stated_at=stated_at)
            return


def _ask(
    parts: Parts, claimed: Claim, read: TicketRead, desk: Desk, mailboxes: tuple[Mailbox, ...], flagged: bool
) -> tuple[Question, Any]:
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
        last = rows.last_decision(connection, claimed.account, claimed.ticket)
        memberships = facts.memberships_of(read)
        contracts = candidates.candidates(connection, claimed.account, parts.book, mailboxes, memberships)
        memory = Memory(
            stated=known.stated_severity if known else None,
            seen_before=known is not None,
            sent=rows.sent_values(connection, claimed.account, claimed.ticket),
            overrides={
                row.field: (row.value, row.reason)
                for row in rows.standing_overrides(connection, claimed.account, claimed.ticket)
            },
            earlier=_earlier(last),
            source_ticket=_source_ticket(connection, claimed, read),
            previous=_ticket_of(last),
            flagged=flagged,
            known_organization=_known_organization(read, mailboxes),
        )
    return facts.question_of(read, mailboxes, contracts, memory, desk, parts.specs, parts.book), last


def _earlier(last: Any) -> EarlierPromise | None:
    """The running first-reply promise of the decision before (G-09)."""
    target = next((t for t in (last.answer["targets"] if last else ()) if t["metric"] == "first_reply"), None)
    if target is None or target["deadline"] is None:
        return None
    started, due = facts.instant_of(target["started_at"]), facts.instant_of(target["deadline"])
    return EarlierPromise(last.answer["entitlement"]["plan"], target["severity"], started, due)


def _source_ticket(connection: Any, claimed: Claim, read: TicketRead) -> Ticket | None:
    """G-03: the closed ticket that this one follows up, whose channel and severity it inherits."""
    source = (read.ticket.get("via") or {}).get("source") or {}
    if source.get("rel") != "follow_up":
        return None
    followed = (source.get("from") or {}).get("ticket_id")
    return _ticket_of(rows.last_decision(connection, claimed.account, str(followed))) if followed else None


def _ticket_of(last: Any) -> Ticket | None:
    """The ticket's facts as an earlier decision saw them."""
    if last is None:
        return None
    values = dict(last.question["ticket"])
    values["created_at"] = facts.instant_of(values["created_at"])
    return Ticket(**values)


def _known_organization(read: TicketRead, mailboxes: tuple[Mailbox, ...]) -> str | None:
    """The Zendesk organization of the asker, where the asker's own domain is among its domains (RC-13, RC-30)."""
    domains = {mailbox.domain for mailbox in mailboxes}
    for organization in read.organizations.values():
        if organization.get("id") == read.ticket.get("organization_id") and domains & set(
            organization.get("domain_names") or ()
        ):
            return str(organization.get("name"))
    return None


def _decide(
    parts: Parts,
    claimed: Claim,
    read: TicketRead,
    desk: Desk,
    question: Question,
    asked: Mapping[str, Any],
    last: Any,
    flagged: bool,
) -> None:
    decision = triage(question, parts.book)
    note = receipt.write(question.ticket, decision, parts.book)
    answer = decision_json(decision, note)
    values = wanted_fields(decision, parts.specs, desk)
    with parts.store.write() as (connection, now):
        if not work.renew(connection, claimed, now):
            raise Conflict("the ticket was taken over while it was decided")
        rows.remember(connection, _seen(claimed, read, question, flagged, now))
        number = last.number + 1 if last else 1
        rows.add_decision(connection, _row(claimed, decision, asked, answer, number, now, parts))
        if not _is_active(parts, question, connection) or _says_the_same(last, answer):
            return
        where = Address(claimed.account, claimed.ticket)
        owe_decision(connection, where, decision, note, values, parts.settings, now, f"decision {number}")
        if decision.ask_severity:
            requester = str(read.ticket.get("requester_id"))
            owe_severity_question(connection, where, requester, parts.specs, parts.settings, now)


def _says_the_same(last: Any, answer: Mapping[str, Any]) -> bool:
    """A repeated decision that changes nothing writes nothing; the catalogue's version alone is no change."""
    ignored = ("catalogue_version", "note")
    return last is not None and all(last.answer.get(k) == v for k, v in answer.items() if k not in ignored)


def _is_active(parts: Parts, question: Question, connection: Any) -> bool:
    """Tickets older than ACTIVE_SINCE (by default: the installation) are decided, and told nothing."""
    since = parts.settings.active_since or switches.installed_at(connection)
    return since is None or question.ticket.created_at >= since.replace(microsecond=0)  # Zendesk tells whole seconds


def _seen(claimed: Claim, read: TicketRead, question: Question, flagged: bool, now: datetime) -> dict[str, Any]:
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
        "sender_flagged": flagged,
        "stated_severity": stated,
        "stated_at": question.ticket.created_at if stated else None,
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


def _write(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    """Send everything that is owed in one guarded update, and close the work; nothing owed closes it at once."""
    held = facts.raw_fields(read, desk)
    with parts.store.write() as (connection, now):
        if not work.renew(connection, claimed, now):
            raise Conflict("the ticket was taken over while it was written")
        owed = rows.owed(connection, claimed.account, claimed.ticket)
        known = rows.known(connection, claimed.account, claimed.ticket)
        revision = max(int(held.get("revision") or 0), known.revision if known else 0) + 1
        write = fold(read, held, owed, desk, revision) if owed and switches.may_write(connection) else None
        rows.mark(
            connection,
            claimed.account,
            claimed.ticket,
            zendesk_updated_at=facts.instant_of(str(read.ticket["updated_at"])),
        )
        if write is None:
            if owed and switches.may_write(connection):
                rows.settle(connection, claimed.account, claimed.ticket, owed, revision - 1, now)
            work.finish(connection, claimed)
            return
        rows.attempt(connection, claimed.account, claimed.ticket, owed, revision)
    try:
        after = parts.zendesk.update_ticket(write)
    except (Conflict, RetryLater, Gone):
        with parts.store.write() as (connection, _):
            rows.mark(connection, claimed.account, claimed.ticket, attempted_revision=None)
        raise
    with parts.store.write() as (connection, now):
        rows.settle(connection, claimed.account, claimed.ticket, owed, revision, now)
        updated = facts.instant_of(str(after["updated_at"]))
        rows.mark(connection, claimed.account, claimed.ticket, zendesk_updated_at=updated)
        work.finish(connection, claimed)
