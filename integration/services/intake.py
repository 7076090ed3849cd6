"""Intake: one webhook call becomes one durable row and one ticket to look at, or nothing where it is known already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from integration.services.parts import Parts
from integration.store import work


class BadDelivery(ValueError):
    """A signed body that is no delivery of ours; the message says what is missing and what would be right."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook call: `key` is the same for every repeat of it; `ticket` None where it is about something else."""

    key: str
    kind: str
    event: str
    ticket: str | None


def read_delivery(body: Any, raw: bytes, invocation: str | None) -> Delivery:
    """Tell a trigger's body (ids only) from an event envelope (zendesk.md 1.2); BadDelivery where it is neither."""
    if not isinstance(body, dict):
        raise BadDelivery("the body must be a JSON object")
    if "type" in body and "detail" in body:
        return _envelope(body)
    if "ticket_id" in body:
        key = invocation or hashlib.sha256(raw).hexdigest()
        return Delivery(_key("call", key), "trigger", str(body.get("rule") or "")[:80], _ticket_id(body["ticket_id"]))
    raise BadDelivery('the body has neither "ticket_id" (a trigger) nor "type" and "detail" (an event)')


def _envelope(body: dict[str, Any]) -> Delivery:
    event, detail, key = body.get("type"), body.get("detail"), body.get("id")
    if not isinstance(event, str) or not isinstance(detail, dict) or not isinstance(key, str) or not key:
        raise BadDelivery('an event needs the texts "type" and "id", and the object "detail"')
    about_ticket = event.startswith("zen:event-type:ticket.")
    return Delivery(_key("event", key), "event", event[:80], _ticket_id(detail.get("id")) if about_ticket else None)


def _key(kind: str, identifier: str) -> str:
    """The key of a delivery; one too long for its column is replaced by its digest, so that no two become one."""
    return f"{kind}:{identifier if len(identifier) <= 100 else hashlib.sha256(identifier.encode()).hexdigest()}"


def _ticket_id(value: Any) -> str:
    text = str(value).strip() if not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) == 0:
        raise BadDelivery(f'the ticket\'s id must be a number, not "{str(value)[:60]}"')
    return str(int(text))


def receive(parts: Parts, delivery: Delivery, raw: bytes) -> bool:
    """Commit one delivery and the look that it asks for; False for a repeat, which changes nothing (F01, F03).

    Raises the database's own error where it is down: the caller answers 503 and Zendesk sends it again (F14).
    """
    with parts.store.write() as (connection, now):
        row = {
            "account": parts.account,
            "key": delivery.key,
            "kind": delivery.kind,
            "event": delivery.event,
            "ticket": delivery.ticket,
            "body": raw.decode("utf-8", "replace"),
            "received_at": now,
        }
        if not work.record_delivery(connection, row):
            return False
        if delivery.ticket is not None:
            work.want(connection, parts.account, delivery.ticket, now)
        return True
