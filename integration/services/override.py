"""An agent's decision against ours, recorded with a reason; it stands until somebody withdraws it (G-05)."""

from __future__ import annotations

from collections.abc import Mapping

from integration.domain import severity as severities
from integration.domain.book import UnknownPlan
from integration.domain.nearest import did_you_mean
from integration.services.parts import Parts
from integration.store import tickets as rows
from integration.store import work


class BadOverride(ValueError):
    """An override that cannot be recorded; the message says what would be right."""


def override(
    parts: Parts, ticket: str, values: Mapping[str, str], reason: str, by: str, withdraw: bool = False
) -> None:
    """Record (or end) an override of severity, category or plan, and have the ticket decided again at once."""
    if not values:
        raise BadOverride("name at least one of --severity, --category and --plan")
    if not reason.strip() or not by.strip():
        raise BadOverride("an override needs a reason and a name; both are shown on the ticket")
    with parts.store.read() as (connection, _):
        last = rows.last_decision(connection, parts.account, ticket)
    if last is None:
        raise BadOverride(f"ticket {ticket} was not decided yet; there is nothing to override")
    known = values if withdraw else {name: _known(parts, last.catalogue, name, value) for name, value in values.items()}
    with parts.store.write() as (connection, now):
        for name, value in known.items():
            rows.withdraw_override(connection, parts.account, ticket, name, by, now)
            row = {"account": parts.account, "ticket": ticket, "field": name, "value": value}
            if not withdraw:
                rows.add_override(connection, row | {"reason": reason.strip(), "by": by.strip(), "at": now})
        work.want(connection, parts.account, ticket, now)
    parts.nudge()


def _known(parts: Parts, vendor: str, name: str, value: str) -> str:
    """The value as the catalogue writes it."""
    catalogue = parts.book.catalogue(vendor)
    try:
        if name == "severity":
            return severities.read(catalogue, value) or ""
        if name == "plan":
            parts.book.of_plan(value)
            return value
    except (severities.UnknownSeverity, UnknownPlan) as error:
        raise BadOverride(str(error)) from None
    names = [category.name for form in catalogue.forms.values() for category in form.categories]
    found = next((each for each in names if each.casefold() == value.strip().casefold()), None)
    if found is None:
        raise BadOverride(f'"{value}" is no category of {catalogue.title}. {did_you_mean(value, names)}'.strip())
    return found
