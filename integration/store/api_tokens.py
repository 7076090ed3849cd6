"""Bearer tokens of the API, by digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from integration.store.tables import api_tokens


def add(connection: Connection, name: str, digest: str, now: datetime) -> None:
    """Keep a new token's digest."""
    connection.execute(insert(api_tokens).values(name=name, digest=digest, created_at=now))


def is_live(connection: Connection, digest: str) -> bool:
    """True where a token is known and not revoked."""
    query = select(func.count()).select_from(api_tokens)
    found = connection.execute(query.where(api_tokens.c.digest == digest, api_tokens.c.revoked_at.is_(None)))
    return found.scalar_one() == 1


def revoke(connection: Connection, name: str, now: datetime) -> int:
    """Revoke all tokens of a name; returns how many."""
    query = update(api_tokens).where(api_tokens.c.name == name, api_tokens.c.revoked_at.is_(None))
    return connection.execute(query.values(revoked_at=now)).rowcount


def live_names(connection: Connection) -> list[tuple[str, datetime]]:
    """Names and ages of the tokens that hold."""
    query = select(api_tokens.c.name, api_tokens.c.created_at).where(api_tokens.c.revoked_at.is_(None))
    return [(row.name, row.created_at) for row in connection.execute(query.order_by(api_tokens.c.id))]
