"""What Deskward needs to stand in a Zendesk account: its fields, one webhook, triggers that call it, and
triggers that send its texts to customers.

Only missing things are made, and only things of ours; a second run finds them and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integration.domain.desk import Desk
from integration.services.desk_schema import PREFIX, FieldSpec
from integration.services.mail_triggers import mail_triggers
from integration.services.parts import Parts
from integration.services.ports import TicketRead
from integration.store import accounts, cursors

WEBHOOK = "Deskward"
CATEGORY = "Deskward"
#: On creation everything counts as changed; without this one ticket would call us eight times.
CHANGE = {"field": "update_type", "operator": "is", "value": "Change"}
#: The events of a ticket that may ask for a new decision (G-06), each as trigger conditions beside the guard.
TRIGGERS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "created": ({"field": "update_type", "operator": "is", "value": "Create"},),
    "requester changed": (CHANGE, {"field": "requester_id", "operator": "changed", "value": ""}),
    "organization changed": (CHANGE, {"field": "organization_id", "operator": "changed", "value": ""}),
    "form changed": (CHANGE, {"field": "ticket_form_id", "operator": "changed", "value": ""}),
    "brand changed": (CHANGE, {"field": "brand_id", "operator": "changed", "value": ""}),
    "priority changed": (CHANGE, {"field": "priority", "operator": "changed", "value": ""}),
    "status changed": (CHANGE, {"field": "status", "operator": "changed", "value": ""}),
    "customer replied": (
        CHANGE,
        {"field": "comment_is_public", "operator": "is", "value": "true"},
        {"field": "role", "operator": "is", "value": "end_user"},
    ),
}
#: Our own fields whose change by a person asks for a new decision.
WATCHED_FIELDS = ("severity", "category", "environment", "product")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the account lacks and that would be made."""

    kind: str
    name: str
    body: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def provision(parts: Parts, apply: bool) -> list[Step]:
    """What is missing, in the order in which it can be made; made where `apply`. Ids are remembered either way."""
    missing = [*_fields(parts, apply), *_webhook(parts, apply)]
    missing += _triggers(parts, apply)
    refresh(parts)
    return missing


#: A form or brand made since we last looked is looked up, at most once in so long.
REFRESH = timedelta(minutes=1)
REFRESHED = "desk refreshed"


def refreshed(parts: Parts, desk: Desk, reads: Iterable[TicketRead]) -> Desk:
    """The desk, read again where a ticket carries a form or brand that it does not know."""
    strange = any(
        (each.ticket.get("brand_id") or 0) not in (0, *desk.brands)
        or (each.ticket.get("ticket_form_id") or 0) not in (0, *desk.forms)
        for each in reads
    )
    if not strange:
        return desk
    with parts.store.write() as (connection, now):
        moved = cursors.moved_at(connection, parts.account, REFRESHED)
        if moved is not None and now - moved < REFRESH:
            return desk
        cursors.move(connection, parts.account, REFRESHED, "", now)
    refresh(parts)
    with parts.store.read() as (connection, _):
        return accounts.desk(connection, parts.account)


def refresh(parts: Parts) -> None:
    """Read and keep the names and ids that a decision needs: our fields, forms, brands and groups."""
    by_title = {spec.title: name for name, spec in parts.specs.items()}
    for kind, listing in (("form", "ticket_forms"), ("brand", "brands"), ("group", "groups")):
        _remember(parts, kind, {str(each["name"]): each for each in parts.zendesk.listing(listing)})
    found = {
        by_title[each["title"]]: each for each in parts.zendesk.listing("ticket_fields") if each["title"] in by_title
    }
    _remember(parts, "field", found)


def _remember(parts: Parts, kind: str, found: Mapping[str, Mapping[str, Any]]) -> None:
    with parts.store.write() as (connection, now):
        for name, each in found.items():
            accounts.remember(connection, parts.account, kind, name, str(each["id"]), {}, now)


def _fields(parts: Parts, apply: bool) -> list[Step]:
    there = {each["title"]: each for each in parts.zendesk.listing("ticket_fields")}
    steps = [
        Step("ticket_fields", spec.title, _field_body(spec)) for spec in parts.specs.values() if spec.title not in there
    ]
    return _made(parts, steps, apply)


def _field_body(spec: FieldSpec) -> dict[str, Any]:
    body: dict[str, Any] = {"type": spec.type, "title": spec.title, "description": spec.says}
    if spec.options:
        body["custom_field_options"] = [{"name": shown, "value": value} for shown, value in spec.options]
    return body


def _webhook(parts: Parts, apply: bool) -> list[Step]:
    hooks = [each for each in parts.zendesk.listing("webhooks") if each["name"] == WEBHOOK]
    body = {
        "name": WEBHOOK,
        "status": "active",
        "endpoint": f"{parts.settings.own_address}/webhooks/zendesk",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": ["conditional_ticket_events"],
    }
    steps = [] if hooks else [Step("webhooks", WEBHOOK, body)]
    _made(parts, steps, apply)
    if hooks or apply:
        hook = hooks[0] if hooks else next(e for e in parts.zendesk.listing("webhooks") if e["name"] == WEBHOOK)
        _remember(parts, "webhook", {WEBHOOK: hook})
        parts.keep_secret("webhook_secret", parts.zendesk.signing_secret(str(hook["id"])))
    return steps


def _triggers(parts: Parts, apply: bool) -> list[Step]:
    there = {each["title"] for each in parts.zendesk.listing("triggers")}
    wanted = dict(TRIGGERS)
    category = _category(parts, apply)
    fields = {each["title"]: each["id"] for each in parts.zendesk.listing("ticket_fields")}
    with parts.store.read() as (connection, _):
        hook = accounts.objects(connection, parts.account, "webhook").get(WEBHOOK, "")
    for name in WATCHED_FIELDS:
        field = fields.get(parts.specs[name].title, 0)
        wanted[f"{name} changed"] = (CHANGE, {"field": f"custom_fields_{field}", "operator": "changed", "value": ""})
    guard = {
        "field": f"custom_fields_{fields.get(parts.specs['revision'].title, 0)}",
        "operator": "not_changed",
        "value": "",
    }
    steps = [
        Step("triggers", PREFIX + name, _trigger_body(name, conditions, guard, hook, category))
        for name, conditions in wanted.items()
        if PREFIX + name not in there
    ]
    message = parts.specs["message"]
    mails = mail_triggers(parts.book, message, fields.get(message.title, 0), category)
    steps += [Step("triggers", each["title"], each) for each in mails if each["title"] not in there]
    return _made(parts, steps, apply)


def _category(parts: Parts, apply: bool) -> str:
    there = {each["name"]: str(each["id"]) for each in parts.zendesk.listing("trigger_categories")}
    if CATEGORY not in there and apply:
        return str(parts.zendesk.create("trigger_categories", {"name": CATEGORY})["id"])
    return there.get(CATEGORY, "")


def _trigger_body(
    name: str, conditions: tuple[Mapping[str, str], ...], guard: Mapping[str, str], hook: str, category: str
) -> dict[str, Any]:
    """Our own updates change the revision; a trigger that demands it unchanged cannot answer them (F24)."""
    created = name == "created"
    body = json.dumps({"v": 1, "rule": name, "ticket_id": "{{ticket.id}}"})
    return {
        "title": PREFIX + name,
        "active": True,
        "category_id": category,
        "conditions": {"all": [dict(each) for each in conditions] + ([] if created else [dict(guard)]), "any": []},
        "actions": [{"field": "notification_webhook", "value": [hook, body]}],
    }


def _made(parts: Parts, steps: list[Step], apply: bool) -> list[Step]:
    if apply:
        for step in steps:
            parts.zendesk.create(step.kind, step.body)
    return steps
