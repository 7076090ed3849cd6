"""The triggers that send our texts to customers: one per text, fired by our own field (G-02).

A comment of ours would fulfil Zendesk's reply clocks and look human; a trigger's e-mail does neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.domain.book import Book
from integration.domain.catalogue import Template
from integration.services.desk_schema import PREFIX, FieldSpec, template_id


def mail_triggers(book: Book, message: FieldSpec, field_id: int, category: str) -> Iterator[dict[str, Any]]:
    """Every text's trigger, as Zendesk takes it. `field_id` is our message field, `category` the triggers' category."""
    for vendor, catalogue in book.catalogues.items():
        for name, text in catalogue.templates.items():
            value = message.value_of(template_id(vendor, name))
            title = f"{PREFIX}mail: {vendor}, {name.replace('_', ' ')}"
            yield {"title": title, "active": True, "category_id": category, **_when_and_what(field_id, value, text)}


def _when_and_what(field_id: int, value: str, text: Template) -> dict[str, Any]:
    change = {"field": "update_type", "operator": "is", "value": "Change"}
    becomes = {"field": f"custom_fields_{field_id}", "operator": "value", "value": value}
    return {
        "conditions": {"all": [change, becomes], "any": []},
        "actions": [{"field": "notification_user", "value": ["requester_id", text.subject, text.body]}],
    }
