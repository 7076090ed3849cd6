"""Reading the fields that a client sent into a draft, and what Zendesk checks while doing so."""

from __future__ import annotations

from typing import Any

from ..people import STAFF, new_user, normalized, user_by_email
from ..refusals import invalid
from ..shapes import OPTION_TYPES
from ..table import Row
from .draft import Draft
from .shape import Via

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("problem", "incident", "question", "task")
_CHOICES: dict[str, tuple[str, ...]] = {"status": STATUSES, "priority": PRIORITIES, "type": TYPES}
_KINDS = {
    "assignee_id": "users",
    "group_id": "groups",
    "brand_id": "brands",
    "ticket_form_id": "ticket_forms",
    "organization_id": "organizations",
    "problem_id": "tickets",
}
_PLAIN = ("subject", "external_id", "due_at", "recipient", "email_cc_ids", "follower_ids", "collaborator_ids")


def fill(draft: Draft, given: Row) -> None:
    """Set every field named in `given`; names that Zendesk does not know are ignored, as it does. Raises 422."""
    if "requester_id" in given or "requester" in given:
        set_requester(draft, requester_of(draft, given))
    for name in _PLAIN:
        if name in given:
            draft.set(name, given[name])
    for name, kind in _KINDS.items():
        if name in given:
            set_reference(draft, name, kind, given[name])
    for name in _CHOICES:
        if name in given:
            set_choice(draft, name, given[name])
    if "tags" in given:
        set_tags(draft, _tag_list(given["tags"]))
    for field_id, value in _custom_pairs(given):
        set_custom(draft, field_id, value)


def requester_of(draft: Draft, given: Row) -> Row:
    """The requester that `given` names by id or address, made when unknown; the acting user when it names none."""
    account = draft.desk.account
    if given.get("requester_id"):
        user = account.get("users", given["requester_id"])
        if user is None:
            raise invalid("requester_id", f"Requester: {given['requester_id']} does not exist", "RecordNotFound")
        return user
    named = given.get("requester")
    if not named:
        return draft.actor
    email = normalized(named.get("email"))
    return user_by_email(account, email) or new_user(draft.desk, {"name": email, **named, "email": email})


def set_requester(draft: Draft, user: Row) -> None:
    """A ticket follows a new requester into that one's organization."""
    if draft.row["requester_id"] == user["id"]:
        return
    draft.set("requester_id", user["id"])
    draft.set("organization_id", user["organization_id"])


def set_reference(draft: Draft, name: str, kind: str, value: Any, by_rule: Via | None = None) -> None:
    """Point at another row, which must exist; an organization must be one of the requester's."""
    number = int(value) if str(value or "").isdigit() else value
    row = draft.desk.account.get(kind, number) if number else None
    if number and row is None:
        raise invalid(name, f"{name}: {value} does not exist", "RecordNotFound")
    if name == "organization_id" and number and not _is_member(draft, number):
        raise invalid(name, "Organization: the requester does not belong to it")
    if name == "assignee_id" and row is not None and row["role"] not in STAFF:
        raise invalid(name, f"Assignee: {value} is not an agent")
    draft.set(name, number or None, by_rule)


def set_choice(draft: Draft, name: str, value: Any, by_rule: Via | None = None) -> None:
    """Set status, priority or type; a solved ticket without an assignee goes to the agent who solved it."""
    value = value or None
    if (value is None and name == "status") or (value is not None and value not in _CHOICES[name]):
        raise invalid(name, f"{name.title()}: {value!r} is not one of {', '.join(_CHOICES[name])}")
    draft.set(name, value, by_rule)
    if name == "status":
        draft.row["custom_status_id"] = status_id(draft, value)
        if value == "solved" and draft.row["assignee_id"] is None and draft.actor["role"] in STAFF:
            draft.set("assignee_id", draft.actor["id"], by_rule)


def status_id(draft: Draft, status: str) -> int | None:
    """The custom status that stands for a status; closed tickets keep that of solved."""
    category = "solved" if status == "closed" else status
    rows = draft.desk.account.all("custom_statuses")
    return next((row["id"] for row in rows if row["status_category"] == category), None)


def set_tags(draft: Draft, tags: list[str], by_rule: Via | None = None) -> None:
    """Overwrite the tags. A drop-down's value is a tag, so this also sets and clears drop-downs: Zendesk's own trap."""
    draft.set("tags", sorted(set(tags)), by_rule)
    for field in _option_fields(draft):
        values = [option["value"] for option in field["custom_field_options"] if option["value"] in tags]
        if field["type"] == "multiselect":
            draft.set_custom(field["id"], values or None, by_rule)
        elif draft.row["_custom"].get(str(field["id"])) not in values:
            draft.set_custom(field["id"], values[0] if values else None, by_rule)


def set_custom(draft: Draft, field_id: Any, value: Any, by_rule: Via | None = None) -> None:
    """Set a custom field and the tags that go with it. Raises 422 for a value that is no option."""
    field = draft.desk.account.get("ticket_fields", int(field_id)) if str(field_id).isdigit() else None
    if field is None:
        return
    value = _normal(field, value)
    old_tags, new_tags = _field_tags(field, draft.row["_custom"].get(str(field["id"]))), _field_tags(field, value)
    _refuse_unknown_option(field, new_tags)
    draft.set_custom(field["id"], value, by_rule)
    kept = set(draft.row["tags"]) - set(old_tags)
    # No event of its own: Zendesk shows such tags as a consequence of the field, and so does the sandbox.
    draft.row["tags"] = sorted(kept | set(new_tags))


def _normal(field: Row, value: Any) -> Any:
    if field["type"] == "checkbox":
        return value in (True, "true", "1", 1)
    return None if value in ("", []) else value


def _field_tags(field: Row, value: Any) -> list[str]:
    if field["type"] in OPTION_TYPES and value:
        return list(value) if isinstance(value, list) else [str(value)]
    return [field["tag"]] if field["type"] == "checkbox" and value and field["tag"] else []


def _refuse_unknown_option(field: Row, values: list[str]) -> None:
    known = [option["value"] for option in field.get("custom_field_options", [])]
    for value in values:
        if field["type"] in OPTION_TYPES and value not in known:
            raise invalid("base", f"{field['title']}: {value!r} is not an option of field {field['id']}: {known}")


def _option_fields(draft: Draft) -> list[Row]:
    return [row for row in draft.desk.account.all("ticket_fields") if row["type"] in OPTION_TYPES]


def _is_member(draft: Draft, organization_id: int) -> bool:
    rows = draft.desk.account.find("memberships", "user_id", draft.row["requester_id"])
    return any(row["organization_id"] == organization_id for row in rows)


def _tag_list(value: Any) -> list[str]:
    words = value.split() if isinstance(value, str) else value or []
    return [str(word).strip().lower() for word in words if str(word).strip()]


def _custom_pairs(given: Row) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for name in ("fields", "custom_fields"):
        values = given.get(name) or []
        listed = [{"id": key, "value": value} for key, value in values.items()] if isinstance(values, dict) else values
        pairs += [(item.get("id"), item.get("value")) for item in listed]
    return pairs
