"""What triggers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..hooks.outgoing import invoke
from ..people import STAFF
from ..table import Row
from ..tickets.fields import set_choice, set_custom, set_reference, set_tags
from .placeholders import render

if TYPE_CHECKING:
    from ..tickets.draft import Draft
    from ..tickets.shape import Via

KNOWN_ACTIONS = [
    "status",
    "priority",
    "type",
    "group_id",
    "assignee_id",
    "brand_id",
    "ticket_form_id",
    "set_tags",
    "current_tags",
    "remove_tags",
    "notification_webhook",
    "notification_user",
]
_REFERENCES = {"group_id": "groups", "assignee_id": "users", "brand_id": "brands", "ticket_form_id": "ticket_forms"}


def is_known(field: str) -> bool:
    """Whether the sandbox can do this action."""
    return field in KNOWN_ACTIONS or field.startswith("custom_fields_")


def act(draft: Draft, action: Row, by_rule: Via) -> None:
    """Do one action of a trigger to the draft."""
    name, value = action["field"], action.get("value")
    if name in ("status", "priority", "type"):
        set_choice(draft, name, value, by_rule)
    elif name in _REFERENCES:
        set_reference(draft, name, _REFERENCES[name], value, by_rule)
    elif name.startswith("custom_fields_"):
        set_custom(draft, name.removeprefix("custom_fields_"), value, by_rule)
    elif name in ("set_tags", "current_tags", "remove_tags"):
        set_tags(draft, _tags_after(draft.row["tags"], name, str(value or "").split()), by_rule)
    elif name == "notification_webhook":
        _call_webhook(draft, list(value or []))
    elif name == "notification_user":
        _write_mail(draft, list(value or []), by_rule)


def _tags_after(tags: list[str], name: str, words: list[str]) -> list[str]:
    if name == "set_tags":
        return words
    return [*tags, *words] if name == "current_tags" else [tag for tag in tags if tag not in words]


def _call_webhook(draft: Draft, value: list[Any]) -> None:
    webhook = draft.desk.account.get("webhooks", value[0])
    if webhook is not None:
        invoke(draft.desk, webhook, render(draft, str(value[1])))


def _write_mail(draft: Draft, value: list[Any], by_rule: Via) -> None:
    """Put a mail into the outbox; internal notes are never mailed to customers."""
    whom, subject, body = [*value, "", ""][:3]
    for user in _recipients(draft, str(whom)):
        if not user["email"]:
            continue
        row = {"id": draft.desk.account.next_id(), "ticket_id": draft.row["id"], "to": user["email"]}
        row |= {"subject": render(draft, str(subject)), "body": render(draft, str(body)), "sent_at": draft.desk.stamp}
        draft.desk.account.put("mails", row)
        draft.note(
            {"type": "Notification", "via": by_rule, "recipients": [user["id"]], "subject": subject, "body": body}
        )


def _recipients(draft: Draft, whom: str) -> list[Row]:
    account = draft.desk.account
    if whom == "all_agents":
        return [user for user in account.all("users") if user["role"] in STAFF]
    name = "requester_id" if whom == "requester_and_ccs" else whom
    user_id = {"current_user": draft.actor["id"]}.get(name) or draft.row.get(name)
    user = account.get("users", int(whom) if whom.isdigit() else user_id)
    return [user] if user else []
