"""Severity: the customer's stated business impact, the working severity we run with, and the Zendesk priority it means.

The two are kept apart (G-07). Order of precedence: a person's later change (G-05), the form's field, the channel's
default, and where none of these says anything the question goes to the customer while the catalogue's unstated
severity runs. A non-production environment caps what the customer stated (MM-45, RC-23), never what a person set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

from integration.domain.catalogue import Catalogue, Priority
from integration.domain.ticket import ByPerson, Ticket


class UnknownSeverity(ValueError):
    """A stated severity that the vendor's catalogue does not know; the message lists those that it does."""


@dataclass(frozen=True, slots=True)
class SeverityDecision:
    """The working severity and how we came to it. `ask`: the customer should be asked for one."""

    working: str | None
    priority: Priority | None
    stated: str | None = None
    because: str = ""
    rules: tuple[str, ...] = ()
    ask: bool = False
    capped_from: str | None = None
    flags: tuple[str, ...] = ()


def read(catalogue: Catalogue, value: str | None) -> str | None:
    """A severity id from an id, a title or a Zendesk priority in any case (MM-45, RC-23); UnknownSeverity otherwise."""
    wanted = (value or "").strip().casefold()
    if not wanted:
        return None
    for name, severity in catalogue.severities.items():
        if wanted in (name.casefold(), severity.title.casefold()):
            return name
    for name, severity in catalogue.severities.items():
        if wanted in (severity.reads or (severity.priority,)):
            return name
    known = ", ".join(catalogue.severities)
    raise UnknownSeverity(f'"{value}" is no severity of {catalogue.title}; there are {known}')


def decide(ticket: Ticket, catalogue: Catalogue, person: ByPerson) -> SeverityDecision:
    """The working severity of a ticket, with a flag for a value that the catalogue lacks."""
    form = catalogue.forms.get(ticket.form or catalogue.default_form or "")
    if form is not None and not form.entitlement:
        return SeverityDecision(None, None, None, f"the form {form.title} has no severity", form.rules)
    stated, doubts = _known(catalogue, ticket.stated_severity)
    chosen, more = _known(catalogue, person.severity or person.priority)
    if chosen:
        decision = _set_by_person(catalogue, chosen, person, stated)
    else:
        decision = _capped(ticket, catalogue, _uncapped(ticket, catalogue, stated))
    return replace(decision, flags=(*decision.flags, *doubts, *more))


def _known(catalogue: Catalogue, value: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The severity behind a value, or a flag for one that this vendor does not have: flagged, never refused (G-01)."""
    try:
        return read(catalogue, value), ()
    except UnknownSeverity as error:
        return None, (str(error),)


def _set_by_person(catalogue: Catalogue, working: str, person: ByPerson, stated: str | None) -> SeverityDecision:
    """G-05: what a person sets after us stands; a priority is read as the severity that it means, and kept."""
    why = person.reasons.get("severity") or "a person set it"
    kept = next((each for each in get_args(Priority) if each == person.priority), None)
    priority = kept or catalogue.severities[working].priority
    return SeverityDecision(working, priority, stated, why, ("G-05",))


def _uncapped(ticket: Ticket, catalogue: Catalogue, stated: str | None) -> SeverityDecision:
    channel = catalogue.channels.get(ticket.channel)
    if stated:
        flags: tuple[str, ...] = ()
        if channel and channel.expects_severity not in (None, stated):
            flags = (f"{channel.title} is for {channel.expects_severity} only; the customer stated {stated}",)
        rules = catalogue.severities[stated].rules
        return _working(catalogue, stated, stated, "stated by the customer", ("G-07", *rules), flags=flags)
    if channel and channel.severity:
        says = f"none stated, and {channel.title} starts as {channel.severity}"
        return _working(catalogue, channel.severity, None, says, channel.rules, ask=channel.ask)
    unstated = catalogue.unstated_severity
    ask = channel.ask if channel else False
    says = f"none stated, so it runs as {unstated}"
    return _working(catalogue, unstated, None, says, ("G-07",), ask=ask)


def _working(
    catalogue: Catalogue,
    name: str,
    stated: str | None,
    because: str,
    rules: tuple[str, ...],
    ask: bool = False,
    flags: tuple[str, ...] = (),
) -> SeverityDecision:
    priority = catalogue.severities[name].priority
    return SeverityDecision(name, priority, stated, because, tuple(dict.fromkeys(rules)), ask, None, flags)


def _capped(ticket: Ticket, catalogue: Catalogue, decision: SeverityDecision) -> SeverityDecision:
    """A non-production environment caps the severity; an empty or unknown environment caps nothing."""
    environment = catalogue.environments.get((ticket.environment or "").strip().casefold())
    cap = environment.cap if environment else None
    if environment is None or cap is None or decision.working is None:
        return decision
    if not catalogue.is_higher(decision.working, cap):
        return decision
    because = f"{environment.title} is not production, so {decision.working} is capped to {cap}"
    return SeverityDecision(
        cap,
        catalogue.severities[cap].priority,
        decision.stated,
        because,
        environment.rules,
        False,
        decision.working,
        decision.flags,
    )


# -- the customer's answer to "how severe is it?" --------------------------------------------------------------------

# Mail programs break the line "On … wrote:" where it is long, hence the three lines.
_WROTE = re.compile(r"^[ \t]*on\b(?:[^\n]*\n){0,2}?[^\n]*\bwrote:[ \t]*$", re.IGNORECASE | re.MULTILINE)
_QUOTE = re.compile(r"^\s*(-{2,}\s*original message|from:\s|##-)", re.IGNORECASE)
_GREETING = r"((best|kind|many) )?(regards|thanks|wishes|cheers)[,.!]*\s*$"
_SIGNATURE = re.compile(rf"^\s*(--\s*$|__+\s*$|sent from my |get outlook for |{_GREETING})", re.IGNORECASE)


def answer(catalogue: Catalogue, text: str, auto_reply: bool = False) -> str | None:
    """The severity that a customer's reply names, only as one bare word and never from an auto-reply; None otherwise.

    Quoted lines and the signature are stripped first. "not urgent", "very urgent" or a sentence is left to an agent
    (the decision beside the escalation picture of the handbook).
    """
    if auto_reply:
        return None
    words = " ".join(_own_lines(text)).strip().strip(".!").split()
    if len(words) != 1:
        return None
    try:
        return read(catalogue, words[0])
    except UnknownSeverity:
        return None


def _own_lines(text: str) -> list[str]:
    lines: list[str] = []
    for line in _WROTE.split(text, maxsplit=1)[0].splitlines():
        if _QUOTE.match(line) or _SIGNATURE.match(line):
            break
        if not line.lstrip().startswith(">"):
            lines.append(line.strip())
    return [line for line in lines if line]
