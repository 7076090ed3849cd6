"""Contracts as dated versions (F44), read: what was agreed with whom, from when, recorded when, by whom and why.

`contract_claims` repeats whom the current version matches: that is what every look-up of a decision needs an index on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, distinct, func, select
from sqlalchemy.engine import Row

from integration.domain.contract import Contract, DomainClaim, NamedContact
from integration.store.tables import contract_claims, contract_versions, contracts, organizations

#: Bound values in one statement; both databases take far more, older SQLite builds take 999.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer. `zendesk_id` is the id of its organization in Zendesk, where one is known."""

    id: int
    name: str
    zendesk_id: str | None = None


def in_order(domains: Iterable[DomainClaim]) -> tuple[DomainClaim, ...]:
    """Domains in the one order in which two versions are compared."""
    return tuple(sorted(domains, key=lambda claim: (claim.domain, claim.subdomains)))


@dataclass(frozen=True, slots=True)
class Terms:
    """All of a contract that can change, so that a version holds it. Days are local days of the vendor's zone."""

    plan: str
    start: date
    end: date | None = None
    purchased: date | None = None
    status: str = "active"
    product: str | None = None
    source: str | None = None
    prerequisite_met: bool | None = None
    order_reference: str | None = None
    external_reference: str | None = None
    renews: str | None = None
    domains: tuple[DomainClaim, ...] = ()
    addresses: tuple[str, ...] = ()

    def claims(self) -> list[tuple[str, str]]:
        """Whom these terms match, as (kind, value) pairs in the order of the index table."""
        domains = [("subdomains" if claim.subdomains else "domain", claim.domain) for claim in self.domains]
        return sorted([*domains, *(("address", address) for address in self.addresses)])


@dataclass(frozen=True, slots=True)
class Recorded:
    """The circumstances of a change: when it holds from, and when, by whom and why it was written down."""

    effective_at: datetime
    at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A contract with one of its versions."""

    id: int
    reference: str
    organization: Organization
    version: int
    terms: Terms
    recorded: Recorded

    def as_contract(self, contacts: tuple[NamedContact, ...] = ()) -> Contract:
        """The value that the rules work with."""
        terms = self.terms
        zendesk = self.organization.zendesk_id
        return Contract(
            id=str(self.id),
            organization=str(self.organization.id),
            plan=terms.plan,
            start=terms.start,
            end=terms.end,
            purchased=terms.purchased,
            status=terms.status,
            product=terms.product,
            source=terms.source,
            domains=terms.domains,
            addresses=terms.addresses,
            zendesk_organization=int(zendesk) if zendesk and zendesk.isdigit() else None,
            order_reference=terms.order_reference,
            prerequisite_met=terms.prerequisite_met,
            contacts=contacts,
            renews=terms.renews,
            reference=self.reference,
            organization_name=self.organization.name,
            version=self.version,
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose contract holds a domain or an address."""

    kind: str
    value: str
    stored: Stored


_everything = (
    select(
        contracts.c.id,
        contracts.c.reference,
        organizations.c.id.label("organization_id"),
        organizations.c.name.label("organization_name"),
        organizations.c.zendesk_id,
        contract_versions,
    )
    .join(contract_versions, contract_versions.c.contract == contracts.c.id)
    .join(organizations, organizations.c.id == contracts.c.organization)
    .order_by(contracts.c.id)
)
_current = _everything.where(contract_versions.c.is_current)


def by_reference(connection: Connection, account: str, references: Iterable[str]) -> dict[str, Stored]:
    """The current version of each contract that has one of these references."""
    query = _current.where(contracts.c.account == account)
    rows = _by_chunks(connection, query, contracts.c.reference, references)
    return {row.reference: _stored(row) for row in rows}


def of_organizations(connection: Connection, account: str, ids: Iterable[int]) -> list[Stored]:
    """The current version of every contract of these organizations."""
    query = _current.where(contracts.c.account == account)
    return [_stored(row) for row in _by_chunks(connection, query, contracts.c.organization, ids)]


def all_references(connection: Connection, account: str) -> list[str]:
    """Every contract's reference, for a hint at the one that was meant."""
    return list(connection.execute(select(contracts.c.reference).where(contracts.c.account == account)).scalars())


def every(connection: Connection, account: str) -> list[Stored]:
    """The current version of every contract of the account, by organization and start."""
    query = _current.where(contracts.c.account == account)
    found = [_stored(row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each.organization.name.casefold(), each.terms.start, each.reference))


def history(connection: Connection, account: str, reference: str) -> list[Stored]:
    """Every version of one contract, oldest first."""
    query = _everything.where(contracts.c.account == account, contracts.c.reference == reference)
    return sorted((_stored(row) for row in connection.execute(query)), key=lambda each: each.version)


def all_organizations(connection: Connection, account: str) -> list[Organization]:
    """Every organization of the account, by name."""
    query = select(organizations).where(organizations.c.account == account)
    found = [Organization(row.id, row.name, row.zendesk_id) for row in connection.execute(query)]
    return sorted(found, key=lambda each: each.name.casefold())


def organization_by_zendesk_id(connection: Connection, account: str, zendesk_id: int | str) -> Organization | None:
    """Our organization behind a Zendesk organization, or None; the oldest row where a hand made two."""
    query = select(organizations).where(
        organizations.c.account == account, organizations.c.zendesk_id == str(zendesk_id)
    )
    row = connection.execute(query.order_by(organizations.c.id).limit(1)).one_or_none()
    return Organization(row.id, row.name, row.zendesk_id) if row else None


def holders(connection: Connection, account: str, values: Iterable[str]) -> list[Holder]:
    """Every current contract that holds one of these domains or addresses, by the index of claims."""
    query = _current.add_columns(
        contract_claims.c.kind.label("claim_kind"), contract_claims.c.value.label("claim_value")
    ).join(contract_claims, contract_claims.c.contract == contracts.c.id)
    rows = _by_chunks(connection, query.where(contract_claims.c.account == account), contract_claims.c.value, values)
    return [Holder(row.claim_kind, row.claim_value, _stored(row)) for row in rows]


def held_twice(connection: Connection, account: str, values: Iterable[str]) -> list[str]:
    """Those of these domains and addresses that contracts of more than one organization hold."""
    query = (
        select(contract_claims.c.value)
        .join(contracts, contracts.c.id == contract_claims.c.contract)
        .where(contract_claims.c.account == account)
        .group_by(contract_claims.c.value)
        .having(func.count(distinct(contracts.c.organization)) > 1)
    )
    return [row.value for row in _by_chunks(connection, query, contract_claims.c.value, values)]


def _by_chunks(connection: Connection, query: Any, column: Any, values: Iterable[Any]) -> Iterator[Row[Any]]:
    wanted = list(dict.fromkeys(values))
    for first in range(0, len(wanted), CHUNK):
        yield from connection.execute(query.where(column.in_(wanted[first : first + CHUNK]))).all()


def _stored(row: Row[Any]) -> Stored:
    organization = Organization(row.organization_id, row.organization_name, row.zendesk_id)
    recorded = Recorded(row.effective_at, row.recorded_at, row.recorded_by, row.reason)
    return Stored(row.id, row.reference, organization, row.version, _terms(row), recorded)


def _terms(row: Row[Any]) -> Terms:
    claims = [(kind, value) for kind, value in row.claims]
    domains = [DomainClaim(value, kind == "subdomains") for kind, value in claims if kind != "address"]
    return Terms(
        plan=row.plan,
        start=row.start,
        end=row.end,
        purchased=row.purchased,
        status=row.status,
        product=row.product,
        source=row.source,
        prerequisite_met=row.prerequisite_met,
        order_reference=row.order_reference,
        external_reference=row.external_reference,
        renews=row.renews,
        domains=in_order(domains),
        addresses=tuple(value for kind, value in claims if kind == "address"),
    )
