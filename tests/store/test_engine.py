"""Units of work: reads that cannot write, writes that are whole or nothing, and who waits for whom (F67, F68, F69)."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from integration.store import switches
from integration.store.engine import Store
from integration.store.tables import contract_claims, metadata
from integration.store.tables import switches as table

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def throw(store: Store, value: str) -> None:
    with store.write() as (connection, now):
        switches.throw(connection, "lamp", value, "a test", now)


def lamp(store: Store) -> str | None:
    with store.read() as (connection, _):
        return switches.read(connection, "lamp")


def test_a_unit_of_work_is_handed_the_databases_time_in_utc(store: Store) -> None:
    """F45: the machines of one installation may disagree, their database does not."""
    with store.read() as (_, first), store.write() as (_, second):
        assert first.tzinfo is UTC
        assert first <= second


def test_a_unit_of_work_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError), store.write() as (connection, now):
        switches.throw(connection, "lamp", "on", "a test", now)
        raise KeyError("half way")
    assert lamp(store) is None
    throw(store, "on")
    assert lamp(store) == "on"


def test_a_read_cannot_write_and_the_next_write_can(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), store.read() as (connection, _):
        connection.execute(insert(table).values(name="lamp", value="on", by="a test", at=NOW))
    throw(store, "on")
    assert lamp(store) == "on"


def test_a_read_does_not_wait_for_a_write_and_sees_nothing_of_it(store: Store) -> None:
    throw(store, "off")
    with store.write() as (connection, now):
        switches.throw(connection, "lamp", "on", "a test", now)
        assert lamp(store) == "off"
    assert lamp(store) == "on"


def test_f68_eight_writers_at_once_wait_for_each_other_and_none_fails(store: Store) -> None:
    """Each reads first and then writes what it read plus one: without the lock at once, counts would be lost."""
    throw(store, "0")
    start = threading.Barrier(8)

    def count(_: int) -> None:
        start.wait(timeout=30)
        for _ in range(5):
            with store.write() as (connection, _now):
                held = connection.execute(select(table.c.value).where(table.c.name == "lamp").with_for_update())
                value = int(held.scalar_one()) + 1
                connection.execute(update(table).where(table.c.name == "lamp").values(value=str(value)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))
    assert lamp(store) == "40"


def test_f68_a_sqlite_file_that_stays_locked_is_an_error_and_the_store_goes_on_afterwards(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a.db")
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 20"))
    metadata.create_all(store.engine)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        throw(store, "on")
    other.close()
    throw(store, "on")
    assert lamp(store) == "on"
    store.close()


def test_f69_what_refers_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as (connection, _):
        values = {"contract": 404, "kind": "domain", "value": "acme.example", "account": "acme"}
        connection.execute(insert(contract_claims).values(**values))


def test_f69_sqlite_is_set_up_on_every_connection(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/folder/a.db")
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000}
    with store.engine.connect() as first, store.engine.connect() as second:
        for connection in (first, second):
            got = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
            assert got == wanted
    store.close()


def test_an_instant_comes_back_as_it_was_kept_and_one_without_a_zone_is_refused(store: Store) -> None:
    berlin = datetime.fromisoformat("2026-11-20T11:00:00.123456+01:00")
    with store.write() as (connection, _):
        connection.execute(insert(table).values(name="lamp", value="on", by="a test", at=berlin))
    with store.read() as (connection, _):
        kept = connection.execute(select(table.c.at)).scalar_one()
    assert (kept, kept.tzinfo) == (berlin, UTC)
    with pytest.raises(Exception, match="instants are aware"), store.write() as (connection, _):
        connection.execute(update(table).values(at=datetime(2026, 1, 1)))


def test_f67_a_server_that_cut_the_line_costs_nothing_at_the_next_unit_of_work(
    postgresql_url: str, _postgresql_tables: str
) -> None:
    """A failover of the database, or an idle connection that a firewall forgot."""
    store, killer = Store(postgresql_url), Store(postgresql_url)
    with store.read() as (connection, _):
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with killer.write() as (connection, _):
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({backend}, 5000)")
    throw(store, "on")
    assert lamp(store) == "on"
    store.close(), killer.close()
