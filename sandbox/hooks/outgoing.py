"""Noting down that a webhook is to be called; the sending happens after the commit."""

from __future__ import annotations

from ..call import Desk
from ..table import Row
from .ulid import ulid


def invoke(desk: Desk, webhook: Row, payload: str) -> None:
    """Store one invocation of `webhook` with this body, unless the webhook is switched off."""
    if webhook["status"] != "active":
        return
    row = {"id": ulid(desk.now), "webhook_id": webhook["id"], "status": "pending", "status_code": None}
    row |= {"latest_completed_at": None, "_payload": payload}
    desk.account.put("invocations", row)
    desk.outgoing.append(str(row["id"]))
