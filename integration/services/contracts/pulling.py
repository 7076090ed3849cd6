"""A plan that an account already keeps in a field of its Zendesk organizations, pulled as contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from integration.domain.book import Book
from integration.domain.nearest import did_you_mean
from integration.services.contracts.change import in_words
from integration.services.contracts.claims import domains_reader
from integration.services.contracts.flags import is_over
from integration.services.contracts.importing import Imported, no_progress, record
from integration.services.contracts.problem import Problem
from integration.services.contracts.sheet import SheetRow
from integration.services.contracts.wanted import read_rows
from integration.services.ports import Zendesk
from integration.services.ports_addresses import Addresses
from integration.store import contracts
from integration.store.contracts import Stored, Terms
from integration.store.engine import Store

PREFIX = "zendesk-org-"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did, or would do; `skipped` says in words what was left out and why."""

    imported: Imported
    skipped: tuple[str, ...]


def pull(
    store: Store,
    account: str,
    book: Book,
    addresses: Addresses,
    zendesk: Zendesk,
    field: str,
    *,
    values: Mapping[str, str],
    start: date | None,
    by: str,
    why: str,
    apply: bool,
) -> Pulled:
    """Read every Zendesk organization and make a contract of each that has a plan in its field.

    `values` translates the field's values to plan ids; a plan's id, key or title needs no translation. `start` is the
    first day of new contracts, else the day on which the organization was made. Organizations that have another
    contract in force are left alone. Raises ImportRefused with every problem; errors of the port pass through.
    """
    organizations = zendesk.listing("organizations")
    with store.read() as (connection, now):
        alive = [each for each in contracts.every(connection, account) if not is_over(book, each, now)]
        mine = contracts.by_reference(connection, account, [f"{PREFIX}{each['id']}" for each in organizations])
    reader = _Reader(book, addresses, field, values, start, mine, _others(alive))
    rows = [row for each in organizations if (row := reader.row(each)) is not None]
    wanted, problems = read_rows(rows, book, addresses, no_progress)
    if not reader.filled:
        reader.skipped.append(f'no organization has a value in the field "{field}"; give the key of the right field')
    found = record(store, account, book, wanted, [*reader.problems, *problems], by=by, why=why, dry_run=not apply)
    return Pulled(found, tuple(reader.skipped))


def _others(alive: Sequence[Stored]) -> dict[str, Stored]:
    """The customers who have a contract from elsewhere, by Zendesk id and by name."""
    found = {}
    for each in alive:
        if not each.reference.startswith(PREFIX):
            found[each.organization.name.casefold()] = each
            if each.organization.zendesk_id:
                found[each.organization.zendesk_id] = each
    return found


class _Reader:
    """Turns organizations into rows of a sheet, so that they pass the same checks as a file."""

    def __init__(
        self,
        book: Book,
        addresses: Addresses,
        field: str,
        values: Mapping[str, str],
        start: date | None,
        mine: Mapping[str, Stored],
        others: Mapping[str, Stored],
    ) -> None:
        self.field, self.start, self.mine, self.others = field, start, mine, others
        self.plans = _plan_names(book) | {value.casefold(): plan for value, plan in values.items()}
        self.read_domain = domains_reader(addresses, None)
        self.filled = 0
        self.problems: list[Problem] = []
        self.skipped: list[str] = []

    def row(self, organization: Mapping[str, Any]) -> SheetRow | None:
        """The organization's row; None where it has no plan, an unknown one, or another contract."""
        value = str((organization.get("organization_fields") or {}).get(self.field) or "").strip()
        if not value:
            return None
        self.filled += 1
        where = f"Zendesk organization {organization['id']} ({organization['name']})"
        other = self.others.get(str(organization["id"])) or self.others.get(organization["name"].casefold())
        if other:
            self.skipped.append(f"{where}: has contract {other.reference} ({other.terms.plan}) already")
            return None
        plan = self.plans.get(value.casefold())
        if plan is None:
            hint = did_you_mean(value, self.plans) or "--map takes VALUE=PLAN, flask catalogue list shows the plans"
            self.problems.append(Problem(where, self.field, f'"{value}" is no plan; {hint}'))
            return None
        return SheetRow(where, self._cells(organization, plan, where))

    def _cells(self, organization: Mapping[str, Any], plan: str, where: str) -> dict[str, str]:
        """What Zendesk knows, over what a person has added to a contract that was pulled before."""
        reference = f"{PREFIX}{organization['id']}"
        made_on = str(organization.get("created_at") or "")[:10]
        held = self.mine.get(reference)
        cells = _cells_of(held.terms) if held else {"start": str(self.start) if self.start else made_on}
        return cells | {
            "reference": reference,
            "organization": organization["name"],
            "zendesk_organization_id": str(organization["id"]),
            "plan": plan,
            "domains": " ".join([*self._domains(organization, where), *_wide(held)]),
        }

    def _domains(self, organization: Mapping[str, Any], where: str) -> list[str]:
        """Zendesk lets free-mail domains be mapped to an organization; such a one is left out, and said."""
        kept = []
        for domain in organization.get("domain_names") or ():
            try:
                self.read_domain(domain)
            except ValueError as error:
                self.skipped.append(f"{where}: domain left out: {error}")
            else:
                kept.append(domain)
        return kept


def _plan_names(book: Book) -> dict[str, str]:
    """Plan ids by what people call them: the id itself, and a key or title that only one plan has."""
    names: dict[str, set[str]] = {}
    for plan_id in book.plan_ids():
        catalogue, plan = book.of_plan(plan_id)
        called = (plan_id, plan_id.partition("/")[2], plan.title, f"{catalogue.title} {plan.title}")
        for name in called:
            names.setdefault(name.casefold(), set()).add(plan_id)
    return {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1}


def _cells_of(terms: Terms) -> dict[str, str]:
    words = {each.name: in_words(getattr(terms, each.name)) for each in fields(Terms)}
    return {name: text for name, text in words.items() if text != "-"}


def _wide(held: Stored | None) -> list[str]:
    """Zendesk cannot say "with all sub-domains"; where a person has added it, it stays."""
    return [str(claim) for claim in held.terms.domains if claim.subdomains] if held else []
