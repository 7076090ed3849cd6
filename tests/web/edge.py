"""The web edge in one process: the app as it is served, a real database, a clock with hands, and signed calls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from integration.adapters.signature import sign
from integration.services.parts import Parts
from integration.store.tables import deliveries, ticket_work
from tests.scenarios.town import Hands, Nudged

SECRET = "the-first-signing-secret"
SECOND = "the-second-signing-secret"
PATH = "/webhooks/zendesk"


@dataclass
class Edge:
    """What Zendesk and a caller of the API can do, and what they cannot see: the rows."""

    app: Flask
    parts: Parts
    hands: Hands
    hints: Nudged
    calls: int = field(default=0)

    def headers(self, raw: bytes, secret: str = SECRET, age: timedelta = timedelta(0), **more: str) -> dict[str, str]:
        """The headers of a call that was signed `age` ago."""
        signed_at = (self.hands.at - age).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.calls += 1
        return {
            "Content-Type": "application/json",
            "X-Zendesk-Webhook-Invocation-Id": f"01INVOCATION{self.calls}",
            "X-Zendesk-Webhook-Signature-Timestamp": signed_at,
            "X-Zendesk-Webhook-Signature": sign(secret, signed_at, raw),
        } | {name.replace("_", "-"): value for name, value in more.items()}

    def post(self, body: Any, secret: str = SECRET, age: timedelta = timedelta(0), **more: str) -> TestResponse:
        """One signed webhook call. `body`: bytes as they are, anything else as JSON; `more`: headers in its place."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.app.test_client().post(PATH, data=raw, headers=self.headers(raw, secret, age, **more))

    def ticket(self, number: object, invocation: str | None = None) -> TestResponse:
        """A trigger tells of a ticket."""
        named = {"X_Zendesk_Webhook_Invocation_Id": invocation} if invocation else {}
        return self.post({"ticket_id": number, "rule": "created"}, **named)

    def rows(self) -> int:
        """How many deliveries are kept."""
        with self.parts.store.read() as (connection, _):
            return int(connection.execute(select(func.count()).select_from(deliveries)).scalar_one())

    def open_tickets(self) -> dict[str, int]:
        """The tickets to be looked at, each with how often that was asked for."""
        with self.parts.store.read() as (connection, _):
            rows = connection.execute(select(ticket_work).where(ticket_work.c.is_open))
            return {row.ticket: row.wanted for row in rows}
