"""Whose person is this? Every owner that an asker's addresses point to; two of them are never resolved to one (F34)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from integration.domain.catalogue import IdentifyBy
from integration.domain.contract import Contract, Found, ways_in
from integration.domain.ticket import Asker, Mailbox

Owner = tuple[Contract, Found]


def owners(contracts: Iterable[Contract], asker: Asker, ways: Iterable[IdentifyBy], at: datetime) -> dict[str, Owner]:
    """The owners by organization, each with a contract of theirs and how it knows the asker.

    The most exact match wins for each address by itself, so that one address never outbids another (G-15). What
    Zendesk's membership says counts only where no address says anything.
    """
    found = [(contract, how) for contract in contracts for how in ways_in(contract, asker, ways, at)]
    best: dict[Mailbox | None, tuple[int, int]] = {}
    for _, how in found:
        best[how.mailbox] = max(how.exactness, best.get(how.mailbox, how.exactness))
    if len(best) > 1:
        best.pop(None, None)
    exact = [owner for owner in found if owner[1].exactness == best.get(owner[1].mailbox)]
    exact.sort(key=lambda owner: (owner[1].exactness, owner[1].value))
    return {contract.organization: (contract, how) for contract, how in exact}


def customer(contract: Contract) -> str:
    """The organization's name as people say it."""
    return contract.organization_name or contract.organization


def belongs(asker: Asker, how: Found, name: str) -> str:
    """How we know that this person is the named customer's, in a plain sentence."""
    ways = {
        "address": f"{how.value} is named on a contract of {name}",
        "contact": f"{how.value} is registered as a contact of {name}",
        "domain": f"{_shown(asker, how)} has a domain of {name}, {how.value}",
        "assumption": f"whom the contract of {name} matches is not given, so it is not checked",
        "membership": f"{asker.name} is a member of {name} in Zendesk",
    }
    return ways[how.by]


def _shown(asker: Asker, how: Found) -> str:
    return how.mailbox.address if how.mailbox else asker.name
