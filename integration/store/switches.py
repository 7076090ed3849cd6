"""Switches that a person throws at run time, and facts of the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from integration.store.tables import switches
from integration.store.upsert import upsert

WRITES = "writes"
INSTALLED = "installed_at"


def read(connection: Connection, name: str) -> str | None:
    """A switch's value; None where it was never thrown."""
    return connection.execute(select(switches.c.value).where(switches.c.name == name)).scalar_one_or_none()


def thrown_at(connection: Connection, name: str) -> datetime | None:
    """When a switch was thrown last; None where it was never thrown."""
    return connection.execute(select(switches.c.at).where(switches.c.name == name)).scalar_one_or_none()


def thrown(connection: Connection, name: str, value: str) -> Row[Any] | None:
    """The switch with `by` and `at`, where it stands at this value."""
    query = select(switches).where(switches.c.name == name, switches.c.value == value)
    return connection.execute(query).one_or_none()


def throw(connection: Connection, name: str, value: str, by: str, now: datetime) -> None:
    """Set a switch."""
    row = {"name": name, "value": value[:200], "by": by, "at": now}
    upsert(connection, switches, row, ["name"], ["value", "by", "at"])


def may_write(connection: Connection) -> bool:
    """The kill switch: False stops every write to Zendesk; what is owed is kept."""
    return read(connection, WRITES) != "off"


def installed_at(connection: Connection) -> datetime | None:
    """The first day of this installation: by default, older tickets are told nothing."""
    value = read(connection, INSTALLED)
    return datetime.fromisoformat(value) if value else None


def mark_installed(connection: Connection, now: datetime) -> None:
    """Remember the first start; later starts change nothing."""
    upsert(connection, switches, {"name": INSTALLED, "value": now.isoformat(), "by": "release", "at": now}, ["name"])


#: Set while Zendesk does not accept our access; the reason is its value.
REFUSED = "zendesk_refused"


def clear(connection: Connection, name: str) -> None:
    """Forget a switch."""
    connection.execute(delete(switches).where(switches.c.name == name))
