"""New rows of the small kinds: groups, brands, fields, forms. Each takes what a client sent and fills in the rest."""

from __future__ import annotations

from typing import Any

from .call import Desk
from .refusals import invalid
from .table import Row

OPTION_TYPES = ("tagger", "multiselect")
FIELD_TYPES = [
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "partialcreditcard",
    "multiselect",
    "tagger",
    "lookup",
    "subject",
    "description",
    "status",
    "tickettype",
    "priority",
    "group",
    "assignee",
]


def base(desk: Desk, path: str) -> Row:
    """The keys that every row has. `path` is the collection's, e.g. `groups`."""
    new_id = desk.account.next_id()
    url = desk.account.url(f"{path}/{new_id}")
    return {"id": new_id, "url": url, "created_at": desk.stamp, "updated_at": desk.stamp}


def required(given: Row, key: str, label: str) -> str:
    """The text under `key`. Raises 422 when it is missing or blank."""
    value = str(given.get(key) or "").strip()
    if not value:
        raise invalid(key, f"{label}: cannot be blank", "BlankValue")
    return value


def group(desk: Desk, given: Row) -> Row:
    named = {"name": required(given, "name", "Name"), "description": given.get("description") or ""}
    return {**base(desk, "groups"), **named, "default": False, "deleted": False, "is_public": True}


def brand(desk: Desk, given: Row) -> Row:
    """A brand; `support_addresses`, which only the sandbox has, says which recipients belong to it."""
    name = required(given, "name", "Name")
    subdomain = str(given.get("subdomain") or name.lower().replace(" ", "-"))
    return {
        **base(desk, "brands"),
        "name": name,
        "subdomain": subdomain,
        "brand_url": f"https://{subdomain}.zendesk.com",
        "host_mapping": None,
        "has_help_center": True,
        "help_center_state": "enabled",
        "active": True,
        "default": False,
        "is_deleted": False,
        "logo": None,
        "ticket_form_ids": [],
        "signature_template": "{{agent.signature}}",
        "_support_addresses": [str(address).lower() for address in given.get("support_addresses") or []],
    }


def ticket_field(desk: Desk, given: Row) -> Row:
    """A ticket field. Raises 422 for an unknown type or an option value that another field uses (it is a tag)."""
    type_, title = str(given.get("type") or ""), required(given, "title", "Title")
    if type_ not in FIELD_TYPES:
        raise invalid("type", f"Type: {type_!r} is not one of {', '.join(FIELD_TYPES)}")
    row = {**base(desk, "ticket_fields"), "type": type_, **_titles(given, title), "key": None}
    row |= {"position": given.get("position", 9999), "active": given.get("active", True), "removable": True}
    row |= {name: bool(given.get(name)) for name in _SWITCHES}
    row |= {"regexp_for_validation": given.get("regexp_for_validation"), "tag": given.get("tag")}
    if type_ in OPTION_TYPES:
        row["custom_field_options"] = field_options(desk, given.get("custom_field_options") or [], row["id"])
    return row


_SWITCHES = ("required", "collapsed_for_agents", "required_in_portal", "visible_in_portal", "editable_in_portal")


def _titles(given: Row, title: str) -> Row:
    in_portal, text = given.get("title_in_portal") or title, given.get("description") or ""
    return {
        "title": title,
        "raw_title": title,
        "title_in_portal": in_portal,
        "raw_title_in_portal": in_portal,
        "description": text,
        "raw_description": text,
        "agent_description": given.get("agent_description"),
    }


def field_options(desk: Desk, given: list[Row], field_id: int) -> list[Row]:
    """Drop-down options with ids; those that the field already has keep theirs."""
    taken = {
        option["value"]: (row["id"], option["id"])
        for row in desk.account.all("ticket_fields")
        for option in row.get("custom_field_options", [])
    }
    return [_option(desk, option, taken, field_id) for option in given]


def _option(desk: Desk, option: Row, taken: dict[str, tuple[int, int]], field_id: int) -> Row:
    name, value = required(option, "name", "Option name"), required(option, "value", "Option value")
    owner, kept_id = taken.get(value, (field_id, None))
    if owner != field_id:
        raise invalid("custom_field_options", f"Tag {value!r} is already used by field {owner}", "DuplicateValue")
    return {
        "id": kept_id or desk.account.next_id(),
        "name": name,
        "raw_name": name,
        "value": value,
        "default": bool(option.get("default")),
    }


def ticket_form(desk: Desk, given: Row) -> Row:
    name = required(given, "name", "Name")
    shown = given.get("display_name") or name
    return {
        **base(desk, "ticket_forms"),
        "name": name,
        "raw_name": name,
        "display_name": shown,
        "raw_display_name": shown,
        "end_user_visible": bool(given.get("end_user_visible", True)),
        "position": given.get("position", 9999),
        "active": given.get("active", True),
        "default": bool(given.get("default")),
        "in_all_brands": given.get("in_all_brands", True),
        "restricted_brand_ids": list(given.get("restricted_brand_ids") or []),
        "ticket_field_ids": list(given.get("ticket_field_ids") or []),
        "agent_conditions": [],
        "end_user_conditions": [],
    }


def organization_field(desk: Desk, given: Row) -> Row:
    """Raises 422 without a key, or with one that is taken."""
    key = required(given, "key", "Key")
    if any(row["key"] == key for row in desk.account.all("organization_fields")):
        raise invalid("key", f"Key: {key} has already been taken", "DuplicateValue")
    title, text = required(given, "title", "Title"), given.get("description") or ""
    row: dict[str, Any] = {**base(desk, "organization_fields"), "key": key, "type": given.get("type") or "text"}
    row |= {"title": title, "raw_title": title, "description": text, "raw_description": text}
    row |= {"position": given.get("position", 9999), "active": True, "system": False, "regexp_for_validation": None}
    if row["type"] == "dropdown":
        row["custom_field_options"] = [_option(desk, o, {}, row["id"]) for o in given.get("custom_field_options") or []]
    return row


def custom_status(desk: Desk, category: str) -> Row:
    """The default custom status of one status category."""
    row = {**base(desk, "custom_statuses"), "status_category": category, "active": True, "default": True}
    return row | {"agent_label": category.title(), "end_user_label": category.title()}


def visible(row: Row) -> Row:
    """The row without what only the sandbox knows (keys that begin with an underscore)."""
    return {key: value for key, value in row.items() if not key.startswith("_")}
