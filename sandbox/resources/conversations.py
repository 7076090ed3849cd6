"""What was said and done on a ticket: comments, audits, tags."""

from __future__ import annotations

from typing import Any

from ..call import Answer, Call
from ..paging import listing
from ..people import present_user
from ..refusals import bad_request
from ..routes import Routes
from ..table import Row
from ..tickets.shape import via
from ..tickets.write import change_tags
from .tickets import live

routes = Routes()
_TAGS = "/tickets/<int:ticket_id>/tags"


@routes.get("/tickets/<int:ticket_id>/comments")
def comments(call: Call, ticket_id: int) -> Row:
    """The comments in order, or latest first with sort=-created_at or sort_order=desc."""
    rows = comments_of(call, live(call, ticket_id))
    if call.query.get("sort") == "-created_at" or call.query.get("sort_order") == "desc":
        rows.reverse()
    page = listing(call, "comments", rows, f"tickets/{ticket_id}/comments")
    if "users" in call.includes():
        ids = sorted({row["author_id"] for row in page["comments"]})
        page["users"] = [present_user(call.account, call.row("users", user_id)) for user_id in ids]
    return page


@routes.get("/tickets/<int:ticket_id>/audits")
def audits(call: Call, ticket_id: int) -> Row:
    live(call, ticket_id)
    return listing(call, "audits", call.account.find("audits", "ticket_id", ticket_id), f"tickets/{ticket_id}/audits")


@routes.get(_TAGS)
def tags(call: Call, ticket_id: int) -> Row:
    return {"tags": live(call, ticket_id)["tags"]}


@routes.put(_TAGS)
def add_tags(call: Call, ticket_id: int) -> Row:
    ticket = live(call, ticket_id)
    return _write(call, ticket, [*ticket["tags"], *_given(call)])


@routes.post(_TAGS)
def set_tags(call: Call, ticket_id: int) -> Answer:
    return Answer(_write(call, live(call, ticket_id), _given(call)), 201)


@routes.delete(_TAGS)
def remove_tags(call: Call, ticket_id: int) -> Row:
    ticket, gone = live(call, ticket_id), set(_given(call))
    return _write(call, ticket, [tag for tag in ticket["tags"] if tag not in gone])


def comments_of(call: Call, ticket: Row) -> list[Row]:
    """Every comment of a ticket, with the time, the way in and the metadata of its audit."""
    return [
        {**event, "created_at": audit["created_at"], "metadata": audit["metadata"], "via": audit["via"]}
        for audit in call.account.find("audits", "ticket_id", ticket["id"])
        for event in audit["events"]
        if event["type"] == "Comment"
    ]


def _write(call: Call, ticket: Row, new: list[str]) -> Row:
    return {"tags": change_tags(call.desk, call.actor, ticket, new, via("api"))["tags"]}


def _given(call: Call) -> list[str]:
    words: Any = call.body.get("tags") if isinstance(call.body, dict) else None
    if not isinstance(words, list):
        raise bad_request("the body must be a JSON object with a list named 'tags'", "RecordInvalid")
    return [str(word) for word in words]
