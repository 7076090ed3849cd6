"""Contracts and contacts as lines for a terminal, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime

from integration.services.contacts import Register
from integration.services.contracts import ContractView, Imported, versions
from integration.services.contracts.change import Change
from integration.store.contacts import StoredContact

WIDTH = 100
_LABEL = 12


def imported(done: Imported) -> Iterator[str]:
    """What an import did, row by row; rows without a change are only counted, except in a dry run."""
    for change in done.changes:
        if change.kind != "unchanged" or not done.written:
            yield from wrap(f"{change.kind:<11}", f"{change.wanted.reference}  {_effect(change)}")
        yield from (line for note in change.notes for line in wrap("note       ", f"{change.wanted.where}: {note}"))
    yield from (line for each in done.organizations for line in wrap("changed    ", each))
    for reference, flags in done.flags.items():
        yield from (line for flag in flags for line in wrap("flagged    ", f"{reference}: {flag}"))
    new, changed, same = (done.count(kind) for kind in ("new", "changed", "unchanged"))
    would = "" if done.written else "Nothing was changed (dry run). It would be: "
    yield f"{would}{new} new, {changed} changed, {same} unchanged, {len(done.flags)} flagged"


def _effect(change: Change) -> str:
    terms = change.wanted.terms
    if change.kind == "unchanged":
        return change.wanted.organization
    if change.kind == "new":
        until = f"to {terms.end}" if terms.end else "without end"
        count = len(change.people)
        people = f", {count} contact{'s' if count > 1 else ''}" if count else ""
        return f"{change.wanted.organization}: {terms.plan}, {terms.start} {until}{people}"
    effects = [*map(str, change.fields), *(f"contact + {each.address}" for each in change.people)]
    return f"{change.wanted.organization}: {'; '.join(effects)}"


def wrap(label: str, text: str) -> list[str]:
    """Text behind a label, its further lines indented as far."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )


def overview(views: Sequence[ContractView]) -> Iterator[str]:
    """A line for each contract; "!" marks one that somebody should look at."""
    if not views:
        yield "There are no contracts yet: flask contracts import FILE.csv"
        return
    rows = [("REFERENCE", "CUSTOMER", "PLAN", "STANDING")]
    for view in views:
        mark = " !" if view.flags else ""
        rows.append(
            (view.stored.reference, view.stored.organization.name, view.stored.terms.plan, view.standing + mark)
        )
    widths = _widths(rows)
    for row in rows:
        yield "  ".join(_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    flagged = sum(bool(view.flags) for view in views)
    if flagged:
        yield f"! {flagged} flagged: flask contracts show REFERENCE says why"


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """Natural widths; where they are too many, first the customer's name is cut, then the reference, then the plan."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for column, least in ((1, 16), (0, 16), (2, 16)):
        too_much = sum(widths) + 2 * (len(widths) - 1) - WIDTH
        widths[column] -= max(0, min(too_much, widths[column] - least))
    return widths


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + "…"


def details(view: ContractView, history: bool) -> Iterator[str]:
    """One contract with all that is known of it."""
    stored, terms = view.stored, view.stored.terms
    yield from wrap("", f"{stored.reference} · {stored.organization.name} · {view.plan_title or 'no such plan'}")
    yield from _line("plan", terms.plan)
    yield from _line("standing", view.standing)
    yield from _line("term", _term(view))
    yield from _line("status", terms.status + (f", sold by {terms.source}" if terms.source else ""))
    yield from _line("product", terms.product)
    yield from _line("matches", ", ".join([*map(str, terms.domains), *terms.addresses]) or _whole(view))
    if terms.prerequisite_met is not None:
        yield from _line("needs", f"prerequisite {'met' if terms.prerequisite_met else 'NOT met'}")
    yield from _line("order", terms.order_reference)
    yield from _line("elsewhere", terms.external_reference)
    yield from _line("renews", terms.renews)
    yield from _line("services", ", ".join(view.services))
    yield from (line for flag in view.flags for line in _line("! flag", flag))
    yield from _people(view)
    if history:
        yield from _history(view)


def _line(label: str, text: str | None) -> list[str]:
    return wrap(f"  {label:<{_LABEL}}", text) if text else []


def _term(view: ContractView) -> str:
    terms = view.stored.terms
    until = f"to {terms.end}, the last day included" if terms.end else "without end"
    bought = f"; purchased {terms.purchased}" if terms.purchased else ""
    return f"{terms.start} {until} ({view.zone}){bought}"


def _whole(view: ContractView) -> str:
    zendesk_id = view.stored.organization.zendesk_id
    return f"members of Zendesk organization {zendesk_id}" if zendesk_id else "nobody: give it domains or addresses"


def _people(view: ContractView) -> Iterator[str]:
    there = sum(contact.until is None or contact.until > view.at for contact in view.contacts)
    seats = f"{there} of {view.contact_limit}" if view.contact_limit else str(there)
    yield from _line("contacts", seats)
    yield from (line for contact in view.contacts for line in _contact(contact))


def _contact(contact: StoredContact) -> list[str]:
    name = f" ({contact.name})" if contact.name else ""
    said = f"{contact.address}{name} {_lifetime(contact)}, added by {contact.added_by}"
    said += f": {contact.added_why}" if contact.added_why else ""
    if contact.ended_by:
        said += f"; ended by {contact.ended_by}" + (f": {contact.ended_why}" if contact.ended_why else "")
    return wrap("    " + ("ended  " if contact.ended_by else "       "), said)


def _lifetime(contact: StoredContact) -> str:
    if contact.until is None:
        return f"since {_instant(contact.since)}"
    if contact.until <= contact.since:
        return f"was to start {_instant(contact.since)} and was called off {_instant(contact.until)}"
    return f"since {_instant(contact.since)} until {_instant(contact.until)}"


def _history(view: ContractView) -> Iterator[str]:
    yield "  history (oldest first)"
    for stored, changed in versions(view):
        recorded = stored.recorded
        why = f": {recorded.why}" if recorded.why else ""
        said = f"recorded {_instant(recorded.at)} by {recorded.by}{why}; holds from {_instant(recorded.effective_at)}"
        yield from wrap(f"    {stored.version:>3}  ", said)
        yield from (line for each in changed for line in wrap("         ", each))


def _instant(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "-"


def registers(found: Sequence[Register]) -> Iterator[str]:
    """Contacts under their contracts, oldest first."""
    for register in found:
        stored = register.stored
        yield from wrap("", f"{stored.reference} · {stored.organization.name} · {stored.terms.plan}")
        yield from (line for contact in register.contacts for line in _contact(contact))
        if not register.contacts:
            yield "    nobody"
    if not found:
        yield "There are no contracts yet: flask contracts import FILE.csv"
