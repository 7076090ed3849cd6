"""What stands in a Zendesk account under our names, and the desk that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from integration.domain.desk import Desk
from integration.store.tables import account_objects
from integration.store.upsert import upsert


def objects(connection: Connection, account: str, kind: str) -> dict[str, str]:
    """Zendesk ids by name of one kind: field, form, brand, group, webhook, trigger, category."""
    query = select(account_objects.c.name, account_objects.c.zendesk_id).where(
        account_objects.c.account == account, account_objects.c.kind == kind
    )
    return {row.name: row.zendesk_id for row in connection.execute(query)}


def remember(
    connection: Connection,
    account: str,
    kind: str,
    name: str,
    zendesk_id: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep the id of an object."""
    row = {
        "account": account,
        "kind": kind,
        "name": name,
        "zendesk_id": zendesk_id,
        "detail": dict(detail),
        "read_at": now,
    }
    upsert(connection, account_objects, row, ["account", "kind", "name"], ["zendesk_id", "detail", "read_at"])


def desk(connection: Connection, account: str) -> Desk:
    """The ids that a decision needs: our fields, and forms, brands and groups by name."""
    return Desk(
        fields={name: int(value) for name, value in objects(connection, account, "field").items()},
        forms={int(value): name for name, value in objects(connection, account, "form").items()},
        brands={int(value): name for name, value in objects(connection, account, "brand").items()},
        groups={name: int(value) for name, value in objects(connection, account, "group").items()},
    )
