"""What a condition or a placeholder sees: one field of a ticket, by the name that business rules use for it."""

from __future__ import annotations

from typing import Any

from ..table import Row


def field_value(row: Row | None, name: str) -> Any:
    """The value of a rule's field on a ticket; everything is empty on the ticket before there was one."""
    if row is None:
        return None
    if name.startswith("custom_fields_"):
        return row["_custom"].get(name.removeprefix("custom_fields_"))
    if name == "current_tags":
        return row["tags"]
    return row.get(name)


def as_text(value: Any) -> str:
    """Values as rules compare them: ids as text, none as nothing, booleans in lower case."""
    if value is None or value == "__NULL__":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(sorted(map(str, value))) if isinstance(value, list) else str(value)
