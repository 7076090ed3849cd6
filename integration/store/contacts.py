"""Named contacts: a person on a contract, from when, until when, by whom and why. A row ends; it is never removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from integration.domain.contract import NamedContact
from integration.store.contract_rows import CHUNK
from integration.store.tables import named_contacts


@dataclass(frozen=True, slots=True)
class StoredContact:
    """One registration of a person on a contract; whoever comes back has a second row."""

    id: int
    contract: int
    key: str
    address: str
    name: str
    since: datetime
    until: datetime | None
    added_by: str
    added_why: str
    recorded_at: datetime
    ended_by: str | None = None
    ended_why: str | None = None

    def as_named_contact(self) -> NamedContact:
        """The value that the rules work with."""
        return NamedContact(self.key, self.address, self.since, self.until)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A registration that is about to be written."""

    contract: int
    key: str
    address: str
    name: str
    since: datetime
    by: str
    why: str


def of_contracts(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[StoredContact, ...]]:
    """Every contact of these contracts, ended ones too, oldest first (G-12); a contract without any is absent."""
    found: dict[int, list[StoredContact]] = defaultdict(list)
    wanted = list(dict.fromkeys(ids))
    order = (named_contacts.c.since, named_contacts.c.id)
    for first in range(0, len(wanted), CHUNK):
        chunk = named_contacts.c.contract.in_(wanted[first : first + CHUNK])
        for row in connection.execute(select(named_contacts).where(chunk).order_by(*order)):
            found[row.contract].append(_contact(row))
    return {contract: tuple(contacts) for contract, contacts in found.items()}


def _contact(row: Row[Any]) -> StoredContact:
    return StoredContact(
        id=row.id,
        contract=row.contract,
        key=row.key,
        address=row.address,
        name=row.name,
        since=row.since,
        until=row.until,
        added_by=row.added_by,
        added_why=row.added_why,
        recorded_at=row.recorded_at,
        ended_by=row.ended_by,
        ended_why=row.ended_why,
    )


def add(connection: Connection, account: str, contacts: Sequence[NewContact], now: datetime) -> None:
    """Register people, in this order."""
    if contacts:
        connection.execute(insert(named_contacts), [_row(account, each, now) for each in contacts])


def _row(account: str, contact: NewContact, now: datetime) -> dict[str, Any]:
    return {
        "account": account,
        "contract": contact.contract,
        "key": contact.key,
        "address": contact.address,
        "name": contact.name,
        "since": contact.since,
        "added_by": contact.by,
        "added_why": contact.why,
        "recorded_at": now,
    }


def end(connection: Connection, ids: Sequence[int], by: str, why: str, now: datetime) -> int:
    """End registrations that are not yet over at `now`; returns how many were ended by this call."""
    still_there = named_contacts.c.until.is_(None) | (named_contacts.c.until > now)
    changed = update(named_contacts).where(named_contacts.c.id.in_(ids), still_there)
    return connection.execute(changed.values(until=now, ended_by=by, ended_why=why, ended_recorded_at=now)).rowcount
