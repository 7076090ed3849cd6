"""A contract as people look at it: its terms, where it stands now, its people, its services and its flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integration.domain.book import Book, UnknownPlan
from integration.domain.contract import Standing, standing
from integration.services.contracts.change import differences, in_words
from integration.services.contracts.flags import flags_of
from integration.store import contacts, contracts
from integration.store.contacts import StoredContact
from integration.store.contracts import Stored
from integration.store.engine import Store


@dataclass(frozen=True, slots=True)
class ContractView:
    """One contract now. `services` are what the plan brings besides answers (RC-07, MM-37); `history` oldest first."""

    stored: Stored
    standing: str
    plan_title: str
    zone: str
    services: tuple[str, ...]
    contact_limit: int | None
    contacts: tuple[StoredContact, ...]
    flags: tuple[str, ...]
    history: tuple[Stored, ...]
    at: datetime


def view_contracts(
    store: Store, account: str, book: Book, chosen: Sequence[Stored] | None = None
) -> list[ContractView]:
    """All contracts, or the chosen ones, as they stand now, by customer and start."""
    with store.read() as (connection, now):
        found = contracts.every(connection, account) if chosen is None else list(chosen)
        people = contacts.of_contracts(connection, (each.id for each in found))
        flags = flags_of(connection, account, book, found, now)
        past = {each.reference: contracts.history(connection, account, each.reference) for each in chosen or ()}
    return [
        _view(book, each, people.get(each.id, ()), flags.get(each.reference, ()), past.get(each.reference, []), now)
        for each in found
    ]


def all_contracts(store: Store, account: str) -> list[Stored]:
    """Every contract of the account, by customer and start."""
    with store.read() as (connection, _):
        return contracts.every(connection, account)


def _view(
    book: Book,
    stored: Stored,
    people: tuple[StoredContact, ...],
    flags: tuple[str, ...],
    history: Sequence[Stored],
    now: datetime,
) -> ContractView:
    try:
        catalogue, plan = book.of_plan(stored.terms.plan)
    except UnknownPlan:
        return ContractView(stored, "unknown plan", "", "UTC", (), None, people, flags, tuple(history), now)
    services = tuple(service.title for service in plan.services)
    limit = plan.contacts.limit if plan.contacts else None
    words = standing_words(book, stored, now)
    title = plan.title if catalogue.title in plan.title else f"{catalogue.title} {plan.title}"
    return ContractView(stored, words, title, catalogue.timezone, services, limit, people, flags, tuple(history), now)


def standing_words(book: Book, stored: Stored, now: datetime) -> str:
    """Where a contract stands at `now`, in a few words; its days are the vendor's local days (G-11)."""
    catalogue, _ = book.of_plan(stored.terms.plan)
    terms = stored.terms
    where = standing(stored.as_contract(), catalogue, now)
    if where is Standing.IN_GRACE and terms.end:
        return f"in grace until {terms.end + timedelta(days=catalogue.grace_days)}"
    if where is Standing.NOT_STARTED:
        return f"starts on {terms.start}"
    if where is Standing.ENDED:
        return f"ended {terms.end}" if terms.end and terms.status != "ended" else "ended"
    return "in force (trial)" if where is Standing.IN_FORCE and terms.status == "trial" else where.value


def as_json(view: ContractView) -> dict[str, Any]:
    """A contract for programs: days as 2026-12-31, instants in UTC."""
    stored, terms = view.stored, view.stored.terms
    return {
        "reference": stored.reference,
        "organization": stored.organization.name,
        "zendesk_organization_id": stored.organization.zendesk_id,
        "plan": terms.plan,
        "standing": view.standing,
        "status": terms.status,
        "start": str(terms.start),
        "end": str(terms.end) if terms.end else None,
        "purchased": str(terms.purchased) if terms.purchased else None,
        "product": terms.product,
        "source": terms.source,
        "domains": [str(claim) for claim in terms.domains],
        "addresses": list(terms.addresses),
        "prerequisite_met": terms.prerequisite_met,
        "order_reference": terms.order_reference,
        "external_reference": terms.external_reference,
        "renews": terms.renews,
        "version": stored.version,
        "services": list(view.services),
        "contact_limit": view.contact_limit,
        "contacts": [_contact_json(contact) for contact in view.contacts],
        "flags": list(view.flags),
        "history": [_version_json(*pair) for pair in versions(view)],
    }


def _contact_json(contact: StoredContact) -> dict[str, Any]:
    return {
        "address": contact.address,
        "name": contact.name,
        "since": contact.since.isoformat(),
        "until": contact.until.isoformat() if contact.until else None,
        "added_by": contact.added_by,
        "added_why": contact.added_why,
        "ended_by": contact.ended_by,
        "ended_why": contact.ended_why,
    }


def versions(view: ContractView) -> list[tuple[Stored, tuple[str, ...]]]:
    """Each version with what it changed; the first one changed nothing."""
    before = (None, *view.history)
    return [
        (new, tuple(str(each) for each in differences(old.terms, new.terms)) if old else ())
        for old, new in zip(before, view.history, strict=False)
    ]


def _version_json(stored: Stored, changed: tuple[str, ...]) -> dict[str, Any]:
    recorded = stored.recorded
    return {
        "version": stored.version,
        "plan": stored.terms.plan,
        "end": in_words(stored.terms.end),
        "changed": list(changed),
        "recorded_at": recorded.at.isoformat(),
        "effective_at": recorded.effective_at.isoformat(),
        "by": recorded.by,
        "why": recorded.why,
    }
