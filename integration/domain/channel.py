"""The channel a ticket came by (G-04): data maps how it arrived, where to, and its marks to a channel's id."""

from __future__ import annotations

from dataclasses import dataclass

from integration.domain.catalogue import Catalogue, Match


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a ticket arrived, as Zendesk tells it; all lower case, empty where it tells nothing."""

    via: str
    rel: str = ""
    recipient: str = ""
    brand: str = ""
    tags: frozenset[str] = frozenset()


def channel_of(catalogue: Catalogue, arrival: Arrival) -> str:
    """The id of the channel whose most particular match agrees; `arrival.via` itself where none does (G-01)."""
    found = [
        (_particulars(match), name)
        for name, channel in catalogue.channels.items()
        for match in channel.match
        if _agrees(match, arrival)
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else arrival.via


def _agrees(match: Match, arrival: Arrival) -> bool:
    return (
        match.via in (None, arrival.via)
        and match.rel in (None, arrival.rel)
        and match.recipient in (None, arrival.recipient)
        and match.brand in (None, arrival.brand)
        and (match.tag is None or match.tag in arrival.tags)
    )


def _particulars(match: Match) -> int:
    return sum(fact is not None for fact in (match.via, match.rel, match.recipient, match.brand, match.tag))
