"""What an import would change: each row against what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from integration.domain.ticket import Mailbox
from integration.services.contracts.wanted import Wanted
from integration.store.contacts import StoredContact
from integration.store.contracts import Stored, Terms


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a contract: what it was and what it becomes, as words."""

    name: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.name} {self.old} -> {self.new}"


@dataclass(frozen=True, slots=True)
class Change:
    """One row's effect. `stored` is None for a new contract; `people` are the contacts it adds."""

    wanted: Wanted
    stored: Stored | None
    fields: tuple[FieldChange, ...]
    people: tuple[Mailbox, ...]
    notes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """new, changed or unchanged."""
        if self.stored is None:
            return "new"
        return "changed" if self.fields or self.people else "unchanged"


def changes_of(
    wanted: Sequence[Wanted], stored: Mapping[str, Stored], people: Mapping[int, Sequence[StoredContact]]
) -> list[Change]:
    """Each row's change, in the order of the file."""
    return [_change(each, stored.get(each.reference), people) for each in wanted]


def _change(wanted: Wanted, stored: Stored | None, people: Mapping[int, Sequence[StoredContact]]) -> Change:
    if stored is None:
        return Change(wanted, None, (), wanted.contacts, wanted.notes)
    known = people.get(stored.id, ())
    added = tuple(each for each in wanted.contacts if each.key not in {contact.key for contact in known})
    notes = (*wanted.notes, *_ended_in_the_file(wanted, known))
    return Change(wanted, stored, differences(stored.terms, wanted.terms), added, notes)


def _ended_in_the_file(wanted: Wanted, known: Sequence[StoredContact]) -> list[str]:
    """A file that is older than somebody's end must not bring the person back."""
    there = {contact.key for contact in known if contact.until is None}
    ended = {contact.key: contact for contact in known if contact.key not in there}
    return [
        f"{each.address} was ended by {ended[each.key].ended_by} and stays ended; "
        f"flask contacts add {wanted.reference} {each.address} brings back"
        for each in wanted.contacts
        if each.key in ended
    ]


def differences(old: Terms, new: Terms) -> tuple[FieldChange, ...]:
    """The fields in which two versions differ."""
    pairs = ((each.name, getattr(old, each.name), getattr(new, each.name)) for each in fields(Terms))
    return tuple(FieldChange(name, in_words(was), in_words(becomes)) for name, was, becomes in pairs if was != becomes)


def in_words(value: object) -> str:
    """A field's value as a person writes it into a cell; a dash for nothing."""
    if value is None or value == () or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value)
    return str(value)
