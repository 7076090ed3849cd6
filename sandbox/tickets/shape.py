"""A ticket as it is stored, and as the API shows it.

Custom values are stored by field id under `_custom`; an answer lists all active custom fields, empty ones as null.
`_seq` orders the changes of an account, for the incremental export.
"""

from __future__ import annotations

from typing import Any

from ..account import Account
from ..call import Desk
from ..shapes import visible
from ..table import Row

SYSTEM_TYPES = ("subject", "description", "status", "tickettype", "priority", "group", "assignee", "custom_status")

Via = dict[str, Any]


def via(channel: str, *, source_from: Row | None = None, to: Row | None = None, rel: str | None = None) -> Via:
    """How something came in, in Zendesk's shape."""
    return {"channel": channel, "source": {"from": source_from or {}, "to": to or {}, "rel": rel}}


def blank_ticket(desk: Desk, came_via: Via) -> Row:
    """A ticket before any of its fields is set."""
    account, number = desk.account, desk.account.counted("ticket")
    return {
        "id": number,
        "url": account.url(f"tickets/{number}"),
        "external_id": None,
        "via": came_via,
        "created_at": desk.stamp,
        "updated_at": desk.stamp,
        "generated_timestamp": 0,
        "type": None,
        "subject": None,
        "raw_subject": None,
        "description": None,
        "priority": None,
        "status": "new",
        "recipient": None,
        "requester_id": None,
        "submitter_id": None,
        "assignee_id": None,
        "organization_id": None,
        "group_id": None,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": [],
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "custom_status_id": None,
        "followup_ids": [],
        "ticket_form_id": None,
        "brand_id": None,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
        "support_type": "agent",
        "_custom": {},
        "_seq": 0,
    }


def custom_fields(account: Account) -> list[Row]:
    """The ticket fields that people added, in the order of their making."""
    return [row for row in account.all("ticket_fields") if row["type"] not in SYSTEM_TYPES and row["active"]]


def present(account: Account, ticket: Row) -> Row:
    """The ticket as the API shows it."""
    values = [{"id": row["id"], "value": custom_value(ticket, row)} for row in custom_fields(account)]
    shown = visible(ticket) | {"custom_fields": values, "fields": values}
    if ticket["status"] != "closed":
        shown["followup_ids"] = []
    return shown


def custom_value(ticket: Row, field: Row) -> Any:
    """The value of one custom field; an untouched checkbox is false, everything else null."""
    return ticket["_custom"].get(str(field["id"]), False if field["type"] == "checkbox" else None)
