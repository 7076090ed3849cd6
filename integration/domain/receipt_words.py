"""The receipt's words for what a catalogue holds as data: outcomes, hours, documents and instants."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integration.domain.book import Book
from integration.domain.catalogue import Calendar, Catalogue
from integration.domain.sla import Target

_SAID_OTHERWISE = {
    "entitled_lower_plan": "entitled on a lower plan",
    "in_grace": "entitled, in the days of grace",
    "free_mail": "free-mail address",
    "ambiguous": "more than one customer claims the sender",
    "not_named_contact": "not a named contact",
    "over_contact_limit": "over the limit of named contacts",
    "channel_not_in_plan": "channel not in the plan",
    "contract_not_started": "contract not started yet",
    "form_without_entitlement": "a form that carries no promise",
}
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)\b")


def outcome_in_words(outcome: str) -> str:
    """An entitlement outcome as a colleague would say it."""
    return _SAID_OTHERWISE.get(outcome, outcome.replace("_", " "))


def length_and_hours(target: Target, book: Book) -> str:
    """How long, and when the clock runs: "8 h, counted Mon 09:00 to Fri 17:00"."""
    catalogue, _ = book.of_plan(target.plan)
    hours = hours_in_words(catalogue.calendars[target.coverage])
    if "business day" in target.within:
        length = "the close of the next business day" if target.within.startswith("next") else target.within
        return f"{length} ({hours})"
    return f"{target.within}, counted {hours}"


def hours_in_words(calendar: Calendar) -> str:
    """A calendar's hours: "around the clock", "Mon-Fri 09:00-17:00 without public holidays"."""
    if calendar.hours == ("always",):
        hours = "around the clock"
    else:
        hours = " and ".join(_DAY.sub(lambda day: day[0].capitalize(), each) for each in calendar.hours)
    return hours + (" without public holidays" if calendar.holidays or calendar.closed else "")


def document_and_place(source: str, catalogue: Catalogue) -> str:
    """A source with the document's title in place of its key."""
    key, mark, place = source.partition(" § ")
    document = catalogue.documents.get(key)
    return f"{document.title}{mark}{place}" if document else source


def local_and_utc(instant: datetime, zone: str) -> str:
    """An instant in a zone's own words and in UTC: "Mon 23 Nov 2026 17:00 PST (01:00 UTC, Tue 24 Nov)"."""
    local = instant.astimezone(ZoneInfo(zone))
    utc = instant.astimezone(UTC)
    day = "" if utc.date() == local.date() else f", {utc:%a %d %b}"
    name = local.tzname() or zone
    name = f"UTC{name}" if name[:1] in "+-" else name
    return f"{local:%a %d %b %Y %H:%M} {name} ({utc:%H:%M} UTC{day})"
