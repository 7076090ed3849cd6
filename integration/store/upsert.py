"""INSERT … ON CONFLICT, the same words for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Any = insert(table).values(**values)
    if update is None:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    else:
        changes = {name: statement.excluded[name] for name in update}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changes)
    # A table that counts its own ids makes the driver ask for the new id, and the count of rows is then thrown away.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0
