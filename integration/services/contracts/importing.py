"""Contracts come in from a file: all or nothing, harmless when repeated, and tried without effect first if wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from integration.domain.book import Book
from integration.domain.contract import day_starts
from integration.services.contracts.change import Change, changes_of
from integration.services.contracts.flags import flags_of
from integration.services.contracts.problem import ImportRefused, Problem
from integration.services.contracts.refusals import contract_problems, organization_problems
from integration.services.contracts.sheet import read_sheet
from integration.services.contracts.wanted import Wanted, read_rows
from integration.services.ports_addresses import Addresses
from integration.store import contacts, contracts
from integration.store.contacts import NewContact
from integration.store.contracts import Recorded, Version
from integration.store.engine import Store


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: each row's change, changes of customers, and flags by reference."""

    changes: tuple[Change, ...]
    organizations: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]
    written: bool

    def count(self, kind: str) -> int:
        """How many rows are new, changed or unchanged."""
        return sum(change.kind == kind for change in self.changes)


class _TakenBack(Exception):
    """Ends a trial run: its unit of work is rolled back."""


def no_progress(done: int, of: int) -> None:
    """Says nothing."""


def import_file(
    store: Store,
    account: str,
    book: Book,
    addresses: Addresses,
    name: str,
    raw: bytes,
    *,
    by: str,
    why: str,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = no_progress,
) -> Imported:
    """Import a CSV file. Raises ImportRefused with every problem of every row; then nothing was written.

    A row is known by its reference. Unchanged, it changes nothing; changed, it becomes a new version of its contract
    (F44), recorded now, by whom and why. Contacts are only ever added.
    """
    sheet = read_sheet(name, raw)
    wanted, problems = read_rows(sheet.rows, book, addresses, progress)
    return record(store, account, book, wanted, [*sheet.problems, *problems], by=by, why=why, dry_run=dry_run)


def record(
    store: Store,
    account: str,
    book: Book,
    wanted: Sequence[Wanted],
    problems: Sequence[Problem],
    *,
    by: str,
    why: str,
    dry_run: bool,
) -> Imported:
    """Check rows against what is stored and write them, in one unit of work.

    A dry run does all of it and takes it back, so that it cannot say anything else than the real run does. A real one
    looks for flags after the commit, so that others need not wait for that.
    """
    references = [row.reference for row in wanted]
    with suppress(_TakenBack), store.write() as (connection, now):
        contracts.lock_customers(connection)
        recorded = Recorded(now, now, by, why)
        changes, organizations = _record(connection, account, book, wanted, problems, recorded)
        if dry_run:
            flags = _flags(connection, account, book, references, now)
            raise _TakenBack
    if not dry_run:
        with store.read() as (connection, now):
            flags = _flags(connection, account, book, references, now)
    return Imported(tuple(changes), tuple(organizations), flags, not dry_run)


def _flags(
    connection: Connection, account: str, book: Book, references: Sequence[str], now: datetime
) -> dict[str, tuple[str, ...]]:
    rows = contracts.by_reference(connection, account, references)
    return flags_of(connection, account, book, list(rows.values()), now)


def _record(
    connection: Connection,
    account: str,
    book: Book,
    wanted: Sequence[Wanted],
    problems: Sequence[Problem],
    recorded: Recorded,
) -> tuple[list[Change], list[str]]:
    """The changes of contracts and, in words, of customers; ImportRefused before anything is written."""
    known = contracts.all_organizations(connection, account)
    references = [row.reference for row in wanted]
    renewed = [row.terms.renews for row in wanted if row.terms.renews]
    stored = contracts.by_reference(connection, account, [*references, *renewed])
    people = contacts.of_contracts(connection, (each.id for each in stored.values()))
    changes = changes_of(wanted, stored, people)
    names = contracts.all_references(connection, account)
    found = [*problems, *organization_problems(wanted, known), *contract_problems(changes, stored, names, book)]
    if found:
        raise ImportRefused(sorted(found, key=_place))
    organizations = _write_organizations(connection, account, wanted)
    ids = _write_contracts(connection, account, book, changes, recorded)
    _write_people(connection, account, book, changes, ids, recorded)
    return changes, organizations


def _place(problem: Problem) -> tuple[str, int]:
    """Sorts problems by line, so that a person can go through the file once."""
    name, _, line = problem.where.rpartition(":")
    return (name, int(line)) if line.isdigit() else (problem.where, 0)


def _write_organizations(connection: Connection, account: str, wanted: Sequence[Wanted]) -> list[str]:
    """Add customers that are new and connect known ones with Zendesk; returns what changed, in words."""
    known = {each.name: each for each in contracts.all_organizations(connection, account)}
    ids = {row.organization: row.zendesk_id for row in wanted if row.zendesk_id}
    new = {row.organization: ids.get(row.organization) for row in wanted if row.organization not in known}
    contracts.add_organizations(connection, account, new)
    moved = {known[name]: key for name, key in ids.items() if name in known and known[name].zendesk_id != key}
    contracts.set_zendesk_ids(connection, {each.id: key for each, key in moved.items()})
    return [f"{each.name}: zendesk_organization_id {each.zendesk_id or '-'} -> {key}" for each, key in moved.items()]


def _write_contracts(
    connection: Connection, account: str, book: Book, changes: Sequence[Change], recorded: Recorded
) -> dict[str, int]:
    """Write a version of each contract that is new or has other terms; returns the ids by reference."""
    owners = {each.name: each.id for each in contracts.all_organizations(connection, account)}
    new = [change for change in changes if change.stored is None]
    rows = {change.wanted.reference: owners[change.wanted.organization] for change in new}
    ids = contracts.add_contracts(connection, account, rows)
    ids |= {change.stored.reference: change.stored.id for change in changes if change.stored}
    versions = [_version(change, ids, book, recorded) for change in changes if change.stored is None or change.fields]
    contracts.add_versions(connection, account, versions)
    return ids


def _version(change: Change, ids: Mapping[str, int], book: Book, recorded: Recorded) -> Version:
    wanted, stored = change.wanted, change.stored
    effective = recorded.at if stored else _since(change, book, recorded.at)
    number = stored.version + 1 if stored else 1
    circumstances = Recorded(effective, recorded.at, recorded.by, recorded.why)
    return Version(ids[wanted.reference], number, wanted.terms, circumstances)


def _since(change: Change, book: Book, now: datetime) -> datetime:
    """A contract that is new to us held from its first day on, as did its contacts; a later change holds from now."""
    if change.stored is not None:
        return now
    catalogue, _ = book.of_plan(change.wanted.terms.plan)
    return min(now, day_starts(change.wanted.terms.start, catalogue.timezone))


def _write_people(
    connection: Connection,
    account: str,
    book: Book,
    changes: Sequence[Change],
    ids: Mapping[str, int],
    recorded: Recorded,
) -> None:
    people = [
        NewContact(
            contract=ids[change.wanted.reference],
            key=mailbox.key,
            address=mailbox.address,
            name="",
            since=_since(change, book, recorded.at),
            by=recorded.by,
            why=recorded.why,
        )
        for change in changes
        for mailbox in change.people
    ]
    contacts.add(connection, account, people, recorded.at)
