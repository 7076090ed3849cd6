"""Gathering: what a ticket's question needs beyond the ticket itself, asked of Zendesk only where we do not know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from integration.domain import severity
from integration.domain.catalogue import Catalogue
from integration.domain.desk import Desk
from integration.domain.ticket import EarlierPromise, Mailbox, Ticket
from integration.domain.triage import Question
from integration.services import facts
from integration.services.facts import Memory
from integration.services.parts import Parts
from integration.services.ports import TicketRead
from integration.store import candidates, people, work
from integration.store import tickets as rows
from integration.store.work import Claim


@dataclass(frozen=True, slots=True)
class Marks:
    """What Zendesk noted on the creating message: whether it doubts the sender (F38), whether a machine sent it."""

    doubted: bool = False
    automatic: bool = False


#: Deliveries that may tell of a customer's reply: our trigger's rule, Zendesk's event, and a finding of the poll.
REPLIES = ("customer replied", "zen:event-type:ticket.comment_added", "export")
#: The flag of a comment that was sent automatically.
AUTOMATIC = 4


def marks_of(parts: Parts, claimed: Claim, read: TicketRead) -> Marks:
    """The marks of the message that made the ticket; asked once per ticket that came by e-mail."""
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
    if known is not None and known.sender_flagged is not None:
        return Marks(bool(known.sender_flagged), bool(known.sender_automatic))
    if not facts.is_mail(read):
        return Marks()
    audit = read.audit if read.audit and _creates(read.audit) else _creating_audit(parts, claimed)
    metadata = (audit or {}).get("metadata") or {}
    return Marks(doubts_sender(metadata), AUTOMATIC in (metadata.get("flags") or ()))


def _creates(audit: Mapping[str, Any]) -> bool:
    return any(event.get("type") == "Create" for event in audit.get("events") or ())


def _creating_audit(parts: Parts, claimed: Claim) -> Mapping[str, Any] | None:
    audits = parts.zendesk.audits(int(claimed.ticket))
    return next((audit for audit in audits if _creates(audit)), audits[0] if audits else None)


def doubts_sender(metadata: Mapping[str, Any]) -> bool:
    """True where a flag of the message says that its sender is not trusted."""
    options = metadata.get("flags_options") or {}
    return any(options.get(str(flag), {}).get("trusted") is False for flag in metadata.get("flags") or ())


def verified_addresses(parts: Parts, read: TicketRead) -> Sequence[str]:
    """The requester's verified addresses, read once per person and again when Zendesk changed the person."""
    if facts.is_mail(read) and not facts.is_vouched_for(read):
        return ()
    requester = int(read.ticket.get("requester_id") or 0)
    user = read.users.get(requester, {})
    changed = facts.instant_of(user["updated_at"]) if user.get("updated_at") else None
    with parts.store.read() as (connection, _):
        known = people.known(connection, parts.account, str(requester), changed)
    if known is None:
        known = _verified_now(parts, requester, user)
    vouched = [str(user["email"])] if facts.is_vouched_for(read) and user.get("email") else []
    return tuple(dict.fromkeys((*vouched, *known)))


def _verified_now(parts: Parts, requester: int, user: Mapping[str, Any]) -> Sequence[str]:
    identities = parts.zendesk.identities(requester)
    verified = [str(i["value"]) for i in identities if i.get("type") == "email" and i.get("verified")]
    with parts.store.write() as (connection, now):
        people.remember(connection, parts.account, str(requester), user, verified, now)
    return verified


def hear_answer(parts: Parts, claimed: Claim, read: TicketRead) -> None:
    """The customer's bare-word answer to the severity question becomes what they stated, from that moment on."""
    with parts.store.read() as (connection, _):
        last = rows.last_decision(connection, claimed.account, claimed.ticket)
        known = rows.known(connection, claimed.account, claimed.ticket)
        if last is None or known is None or known.stated_severity or not last.answer.get("ask_severity"):
            return
        if not work.was_told_of(connection, claimed.account, claimed.ticket, REPLIES):
            return
    catalogue = parts.book.catalogue(last.catalogue)
    requester = read.ticket.get("requester_id")
    found = next(_answers(parts, claimed, catalogue, requester), None)
    if found is not None:
        said, stated_at = found
        with parts.store.write() as (connection, _):
            rows.mark(connection, claimed.account, claimed.ticket, stated_severity=said, stated_at=stated_at)


def _answers(parts: Parts, claimed: Claim, catalogue: Catalogue, requester: Any) -> Iterator[tuple[str, datetime]]:
    """The severities that the requester named after the first message, in public and beyond doubt (F38)."""
    for comment in parts.zendesk.comments(int(claimed.ticket))[1:]:
        metadata = comment.get("metadata") or {}
        if comment.get("author_id") != requester or not comment.get("public") or doubts_sender(metadata):
            continue
        text = str(comment.get("plain_body") or comment.get("body"))
        said = severity.answer(catalogue, text, AUTOMATIC in (metadata.get("flags") or ()))
        if said:
            yield said, facts.instant_of(str(comment["created_at"]))


def ask(
    parts: Parts, claimed: Claim, read: TicketRead, desk: Desk, mailboxes: tuple[Mailbox, ...], flagged: bool
) -> tuple[Question, Any]:
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
        last = rows.last_decision(connection, claimed.account, claimed.ticket)
        memberships = facts.memberships_of(read)
        contracts = candidates.candidates(connection, claimed.account, parts.book, mailboxes, memberships)
        memory = Memory(
            stated=known.stated_severity if known else None,
            stated_at=known.stated_at if known else None,
            overridden_at=rows.overridden_at(connection, claimed.account, claimed.ticket),
            seen_before=known is not None,
            found=(known.found if known else None) or {},
            person=last.question["person"] if last else {},
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
            chosen=facts.chosen_by_person(read, mailboxes, last.question["asker"] if last else None),
        )
    return facts.question_of(read, mailboxes, contracts, memory, desk, parts.specs, parts.book), last


def _earlier(last: Any) -> EarlierPromise | None:
    """The first-reply promise of the decision before, an empty one where it promised nothing (G-09)."""
    if last is None:
        return None
    target = next((t for t in last.answer["targets"] if t["metric"] == "first_reply"), None)
    if target is None or target["deadline"] is None:
        return EarlierPromise()
    started, due = facts.instant_of(target["started_at"]), facts.instant_of(target["deadline"])
    return EarlierPromise(last.answer["entitlement"]["plan"], target["severity"], started, due)


def _source_ticket(connection: Any, claimed: Claim, read: TicketRead) -> Ticket | None:
    """G-03: the closed ticket that this one follows up, whose channel and severity it inherits."""
    source = (read.ticket.get("via") or {}).get("source") or {}
    if source.get("rel") != "follow_up":
        return None
    followed = (source.get("from") or {}).get("ticket_id")
    last = rows.last_decision(connection, claimed.account, str(followed)) if followed else None
    ticket = _ticket_of(last)
    if last is None or ticket is None:
        return None
    person = last.question["person"]
    was_rated = ticket.stated_severity or person["severity"] or person["priority"]
    return replace(ticket, stated_severity=last.severity if was_rated else None)


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
