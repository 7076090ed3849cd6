"""What we know of tickets: the last read, every decision, what is owed to them, and what a person overrode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, true, update
from sqlalchemy.engine import Row

from integration.store.tables import (
    JsonText,
    customer_messages,
    decisions,
    desk_fields,
    desk_notes,
    overrides,
    tickets,
)
from integration.store.upsert import upsert, upsert_all


def known(connection: Connection, account: str, ticket: str) -> Row[Any] | None:
    """The last read of a ticket, or None where it was never seen."""
    query = select(tickets).where(tickets.c.account == account, tickets.c.ticket == ticket)
    return connection.execute(query).one_or_none()


def remember(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep what a read told; what the customer stated and we found at first sight is never overwritten (G-05, G-07)."""
    kept_from_first = {"stated_severity", "stated_at", "created_at", "found"}
    names = [name for name in values if name not in kept_from_first]
    upsert(connection, tickets, values, ["account", "ticket"], names)


def mark(connection: Connection, account: str, ticket: str, **values: Any) -> None:
    """Change single columns of a known ticket."""
    connection.execute(update(tickets).where(tickets.c.account == account, tickets.c.ticket == ticket).values(**values))


def last_decision(connection: Connection, account: str, ticket: str) -> Row[Any] | None:
    """The decision in force."""
    query = select(decisions).where(decisions.c.account == account, decisions.c.ticket == ticket)
    return connection.execute(query.order_by(decisions.c.number.desc()).limit(1)).one_or_none()


def open_with_decisions(connection: Connection, account: str) -> Sequence[Row[Any]]:
    """The last decision of every ticket that can still be changed, as far as we know."""
    newest = (
        select(decisions.c.ticket, func.max(decisions.c.number).label("number"))
        .where(decisions.c.account == account)
        .group_by(decisions.c.ticket)
        .subquery()
    )
    query = (
        select(decisions)
        .join(newest, and_(newest.c.ticket == decisions.c.ticket, newest.c.number == decisions.c.number))
        .join(tickets, and_(tickets.c.account == decisions.c.account, tickets.c.ticket == decisions.c.ticket))
        .where(decisions.c.account == account, tickets.c.gone_at.is_(None), tickets.c.status != "closed")
    )
    return connection.execute(query).all()


def all_decisions(connection: Connection, account: str, ticket: str) -> Sequence[Row[Any]]:
    """Every decision on a ticket, oldest first."""
    query = select(decisions).where(decisions.c.account == account, decisions.c.ticket == ticket)
    return connection.execute(query.order_by(decisions.c.number)).all()


def decided_after(connection: Connection, account: str, last_id: int, most: int) -> Sequence[Row[Any]]:
    """Decisions newer than `last_id` with the ticket's subject, oldest first."""
    query = (
        select(decisions, tickets.c.subject, tickets.c.created_at)
        .join(tickets, and_(tickets.c.account == decisions.c.account, tickets.c.ticket == decisions.c.ticket))
        .where(decisions.c.account == account, decisions.c.id > last_id)
        .order_by(decisions.c.id)
        .limit(most)
    )
    return connection.execute(query).all()


def newest_decision_id(connection: Connection, account: str, before: datetime) -> int:
    """The id of the newest decision of the account that was taken before an instant; 0 where there is none."""
    query = select(func.max(decisions.c.id)).where(decisions.c.account == account, decisions.c.decided_at < before)
    return connection.execute(query).scalar_one() or 0


def add_decision(connection: Connection, values: Mapping[str, Any]) -> None:
    """Append a decision; its number is unique per ticket, so that two workers cannot both add one."""
    connection.execute(insert(decisions).values(**values))


# -- what is owed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owed:
    """What a ticket's next update must carry: field values and notes (by key) in the order they were owed."""

    fields: Mapping[str, Any]
    notes: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.fields or self.notes)

    def without(self, other: Owed) -> Owed:
        """What is here and not there."""
        fields = {name: value for name, value in self.fields.items() if name not in other.fields}
        return Owed(fields, {key: body for key, body in self.notes.items() if key not in other.notes})


def owe_fields(
    connection: Connection, account: str, ticket: str, values: Mapping[str, object], owner: str, now: datetime
) -> None:
    """Say what fields should hold. An unchanged value is owed no second time; a field has one owner."""
    query = select(desk_fields.c.field, desk_fields.c.value, desk_fields.c.owner).where(
        desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.field.in_(list(values))
    )
    held = {row.field: row for row in connection.execute(query)}
    for row in held.values():
        if row.owner != owner:
            raise ValueError(f'the field "{row.field}" belongs to {row.owner}, not to {owner}')
    same = {"account": account, "ticket": ticket, "owner": owner, "owed_at": now, "sent_at": None, "attempt": None}
    news = {name: value for name, value in values.items() if name not in held or held[name].value != value}
    rows = [same | {"field": name, "value": value} for name, value in news.items()]
    upsert_all(connection, desk_fields, rows, ["account", "ticket", "field"], ["value", "owed_at", "sent_at"])


def has_note(connection: Connection, account: str, ticket: str) -> bool:
    """True where the ticket has a note of ours, or is owed one."""
    query = select(desk_notes.c.key).where(desk_notes.c.account == account, desk_notes.c.ticket == ticket)
    return connection.execute(query.limit(1)).first() is not None


def owe_note(connection: Connection, account: str, ticket: str, key: str, body: str, now: datetime) -> None:
    """Owe an internal note once; a repeat of its key changes nothing. One that was not sent yet is out of date."""
    mine = and_(desk_notes.c.account == account, desk_notes.c.ticket == ticket)
    connection.execute(delete(desk_notes).where(mine, desk_notes.c.sent_at.is_(None), desk_notes.c.key != key))
    row = {"account": account, "ticket": ticket, "key": key, "body": body, "owed_at": now}
    upsert(connection, desk_notes, row, ["account", "ticket", "key"])


def owed(connection: Connection, account: str, ticket: str) -> Owed:
    """Everything that is owed to a ticket and was not sent."""
    return _owed(connection, account, ticket, true(), true())


def _owed(connection: Connection, account: str, ticket: str, of_fields: Any, of_notes: Any) -> Owed:
    fields = select(desk_fields).where(
        desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.sent_at.is_(None), of_fields
    )
    notes = (
        select(desk_notes)
        .where(desk_notes.c.account == account, desk_notes.c.ticket == ticket, desk_notes.c.sent_at.is_(None), of_notes)
        .order_by(desk_notes.c.owed_at)
    )
    return Owed(
        {row.field: row.value for row in connection.execute(fields)},
        {row.key: row.body for row in connection.execute(notes)},
    )


def sent_values(connection: Connection, account: str, ticket: str) -> dict[str, Any]:
    """The last value we wrote to each field; a difference to the ticket means that a person changed it (G-05)."""
    query = select(desk_fields.c.field, desk_fields.c.sent_value).where(
        desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.sent_value.is_not(None)
    )
    return {row.field: row.sent_value for row in connection.execute(query)}


def attempt(connection: Connection, account: str, ticket: str, what: Owed, revision: int) -> None:
    """Write down what an update is about to carry, so that an unknown outcome can be told apart later (F20)."""
    fields = update(desk_fields).where(
        desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.field.in_(list(what.fields))
    )
    notes = update(desk_notes).where(
        desk_notes.c.account == account, desk_notes.c.ticket == ticket, desk_notes.c.key.in_(list(what.notes))
    )
    connection.execute(fields.values(attempt=revision))
    connection.execute(notes.values(attempt=revision))
    mark(connection, account, ticket, attempted_revision=revision)


def attempted(connection: Connection, account: str, ticket: str) -> Owed:
    """What the update whose outcome is unknown carried, as far as it is still owed."""
    known_row = known(connection, account, ticket)
    revision = known_row.attempted_revision if known_row else None
    return _owed(connection, account, ticket, desk_fields.c.attempt == revision, desk_notes.c.attempt == revision)


def drop_owed(connection: Connection, account: str, ticket: str) -> None:
    """Owe a ticket nothing more (it is closed or gone); what was sent stays known."""
    for table in (desk_fields, desk_notes):
        mine = (table.c.account == account, table.c.ticket == ticket, table.c.sent_at.is_(None))
        connection.execute(delete(table).where(*mine))


def forgive(connection: Connection, account: str, ticket: str, what: Owed, now: datetime) -> None:
    """Owe these no more; a field goes back to the value that was sent before, where there was one."""
    fields = desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.field.in_(what.fields)
    notes = desk_notes.c.account == account, desk_notes.c.ticket == ticket, desk_notes.c.key.in_(what.notes)
    connection.execute(delete(desk_fields).where(*fields, desk_fields.c.sent_value.is_(None)))
    connection.execute(update(desk_fields).where(*fields).values(value=desk_fields.c.sent_value, sent_at=now))
    connection.execute(delete(desk_notes).where(*notes, desk_notes.c.sent_at.is_(None)))


def settle(connection: Connection, account: str, ticket: str, what: Owed, revision: int, now: datetime) -> None:
    """Mark what one update carried as sent, and the ticket's revision as confirmed."""
    sent = update(desk_fields).where(
        desk_fields.c.account == account,
        desk_fields.c.ticket == ticket,
        desk_fields.c.field == bindparam("name"),
        desk_fields.c.value == bindparam("carried", type_=JsonText()),
    )
    carried = [{"name": name, "carried": value} for name, value in what.fields.items()]
    if carried:
        connection.execute(sent.values(sent_at=now, sent_value=desk_fields.c.value), carried)
    keys = list(what.notes)
    query = update(desk_notes).where(
        desk_notes.c.account == account, desk_notes.c.ticket == ticket, desk_notes.c.key.in_(keys)
    )
    connection.execute(query.values(sent_at=now))
    mark(connection, account, ticket, revision=revision, attempted_revision=None)


def owing_tickets(connection: Connection, account: str, before: datetime, most: int) -> list[str]:
    """Tickets to which something has been owed since before an instant."""
    fields = select(desk_fields.c.ticket).where(
        desk_fields.c.account == account, desk_fields.c.sent_at.is_(None), desk_fields.c.owed_at < before
    )
    notes = select(desk_notes.c.ticket).where(
        desk_notes.c.account == account, desk_notes.c.sent_at.is_(None), desk_notes.c.owed_at < before
    )
    return list(connection.execute(fields.union(notes).limit(most)).scalars())


# -- overrides and customer messages ---------------------------------------------------------------------------------


def standing_overrides(connection: Connection, account: str, ticket: str) -> Sequence[Row[Any]]:
    """The overrides that hold, oldest first."""
    query = select(overrides).where(
        overrides.c.account == account, overrides.c.ticket == ticket, overrides.c.withdrawn_at.is_(None)
    )
    return connection.execute(query.order_by(overrides.c.id)).all()


def overridden_at(connection: Connection, account: str, ticket: str) -> datetime | None:
    """When an override of the ticket was last recorded or withdrawn; None where there never was one."""
    query = select(overrides.c.at, overrides.c.withdrawn_at).where(
        overrides.c.account == account, overrides.c.ticket == ticket
    )
    moments = [moment for row in connection.execute(query) for moment in row if moment is not None]
    return max(moments, default=None)


def add_override(connection: Connection, values: Mapping[str, Any]) -> None:
    """Put a new override in place of an older one of the same field."""
    withdraw_override(
        connection, str(values["account"]), str(values["ticket"]), str(values["field"]), str(values["by"]), values["at"]
    )
    connection.execute(insert(overrides).values(**values))


def withdraw_override(connection: Connection, account: str, ticket: str, field: str, by: str, now: datetime) -> int:
    """End an override; returns how many ended."""
    query = update(overrides).where(
        overrides.c.account == account,
        overrides.c.ticket == ticket,
        overrides.c.field == field,
        overrides.c.withdrawn_at.is_(None),
    )
    return connection.execute(query.values(withdrawn_at=now, withdrawn_by=by)).rowcount


def may_write_to_customer(connection: Connection, account: str, ticket: str, requester: str, since: datetime) -> bool:
    """G-02: at most one text per ticket, and one per requester in 24 hours (`since`)."""
    mine = and_(customer_messages.c.account == account)
    same = or_(
        customer_messages.c.ticket == ticket,
        and_(customer_messages.c.requester == requester, customer_messages.c.caused_at > since),
    )
    return connection.execute(select(func.count()).select_from(customer_messages).where(mine, same)).scalar_one() == 0


def take_back_message(connection: Connection, account: str, ticket: str) -> None:
    """A text to the customer that was not sent yet and is not true any more: it was never caused."""
    mine = desk_fields.c.account == account, desk_fields.c.ticket == ticket, desk_fields.c.field == "message"
    unsent = desk_fields.c.sent_at.is_(None), desk_fields.c.sent_value.is_(None)
    if connection.execute(delete(desk_fields).where(*mine, *unsent)).rowcount:
        caused = customer_messages.c.account == account, customer_messages.c.ticket == ticket
        connection.execute(delete(customer_messages).where(*caused))


def note_customer_message(
    connection: Connection, account: str, ticket: str, template: str, requester: str, now: datetime
) -> None:
    """Record that a text to the customer was caused."""
    row = {"account": account, "ticket": ticket, "template": template, "requester": requester, "caused_at": now}
    upsert(connection, customer_messages, row, ["account", "ticket", "template"])
