"""INSERT … ON CONFLICT, the same words for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    key: Sequence[str],
    update: Sequence[str] | None = None,
) -> bool:
    """Insert a row, or on a conflict of `key` change the columns `update` (None: change nothing).

    True where a row was inserted or changed.
    """
    statement = _statement(connection.dialect.name, table, tuple(key), None if update is None else tuple(update))
    # A table that counts its own ids makes the driver ask for the new id, and the count of rows is then thrown away.
    return connection.execute(statement, dict(values), execution_options={"preserve_rowcount": True}).rowcount > 0


def upsert_all(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    update: Sequence[str] | None = None,
) -> None:
    """The same for several rows with the same columns; no rows are fine."""
    if rows:
        statement = _statement(connection.dialect.name, table, tuple(key), None if update is None else tuple(update))
        connection.execute(statement, [dict(row) for row in rows])


def inserting(dialect: str, table: Table) -> Any:
    """INSERT into `table` in the dialect that knows ON CONFLICT."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


@cache
def _statement(dialect: str, table: Table, key: tuple[str, ...], update: tuple[str, ...] | None) -> Any:
    """Built once: building it costs more than executing it."""
    statement = inserting(dialect, table)
    if update is None:
        return statement.on_conflict_do_nothing(index_elements=key)
    changes = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=key, set_=changes)
