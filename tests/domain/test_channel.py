"""The channel is data (G-04): via, where to and marks, mapped by the catalogue; the most particular match wins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.domain.book import Book
from integration.domain.catalogue import Match
from integration.domain.channel import Arrival, channel_of

VENDORS = ["mattermost", "rocketchat", "rocketchat-legacy", "rockstor"]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("arrival", "channel"),
    [
        (Arrival("web"), "portal"),
        (Arrival("web_widget"), "portal"),
        (Arrival("email"), "email"),
        (Arrival("voice", rel="inbound"), "hotline"),
        (Arrival("voice", rel="voicemail"), "hotline"),
        (Arrival("phone"), "hotline"),
        (Arrival("api"), "api"),
        (Arrival("any_channel", tags=frozenset({"zulip"})), "zulip"),
        (Arrival("any_channel", tags=frozenset({"vip", "mastodon"})), "mastodon"),
        (Arrival("web", tags=frozenset({"hotline"})), "hotline"),  # of equals, the first of the file,
    ],
)
def test_g04_every_vendor_reads_zendesks_ways_alike(book: Book, vendor: str, arrival: Arrival, channel: str) -> None:
    assert channel_of(book.catalogue(vendor), arrival) == channel


@pytest.mark.parametrize("vendor", VENDORS)
def test_g01_an_unknown_way_keeps_its_own_name(book: Book, vendor: str) -> None:
    assert channel_of(book.catalogue(vendor), Arrival("sms")) == "sms"
    assert channel_of(book.catalogue(vendor), Arrival("any_channel")) == "any_channel"


def test_g04_the_most_particular_match_wins_whatever_stands_first(book: Book) -> None:
    """An address of its own makes mail a portal ticket, and only mail to that address, on that brand."""
    catalogue = book.catalogue("rocketchat")
    forwarded = Match(via="email", recipient="desk@rocket.chat", brand="rocket.chat")
    portal = replace(catalogue.channels["portal"], match=(forwarded,))
    special = replace(catalogue, channels={**catalogue.channels, "portal": portal})
    assert list(special.channels).index("email") < list(special.channels).index("portal")
    assert channel_of(special, Arrival("email", recipient="desk@rocket.chat", brand="rocket.chat")) == "portal"
    assert channel_of(special, Arrival("email", recipient="desk@rocket.chat", brand="other")) == "email"
    assert channel_of(special, Arrival("email", recipient="support@rocket.chat")) == "email"
