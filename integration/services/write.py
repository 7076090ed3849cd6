"""Writing: all that is owed to a ticket in one guarded update, and what to make of an unknown outcome."""

from __future__ import annotations

from integration.domain.desk import Desk
from integration.services import facts
from integration.services.desk import fold
from integration.services.parts import Parts
from integration.services.ports import Conflict, Gone, RetryLater, TicketRead
from integration.store import switches, work
from integration.store import tickets as rows
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
    held = facts.raw_fields(read, desk)
    with parts.store.write() as (connection, now):
        if not work.renew(connection, claimed, now):
            raise Conflict("the ticket was taken over while it was written")
        owed = rows.owed(connection, claimed.account, claimed.ticket)
        known = rows.known(connection, claimed.account, claimed.ticket)
        revision = max(int(held.get("revision") or 0), known.revision if known else 0) + 1
        if owed and "revision" not in desk.fields:
            raise RetryLater("our fields are missing in Zendesk; `flask provision apply` makes them", 60.0)
        update = fold(read, held, owed, desk, revision) if owed and switches.may_write(connection) else None
        rows.mark(
            connection,
            claimed.account,
            claimed.ticket,
            zendesk_updated_at=facts.instant_of(str(read.ticket["updated_at"])),
        )
        if update is None:
            if owed and switches.may_write(connection):
                rows.settle(connection, claimed.account, claimed.ticket, owed, revision - 1, now)
            work.finish(connection, claimed)
            return
        rows.attempt(connection, claimed.account, claimed.ticket, owed, revision)
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
