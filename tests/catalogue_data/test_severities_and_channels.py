"""Severities, environments and channels of the shipped catalogues, against what the documents say."""

from __future__ import annotations

import pytest

from integration.domain.book import Book
from integration.domain.catalogue import Channel, Match
from tests.catalogue_data.facts import PLANS

PRIORITIES = [
    ("MM-45", "mattermost", {"L1": "urgent", "L2": "high", "L3": "normal", "L4": "low"}),
    ("RC-23", "rocketchat", {"high": "high", "medium": "normal", "low": "low"}),
    ("RL-03", "rocketchat-legacy", {"high": "high", "medium": "normal", "low": "low"}),
    ("RS-12", "rockstor", {"high": "high", "normal": "normal", "low": "low"}),
]


@pytest.mark.parametrize(("rule", "vendor", "priorities"), PRIORITIES)
def test_severities_most_severe_first_and_their_priorities(
    book: Book, rule: str, vendor: str, priorities: dict[str, str]
) -> None:
    severities = book.catalogue(vendor).severities
    assert {name: severity.priority for name, severity in severities.items()} == priorities
    assert list(severities) == list(priorities)


@pytest.mark.parametrize("vendor", ["rocketchat", "rocketchat-legacy", "rockstor"])
def test_RC23_urgent_in_zendesk_reads_as_high(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).severities["high"].reads == ("urgent", "high")


CAPS = [("MM-45", "mattermost", "L4"), ("RC-23", "rocketchat", "low"), ("RC-23", "rocketchat-legacy", "low")]


@pytest.mark.parametrize(("rule", "vendor", "cap"), CAPS)
def test_only_production_is_above_the_lowest_severity(book: Book, rule: str, vendor: str, cap: str) -> None:
    environments = book.catalogue(vendor).environments
    caps = {name: environment.cap for name, environment in environments.items()}
    assert caps == {"production": None, "staging": cap, "test": cap, "development": cap}
    assert all(rule in environments[name].rules for name in ("staging", "test", "development"))


def test_RS12_no_environment_caps_a_severity_of_rockstor(book: Book) -> None:
    assert {e.cap for e in book.catalogue("rockstor").environments.values()} == {None}


@pytest.mark.parametrize("vendor", PLANS)
def test_G04_every_channel_is_known_to_every_vendor(book: Book, vendor: str) -> None:
    assert set(book.catalogue(vendor).channels) == {"portal", "email", "hotline", "zulip", "mastodon", "api"}


@pytest.mark.parametrize("vendor", PLANS)
def test_G04_mail_voice_and_web_are_recognised(book: Book, vendor: str) -> None:
    channels = book.catalogue(vendor).channels
    assert Match(via="email") in channels["email"].match
    assert Match(via="web") in channels["portal"].match
    assert Match(via="voice", rel="voicemail") in channels["hotline"].match


MAIL = ("address", "domain")
REGISTERED = ("address", "contact", "domain", "membership")
MEMBER = ("address", "domain", "membership")
ROCKETCHAT_PROOFS = {
    "zulip": MAIL,
    "mastodon": MAIL,
    "hotline": REGISTERED,
    "email": MAIL,
    "api": MAIL,
    "portal": REGISTERED,
}
PROOFS = {
    "mattermost": dict.fromkeys(("zulip", "mastodon", "hotline", "email", "api"), MAIL) | {"portal": MEMBER},
    "rocketchat": ROCKETCHAT_PROOFS,
    "rocketchat-legacy": ROCKETCHAT_PROOFS,
    "rockstor": {
        "zulip": REGISTERED,
        "mastodon": REGISTERED,
        "hotline": MEMBER,
        "email": MAIL,
        "api": MAIL,
        "portal": MEMBER,
    },
}


@pytest.mark.parametrize("vendor", PROOFS)
def test_RC13_what_proves_a_customer_and_for_mail_never_membership(book: Book, vendor: str) -> None:
    channels = book.catalogue(vendor).channels
    assert {name: channel.identify_by for name, channel in channels.items()} == PROOFS[vendor]


@pytest.mark.parametrize("vendor", ["rocketchat", "rocketchat-legacy"])
def test_RC11_only_the_portal_asks_for_registered_contacts(book: Book, vendor: str) -> None:
    assert [n for n, c in book.catalogue(vendor).channels.items() if c.contacts_only] == ["portal"]


def test_MM30_named_contacts_hold_on_every_channel_of_mattermost(book: Book) -> None:
    assert all(channel.contacts_only for channel in book.catalogue("mattermost").channels.values())


@pytest.mark.parametrize("vendor", ["rocketchat", "rocketchat-legacy"])
def test_RC24_RC25_mail_starts_as_medium_and_recommends_the_portal(book: Book, vendor: str) -> None:
    email = book.catalogue(vendor).channels["email"]
    assert (email.severity, email.ask) == ("medium", False)
    assert "RC-25" in email.receipt_hint


@pytest.mark.parametrize("vendor", ["rocketchat", "rocketchat-legacy"])
def test_RC14_the_hotline_is_for_high_and_the_call_is_the_first_reply(book: Book, vendor: str) -> None:
    line: Channel = book.catalogue(vendor).channels["hotline"]
    assert (line.severity, line.expects_severity, line.answered_by_call) == ("high", "high", True)


def test_MH10_mail_to_mattermost_runs_as_L3_until_the_customer_answers(book: Book) -> None:
    email = book.catalogue("mattermost").channels["email"]
    assert (email.severity, email.ask) == ("L3", True)


UNSTATED = [("mattermost", "L3"), ("rocketchat", "medium"), ("rocketchat-legacy", "medium"), ("rockstor", "normal")]


@pytest.mark.parametrize(("vendor", "severity"), UNSTATED)
def test_G07_what_runs_while_nothing_is_stated(book: Book, vendor: str, severity: str) -> None:
    catalogue = book.catalogue(vendor)
    assert catalogue.unstated_severity == severity
    assert catalogue.channels["portal"].ask is (vendor != "rockstor")
