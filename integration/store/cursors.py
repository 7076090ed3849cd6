"""How far the readers of exports have come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from integration.store.tables import cursors
from integration.store.upsert import upsert


def read(connection: Connection, account: str, name: str) -> str | None:
    """The cursor; None before the first page."""
    query = select(cursors.c.value).where(cursors.c.account == account, cursors.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def move(connection: Connection, account: str, name: str, value: str, now: datetime) -> None:
    """Move the cursor on."""
    row = {"account": account, "name": name, "value": value, "moved_at": now}
    upsert(connection, cursors, row, ["account", "name"], ["value", "moved_at"])


def moved_at(connection: Connection, account: str, name: str) -> datetime | None:
    """When the cursor last moved."""
    query = select(cursors.c.moved_at).where(cursors.c.account == account, cursors.c.name == name)
    return connection.execute(query).scalar_one_or_none()
