"""Zendesk users as we last read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from integration.store.tables import people
from integration.store.upsert import upsert


def known(connection: Connection, account: str, user: str, changed: datetime | None) -> Sequence[str] | None:
    """A person's verified addresses; None where we never read them or Zendesk changed the person since."""
    row = connection.execute(select(people).where(people.c.account == account, people.c.user == user)).one_or_none()
    if row is None or (changed is not None and row.changed_at is not None and row.changed_at < changed):
        return None
    return list(row.verified)


def remember(
    connection: Connection, account: str, user: str, facts: Mapping[str, Any], verified: Sequence[str], now: datetime
) -> None:
    """Keep what Zendesk said of a person."""
    changed = facts.get("updated_at")
    row = {
        "account": account,
        "user": user,
        "email": facts.get("email"),
        "role": str(facts.get("role") or "end-user"),
        "verified": list(verified),
        "changed_at": datetime.fromisoformat(str(changed).replace("Z", "+00:00")) if changed else None,
        "read_at": now,
    }
    upsert(connection, people, row, ["account", "user"], ["email", "role", "verified", "changed_at", "read_at"])
