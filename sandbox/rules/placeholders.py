"""Placeholders such as {{ticket.requester.email}}, rendered into text; what is unknown becomes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..shapes import OPTION_TYPES
from ..table import Row
from .values import as_text

if TYPE_CHECKING:
    from ..tickets.draft import Draft

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.]+)\s*((?:\|\s*\w+\s*)*)\}\}")
_PEOPLE = {"requester": "requester_id", "assignee": "assignee_id", "submitter": "submitter_id"}
_LABELLED = ("status", "priority", "type")


def render(draft: Draft, text: str) -> str:
    """`text` with its placeholders filled in. Nothing is escaped, so free text can break JSON: send ids only."""

    def fill(match: re.Match[str]) -> str:
        value = as_text(_look_up(draft, match.group(1).split(".")))
        return value.lower() if "downcase" in match.group(2) else value

    return _PLACEHOLDER.sub(fill, text)


def _look_up(draft: Draft, path: list[str]) -> Any:
    if path[0] == "current_user":
        return _person(draft, draft.actor, path[1:])
    return _of_ticket(draft, path[1:]) if path[0] == "ticket" and len(path) > 1 else None


def _of_ticket(draft: Draft, path: list[str]) -> Any:
    name, row = path[0], draft.row
    if name in _PEOPLE:
        return _person(draft, draft.desk.account.get("users", row[_PEOPLE[name]]), path[1:])
    if name == "organization":
        return _organization(draft.desk.account.get("organizations", row["organization_id"]), path[1:])
    if name in ("brand", "group"):
        found = draft.desk.account.get(f"{name}s", row[f"{name}_id"])
        return found["name"] if found else None
    if name.startswith("ticket_field_"):
        return _custom(draft, name.removeprefix("ticket_field_"))
    if name in _LABELLED:
        return (row[name] or "").title()
    return _SIMPLE[name](draft) if name in _SIMPLE else row.get(name)


def _custom(draft: Draft, name: str) -> Any:
    field_id = name.removeprefix("option_title_")
    value = draft.row["_custom"].get(field_id)
    field = draft.desk.account.get("ticket_fields", int(field_id)) if field_id.isdigit() else None
    if field is None or field_id == name or field["type"] not in OPTION_TYPES:
        return value
    return next((option["name"] for option in field["custom_field_options"] if option["value"] == value), None)


def _person(draft: Draft, user: Row | None, path: list[str]) -> Any:
    if user is None or not path:
        return user and user["name"]
    if path[0] == "organization":
        return _organization(draft.desk.account.get("organizations", user["organization_id"]), path[1:])
    if path[0] == "custom_fields":
        return user["user_fields"].get(".".join(path[1:]))
    if path[0] in ("first_name", "last_name"):
        words = user["name"].split()
        return words[0] if path[0] == "first_name" else " ".join(words[1:])
    return user.get(path[0])


def _organization(row: Row | None, path: list[str]) -> Any:
    if row is None or not path:
        return row and row["name"]
    return row["organization_fields"].get(".".join(path[1:])) if path[0] == "custom_fields" else row.get(path[0])


def _comment_body(draft: Draft) -> str:
    return draft.comment["body"] if draft.comment else draft.row["description"] or ""


_SIMPLE = {
    "title": lambda draft: draft.row["subject"],
    "link": lambda draft: f"{draft.desk.account.base_url}/agent/tickets/{draft.row['id']}",
    "url": lambda draft: f"{draft.desk.account.name}.zendesk.com/agent/tickets/{draft.row['id']}",
    "account": lambda draft: draft.desk.account.name.title(),
    "via": lambda draft: draft.row["via"]["channel"].title(),
    "tags": lambda draft: " ".join(draft.row["tags"]),
    "updated_at": lambda draft: draft.desk.stamp[:10],
    "created_at": lambda draft: draft.row["created_at"][:10],
    "updated_at_with_timestamp": lambda draft: draft.desk.stamp,
    "created_at_with_timestamp": lambda draft: draft.row["created_at"],
    "latest_comment": _comment_body,
    "latest_comment_formatted": _comment_body,
    "latest_public_comment": _comment_body,
}
