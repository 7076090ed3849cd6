"""Ticket fields: /ticket_fields, with the options of drop-downs."""

from __future__ import annotations

from ..call import Answer, Call
from ..refusals import Refused
from ..routes import Routes
from ..shapes import field_options, ticket_field
from ..table import Row
from .simple import creating, reading

routes = Routes()
reading(routes, "ticket_fields", "ticket_field")
creating(routes, "ticket_fields", "ticket_field", ticket_field)

_WRITABLE = ("title", "description", "active", "required", "position", "tag", "agent_description", "title_in_portal")


@routes.put("/ticket_fields/<int:row_id>")
def update(call: Call, row_id: int) -> Row:
    """Change a field; a list of options replaces the old one, as Zendesk's does."""
    given = call.part("ticket_field")
    row = {**call.row("ticket_fields", row_id), **{name: given[name] for name in _WRITABLE if name in given}}
    if "custom_field_options" in given and "custom_field_options" in row:
        row["custom_field_options"] = field_options(call.desk, given["custom_field_options"], row_id)
    row |= {"raw_title": row["title"], "raw_description": row["description"], "updated_at": call.desk.stamp}
    return {"ticket_field": call.account.put("ticket_fields", row)}


@routes.delete("/ticket_fields/<int:row_id>")
def delete(call: Call, row_id: int) -> Answer:
    if not call.row("ticket_fields", row_id)["removable"]:
        raise Refused(403, {"error": "Forbidden", "description": "System fields cannot be deleted"})
    call.account.drop("ticket_fields", row_id)
    return Answer(None, 204)


@routes.post("/ticket_fields/<int:row_id>/options")
def upsert_option(call: Call, row_id: int) -> Answer:
    """Add one option (201), or change the one with the same value (200)."""
    row, given = call.row("ticket_fields", row_id), call.part("custom_field_option")
    option = field_options(call.desk, [given], row_id)[0]
    options = row.get("custom_field_options", [])
    known = any(old["value"] == option["value"] for old in options)
    kept = [option if old["value"] == option["value"] else old for old in options]
    new = kept if known else [*options, option]
    call.account.put("ticket_fields", {**row, "custom_field_options": new, "updated_at": call.desk.stamp})
    return Answer({"custom_field_option": option}, 200 if known else 201)
