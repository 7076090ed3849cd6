"""Migrations: forward only, safe beside the version before, with a backup copy of a SQLite file first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from integration.store import switches
from integration.store.engine import Store

FOLDER = Path(__file__).parent / "migrations"
#: One installation migrates at a time: a lock of PostgreSQL's; SQLite has its write lock.
LOCK = 7_310_422


class MigrationError(Exception):
    """The database cannot be brought to this version; the message says why and what would help."""


def migrate(store: Store, folder: Path = FOLDER) -> list[str]:
    """Bring the database to the newest version of `folder`; returns a line for each thing done.

    Does nothing where it is there. Raises MigrationError, and then nothing was changed.
    """
    from alembic.util import CommandError

    config = _config(folder)
    try:
        current, head = _revisions(store, config)
        if current == head:
            done = [f"The database is at {head}, nothing to migrate."]
        else:
            done = [*_backup(store, current), *_upgrade(store, config, head)]
    except CommandError as error:
        raise MigrationError(
            f"{error}; a newer Deskward has been here. Install it again, or restore a backup"
        ) from None
    except (DBAPIError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise MigrationError(
            f"the database refused ({said}); nothing was changed. Look at DATABASE_URL, and whether its tables are ours"
        ) from error
    with store.write() as (connection, now):
        switches.mark_installed(connection, now)
    return done


def _revisions(store: Store, config: Any) -> tuple[str | None, str | None]:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
    script = ScriptDirectory.from_config(config)
    if current is not None:
        script.get_revision(current)
    return current, script.get_current_head()


def _config(folder: Path) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))  # "%" begins a name in Alembic's settings
    return config


def _backup(store: Store, current: str | None) -> Iterator[str]:
    """Copy a SQLite file beside itself, in SQLite's own way, so that the copy is whole while others write."""
    path = store.url.database
    if not store.is_sqlite or current is None or not path or path == ":memory:":
        return
    copy = Path(path).with_suffix(f".before-{current}.sqlite3")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    yield f"Backup: {copy}"


def _upgrade(store: Store, config: Any, head: str | None) -> Iterator[str]:
    from alembic import command

    with store.write() as (connection, _):
        if not store.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    yield f"The database is migrated to {head}."
