"""What the pages show: rows turned into words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from ..call import Call
from ..people import STAFF
from ..resources.conversations import comments_of
from ..table import Row
from ..tickets.shape import custom_fields, custom_value
from ..times import parse

PER_PAGE = 50
_NOTHING = "–"


def headline(counts: Counter[str]) -> str:
    """The state of the desk in one sentence."""
    total = sum(counts.values())
    if not total:
        return "No tickets yet"
    return f"{total} {'ticket' if total == 1 else 'tickets'}, {counts['new']} new, {counts['open']} open"


#: Fields that stand on the ticket's own page only; the list has room for those that agents sort by.
_NOT_LISTED = ("Deskward environment", "Deskward product", "Deskward message", "Deskward revision")


def listed_fields(call: Call) -> list[Row]:
    """The custom fields of Deskward that the list of tickets shows."""
    ours = [field for field in custom_fields(call.account) if field["title"].startswith("Deskward")]
    return [field for field in ours if field["title"] not in _NOT_LISTED]


def list_row(call: Call, ticket: Row, fields: list[Row]) -> Row:
    return {
        "ticket": ticket,
        "requester": _name(call, "users", ticket["requester_id"]),
        "values": [label(field, custom_value(ticket, field)) for field in fields],
        "when": ago(ticket["updated_at"], call.desk.now),
    }


def facts(call: Call, ticket: Row) -> list[tuple[str, str]]:
    """The fields of a ticket, in the order in which an agent reads them."""
    source = ticket["via"]["source"]["from"].get("address")
    system = [
        ("Requester", _name(call, "users", ticket["requester_id"])),
        ("Organization", _name(call, "organizations", ticket["organization_id"])),
        ("Status", ticket["status"]),
        ("Priority", ticket["priority"] or _NOTHING),
        ("Assignee", _name(call, "users", ticket["assignee_id"])),
        ("Group", _name(call, "groups", ticket["group_id"])),
        ("Brand", _name(call, "brands", ticket["brand_id"])),
        ("Form", _name(call, "ticket_forms", ticket["ticket_form_id"])),
        ("Came by", ticket["via"]["channel"] + (f" from {source}" if source else "")),
        ("Tags", " ".join(ticket["tags"]) or _NOTHING),
    ]
    own = [(field["title"], label(field, custom_value(ticket, field))) for field in custom_fields(call.account)]
    return system + own


def conversation(call: Call, ticket: Row) -> list[Row]:
    """Every comment, oldest first, with who spoke and a word for what is not public."""
    return [_comment(call, row) for row in comments_of(call, ticket)]


def label(field: Row, value: Any) -> str:
    """A custom value in words: the option's name, yes or no, a dash for nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    names = {option["value"]: option["name"] for option in field.get("custom_field_options", [])}
    return ", ".join(str(names.get(each, each)) for each in values) or _NOTHING


def ago(stamped: str, now: datetime) -> str:
    """How long ago, in one word and a number."""
    seconds = int((now - parse(stamped)).total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now"


def _comment(call: Call, row: Row) -> Row:
    author = call.account.get("users", row["author_id"]) or {"name": "unknown", "role": "end-user"}
    return {
        "author": author["name"],
        "side": "agent" if author["role"] in STAFF else "customer",
        "public": row["public"],
        "body": row["body"],
        "at": row["created_at"],
        "when": ago(row["created_at"], call.desk.now),
        "warning": "Perhaps not sent by this person" if row["metadata"].get("trusted") is False else None,
    }


def _name(call: Call, kind: str, row_id: int | None) -> str:
    row = call.account.get(kind, row_id) if row_id else None
    if row is None:
        return _NOTHING
    return f"{row['name']} <{row['email']}>" if kind == "users" and row["email"] else str(row["name"])
