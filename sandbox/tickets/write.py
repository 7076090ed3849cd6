"""Creating and updating tickets: the client's fields first, then triggers, then the audit and the events."""

from __future__ import annotations

from typing import Any

from ..call import Desk
from ..hooks.events import announce
from ..people import STAFF
from ..refusals import conflict, invalid
from ..rules.engine import run_triggers
from ..table import Row
from ..times import epoch, parse
from .draft import Draft
from .fields import fill, requester_of, set_choice, set_requester, status_id
from .shape import Via, blank_ticket

_AT_CREATION = ("subject", "requester_id", "priority", "type", "status", "organization_id", "brand_id")
_AT_CREATION_TOO = ("ticket_form_id", "custom_status_id", "assignee_id", "group_id", "tags")


def create_ticket(desk: Desk, actor: Row, given: Row, came_via: Via, flags: Row | None = None) -> tuple[Row, Row]:
    """A new ticket and its first audit. `flags` is audit metadata on the comment's trustworthiness. Raises 422."""
    body, public = _first_comment(given)
    draft = Draft(desk, actor, blank_ticket(desk, came_via), before=None, came_via=came_via)
    set_requester(draft, requester_of(draft, given))
    draft.row["submitter_id"] = given.get("submitter_id") or actor["id"]
    _defaults(draft)
    fill(draft, {name: value for name, value in given.items() if name not in ("requester", "requester_id")})
    draft.row |= {"raw_subject": draft.row["subject"], "is_public": public}
    # At creation Zendesk audits the values as they came out, not the way to them.
    draft.events.clear()
    draft.say(_author(draft, given.get("comment") or {}, draft.row["requester_id"]), body, public=public)
    for name in (*_AT_CREATION, *(name for name in _AT_CREATION_TOO if draft.row[name])):
        draft.created(name, draft.row[name])
    for field_id, value in draft.row["_custom"].items():
        draft.created(field_id, value)
    _link_follow_up(draft, given)
    return _finish(draft, given, flags)


def update_ticket(
    desk: Desk, actor: Row, ticket: Row, given: Row, came_via: Via, flags: Row | None = None
) -> tuple[Row, Row]:
    """Change a ticket; returns the ticket and the audit of the change. Raises 409 and 422 as Zendesk does."""
    if ticket["status"] == "closed":
        raise invalid("status", "Status: closed prevents ticket update", "InvalidValue")
    _refuse_stale(ticket, given)
    draft = Draft(desk, actor, ticket, before=ticket, came_via=came_via)
    comment = given.get("comment")
    if comment and (comment.get("body") or comment.get("html_body")):
        public = bool(comment.get("public", ticket["is_public"]))
        draft.say(_author(draft, comment, actor["id"]), comment.get("body") or comment["html_body"], public=public)
        draft.row["is_public"] = ticket["is_public"] or public
    fill(draft, given)
    draft.row["raw_subject"] = draft.row["subject"]
    return _finish(draft, given, flags)


def change_tags(desk: Desk, actor: Row, ticket: Row, tags: list[str], came_via: Via) -> Row:
    """Replace a ticket's tags and nothing else."""
    return update_ticket(desk, actor, ticket, {"tags": tags}, came_via)[0]


def delete_ticket(desk: Desk, ticket: Row) -> None:
    """Take a ticket away; exports still tell of it, with status `deleted`."""
    desk.account.put("tickets", _stamped(desk, {**ticket, "status": "deleted"}))


def _first_comment(given: Row) -> tuple[str, bool]:
    comment = given.get("comment") or {}
    body = comment.get("body") or comment.get("html_body") or given.get("description")
    if not body:
        raise invalid("base", "Description: cannot be blank", "BlankValue")
    return str(body), bool(comment.get("public", True))


def _author(draft: Draft, comment: Row, default_id: int) -> Row:
    author = draft.desk.account.get("users", comment.get("author_id") or default_id)
    if author is None:
        raise invalid("author_id", f"Author: {comment.get('author_id')} does not exist", "RecordNotFound")
    return author


def _defaults(draft: Draft) -> None:
    for kind, name in (("brands", "brand_id"), ("ticket_forms", "ticket_form_id")):
        draft.row[name] = next((row["id"] for row in draft.desk.account.all(kind) if row["default"]), None)
    draft.row["custom_status_id"] = status_id(draft, "new")


def _link_follow_up(draft: Draft, given: Row) -> None:
    source = draft.desk.account.get("tickets", given.get("via_followup_source_id"))
    if source is None:
        return
    if source["status"] != "closed":
        raise invalid("via_followup_source_id", f"Ticket {source['id']} is not closed, so nothing can follow it up")
    draft.row["via"] = {**draft.row["via"], "source": {**draft.row["via"]["source"], "rel": "follow_up"}}
    draft.row["via"]["source"]["from"] = {"ticket_id": source["id"], "subject": source["subject"]}
    draft.desk.account.put("tickets", {**source, "followup_ids": [*source["followup_ids"], draft.row["id"]]})


def _refuse_stale(ticket: Row, given: Row) -> None:
    """`safe_update` of any value, false included, asks for the guard: that is how Zendesk reads it."""
    if "safe_update" not in given:
        return
    try:
        fresh = parse(str(given.get("updated_stamp"))) == parse(ticket["updated_at"])
    except ValueError:
        fresh = False
    if not fresh:
        text = f"ticket {ticket['id']} was updated at {ticket['updated_at']}, not at {given.get('updated_stamp')}"
        raise conflict(f"safe_update refused: {text}")


def _finish(draft: Draft, given: Row, flags: Row | None) -> tuple[Row, Row]:
    if not draft.events:
        return draft.row, _audit(draft, given, flags)
    if draft.row["status"] == "new" and draft.row["assignee_id"]:
        set_choice(draft, "status", "open")
    run_triggers(draft)
    ticket = draft.desk.account.put("tickets", _stamped(draft.desk, draft.row) | {"updated_at": draft.desk.stamp})
    audit = draft.desk.account.put("audits", _audit(draft, given, flags))
    announce(draft, ticket)
    return ticket, audit


def _stamped(desk: Desk, row: Row) -> Row:
    return row | {"generated_timestamp": epoch(desk.now), "_seq": desk.account.counted("change")}


def _audit(draft: Draft, given: Row, flags: Row | None) -> Row:
    new_id = draft.desk.account.next_id()
    system: Row = {"client": "sandbox", "ip_address": "192.0.2.1", "location": "Nowhere"}
    system |= {"latitude": 0.0, "longitude": 0.0}
    if draft.comment is not None:
        draft.comment["audit_id"] = new_id
    custom: Any = (given.get("metadata") or {}) if isinstance(given.get("metadata"), dict) else {}
    return {
        "id": new_id,
        "ticket_id": draft.row["id"],
        "created_at": draft.desk.stamp,
        "author_id": draft.actor["id"],
        "metadata": {"system": system, "custom": custom, **(flags or {})},
        "events": draft.events,
        "via": draft.came_via,
    }


def customer_touch(ticket: Row, actor: Row) -> Row:
    """What a customer's reply does by itself: a ticket that waited is open again."""
    waiting = actor["role"] not in STAFF and ticket["status"] in ("pending", "hold", "solved")
    return {"status": "open"} if waiting else {}
