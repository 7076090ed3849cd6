"""Contracts, written. A version is never changed or removed (F44); a new one takes its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from integration.store.contract_rows import CHUNK, Recorded, Terms
from integration.store.tables import contract_claims, contract_versions, contracts, organizations


def lock_customers(connection: Connection) -> None:
    """Let nobody else change customers until this unit ends; readers go on.

    SQLite's write lock does it already. On PostgreSQL this lock also waits for, and holds off, everybody who locks one
    organization's row, so that an import and a new contact never count the same seat.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE organizations IN EXCLUSIVE MODE"))


def lock_organization(connection: Connection, organization: int) -> None:
    """Let nobody else change this organization's contacts until this unit ends (SQLite: its write lock does)."""
    connection.execute(
        select(organizations.c.id).where(organizations.c.id == organization).with_for_update()
    ).scalar_one()


def add_organizations(connection: Connection, account: str, rows: Mapping[str, str | None]) -> None:
    """Add organizations, given as name -> Zendesk id."""
    if rows:
        values = [{"account": account, "name": name, "zendesk_id": zendesk_id} for name, zendesk_id in rows.items()]
        connection.execute(insert(organizations), values)


def set_zendesk_ids(connection: Connection, rows: Mapping[int, str]) -> None:
    """Say which Zendesk organization stands behind ours, given as our id -> Zendesk id."""
    for organization, zendesk_id in rows.items():
        changed = update(organizations).where(organizations.c.id == organization).values(zendesk_id=zendesk_id)
        connection.execute(changed)


def add_contracts(connection: Connection, account: str, rows: Mapping[str, int]) -> dict[str, int]:
    """Add contracts without a version, given as reference -> organization id; returns reference -> contract id."""
    if not rows:
        return {}
    values = [{"account": account, "reference": name, "organization": owner} for name, owner in rows.items()]
    connection.execute(insert(contracts), values)
    query = select(contracts.c.reference, contracts.c.id).where(contracts.c.account == account)
    names = list(rows)
    chunks = (names[first : first + CHUNK] for first in range(0, len(names), CHUNK))
    return {
        row.reference: row.id
        for chunk in chunks
        for row in connection.execute(query.where(contracts.c.reference.in_(chunk)))
    }


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is about to be written for a contract."""

    contract: int
    number: int
    terms: Terms
    recorded: Recorded


def add_versions(connection: Connection, account: str, versions: Sequence[Version]) -> None:
    """Append versions; each becomes its contract's current one and its claims become the index's."""
    if not versions:
        return
    ids = [{"which": version.contract} for version in versions]
    of_contract = contract_versions.c.contract == bindparam("which")
    connection.execute(update(contract_versions).where(of_contract).values(is_current=False), ids)
    connection.execute(delete(contract_claims).where(contract_claims.c.contract == bindparam("which")), ids)
    connection.execute(insert(contract_versions), [_version_row(version) for version in versions])
    claims = [
        {"contract": version.contract, "kind": kind, "value": value, "account": account}
        for version in versions
        for kind, value in version.terms.claims()
    ]
    if claims:
        connection.execute(insert(contract_claims), claims)


def _version_row(version: Version) -> dict[str, Any]:
    terms, recorded = version.terms, version.recorded
    return {
        "contract": version.contract,
        "version": version.number,
        "recorded_at": recorded.at,
        "recorded_by": recorded.by,
        "reason": recorded.why,
        "effective_at": recorded.effective_at,
        "is_current": True,
        "plan": terms.plan,
        "product": terms.product,
        "source": terms.source,
        "status": terms.status,
        "start": terms.start,
        "end": terms.end,
        "purchased": terms.purchased,
        "prerequisite_met": terms.prerequisite_met,
        "order_reference": terms.order_reference,
        "external_reference": terms.external_reference,
        "renews": terms.renews,
        "claims": [list(claim) for claim in terms.claims()],
    }
