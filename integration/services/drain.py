"""The drain: claim open tickets, read them from Zendesk once, decide each, write what is owed in one update.

A delivery is only a hint that a ticket changed: the ticket itself is read again, so that late, doubled and shuffled
deliveries end in the same state (F04). No HTTP and no computing happen inside a write transaction.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from integration.domain.desk import Desk
from integration.services import standstill
from integration.services.look import look
from integration.services.parts import Parts
from integration.services.ports import (
    Conflict,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TicketRead,
    UnknownOutcome,
    ZendeskError,
)
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
        was_refused = switches.read(connection, switches.REFUSED) is not None
        allowed = standstill.how_many(connection, now, most)
        claims = work.claim(connection, parts.account, now, allowed) if allowed else []
    if not claims:
        return Drained(0)
    postponed = _work_off(parts, claims)
    if was_refused and postponed < len(claims):
        with parts.store.write() as (connection, _):
            switches.clear(connection, switches.REFUSED)
    return Drained(len(claims), postponed)


def _work_off(parts: Parts, claims: Sequence[Claim]) -> int:
    """Look at every claimed ticket; returns how many were postponed."""
    with parts.store.read() as (connection, _):
        desk = accounts.desk(connection, parts.account)
    try:
        reads = _read(parts, claims)
        desk = refreshed(parts, desk, reads.values() if reads else ())
    except ZendeskError as error:
        _halt(parts, error)
        for claimed in claims:
            _postpone(parts, claimed, error)
        return len(claims)
    return _each(parts, claims, reads, desk)


def _read(parts: Parts, claims: Sequence[Claim]) -> dict[str, TicketRead] | None:
    """All claimed tickets in one call; None where one bad id spoils it, so that each must be read alone (F66)."""
    ids = [int(claimed.ticket) for claimed in claims]
    try:
        found = parts.zendesk.tickets(ids)
    except RefusedByZendesk:
        if len(ids) == 1:
            raise
        return None
    return {str(each.ticket["id"]): each for each in found}


def _each(parts: Parts, claims: Sequence[Claim], reads: Mapping[str, TicketRead] | None, desk: Desk) -> int:
    """One ticket after the other. Where one shows that all would fail, the others are given back unasked (F18, F32)."""
    postponed = 0
    halted: Exception | None = None
    for claimed in claims:
        error = halted or _one(parts, claimed, reads, desk)
        if error is None:
            continue
        _postpone(parts, claimed, error, tried=halted is None)
        postponed += 1
        if halted is None and _halt(parts, error):
            halted = error
    return postponed


def _halt(parts: Parts, error: Exception) -> bool:
    """Stand still where the error is about all of our access; True where it is."""
    if not isinstance(error, ZendeskError) or not standstill.is_about_all(error):
        return False
    with parts.store.write() as (connection, now):
        standstill.begin(connection, error, now)
    return True


def _one(parts: Parts, claimed: Claim, reads: Mapping[str, TicketRead] | None, desk: Desk) -> Exception | None:
    """Look at one ticket; returns what went wrong."""
    try:
        with parts.store.write() as (connection, now):
            if not work.renew(connection, claimed, now):
                return None  # somebody else has it; a stale worker writes nothing
        found = _read(parts, [claimed]) if reads is None else reads
        read = found.get(claimed.ticket) if found else None
        if read is None:
            _gone(parts, claimed)
        else:
            look(parts, claimed, read, desk)
    except ZendeskError as error:
        return error
    except Exception as error:  # a poison ticket must not stop the others (F66); it is parked with its trace
        log.error("ticket failed", ticket=claimed.ticket, error=repr(error))
        return error
    return None


def _postpone(parts: Parts, claimed: Claim, error: Exception, tried: bool = True) -> None:
    """Give the ticket back. A busy or absent Zendesk parks nothing; a refusal or a fault of ours does after five."""
    trace = "" if isinstance(error, ZendeskError) else "\n" + "".join(traceback.format_exception(error)[-3:])
    with parts.store.write() as (connection, now):
        wait, counts = _patience(claimed, error, now, tried)
        work.postpone(
            connection, claimed, now + timedelta(seconds=wait), f"{type(error).__name__}: {error}{trace}", counts
        )


def _patience(claimed: Claim, error: Exception, now: datetime, tried: bool) -> tuple[float, bool]:
    """Seconds to wait, and whether it counts towards parking. What is about one ticket waits longer each time."""
    waited = (now - claimed.since).total_seconds() if claimed.since and tried else 0.0
    if isinstance(error, RetryLater):
        return error.seconds, False
    if isinstance(error, Conflict):
        return min(max(0.2, waited), 10.0), False
    if isinstance(error, UnknownOutcome):
        return min(max(2.0, waited), 60.0), False  # a late update must have landed before we look again (F20)
    if isinstance(error, NotAllowed):
        return min(max(standstill.REST.total_seconds(), waited), 300.0), False
    return min(2.0 * 2**claimed.attempts, 300.0), True


def _gone(parts: Parts, claimed: Claim) -> None:
    """F27: a ticket that is not there any more is left alone, and what we know of it stays."""
    with parts.store.write() as (connection, now):
        rows.mark(connection, claimed.account, claimed.ticket, gone_at=now)
        rows.drop_owed(connection, claimed.account, claimed.ticket)
        work.finish(connection, claimed)
