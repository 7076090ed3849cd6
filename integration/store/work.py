"""The open work: which tickets want looking at, and who is looking. Claims are leases with a fence (F65, S10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, Insert, and_, case, func, or_, select, update

from integration.store.tables import deliveries, ticket_work
from integration.store.upsert import inserting, upsert

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket that is ours while its lease lasts. Finishing closes only what was `seen` before the read.

    `since`: when the ticket was first asked for, of what is open.
    """

    account: str
    ticket: str
    seen: int
    fence: int
    attempts: int
    since: datetime | None = None


def record_delivery(connection: Connection, values: Mapping[str, object]) -> bool:
    """Insert one delivery; False where its key is known already, and then nothing changes (F01, F03)."""
    return upsert(connection, deliveries, dict(values), ["account", "key"])


def want(connection: Connection, account: str, ticket: str, now: datetime, due_at: datetime | None = None) -> None:
    """Ask for a look at a ticket: one more than before, so that a look that is under way does not close it."""
    row = {"account": account, "ticket": ticket, "due_at": due_at or now, "open_since": now}
    connection.execute(_wanting(connection.dialect.name), {**_FRESH, **row})


#: The work row of a ticket that nobody has asked for yet.
_FRESH: Mapping[str, object] = {"wanted": 1, "done": 0, "is_open": True, "fence": 0, "attempts": 0}


@cache
def _wanting(dialect: str) -> Insert:
    """Built once: every webhook sends it, and building it costs more than executing it."""
    insert, now = inserting(dialect, ticket_work), ticket_work.c
    changes = {
        "wanted": now.wanted + 1,
        "open_since": case((now.is_open, now.open_since), else_=insert.excluded.open_since),
        "is_open": True,
        "due_at": insert.excluded.due_at,
        "parked_at": None,
        "attempts": case((now.parked_at.is_(None), now.attempts), else_=0),
    }
    statement: Insert = insert.on_conflict_do_update(index_elements=["account", "ticket"], set_=changes)
    return statement


def _claimable(now: datetime) -> ColumnElement[bool]:
    free = or_(ticket_work.c.lease_until.is_(None), ticket_work.c.lease_until < now)
    return and_(ticket_work.c.is_open, ticket_work.c.due_at <= now, free, ticket_work.c.parked_at.is_(None))


def claim(connection: Connection, account: str, now: datetime, most: int) -> list[Claim]:
    """Take up to `most` due tickets, oldest first, by a lease that no other process holds."""
    rows = connection.execute(
        select(ticket_work)
        .where(ticket_work.c.account == account, _claimable(now))
        .order_by(ticket_work.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(ticket_work)
            .where(ticket_work.c.account == account, ticket_work.c.ticket.in_([row.ticket for row in rows]))
            .values(fence=ticket_work.c.fence + 1, lease_until=now + LEASE)
        )
    return [Claim(account, row.ticket, row.wanted, row.fence + 1, row.attempts, row.open_since) for row in rows]


def _mine(claimed: Claim) -> ColumnElement[bool]:
    return and_(
        ticket_work.c.account == claimed.account,
        ticket_work.c.ticket == claimed.ticket,
        ticket_work.c.fence == claimed.fence,
    )


def renew(connection: Connection, claimed: Claim, now: datetime) -> bool:
    """Lengthen the lease; False where somebody else took the ticket since (a stale worker must write nothing)."""
    changed = connection.execute(update(ticket_work).where(_mine(claimed)).values(lease_until=now + LEASE))
    return changed.rowcount == 1


def finish(connection: Connection, claimed: Claim) -> None:
    """Close what was asked before the ticket was read; what was asked since stays open and due."""
    connection.execute(
        update(ticket_work)
        .where(_mine(claimed))
        .values(
            done=claimed.seen,
            is_open=ticket_work.c.wanted > claimed.seen,
            lease_until=None,
            attempts=0,
            last_error=None,
        )
    )


def postpone(connection: Connection, claimed: Claim, due_at: datetime, error: str, counts: bool) -> None:
    """Give a ticket back for later. `counts`: one more failed attempt; after MOST_ATTEMPTS it is parked (F66)."""
    attempts = claimed.attempts + 1 if counts else claimed.attempts
    connection.execute(
        update(ticket_work)
        .where(_mine(claimed))
        .values(
            due_at=due_at,
            lease_until=None,
            attempts=attempts,
            last_error=error[:2000],
            parked_at=due_at if counts and attempts >= MOST_ATTEMPTS else None,
        )
    )


def unclaimed_since(connection: Connection, account: str, now: datetime, older_than: timedelta) -> bool:
    """True where something of the account has been due for that long and nobody has claimed it."""
    waiting = select(ticket_work.c.ticket).where(ticket_work.c.account == account, _claimable(now - older_than))
    return connection.execute(waiting.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is open, since when (None: nothing), and what is parked."""

    open: int
    oldest: datetime | None
    parked: int


def backlog(connection: Connection, account: str) -> Backlog:
    """The figures of /readyz and /metrics, of one account: what another one left behind stands for ever."""
    mine = ticket_work.c.account == account
    running = and_(mine, ticket_work.c.is_open, ticket_work.c.parked_at.is_(None))
    open_count = connection.execute(select(func.count()).select_from(ticket_work).where(running)).scalar_one()
    oldest = connection.execute(select(func.min(ticket_work.c.open_since)).where(running)).scalar_one()
    parked = select(func.count()).select_from(ticket_work).where(mine, ticket_work.c.parked_at.is_not(None))
    return Backlog(open_count, oldest, connection.execute(parked).scalar_one())


def parked(connection: Connection, account: str) -> Sequence[tuple[str, str]]:
    """The parked tickets with their last error."""
    query = select(ticket_work.c.ticket, ticket_work.c.last_error).where(
        ticket_work.c.account == account, ticket_work.c.parked_at.is_not(None)
    )
    return [(row.ticket, row.last_error or "") for row in connection.execute(query)]


def is_open(connection: Connection, account: str, ticket: str) -> bool:
    """True where the ticket is to be looked at, or parked."""
    query = select(ticket_work.c.is_open).where(ticket_work.c.account == account, ticket_work.c.ticket == ticket)
    return bool(connection.execute(query).scalar_one_or_none())


def was_told_of(connection: Connection, account: str, ticket: str, events: Sequence[str]) -> bool:
    """True where one of these events of the ticket was ever delivered."""
    query = select(deliveries.c.id).where(
        deliveries.c.account == account, deliveries.c.ticket == ticket, deliveries.c.event.in_(events)
    )
    return connection.execute(query.limit(1)).first() is not None
