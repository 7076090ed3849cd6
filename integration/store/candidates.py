"""The look-up behind every decision: which contracts could be the asker's. Three statements, each by an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, union

from integration.domain.book import Book, UnknownPlan
from integration.domain.contract import Contract
from integration.domain.ticket import Mailbox
from integration.store import contacts, contract_rows
from integration.store.tables import contract_claims, contracts, named_contacts, organizations


def candidates(
    connection: Connection, account: str, book: Book, mailboxes: Sequence[Mailbox], memberships: Sequence[int]
) -> tuple[Contract, ...]:
    """All contracts of every organization that the asker's addresses, persons or memberships point to.

    A domain points by itself, and by those of its parents that are held with their sub-domains (G-15); a named contact
    by the person (F42). Current versions, with all their contacts, oldest first, ended ones too. Raises UnknownPlan,
    naming the contract, where its plan stands in no loaded catalogue.
    """
    if not mailboxes and not memberships:
        return ()
    owners = connection.execute(_owners(account, mailboxes, memberships)).scalars().all()
    found = contract_rows.of_organizations(connection, account, owners)
    people = contacts.of_contracts(connection, (each.id for each in found))
    for each in found:
        _refuse_unknown_plan(book, each)
    return tuple(each.as_contract(tuple(c.as_named_contact() for c in people.get(each.id, ()))) for each in found)


def of_organization(connection: Connection, account: str, name: str) -> tuple[Contract, ...] | None:
    """All contracts of the organization with this name, whatever its case; None where there is none."""
    mine = organizations.c.account == account, func.lower(organizations.c.name) == name.strip().lower()
    ids = connection.execute(select(organizations.c.id).where(*mine)).scalars().all()
    found = contract_rows.of_organizations(connection, account, ids)
    people = contacts.of_contracts(connection, (each.id for each in found))
    both = tuple(each.as_contract(tuple(c.as_named_contact() for c in people.get(each.id, ()))) for each in found)
    return both if ids else None


def _owners(account: str, mailboxes: Sequence[Mailbox], memberships: Sequence[int]) -> Any:
    """One statement for the organizations' ids, so that a decision costs the database three round trips in all."""
    claimed = select(contracts.c.organization).join(contract_claims, contract_claims.c.contract == contracts.c.id)
    named = select(contracts.c.organization).join(named_contacts, named_contacts.c.contract == contracts.c.id)
    ours = organizations.c.account == account
    zendesk_ids = [str(each) for each in memberships]
    return union(
        claimed.where(contract_claims.c.account == account, _claims(mailboxes)),
        named.where(named_contacts.c.account == account, named_contacts.c.key.in_([m.key for m in mailboxes])),
        select(organizations.c.id).where(ours, organizations.c.zendesk_id.in_(zendesk_ids)),
    )


def _claims(mailboxes: Sequence[Mailbox]) -> Any:
    domains = {m.domain for m in mailboxes}
    above = domains | {parent for domain in domains for parent in parents(domain)}
    addresses = {m.address for m in mailboxes}
    kind, value = contract_claims.c.kind, contract_claims.c.value
    # The list of all values stands apart from the kinds, because it is what the index serves.
    return and_(
        value.in_(sorted(above | addresses)),
        or_(
            and_(kind == "domain", value.in_(sorted(domains))),
            and_(kind == "subdomains", value.in_(sorted(above))),
            and_(kind == "address", value.in_(sorted(addresses))),
        ),
    )


def parents(domain: str) -> list[str]:
    """The domains above this one, on label boundaries, down to two labels: a single label is nobody's domain."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(1, len(labels) - 1)]


def _refuse_unknown_plan(book: Book, stored: contract_rows.Stored) -> None:
    try:
        book.of_plan(stored.terms.plan)
    except UnknownPlan as error:
        raise UnknownPlan(f"contract {stored.reference} of {stored.organization.name}: {error}") from None
