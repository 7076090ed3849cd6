"""Engines and transactions. A read never blocks a write; a write takes its lock at once (F68).

SQLite: WAL, foreign keys on, synchronous=FULL, a busy timeout of 5 s; a write begins with BEGIN IMMEDIATE, because a
deferred transaction that reads and then writes fails at once however long the timeout is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from integration.clock import Clock, database_clock

BUSY_TIMEOUT_MS = 5000
#: Zendesk waits 10 s for an answer to a webhook: a database that cannot be had must be known before that (F14).
CONNECT_SECONDS = 3
POOL_SECONDS = 3


class Store:
    """The database as services see it: `read()` and `write()` units of work, each with one `now`."""

    def __init__(self, url: str, clock: Clock = database_clock) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.engine = make_engine(url)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, datetime]]:
        """A read-only unit of work: a connection and the instant of this unit."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA query_only = ON")
            else:
                connection = connection.execution_options(postgresql_readonly=True)
            try:
                yield connection, self.clock(connection)
            finally:
                connection.rollback()
                if self.is_sqlite:
                    connection.exec_driver_sql("PRAGMA query_only = OFF")
                    connection.rollback()

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, datetime]]:
        """A unit of work that commits whole or not at all: a connection and the instant of this unit."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection, self.clock(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Give all connections back (before a fork, or at the end)."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for a SQLite file or a PostgreSQL server; the SQLite file's folder is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        connecting = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        engine = create_engine(url, pool_timeout=POOL_SECONDS, connect_args=connecting)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_nothing)
        return engine
    patience = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": CONNECT_SECONDS * 1000}
    given = {name: value for name, value in patience.items() if name not in parsed.query}
    return create_engine(
        url, pool_pre_ping=True, pool_size=5, max_overflow=10, pool_timeout=POOL_SECONDS, connect_args=given
    )


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_nothing(_connection: Connection) -> None:
    """SQLAlchemy must not begin on its own: `read` needs no transaction and `write` begins with its lock."""
