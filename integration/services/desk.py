"""What a decision owes Zendesk, by mode, and the folding of all that is owed into one guarded update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from integration.config import Settings
from integration.domain.desk import Desk
from integration.domain.triage import Decision
from integration.services.desk_schema import FieldSpec
from integration.services.ports import TicketRead, TicketWrite
from integration.store import tickets as rows
from integration.store.tickets import Owed

#: The service that owns the fields of a decision.
OWNER = "triage"
#: Fields of a decision that no person may change.
OURS = ("plan", "entitlement", "first_reply_due")


@dataclass(frozen=True, slots=True)
class Address:
    """Which ticket of which account."""

    account: str
    ticket: str


def wanted_fields(decision: Decision, specs: Mapping[str, FieldSpec], desk: Desk) -> dict[str, Any]:
    """Every field's value that the decision asks for, in Zendesk's own values; "" clears a field."""
    first = decision.first_reply
    values: dict[str, Any] = {
        "plan": specs["plan"].value_of(decision.entitlement.plan),
        "severity": specs["severity"].value_of(decision.severity.working),
        "entitlement": specs["entitlement"].value_of(decision.entitlement.outcome),
        "first_reply_due": due_text(first.deadline if first else None),
    }
    if decision.severity.priority and decision.entitlement.effects.priority:
        values["priority"] = decision.severity.priority
    if decision.category.value:
        values["category"] = specs["category"].value_of(decision.category.value)
    if decision.group and decision.group in desk.groups:
        values["group"] = desk.groups[decision.group]
    return values


def due_text(deadline: datetime | None) -> str:
    """A deadline as the field shows it."""
    return f"{deadline.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if deadline else ""


def feature_of(field: str) -> str:
    """The feature whose mode governs a field."""
    return field if field in ("priority", "category", "group") else "fields"


def allowed_by(settings: Settings, owed: Owed) -> Owed:
    """What of it the modes allow: fields in `act`, the note from `note` on, nothing in `observe`."""
    fields = {name: value for name, value in owed.fields.items() if settings.mode_of(feature_of(name)) == "act"}
    return Owed(fields, owed.notes if settings.mode_of("note") != "observe" else {})


def with_ours_put_right(owed: Owed, sent: Mapping[str, Any], held: Mapping[str, Any]) -> Owed:
    """G-05: plan, entitlement and deadline are ours; what somebody typed over our last value is put right."""
    wrong = {name: sent[name] for name in OURS if name in sent and held.get(name, "") != sent[name]}
    return Owed({**wrong, **owed.fields}, owed.notes)


def owe_decision(
    connection: Connection,
    where: Address,
    decision: Decision,
    note: str,
    values: Mapping[str, Any],
    settings: Settings,
    now: datetime,
    key: str | None,
) -> None:
    """Owe what the modes allow: fields in `act`, the note (unless `key` is None) from `note` on, else nothing."""
    mine = {name: value for name, value in values.items() if settings.mode_of(feature_of(name)) == "act"}
    rows.owe_fields(connection, where.account, where.ticket, mine, OWNER, now)
    if key is not None and settings.mode_of("note") != "observe":
        rows.owe_note(connection, where.account, where.ticket, key, note, now)


def owe_message(
    connection: Connection,
    where: Address,
    template: str,
    requester: str,
    specs: Mapping[str, FieldSpec],
    settings: Settings,
    now: datetime,
) -> None:
    """Owe the field that fires one e-mail to the requester: off by default, once per ticket and person (G-02)."""
    if settings.customer_mail == "off" or settings.mode_of("fields") != "act":
        return
    since = now - timedelta(hours=24)
    if not rows.may_write_to_customer(connection, where.account, where.ticket, requester, since):
        return
    rows.note_customer_message(connection, where.account, where.ticket, template, requester, now)
    value = specs["message"].value_of(template)
    rows.owe_fields(connection, where.account, where.ticket, {"message": value}, OWNER, now)


def fold(read: TicketRead, held: Mapping[str, Any], owed: Owed, desk: Desk, revision: int) -> TicketWrite | None:
    """One update with everything that is owed and differs from what the ticket holds; None where nothing does."""
    fields = {name: value for name, value in owed.fields.items() if held.get(name, "") != value}
    custom = {desk.fields[name]: value or None for name, value in fields.items() if name in desk.fields}
    if not fields and not owed.notes:
        return None
    if "revision" in desk.fields:
        custom[desk.fields["revision"]] = revision
    return TicketWrite(
        ticket=int(read.ticket["id"]),
        guard=str(read.ticket["updated_at"]),
        priority=fields.get("priority"),
        group_id=fields.get("group"),
        custom_fields=custom,
        note="\n\n".join(owed.notes.values()) or None,
    )
