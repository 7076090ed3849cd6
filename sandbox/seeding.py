"""What every new account has before anybody touches it."""

from __future__ import annotations

from .call import Desk
from .people import new_user
from .shapes import brand, custom_status, group, ticket_field, ticket_form
from .table import Row

_STATUSES = ["new", "open", "pending", "hold", "solved"]
_PRIORITIES = ["low", "normal", "high", "urgent"]
_TYPES = ["question", "incident", "problem", "task"]
_SYSTEM_FIELDS: list[tuple[str, str, list[str]]] = [
    ("subject", "Subject", []),
    ("description", "Description", []),
    ("status", "Status", [*_STATUSES, "closed"]),
    ("tickettype", "Type", _TYPES),
    ("priority", "Priority", _PRIORITIES),
    ("group", "Group", []),
    ("assignee", "Assignee", []),
]


def seed(desk: Desk, client_id: str, client_secret: str) -> None:
    """A service user with its OAuth client, two agents, a group, a brand, the system fields and the default form."""
    account = desk.account
    service = new_user(desk, {"name": "Deskward", "email": f"deskward@{account.name}.example", "role": "admin"})
    for name in ("Ada Agent", "Ben Agent"):
        new_user(desk, {"name": name, "email": f"{name.split()[0].lower()}@{account.name}.example", "role": "agent"})
    account.put("clients", {"id": client_id, "secret": client_secret, "user_id": service["id"]})
    account.put("groups", {**group(desk, {"name": "Support"}), "default": True})
    account.put("brands", {**brand(desk, {"name": account.name.title(), "subdomain": account.name}), "default": True})
    for status in _STATUSES:
        account.put("custom_statuses", custom_status(desk, status))
    fields = [_system_field(desk, *field) for field in _SYSTEM_FIELDS]
    form = ticket_form(desk, {"name": "Default Ticket Form", "ticket_field_ids": [row["id"] for row in fields]})
    account.put("ticket_forms", {**form, "default": True, "end_user_visible": True})
    category = account.next_id()
    stamps = {"created_at": desk.stamp, "updated_at": desk.stamp}
    account.put("trigger_categories", {"id": str(category), "name": "Notifications", "position": 1, **stamps})


def _system_field(desk: Desk, type_: str, title: str, options: list[str]) -> Row:
    row = ticket_field(desk, {"type": type_, "title": title})
    row |= {"removable": False, "required_in_portal": type_ in ("subject", "description")}
    if options:
        row["system_field_options"] = [{"name": value.title(), "value": value} for value in options]
    return desk.account.put("ticket_fields", row)
