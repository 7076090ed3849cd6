"""Event-subscribed webhooks: one envelope per thing that happened to a ticket, in the encoding of live accounts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..people import STAFF
from ..shapes import OPTION_TYPES
from ..table import Row
from .outgoing import invoke
from .ulid import ulid

if TYPE_CHECKING:
    from ..tickets.draft import Draft

PREFIX = "zen:event-type:"
_CHANGES = {
    "status": "status_changed",
    "priority": "priority_changed",
    "type": "type_changed",
    "subject": "subject_changed",
    "requester_id": "requester_changed",
    "organization_id": "organization_changed",
    "ticket_form_id": "form_changed",
    "brand_id": "brand_changed",
    "group_id": "group_assignment_changed",
    "assignee_id": "agent_assignment_changed",
    "external_id": "external_id_changed",
}
_UPPER = ("status", "priority", "type")
_CHANNELS = {"api": "web_service", "web": "web_form", "email": "mail"}


def announce(draft: Draft, ticket: Row) -> None:
    """Invoke every event-subscribed webhook for each event of this change that it asked for."""
    hooks = [row for row in draft.desk.account.all("webhooks") if row["subscriptions"] != ["conditional_ticket_events"]]
    if not hooks:
        return
    detail, sequence = _detail(draft, ticket), ulid(draft.desk.now)
    for position, (name, event) in enumerate(_events(draft, ticket), 1):
        body = {**event, "meta": {"sequence": {"id": sequence, "position": position}}}
        payload = json.dumps(_envelope(draft, ticket, name, detail, body))
        for hook in hooks:
            if f"{PREFIX}ticket.{name}" in hook["subscriptions"]:
                invoke(draft.desk, hook, payload)


def _events(draft: Draft, ticket: Row) -> Iterator[tuple[str, Row]]:
    if draft.before is None:
        yield "created", {}
    if draft.comment is not None:
        yield "comment_added", {"comment": _comment(draft, draft.comment)}
    if draft.before is None:
        return
    for name, event in _CHANGES.items():
        if ticket[name] != draft.before[name]:
            yield event, {"current": _encoded(name, ticket[name]), "previous": _encoded(name, draft.before[name])}
    if set(ticket["tags"]) != set(draft.before["tags"]):
        added, removed = (
            set(ticket["tags"]) - set(draft.before["tags"]),
            set(draft.before["tags"]) - set(ticket["tags"]),
        )
        yield "tags_changed", {"tags_added": sorted(added), "tags_removed": sorted(removed)}
    for field_id, value in ticket["_custom"].items():
        if value != draft.before["_custom"].get(field_id):
            yield "custom_field_changed", _custom(draft, field_id, value)


def _envelope(draft: Draft, ticket: Row, name: str, detail: Row, event: Row) -> Row:
    return {
        "type": f"{PREFIX}ticket.{name}",
        "account_id": draft.desk.account.number,
        "id": str(uuid.uuid4()),
        "time": draft.desk.now.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
        "zendesk_event_version": "2022-11-06",
        "subject": f"zen:ticket:{ticket['id']}",
        "detail": detail,
        "event": event,
    }


def _detail(draft: Draft, ticket: Row) -> Row:
    ids = ("id", "requester_id", "submitter_id", "assignee_id", "group_id", "organization_id", "brand_id")
    same = ("subject", "description", "external_id", "is_public", "tags", "created_at", "updated_at")
    detail = {name: _encoded("id", ticket[name]) for name in ids} | {name: ticket[name] for name in same}
    detail |= {name: _encoded(name, ticket[name]) for name in _UPPER}
    detail |= {"form_id": _encoded("id", ticket["ticket_form_id"]), "actor_id": str(draft.actor["id"])}
    channel = ticket["via"]["channel"]
    detail |= {"custom_status": _encoded("id", ticket["custom_status_id"])}
    return detail | {"via": {"channel": _CHANNELS.get(channel, channel)}}


def _encoded(name: str, value: Any) -> Any:
    if value is None:
        return None
    return str(value).upper() if name in _UPPER else str(value)


def _comment(draft: Draft, comment: Row) -> Row:
    author = draft.desk.account.get("users", comment["author_id"]) or draft.actor
    who = {"id": str(author["id"]), "is_staff": author["role"] in STAFF, "name": author["name"]}
    return {"id": str(comment["id"]), "body": comment["body"], "is_public": comment["public"], "author": who}


def _custom(draft: Draft, field_id: str, value: Any) -> Row:
    field = draft.desk.account.get("ticket_fields", int(field_id)) or {"title": "", "type": ""}
    previous = (draft.before or {"_custom": {}})["_custom"].get(field_id)
    type_ = "DROPDOWN" if field["type"] in OPTION_TYPES else field["type"].upper()
    return {
        "current": {"value": value, "id": field_id, "relationship_target": None},
        "previous": {"value": previous, "id": field_id, "relationship_target": None},
        "custom_field": {"id": field_id, "title": field["title"], "type": type_},
    }
