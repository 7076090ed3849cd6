"""Who can be a named contact, and whether a seat is free (MM-30 to MM-32, RC-11, G-12). Values in, value out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Plan
from integration.domain.contract import DomainClaim, NamedContact, Refused
from integration.domain.identity import is_shared_local
from integration.domain.ticket import Mailbox


def plan_family(book: Book, plan_id: str) -> str:
    """What named-contact limits are counted over within one organization (G-12)."""
    catalogue, plan = book.of_plan(plan_id)
    return f"{catalogue.vendor}:{plan.family or plan_id}"


def refuse_contact(mailbox: Mailbox, domains: Sequence[DomainClaim], catalogue: Catalogue, plan: Plan) -> None:
    """Raise Refused where this address can never be a contact on this plan, however many seats are free.

    MM-32: an individual, no shared mailbox; MM-31: on a domain of the company. A contract that names no domain cannot
    say what the company's domain is, but a free-mail address is certainly on none.
    """
    rules = plan.contacts
    if rules is None:
        return
    if rules.individual and is_shared_local(mailbox.local, frozenset(catalogue.shared_mailboxes)):
        says = f"{mailbox.address} is a shared mailbox; {plan.title} wants an individual's own address"
        raise Refused(_rule(catalogue, "individual"), says)
    if not rules.company_domain:
        return
    if domains and not any(claim.covers(mailbox.domain) for claim in domains):
        held = ", ".join(str(claim) for claim in domains)
        says = f"{mailbox.address} is not on a domain of the company; this contract holds {held}"
        raise Refused(_rule(catalogue, "company_domain"), says)
    if not domains and mailbox.kind != "ordinary":
        says = f"{mailbox.address} is a {mailbox.kind.replace('_', '-')} address; give one on the company's domain"
        raise Refused(_rule(catalogue, "company_domain"), says)


def contact_rule(catalogue: Catalogue) -> str:
    """The rule id behind the limit: the vendor's own, else the general one."""
    return _rule(catalogue, "contact")


def _rule(catalogue: Catalogue, name: str) -> str:
    return next(iter(catalogue.rule_of.get(name, ())), "G-12")


def seated(contacts: Iterable[NamedContact], at: datetime) -> list[NamedContact]:
    """The people who are contacts at an instant, one registration each, oldest first."""
    first_of: dict[str, NamedContact] = {}
    for contact in sorted(contacts, key=_age):
        if contact.is_current(at):
            first_of.setdefault(contact.key, contact)
    return list(first_of.values())


def _age(contact: NamedContact) -> float:
    return contact.since.timestamp() if contact.since else 0.0


def in_the_way(contacts: Sequence[NamedContact], key: str, limit: int | None, since: datetime) -> list[NamedContact]:
    """Who holds all the seats at some instant from `since` on, so that `key` finds none; empty where a seat is free.

    A back-dated or a coming registration is looked at over its whole life: at no instant may there be one too many.
    """
    if limit is None:
        return []
    instants = [since, *(c.since for c in contacts if c.since is not None and c.since > since)]
    for instant in sorted(set(instants)):
        there = [contact for contact in seated(contacts, instant) if contact.key != key]
        if len(there) >= limit:
            return there
    return []


@dataclass(frozen=True, slots=True)
class OverLimit:
    """A customer with more contacts than the plan has seats: `counted` count, `rest` do not (G-12)."""

    limit: int
    counted: tuple[NamedContact, ...]
    rest: tuple[NamedContact, ...]


def over_limit(contacts: Iterable[NamedContact], limit: int | None, at: datetime) -> OverLimit | None:
    """The split where there are too many, the oldest counting; None where there are not."""
    people = seated(contacts, at)
    if limit is None or len(people) <= limit:
        return None
    return OverLimit(limit, tuple(people[:limit]), tuple(people[limit:]))
