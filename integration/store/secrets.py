"""Encrypted values that we keep for an account. What is stored here is unreadable without the installation's key."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from integration.store.tables import secrets
from integration.store.upsert import upsert


def keep(connection: Connection, account: str, name: str, value: str) -> None:
    """Keep an encrypted value in place of an older one."""
    upsert(connection, secrets, {"account": account, "name": name, "value": value}, ["account", "name"], ["value"])


def kept(connection: Connection, account: str, name: str) -> str | None:
    """The encrypted value; None where there is none."""
    query = select(secrets.c.value).where(secrets.c.account == account, secrets.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def forget(connection: Connection, account: str) -> int:
    """Drop all that is kept for an account; returns how many values there were."""
    return connection.execute(delete(secrets).where(secrets.c.account == account)).rowcount
