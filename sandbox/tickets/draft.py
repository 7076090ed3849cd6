"""A ticket while it is being changed: the old row, the new row, and the audit events that lead to it."""

from __future__ import annotations

import html
from typing import Any

from ..call import Desk
from ..table import Row
from .shape import Via


class Draft:
    """One change of one ticket by one person, with everything that triggers add to it."""

    def __init__(self, desk: Desk, actor: Row, row: Row, *, before: Row | None, came_via: Via) -> None:
        self.desk, self.actor, self.came_via = desk, actor, came_via
        self.before = before
        self.row = {**row, "_custom": dict(row["_custom"]), "tags": list(row["tags"])}
        self.events: list[Row] = []
        self.comment: Row | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None

    def set(self, name: str, value: Any, by_rule: Via | None = None) -> None:
        """Give a system field a value, with a Change event when it is another one."""
        old = self.row[name]
        if old != value:
            self.row[name] = value
            self._change(name, value, old, by_rule)

    def set_custom(self, field_id: int, value: Any, by_rule: Via | None = None) -> None:
        """Give a custom field a value, with a Change event when it is another one."""
        old = self.row["_custom"].get(str(field_id))
        if old != value:
            self.row["_custom"][str(field_id)] = value
            self._change(str(field_id), value, old, by_rule)

    def say(self, author: Row, body: str, *, public: bool) -> None:
        """Add a comment; the first one is also the description."""
        text = html.escape(body).replace("\n", "<br>")
        self.comment = {
            "id": self.desk.account.next_id(),
            "type": "Comment",
            "author_id": author["id"],
            "body": body,
            "html_body": f'<div class="zd-comment" dir="auto"><p dir="auto">{text}</p></div>',
            "plain_body": body,
            "public": public,
            "attachments": [],
        }
        self.events.append(self.comment)
        if self.row["description"] is None:
            self.row["description"] = body

    def created(self, name: str, value: Any) -> None:
        """Note a field's value at creation."""
        event = {"id": self.desk.account.next_id(), "type": "Create", "field_name": name}
        self.events.append(event | {"value": _as_audited(name, value)})

    def note(self, event: Row) -> None:
        """Add any other event, such as a notification."""
        self.events.append({"id": self.desk.account.next_id(), **event})

    def _change(self, name: str, value: Any, old: Any, by_rule: Via | None) -> None:
        event: Row = {"id": self.desk.account.next_id(), "type": "Change", "field_name": name}
        event |= {"value": _as_audited(name, value), "previous_value": _as_audited(name, old)}
        self.events.append(event | ({"via": by_rule} if by_rule else {}))


def _as_audited(name: str, value: Any) -> Any:
    """Audits write ids as text."""
    return str(value) if name.endswith("_id") and value is not None else value
