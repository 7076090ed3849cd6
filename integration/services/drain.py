"""The drain: claim open tickets, read them from Zendesk once, decide each, write what is owed in one update.

A delivery is only a hint that a ticket changed: the ticket itself is read again, so that late, doubled and shuffled
deliveries end in the same state (F04). No HTTP and no computing happen inside a write transaction.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from datetime import timedelta

import structlog

from integration.domain.desk import Desk
from integration.services.look import look
from integration.services.parts import Parts
from integration.services.ports import Conflict, NotAllowed, RetryLater, TicketRead, UnknownOutcome, ZendeskError
from integration.services.provision import refreshed
from integration.store import accounts, switches, work
from integration.store import tickets as rows
from integration.store.work import Claim

log = structlog.get_logger()
BATCH = 50


@dataclass(frozen=True, slots=True)
class Drained:
    """What one call did: tickets claimed, and how many of them must be looked at again."""

    claimed: int
    postponed: int = 0


def drain(parts: Parts, most: int = BATCH) -> Drained:
    """Work off up to `most` due tickets. Never raises for a single ticket: it is postponed, and parked in the end."""
    with parts.store.write() as (connection, now):
        claims = work.claim(connection, parts.account, now, most)
    if not claims:
        return Drained(0)
    with parts.store.read() as (connection, _):
        desk = accounts.desk(connection, parts.account)
    try:
        reads = {str(each.ticket["id"]): each for each in parts.zendesk.tickets([int(c.ticket) for c in claims])}
        desk = refreshed(parts, desk, reads.values())
    except ZendeskError as error:
        for claimed in claims:
            _postpone(parts, claimed, error)
        return Drained(len(claims), len(claims))
    done = [_one(parts, claimed, reads.get(claimed.ticket), desk) for claimed in claims]
    return Drained(len(claims), done.count(False))


def _one(parts: Parts, claimed: Claim, read: TicketRead | None, desk: Desk) -> bool:
    try:
        with parts.store.write() as (connection, now):
            if not work.renew(connection, claimed, now):
                return True  # somebody else has it; a stale worker writes nothing
        if read is None:
            _gone(parts, claimed)
        else:
            look(parts, claimed, read, desk)
    except ZendeskError as error:
        _postpone(parts, claimed, error)
        return False
    except Exception as error:  # a poison ticket must not stop the others (F66); it is parked with its trace
        log.error("ticket failed", ticket=claimed.ticket, error=repr(error))
        _postpone(parts, claimed, error)
        return False
    return True


def _postpone(parts: Parts, claimed: Claim, error: Exception) -> None:
    """Give the ticket back. A busy or absent Zendesk parks nothing; a refusal or a fault of ours does after five."""
    wait, counts = _patience(claimed, error)
    trace = str(error) if isinstance(error, ZendeskError) else "".join(traceback.format_exception(error)[-3:])
    with parts.store.write() as (connection, now):
        work.postpone(connection, claimed, now + timedelta(seconds=wait), f"{type(error).__name__}: {trace}", counts)
        if isinstance(error, NotAllowed):
            switches.throw(connection, "zendesk_refused", str(error), "drain", now)


def _patience(claimed: Claim, error: Exception) -> tuple[float, bool]:
    if isinstance(error, RetryLater):
        return error.seconds, False
    if isinstance(error, (Conflict, UnknownOutcome)):
        return min(0.2 * 2**claimed.attempts, 60.0), False
    if isinstance(error, NotAllowed):
        return 60.0, False
    return min(2.0 * 2**claimed.attempts, 300.0), True


def _gone(parts: Parts, claimed: Claim) -> None:
    """F27: a ticket that is not there any more is left alone, and what we know of it stays."""
    with parts.store.write() as (connection, now):
        rows.mark(connection, claimed.account, claimed.ticket, gone_at=now)
        rows.drop_owed(connection, claimed.account, claimed.ticket)
        work.finish(connection, claimed)
