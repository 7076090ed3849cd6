"""The conditions of triggers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..people import STAFF
from ..table import Row
from .values import as_text, field_value

if TYPE_CHECKING:
    from ..tickets.draft import Draft

Test = Callable[[Any, Any, Any], bool]
_RANKS = ["new", "open", "pending", "hold", "solved", "closed"], ["", "low", "normal", "high", "urgent"]


def holds(draft: Draft, conditions: Row) -> bool:
    """All of `all`, and one of `any` where there is any."""
    every, some = conditions.get("all") or [], conditions.get("any") or []
    if not all(_one(draft, condition) for condition in every):
        return False
    return not some or any(_one(draft, condition) for condition in some)


def _one(draft: Draft, condition: Row) -> bool:
    name, operator, wanted = condition["field"], condition.get("operator") or "is", condition.get("value")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(draft, as_text(wanted)) is not (operator in ("is_not", "not_includes"))
    now, before = field_value(draft.row, name), field_value(draft.before, name)
    return OPERATORS[operator](now, before, wanted)


def _words(value: Any) -> set[str]:
    return set(value.split()) if isinstance(value, str) else set(map(str, value or []))


def _changed(now: Any, before: Any, _: Any) -> bool:
    return as_text(now) != as_text(before)


def _is(now: Any, _: Any, wanted: Any) -> bool:
    return as_text(now) == as_text(wanted)


def _changed_to(now: Any, before: Any, wanted: Any) -> bool:
    return _changed(now, before, None) and _is(now, None, wanted)


def _changed_from(now: Any, before: Any, wanted: Any) -> bool:
    return _changed(now, before, None) and _is(before, None, wanted)


def _rank(value: Any) -> int:
    text = as_text(value)
    return next((ranks.index(text) for ranks in _RANKS if text in ranks), -1)


OPERATORS: dict[str, Test] = {
    "is": _is,
    "is_not": lambda now, before, wanted: not _is(now, before, wanted),
    "changed": _changed,
    "not_changed": lambda now, before, wanted: not _changed(now, before, wanted),
    "value": _changed_to,
    "not_value": lambda now, before, wanted: not _changed_to(now, before, wanted),
    "value_previous": _changed_from,
    "not_value_previous": lambda now, before, wanted: not _changed_from(now, before, wanted),
    "includes": lambda now, before, wanted: bool(_words(now) & _words(wanted)),
    "not_includes": lambda now, before, wanted: not _words(now) & _words(wanted),
    "present": lambda now, before, wanted: as_text(now) != "",
    "not_present": lambda now, before, wanted: as_text(now) == "",
    "less_than": lambda now, before, wanted: _rank(now) < _rank(wanted),
    "greater_than": lambda now, before, wanted: _rank(now) > _rank(wanted),
}


def _update_type(draft: Draft, wanted: str) -> bool:
    return wanted == ("Create" if draft.is_new else "Change")


def _role(draft: Draft, wanted: str) -> bool:
    if wanted.isdigit():
        return bool(draft.actor["id"] == int(wanted))
    return wanted == ("agent" if draft.actor["role"] in STAFF else "end_user")


def _comment(draft: Draft, wanted: str) -> bool:
    if draft.comment is None:
        return False
    return wanted == "not_relevant" or bool(draft.comment["public"]) is (wanted != "false")


def _visibility(draft: Draft, wanted: str) -> bool:
    return wanted == ("public" if draft.row["is_public"] else "private")


def _subject_word(draft: Draft, wanted: str) -> bool:
    return bool(_words((draft.row["subject"] or "").lower()) & _words(wanted.lower()))


_SPECIAL: dict[str, Callable[[Draft, str], bool]] = {
    "update_type": _update_type,
    "role": _role,
    "comment_is_public": _comment,
    "ticket_is_public": _visibility,
    "subject_includes_word": _subject_word,
}
KNOWN_FIELDS = {
    *_SPECIAL,
    "status",
    "priority",
    "type",
    "requester_id",
    "organization_id",
    "ticket_form_id",
    "brand_id",
    "group_id",
    "assignee_id",
    "current_tags",
    "recipient",
}


def is_known(field: str) -> bool:
    """Whether the sandbox can evaluate a condition on this field."""
    return field in KNOWN_FIELDS or field.startswith("custom_fields_")
