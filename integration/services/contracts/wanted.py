"""A row of the file as the contract it asks for, or the list of all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Plan
from integration.domain.contact_rules import refuse_contact
from integration.domain.contract import STATUSES, DomainClaim, Refused, anniversary
from integration.domain.nearest import nearest
from integration.domain.ticket import Mailbox
from integration.services.contracts import cells
from integration.services.contracts.claims import addresses_reader, domains_reader
from integration.services.contracts.problem import Problem
from integration.services.contracts.sheet import REQUIRED, SheetRow
from integration.services.ports_addresses import Addresses, read_mailbox
from integration.store.contracts import Terms

T = TypeVar("T")
PROGRESS_EVERY = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for. `notes` are remarks for the person who imports: nothing is refused because of them."""

    where: str
    reference: str
    organization: str
    zendesk_id: str | None
    terms: Terms
    contacts: tuple[Mailbox, ...] = ()
    notes: tuple[str, ...] = ()


def read_rows(
    rows: Sequence[SheetRow], book: Book, addresses: Addresses, progress: Callable[[int, int], None]
) -> tuple[list[Wanted], list[Problem]]:
    """Every row as a contract, and every problem of every row. Touches no database."""
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        found = _Reader(row, book, addresses)
        each = found.wanted()
        earlier = seen.setdefault(each.reference, row.where) if each else row.where
        if each and earlier != row.where:
            found.wrong("reference", f'"{each.reference}" stands in {earlier} too; a reference names one contract')
        if each and not found.problems:
            wanted.append(each)
        problems += found.problems
        if number % PROGRESS_EVERY == 0:
            progress(number, len(rows))
    return wanted, problems


class _Reader:
    """Reads one row and keeps going after an error, so that one run shows them all."""

    def __init__(self, row: SheetRow, book: Book, addresses: Addresses) -> None:
        self.row, self.book, self.addresses = row, book, addresses
        self.problems: list[Problem] = []

    def wrong(self, column: str, says: str) -> None:
        self.problems.append(Problem(self.row.where, column, says))

    def take(self, column: str, read: Callable[[str], T], empty: T) -> T:
        text = self.row.cells.get(column, "")
        if not text:
            if column in REQUIRED:
                self.wrong(column, "the cell is empty; every contract has one")
            return empty
        try:
            return read(text)
        except ValueError as error:
            self.wrong(column, str(error))
            return empty

    def wanted(self) -> Wanted | None:
        """The contract of this row; None where so much is wrong that nothing more can be checked."""
        plan_id = self.take("plan", self._plan_id, "")
        catalogue, plan = self.book.of_plan(plan_id) if plan_id else (None, None)
        reference = self.take("reference", cells.line_of_text(120), "")
        organization = self.take("organization", cells.line_of_text(200), "")
        zendesk_id = self.take("zendesk_organization_id", cells.zendesk_id, None)
        terms = self._terms(plan_id, catalogue)
        contacts = self.take("contacts", self._mailboxes, tuple[Mailbox, ...]())
        if catalogue is None or plan is None or terms is None:
            return None
        terms, notes = _complete(terms, catalogue, plan)
        self._check_days(terms)
        self._check_contacts(contacts, terms.domains, catalogue, plan)
        return Wanted(self.row.where, reference, organization, zendesk_id, terms, contacts, notes)

    def _plan_id(self, text: str) -> str:
        known = {each.casefold(): each for each in self.book.plan_ids()}
        if text.casefold() in known:
            return known[text.casefold()]
        short = {name: each for each in known.values() for name in (each, each.partition("/")[2])}
        like = nearest(text, short)
        hint = f'did you mean "{short[like]}"?' if like else f"there are: {', '.join(known.values())}"
        raise ValueError(f'there is no plan "{text}"; {hint}')

    def _terms(self, plan_id: str, catalogue: Catalogue | None) -> Terms | None:
        text, nothing = cells.line_of_text(120), None
        start: date | None = self.take("start", cells.day, None)
        rest = {
            "end": self.take("end", cells.day, nothing),
            "purchased": self.take("purchased", cells.day, nothing),
            "status": self.take("status", cells.one_of(STATUSES), "active"),
            "product": self.take("product", text, nothing),
            "source": self.take("source", cells.one_of(cells.SOURCES), nothing),
            "prerequisite_met": self.take("prerequisite_met", cells.yes_or_no, nothing),
            "order_reference": self.take("order_reference", text, nothing),
            "external_reference": self.take("external_reference", text, nothing),
            "renews": self.take("renews", text, nothing),
            "domains": self.take("domains", domains_reader(self.addresses, catalogue), tuple[DomainClaim, ...]()),
            "addresses": self.take("addresses", addresses_reader(self.addresses), tuple[str, ...]()),
        }
        return Terms(plan_id, start, **rest) if start else None  # type: ignore[arg-type]  # each reader has its type

    def _mailboxes(self, text: str) -> tuple[Mailbox, ...]:
        people: dict[str, Mailbox] = {}
        for word in cells.words(text):
            mailbox = read_mailbox(self.addresses, word)
            other = people.setdefault(mailbox.key, mailbox)
            if other.address != mailbox.address:
                raise ValueError(f"{mailbox.address} is the same person as {other.address}; keep one of them")
        return tuple(people.values())

    def _check_days(self, terms: Terms) -> None:
        if terms.end is None:
            return
        if terms.end < terms.start:
            self.wrong("end", f"{terms.end} is before the start, {terms.start}; the end is the last day, or empty")
        elif terms.purchased and terms.purchased > terms.end:
            self.wrong("purchased", f"{terms.purchased} is after the end, {terms.end}; it is the day of the order")

    def _check_contacts(
        self, contacts: Sequence[Mailbox], domains: Sequence[DomainClaim], catalogue: Catalogue, plan: Plan
    ) -> None:
        for mailbox in contacts:
            try:
                refuse_contact(mailbox, domains, catalogue, plan)
            except Refused as error:
                self.wrong("contacts", str(error))


def _complete(terms: Terms, catalogue: Catalogue, plan: Plan) -> tuple[Terms, tuple[str, ...]]:
    """Fill in what follows from the plan, and say so."""
    notes = []
    if plan.incidents:
        years, rule = plan.incidents.valid_for_years, next(iter(catalogue.rule_of.get("contract", ())), "G-11")
        last = anniversary(terms.purchased or terms.start, years)
        if terms.end is None:
            terms = replace(terms, end=last)
            notes.append(f"end {last} filled in: {years} year{'s' if years > 1 else ''} from the purchase ({rule})")
        elif terms.end > last:
            notes.append(f"end {terms.end} is later than the plan gives, which is {last} ({rule})")
    product = {each.casefold(): each for each in catalogue.products}
    if terms.product and product and terms.product.casefold() not in product:
        like = nearest(terms.product, product.values())
        hint = f'did you mean "{like}"?' if like else f"there are: {', '.join(product.values())}"
        notes.append(f'product "{terms.product}" is none of {catalogue.title}: tickets will be not covered; {hint}')
    elif terms.product:
        terms = replace(terms, product=product.get(terms.product.casefold(), terms.product))
    return terms, tuple(notes)
