"""Named contacts come and go. The limit and the plan's rules are enforced in the unit of work that writes (G-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from integration.domain.book import Book, UnknownPlan
from integration.domain.catalogue import Catalogue
from integration.domain.contact_rules import contact_rule, in_the_way, plan_family, refuse_contact
from integration.domain.contract import NamedContact, Refused, Standing, day_starts, standing
from integration.domain.nearest import did_you_mean
from integration.domain.ticket import Mailbox
from integration.services.ports_addresses import Addresses, read_mailbox
from integration.store import contacts, contracts
from integration.store.contacts import NewContact, StoredContact
from integration.store.contracts import Stored
from integration.store.engine import Store


class NoSuchContract(LookupError):
    """No contract has this reference; the message says which one was probably meant."""

    def __str__(self) -> str:
        return str(self.args[0])


class NoSuchContact(LookupError):
    """This person is not a contact of the contract; the message names those who are."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Added:
    """A person became a contact: whose, from when (UTC), and how many of how many seats are now taken (None: any)."""

    stored: Stored
    mailbox: Mailbox
    since: datetime
    taken: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Register:
    """A contract with all its registrations, oldest first, ended ones too."""

    stored: Stored
    contacts: tuple[StoredContact, ...]


def add_contact(
    store: Store,
    account: str,
    book: Book,
    addresses: Addresses,
    reference: str,
    raw: str,
    *,
    by: str,
    why: str = "",
    name: str = "",
    since: date | None = None,
) -> Added:
    """Make a person a named contact of a contract from now on, or from the local day `since` of the vendor's zone.

    Raises ValueError for no address, NoSuchContract, and Refused where the plan's rules do not allow it: MM-30 and G-12
    (no seat is free at some instant from then on), MM-31, MM-32, or one who already is a contact (F42).
    """
    mailbox = read_mailbox(addresses, raw)
    with store.write() as (connection, now):
        stored = _locked(connection, account, reference)
        catalogue, plan = book.of_plan(stored.terms.plan)
        start = now if since is None else day_starts(since, catalogue.timezone).astimezone(UTC)
        refuse_contact(mailbox, stored.terms.domains, catalogue, plan)
        kin = _kin(connection, account, book, stored, now)
        _refuse_twice(stored, kin[stored.id], mailbox, start)
        everybody = [each.as_named_contact() for people in kin.values() for each in people]
        limit = plan.contacts.limit if plan.contacts else None
        _refuse_over_limit(stored, catalogue, in_the_way(everybody, mailbox.key, limit, start), limit)
        contacts.add(
            connection, account, [NewContact(stored.id, mailbox.key, mailbox.address, name, start, by, why)], now
        )
        there = {each.key for each in everybody if each.until is None or each.until > start}
        return Added(stored, mailbox, start, len(there | {mailbox.key}), limit)


def end_contact(
    store: Store, account: str, addresses: Addresses, reference: str, raw: str, *, by: str, why: str = ""
) -> StoredContact:
    """End a person's registration now; the row stays. Raises ValueError, NoSuchContract or NoSuchContact."""
    mailbox = read_mailbox(addresses, raw)
    with store.write() as (connection, now):
        stored = _locked(connection, account, reference)
        people = contacts.of_contracts(connection, [stored.id]).get(stored.id, ())
        there = [each for each in people if not _is_over(each, now)]
        mine = [each for each in there if each.key == mailbox.key]
        if not mine:
            raise NoSuchContact(_nobody(stored, mailbox, people, there))
        contacts.end(connection, [each.id for each in mine], by, why, now)
        return mine[0]


def list_contacts(store: Store, account: str, which: str | None = None) -> list[Register]:
    """The contacts of one contract, of one organization's contracts, or of all. NoSuchContract where none is meant."""
    with store.read() as (connection, _):
        everything = contracts.every(connection, account)
        chosen = choose(everything, which)
        people = contacts.of_contracts(connection, (each.id for each in chosen))
    return [Register(each, people.get(each.id, ())) for each in chosen]


def choose(everything: Sequence[Stored], which: str | None) -> list[Stored]:
    """The contracts that a person means by a reference or an organization's name, whatever their capitals."""
    if which is None:
        return list(everything)
    word = which.casefold()
    found = [each for each in everything if each.reference == which]
    found = found or [each for each in everything if each.reference.casefold() == word]
    found = found or [each for each in everything if each.organization.name.casefold() == word]
    if not found:
        names = {each.reference for each in everything} | {each.organization.name for each in everything}
        raise NoSuchContract(f'there is no contract and no customer "{which}". {_hint(which, names)}')
    return found


def _hint(word: str, names: set[str]) -> str:
    if not names:
        return "There are none yet: flask contracts import FILE.csv"
    return did_you_mean(word, sorted(names)) or "flask contracts show lists them all"


def _locked(connection: Connection, account: str, reference: str) -> Stored:
    """The contract, with its customer's contacts held against everybody else; read again, now that nothing moves."""
    contracts.lock_organization(connection, _contract(connection, account, reference).organization.id)
    return _contract(connection, account, reference)


def _contract(connection: Connection, account: str, reference: str) -> Stored:
    found = contracts.by_reference(connection, account, [reference]).get(reference)
    if found is None:
        names = set(contracts.all_references(connection, account))
        raise NoSuchContract(f'there is no contract "{reference}". {_hint(reference, names)}')
    return found


def _kin(
    connection: Connection, account: str, book: Book, stored: Stored, now: datetime
) -> dict[int, tuple[StoredContact, ...]]:
    """The registrations that share this contract's seats: same customer, same plan family, not yet ended (G-12)."""
    family = plan_family(book, stored.terms.plan)
    ids = [stored.id]
    for each in contracts.of_organizations(connection, account, [stored.organization.id]):
        if each.id != stored.id and _counts(book, each, family, now):
            ids.append(each.id)
    people = contacts.of_contracts(connection, ids)
    return {each: people.get(each, ()) for each in ids}


def _counts(book: Book, stored: Stored, family: str, now: datetime) -> bool:
    try:
        catalogue, _ = book.of_plan(stored.terms.plan)
        mine = plan_family(book, stored.terms.plan)
    except UnknownPlan:
        return False
    return mine == family and standing(stored.as_contract(), catalogue, now) is not Standing.ENDED


def _refuse_twice(stored: Stored, people: Sequence[StoredContact], mailbox: Mailbox, since: datetime) -> None:
    for each in people:
        if each.key == mailbox.key and not _is_over(each, since):
            like = "" if each.address == mailbox.address else f", the same person as {mailbox.address},"
            says = f"{each.address}{like} is already a contact of {stored.reference} since {each.since:%Y-%m-%d}"
            raise Refused("G-12", says)


def _refuse_over_limit(stored: Stored, catalogue: Catalogue, taken: Sequence[NamedContact], limit: int | None) -> None:
    if not taken:
        return
    names = ", ".join(each.address for each in taken)
    says = (
        f"{stored.organization.name} has {len(taken)} of {limit} named contacts: {names}; "
        f"end one first: flask contacts end {stored.reference} ADDRESS"
    )
    raise Refused(f"{contact_rule(catalogue)}, G-12", says)


def _is_over(contact: StoredContact, at: datetime) -> bool:
    return contact.until is not None and contact.until <= at


def _nobody(stored: Stored, mailbox: Mailbox, people: Sequence[StoredContact], there: Sequence[StoredContact]) -> str:
    ended = [each for each in people if each.key == mailbox.key]
    if ended:
        last = ended[-1]
        return f"{last.address} was ended already, on {last.until:%Y-%m-%d} by {last.ended_by}"
    names = ", ".join(each.address for each in there) or "nobody"
    return f"{mailbox.address} is no contact of {stored.reference}; its contacts are: {names}"
