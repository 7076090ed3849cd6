"""Sweeps: jobs that only look for work. Each may run at any time, twice at once, or not at all for a while."""

from __future__ import annotations

from datetime import timedelta

from integration.services import standstill
from integration.services.parts import Parts
from integration.store import switches, work
from integration.store import tickets as rows

#: What is owed for longer than this has lost its work row (a crash, the kill switch) and is asked for again.
FORGOTTEN = timedelta(seconds=60)


def has_unclaimed(parts: Parts, older_than: timedelta) -> bool:
    """True where a ticket has been due for that long and nobody has claimed it, and somebody could."""
    with parts.store.read() as (connection, now):
        may = standstill.how_many(connection, now, 1) > 0
        return may and work.unclaimed_since(connection, parts.account, now, older_than)


def reopen_owing(parts: Parts, most: int = 100) -> int:
    """Ask again for tickets to which something is owed and that nobody is to look at; returns how many."""
    with parts.store.read() as (connection, now):
        if not switches.may_write(connection):
            return 0
        forgotten = rows.owing_tickets(connection, parts.account, now - FORGOTTEN, most)
        idle = [ticket for ticket in forgotten if not work.is_open(connection, parts.account, ticket)]
    if idle:
        with parts.store.write() as (connection, now):
            for ticket in idle:
                work.want(connection, parts.account, ticket, now)
    return len(idle)
