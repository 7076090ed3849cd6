"""Writing: all that is owed to a ticket in one guarded update, and what to make of an unknown outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from integration.domain.desk import Desk
from integration.services import facts
from integration.services.desk import allowed_by, fold, with_ours_put_right
from integration.services.parts import Parts
from integration.services.ports import Conflict, Gone, RetryLater, TicketRead, TicketWrite
from integration.store import switches, work
from integration.store import tickets as rows
from integration.store.tickets import Owed
from integration.store.work import Claim


def confirm_attempt(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    """F20: an update whose outcome we never learned took effect if the ticket carries its revision."""
    with parts.store.read() as (connection, _):
        known = rows.known(connection, claimed.account, claimed.ticket)
    if known is None or known.attempted_revision is None:
        return
    revision = facts.raw_fields(read, desk).get("revision") or 0
    with parts.store.write() as (connection, now):
        if int(revision) >= known.attempted_revision:
            attempted = rows.attempted(connection, claimed.account, claimed.ticket)
            rows.settle(connection, claimed.account, claimed.ticket, attempted, known.attempted_revision, now)
        else:
            rows.mark(connection, claimed.account, claimed.ticket, attempted_revision=None)


def write(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    """Send everything that is owed in one guarded update, and close the work; nothing owed closes it at once."""
    with parts.store.write() as (connection, now):
        if not work.renew(connection, claimed, now):
            raise Conflict("the ticket was taken over while it was written")
        updated = facts.instant_of(str(read.ticket["updated_at"]))
        rows.mark(connection, claimed.account, claimed.ticket, zendesk_updated_at=updated)
        prepared = _prepare(parts, connection, claimed, read, desk, now)
        if prepared is None:
            work.finish(connection, claimed)
    if prepared is not None:
        _send(parts, claimed, *prepared)


def _prepare(
    parts: Parts, connection: Connection, claimed: Claim, read: TicketRead, desk: Desk, now: datetime
) -> tuple[TicketWrite, Owed, int] | None:
    """The update to send, what it carries and its revision; None where there is nothing to send."""
    held = facts.raw_fields(read, desk)
    owed = _sendable(parts, connection, claimed, held, now)
    if not owed:
        return None
    if "revision" not in desk.fields:
        raise RetryLater("our fields are missing in Zendesk; `flask provision apply` makes them", 60.0)
    known = rows.known(connection, claimed.account, claimed.ticket)
    revision = max(int(held.get("revision") or 0), known.revision if known else 0) + 1
    update = fold(read, held, owed, desk, revision)
    if update is None:
        rows.settle(connection, claimed.account, claimed.ticket, owed, revision - 1, now)
        return None
    rows.attempt(connection, claimed.account, claimed.ticket, owed, revision)
    return update, owed, revision


def _sendable(parts: Parts, connection: Connection, claimed: Claim, held: Mapping[str, Any], now: datetime) -> Owed:
    """What is owed and may be sent: nothing behind the kill switch, and only what the modes of today allow."""
    if not switches.may_write(connection):
        return Owed({}, {})
    owed = rows.owed(connection, claimed.account, claimed.ticket)
    sent = rows.sent_values(connection, claimed.account, claimed.ticket)
    allowed = allowed_by(parts.settings, with_ours_put_right(owed, sent, held))
    forbidden = owed.without(allowed)
    if forbidden:
        rows.forgive(connection, claimed.account, claimed.ticket, forbidden, now)
    return allowed


def _send(parts: Parts, claimed: Claim, update: TicketWrite, owed: Owed, revision: int) -> None:
    try:
        after = parts.zendesk.update_ticket(update)
    except (Conflict, RetryLater, Gone):
        with parts.store.write() as (connection, _):
            rows.mark(connection, claimed.account, claimed.ticket, attempted_revision=None)
        raise
    with parts.store.write() as (connection, now):
        rows.settle(connection, claimed.account, claimed.ticket, owed, revision, now)
        updated = facts.instant_of(str(after["updated_at"]))
        rows.mark(connection, claimed.account, claimed.ticket, zendesk_updated_at=updated)
        work.finish(connection, claimed)
