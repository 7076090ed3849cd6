"""Migrations: from nothing to now, again, from a newer version, at the same moment, and with what a backup is for."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from integration.store import switches
from integration.store.engine import Store
from integration.store.migrate import FOLDER, MigrationError, migrate
from integration.store.tables import metadata

NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it at all."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path}/deskward.sqlite3")
        yield store
        store.close()
        return
    server = make_url(request.getfixturevalue("postgresql_url"))
    name = f"{server.database}_empty_{next(NUMBERS)}"
    administer = create_engine(server, isolation_level="AUTOCOMMIT")
    with administer.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        store = Store(server.set(database=name).render_as_string(hide_password=False))
        yield store
        store.close()
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    administer.dispose()


def tables(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def head() -> str:
    return max(path.name for path in (FOLDER / "versions").glob("v*.py")).partition("_")[0].removeprefix("v")


def test_an_empty_database_is_brought_to_now_and_a_second_release_changes_nothing(empty: Store) -> None:
    [first] = migrate(empty)
    [second] = migrate(empty)
    assert first == f"The database is migrated to {head()}."
    assert second == f"The database is at {head()}, nothing to migrate."


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(empty: Store) -> None:
    migrate(empty)
    assert tables(empty) == {*metadata.tables, "alembic_version"}
    with empty.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_every_constraint_is_named_as_the_code_names_it(empty: Store) -> None:
    """A later migration drops a constraint by its name; on one machine out of ten it would be another one."""

    def names() -> dict[str, Any]:
        with empty.engine.connect() as connection:
            look = inspect(connection)
            return {
                name: (
                    look.get_pk_constraint(name)["name"],
                    sorted(str(each["name"]) for each in look.get_unique_constraints(name)),
                    sorted(str(each["name"]) for each in look.get_foreign_keys(name)),
                    sorted(str(each["name"]) for each in look.get_indexes(name)),
                )
                for name in metadata.tables
            }

    migrate(empty)
    migrated = names()
    metadata.drop_all(empty.engine)
    metadata.create_all(empty.engine)
    assert names() == migrated


def test_the_first_release_is_remembered_and_later_ones_do_not_move_it(empty: Store) -> None:
    """Tickets from before the first release are left alone, so the day must never move."""
    migrate(empty)
    with empty.read() as (connection, _):
        first = switches.installed_at(connection)
    migrate(empty)
    with empty.read() as (connection, _):
        assert switches.installed_at(connection) == first is not None


def test_two_releases_at_the_same_moment_make_one_database(empty: Store) -> None:
    others = [Store(empty.url.render_as_string(hide_password=False)) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(migrate, others))
    assert all(lines for lines in done)
    assert tables(empty) == {*metadata.tables, "alembic_version"}
    for each in others:
        each.close()


def test_f72_a_database_of_a_newer_version_is_refused_and_left_alone(empty: Store) -> None:
    migrate(empty)
    stamp(empty, "9999")
    with pytest.raises(MigrationError, match=r"9999.*a newer Deskward has been here.*restore a backup"):
        migrate(empty)
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def stamp(store: Store, version: str) -> None:
    with store.write() as (connection, _):
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_database_with_a_strangers_tables_is_refused_and_nothing_of_ours_stays_in_it(empty: Store) -> None:
    """DATABASE_URL points at somebody else's database; half a migration would be a mess in it."""
    with empty.write() as (connection, _):
        connection.execute(text("CREATE TABLE tickets (id INTEGER)"))
    with pytest.raises(MigrationError, match="nothing was changed"):
        migrate(empty)
    assert tables(empty) - {"alembic_version"} == {"tickets"}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("this is no database, however you look at it" * 100)
    store = Store(f"sqlite:///{tmp_path}/notes.txt")
    with pytest.raises(MigrationError, match="file is not a database"):
        migrate(store)
    store.close()


def test_a_server_that_is_down_is_said() -> None:
    store = Store("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(MigrationError, match="Look at DATABASE_URL"):
        migrate(store)


# -- a version that comes later ----------------------------------------------------------------------------------------

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("switches", sa.Column("colour", sa.String(length=20), nullable=True))
    {then}
"""


@pytest.fixture
def later(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of migrations with one more than ours, which adds a column; `then`: what it does after that."""

    def make(then: str = "") -> Path:
        folder = tmp_path / "100% later"
        shutil.copytree(FOLDER, folder)
        (folder / "versions" / "v0002_later.py").write_text(LATER.format(head=head(), then=then))
        return folder

    return make


def columns(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return {each["name"] for each in inspect(connection).get_columns("switches")}


def test_a_later_version_migrates_and_the_version_before_it_works_beside_it(
    empty: Store, later: Callable[..., Path]
) -> None:
    """F72: the new columns are there before the last process of the old version has gone."""
    migrate(empty)
    assert migrate(empty, later())[-1] == "The database is migrated to 0002."
    assert "colour" in columns(empty)
    with empty.write() as (connection, now):
        switches.throw(connection, "lamp", "on", "the version before", now)
        assert switches.read(connection, "lamp") == "on"
    with pytest.raises(MigrationError, match="a newer Deskward has been here"):
        migrate(empty)


def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(empty: Store, later: Callable[..., Path]) -> None:
    migrate(empty)
    with pytest.raises(MigrationError, match="nothing was changed"):
        migrate(empty, later(then='op.execute("SELECT no_such_thing FROM switches")'))
    assert "colour" not in columns(empty)
    assert migrate(empty) == [f"The database is at {head()}, nothing to migrate."]


def test_before_a_migration_a_sqlite_file_is_copied_whole_also_while_somebody_reads_it(
    tmp_path: Path, later: Callable[..., Path]
) -> None:
    store = Store(f"sqlite:///{tmp_path}/deskward.sqlite3")
    migrate(store)
    with store.write() as (connection, now):
        switches.throw(connection, "lamp", "on", "a test", now)
    with store.read():
        lines = migrate(store, later())
    copy = tmp_path / f"deskward.before-{head()}.sqlite3"
    assert lines == [f"Backup: {copy}", "The database is migrated to 0002."]
    restored = Store(f"sqlite:///{copy}")
    assert "colour" not in columns(restored)
    with restored.read() as (connection, _):
        assert switches.read(connection, "lamp") == "on"
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    restored.close()
    store.close()


def test_without_a_backup_there_is_no_migration(tmp_path: Path, later: Callable[..., Path]) -> None:
    store = Store(f"sqlite:///{tmp_path}/deskward.sqlite3")
    migrate(store)
    (tmp_path / f"deskward.before-{head()}.sqlite3").mkdir()
    with pytest.raises(MigrationError, match="unable to open database file"):
        migrate(store, later())
    assert "colour" not in columns(store)
    store.close()


def test_an_empty_database_needs_no_backup(empty: Store, tmp_path: Path) -> None:
    migrate(empty)
    assert list(tmp_path.glob("*before*")) == []
