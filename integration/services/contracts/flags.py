"""What a person should look at: stored all the same, and never decided by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from integration.domain.book import Book, UnknownPlan
from integration.domain.contact_rules import contact_rule, over_limit, plan_family
from integration.domain.contract import NamedContact, Standing, standing
from integration.store import contacts, contracts
from integration.store.contracts import Holder, Stored


def flags_of(
    connection: Connection, account: str, book: Book, chosen: Sequence[Stored], now: datetime
) -> dict[str, tuple[str, ...]]:
    """The flags of each chosen contract, by reference: held by two customers (G-15), over the limit (G-12), no plan."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in chosen:
        found[each.reference] += _plan_flags(book, each)
    for reference, says in _ambiguous(connection, account, book, chosen, now):
        found[reference].append(says)
    for reference, says in _over_limit(connection, account, book, chosen, now):
        found[reference].append(says)
    return {reference: tuple(flags) for reference, flags in found.items() if flags}


def is_over(book: Book, stored: Stored, now: datetime) -> bool:
    """True for a contract that has ended, grace and all, or whose plan nobody knows: it stands in nobody's way."""
    try:
        catalogue, _ = book.of_plan(stored.terms.plan)
    except UnknownPlan:
        return True
    return standing(stored.as_contract(), catalogue, now) is Standing.ENDED


def _plan_flags(book: Book, stored: Stored) -> list[str]:
    try:
        catalogue, _ = book.of_plan(stored.terms.plan)
    except UnknownPlan as error:
        return [str(error)]
    product, known = stored.terms.product, {each.casefold() for each in catalogue.products}
    if product and known and product.casefold() not in known:
        return [f'product "{product}" is none of {catalogue.title}: its tickets are not covered']
    return []


def _ambiguous(
    connection: Connection, account: str, book: Book, chosen: Sequence[Stored], now: datetime
) -> list[tuple[str, str]]:
    values = [value for each in chosen for _, value in each.terms.claims()]
    held: dict[str, list[Holder]] = defaultdict(list)
    for holder in contracts.holders(connection, account, contracts.held_twice(connection, account, values)):
        if not is_over(book, holder.stored, now):
            held[holder.value].append(holder)
    flags = []
    for each in chosen:
        if is_over(book, each, now):
            continue
        for value in dict.fromkeys(value for _, value in each.terms.claims()):
            others = [h.stored for h in held[value] if h.stored.organization.id != each.organization.id]
            if others:
                names = " and ".join(sorted({f"{o.organization.name} ({o.reference})" for o in others}))
                says = f"ambiguous: {value} is also held by {names}; a person decides its tickets (G-15)"
                flags.append((each.reference, says))
    return flags


def _over_limit(
    connection: Connection, account: str, book: Book, chosen: Sequence[Stored], now: datetime
) -> list[tuple[str, str]]:
    """Counted over the customer's contracts of one plan family, as the decision counts them."""
    theirs = contracts.of_organizations(connection, account, (each.organization.id for each in chosen))
    alive = [each for each in theirs if not is_over(book, each, now)]
    people = contacts.of_contracts(connection, (each.id for each in alive))
    kin: dict[tuple[int, str], list[NamedContact]] = defaultdict(list)
    # Contacts of one day count in the order of their contracts, as the decision has it.
    for each in sorted(alive, key=lambda each: (each.terms.start, str(each.id))):
        kin[_family(book, each)] += [contact.as_named_contact() for contact in people.get(each.id, ())]
    flags = []
    for each in (c for c in chosen if not is_over(book, c, now)):
        catalogue, plan = book.of_plan(each.terms.plan)
        limit = plan.contacts.limit if plan.contacts else None
        too_many = over_limit(kin[_family(book, each)], limit, now)
        if too_many:
            count = ", ".join(c.address for c in too_many.counted)
            rest = ", ".join(c.address for c in too_many.rest)
            rule = contact_rule(catalogue)
            says = f"over the limit of {too_many.limit} ({rule}, G-12): {count} count, being the oldest; not {rest}"
            flags.append((each.reference, says))
    return flags


def _family(book: Book, stored: Stored) -> tuple[int, str]:
    return stored.organization.id, plan_family(book, stored.terms.plan)
