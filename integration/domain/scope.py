"""What a plan includes and leaves out (G-14): inclusions win; an exclusion flags and explains, and closes nothing."""

from __future__ import annotations

import re
from functools import cache

from integration.domain.catalogue import Catalogue, Scope
from integration.domain.ticket import Ticket


def flags(ticket: Ticket, plan_id: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    """A sentence for each exclusion whose words stand in the ticket, unless an inclusion's words do too."""
    text = " ".join(f"{ticket.subject} {ticket.description}".casefold().split())
    if any(_applies(each, plan_id) and _mentions(each, text) for each in catalogue.inclusions):
        return ()
    found = (each for each in catalogue.exclusions if _applies(each, plan_id) and _mentions(each, text))
    return tuple(f"may be outside the plan: {_explained(each)} ({', '.join(each.rules)})" for each in found)


def _explained(each: Scope) -> str:
    """What it is and what to do instead, as one sentence or two without the last full stop."""
    return f"{each.says}. {each.instead}".strip().rstrip(".")


def _applies(each: Scope, plan_id: str | None) -> bool:
    if plan_id is None:
        return not each.plans
    names = {plan_id, plan_id.rpartition("/")[2]}
    return not names & set(each.except_plans) and (not each.plans or bool(names & set(each.plans)))


def _mentions(each: Scope, text: str) -> bool:
    return bool(each.terms) and _any_of(tuple(each.terms)).search(text) is not None


@cache
def _any_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the terms as whole words. Kept, because a catalogue asks with the same terms for every ticket."""
    return re.compile(rf"\b(?:{'|'.join(re.escape(term.casefold()) for term in terms)})\b")
