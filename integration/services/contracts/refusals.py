"""What the rules refuse once the file's rows are seen beside each other and beside what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from integration.domain.book import Book
from integration.domain.contract import Contract, Refused, refuse_unsellable
from integration.domain.nearest import did_you_mean
from integration.services.contracts.change import Change
from integration.services.contracts.problem import Problem
from integration.services.contracts.wanted import Wanted
from integration.store.contracts import Organization, Stored, Terms

#: Only these bear on whether a plan could be bought: a later end or another contact is no new purchase.
_OF_THE_SALE = ("plan", "start", "purchased", "source", "renews")


def organization_problems(wanted: Sequence[Wanted], known: Sequence[Organization]) -> Iterator[Problem]:
    """Two names or two Zendesk ids for what looks like one customer, and the other way round."""
    named = {each.name: each.name for each in known}
    folded = {each.name.casefold(): each.name for each in known}
    owner_of = {each.zendesk_id: each.name for each in known if each.zendesk_id}
    id_of: dict[str, str] = {}
    for row in wanted:
        like = folded.setdefault(row.organization.casefold(), row.organization)
        if row.organization not in named and like != row.organization:
            says = f'"{row.organization}" differs from "{like}" only in capitals; write both the same'
            yield Problem(row.where, "organization", says)
        if row.zendesk_id is None:
            continue
        owner = owner_of.setdefault(row.zendesk_id, row.organization)
        if owner != row.organization:
            says = f'Zendesk organization {row.zendesk_id} is already "{owner}"; one customer has one id'
            yield Problem(row.where, "zendesk_organization_id", says)
        earlier = id_of.setdefault(row.organization, row.zendesk_id)
        if earlier != row.zendesk_id:
            says = f'"{row.organization}" has id {earlier} in a row above; one customer has one id'
            yield Problem(row.where, "zendesk_organization_id", says)


def contract_problems(
    changes: Sequence[Change], stored: Mapping[str, Stored], references: Sequence[str], book: Book
) -> Iterator[Problem]:
    """Contracts that change hands, renewals of nothing, and plans that were not for sale (RL-02, RS-01, RC-03).

    `stored` holds the rows' own contracts and those they renew, `references` all there are, for hints.
    """
    in_file = {change.wanted.reference: change.wanted for change in changes}
    known = [*in_file, *references]
    for change in changes:
        row = change.wanted
        if change.stored and change.stored.organization.name != row.organization:
            owner = change.stored.organization.name
            says = f'contract {row.reference} belongs to "{owner}"; another customer needs its own reference'
            yield Problem(row.where, "organization", says)
        elif change.stored is None or any(field.name in _OF_THE_SALE for field in change.fields):
            older = _older(row, in_file, stored)
            yield from _renewal_problems(row, older, known)
            yield from _sale_problems(row, older, book)


def _older(row: Wanted, in_file: Mapping[str, Wanted], stored: Mapping[str, Stored]) -> Contract | None:
    """The contract that this one says it renews: as the file has it, else as it is stored."""
    name = row.terms.renews or ""
    if name in in_file:
        other = in_file[name]
        return _as_contract(other.reference, other.organization, other.terms)
    if name in stored:
        found = stored[name]
        return _as_contract(found.reference, found.organization.name, found.terms)
    return None


def _as_contract(reference: str, organization: str, terms: Terms) -> Contract:
    return Contract(
        id=reference,
        reference=reference,
        organization=organization,
        plan=terms.plan,
        start=terms.start,
        purchased=terms.purchased,
        source=terms.source,
        renews=terms.renews,
    )


def _renewal_problems(row: Wanted, older: Contract | None, known: Sequence[str]) -> Iterator[Problem]:
    """G-11: a renewal names an older contract of the same customer and the same plan."""
    if row.terms.renews is None:
        return
    says = None
    if older is None:
        others = [each for each in known if each != row.reference]
        hint = did_you_mean(row.terms.renews, others) or "give the older contract's reference, or leave the cell empty"
        says = f'there is no contract "{row.terms.renews}" in this file or in store; {hint}'
    elif older.organization != row.organization:
        says = f'{older.reference} belongs to "{older.organization}"; name an older contract of the same customer'
    elif older.plan != row.terms.plan:
        says = f"{older.reference} is {older.plan}: another plan is a new purchase, so leave the cell empty (G-11)"
    elif older.start >= row.terms.start:
        says = f"{older.reference} starts {older.start}, so it is not older; name the contract before this one"
    if says:
        yield Problem(row.where, "renews", says)


def _sale_problems(row: Wanted, older: Contract | None, book: Book) -> Iterator[Problem]:
    contract = _as_contract(row.reference, row.organization, row.terms)
    try:
        refuse_unsellable(contract, *book.of_plan(row.terms.plan), older)
    except Refused as error:
        yield Problem(row.where, "plan", str(error))
