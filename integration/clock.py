"""The only place that asks the time. Everything else is handed `now`, aware and in UTC.

The database's clock decides (F45): the machines of one installation may disagree, their database does not. Tests put a
clock of their own in its place and move it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, text

#: Where `now` comes from: given a connection, the instant of this unit of work (aware, UTC).
Clock = Callable[[Connection], datetime]


def database_clock(connection: Connection) -> datetime:
    """The database's own time, sampled once; aware, UTC, microseconds on PostgreSQL and milliseconds on SQLite."""
    if connection.dialect.name == "sqlite":
        value = connection.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now.astimezone(UTC)


def machine_now() -> datetime:
    """This machine's time (aware, UTC), for what no database is at hand for: the age of a webhook's signature."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never go back, for measuring how long something took (F46)."""
    return time.monotonic()
