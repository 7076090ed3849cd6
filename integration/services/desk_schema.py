"""The custom fields that Deskward keeps in a Zendesk account: few, listed here, all with one prefix.

A dropdown's value is also a tag, so values are unique over all fields of the account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES

PREFIX = "Deskward "


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One custom ticket field: our name, Zendesk's type, and for a dropdown its options as (shown, value)."""

    name: str
    type: str
    says: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The title in Zendesk."""
        return PREFIX + self.name.replace("_", " ")

    def value_of(self, shown: str | None) -> str:
        """The option value behind what is shown; the text itself for a field without options; "" for nothing."""
        return dict(self.options).get(shown, shown) if shown else ""

    def shown_of(self, value: object) -> str | None:
        """What is shown behind an option value; None for nothing."""
        if value in (None, ""):
            return None
        return next((shown for shown, each in self.options if each == value), str(value))


def fields(book: Book) -> dict[str, FieldSpec]:
    """Every field by name, with the options that the loaded catalogues need."""
    specs = (
        FieldSpec("plan", "tagger", "the support plan whose promise applies", _options("plan", book.plan_ids())),
        FieldSpec("severity", "tagger", "business impact", _options("severity", _severities(book))),
        FieldSpec("entitlement", "tagger", "the outcome of the entitlement check", _options("entitlement", OUTCOMES)),
        FieldSpec("category", "tagger", "what the ticket is about", _options("category", _categories(book))),
        FieldSpec("environment", "tagger", "where the trouble is", _options("environment", _environments(book))),
        FieldSpec("product", "tagger", "the product that the ticket is about", _options("product", _products(book))),
        FieldSpec("first_reply_due", "text", "when the first public answer is promised, in UTC"),
        FieldSpec("message", "tagger", "fires one e-mail to the requester", _options("message", _templates(book))),
        FieldSpec("revision", "integer", "counts Deskward's own updates; leave it alone"),
    )
    return {spec.name: spec for spec in specs}


def _options(field: str, shown: object) -> tuple[tuple[str, str], ...]:
    names = list(dict.fromkeys(shown))  # type: ignore[call-overload]
    return tuple((name, f"deskward_{field}_{slug(name)}") for name in names)


def slug(text: str) -> str:
    """A value that may stand in a tag: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def _severities(book: Book) -> list[str]:
    return [name for catalogue in book.catalogues.values() for name in catalogue.severities]


def _environments(book: Book) -> list[str]:
    return [name for catalogue in book.catalogues.values() for name in catalogue.environments]


def _templates(book: Book) -> list[str]:
    return [template_id(vendor, name) for vendor, each in book.catalogues.items() for name in each.templates]


def template_id(vendor: str, name: str) -> str:
    """A text to customers by vendor: several have one of the same name, each in words of its own."""
    return f"{vendor}/{name}"


def _categories(book: Book) -> list[str]:
    return [
        category.name
        for catalogue in book.catalogues.values()
        for form in catalogue.forms.values()
        for category in form.categories
    ]


def _products(book: Book) -> list[str]:
    return [name for catalogue in book.catalogues.values() for name in catalogue.products]
