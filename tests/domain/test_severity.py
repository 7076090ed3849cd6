"""Severity: what the customer stated, what we run with, and a bare word as an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain import severity
from integration.domain.book import Book
from integration.domain.severity import SeverityDecision, UnknownSeverity
from integration.domain.ticket import ByPerson
from tests.domain.stories import examples, ticket

BOOK = load_book()


def decide(book: Book, vendor: str, person: ByPerson | None = None, **facts: object) -> SeverityDecision:
    return severity.decide(ticket(**facts), book.catalogue(vendor), person or ByPerson())  # type: ignore[arg-type]


# -- precedence ----------------------------------------------------------------------------------------------------


def test_a_persons_word_goes_before_the_form_before_the_channel_before_the_unstated(book: Book) -> None:
    """G-05: in this order, and G-07: what the customer stated stays beside it."""
    agent = decide(book, "mattermost", ByPerson(severity="L2"), severity="L4", channel="email")
    assert (agent.working, agent.stated, agent.rules) == ("L2", "L4", ("G-05",))
    assert decide(book, "mattermost", severity="L4", channel="email").working == "L4"
    assert decide(book, "rocketchat", channel="hotline").working == "high"
    assert decide(book, "rocketchat", channel="portal").working == "medium"


def test_g05_an_agents_urgent_reads_as_high_where_there_are_three_severities(book: Book) -> None:
    """RC-23: and the agent's own priority stays as it was set."""
    agent = decide(book, "rocketchat", ByPerson(priority="urgent"))
    assert (agent.working, agent.priority) == ("high", "urgent")


def test_g05_a_persons_word_is_not_capped(book: Book) -> None:
    agent = decide(book, "mattermost", ByPerson(severity="L1"), environment="test", severity="L4")
    assert (agent.working, agent.capped_from) == ("L1", None)


@pytest.mark.parametrize(
    ("vendor", "channel", "working", "ask"),
    [
        ("mattermost", "email", "L3", True),
        ("mattermost", "portal", "L3", True),
        ("rocketchat", "email", "medium", False),
        ("rocketchat", "portal", "medium", True),
        ("rocketchat", "hotline", "high", False),
        ("rocketchat-legacy", "email", "medium", False),
        ("rockstor", "email", "normal", False),
    ],
)
def test_rc24_mm45_where_nothing_is_stated(book: Book, vendor: str, channel: str, working: str, ask: bool) -> None:
    decision = decide(book, vendor, channel=channel)
    assert (decision.working, decision.stated, decision.ask) == (working, None, ask)


def test_who_stated_a_severity_is_not_asked(book: Book) -> None:
    assert decide(book, "mattermost", channel="email", severity="high").ask is False


def test_mm45_a_test_system_is_l4_and_nobody_is_asked(book: Book) -> None:
    """An unstated severity on a test system needs no question: no answer could raise it."""
    decision = decide(book, "mattermost", channel="email", environment="test")
    assert (decision.working, decision.ask, decision.capped_from) == ("L4", False, "L3")


def test_g01_a_severity_that_nobody_knows_is_flagged_and_stops_nothing(book: Book) -> None:
    decision = decide(book, "mattermost", severity="blocker")
    assert decision.working == "L3"
    assert '"blocker"' in decision.flags[0] and "L1, L2, L3, L4" in decision.flags[0]


def test_mh06_the_sales_form_has_no_severity_whoever_sets_it(book: Book) -> None:
    decision = decide(book, "mattermost", ByPerson(severity="L1"), form="sales", severity="L1")
    assert (decision.working, decision.priority, decision.ask) == (None, None, False)


@pytest.mark.parametrize(
    ("vendor", "value", "read"),
    [
        ("mattermost", " urgent ", "L1"),
        ("mattermost", "l2", "L2"),
        ("mattermost", "Normal", "L3"),
        ("mattermost", "LOW", "L4"),
        ("rocketchat", "urgent", "high"),
        ("rocketchat", "normal", "medium"),
        ("rockstor", "Urgent", "high"),
        ("mattermost", "", None),
        ("mattermost", None, None),
    ],
)
def test_mm45_rc23_a_severity_is_read_from_its_id_its_title_or_a_zendesk_priority(
    book: Book, vendor: str, value: str | None, read: str | None
) -> None:
    assert severity.read(book.catalogue(vendor), value) == read


def test_an_unknown_value_says_which_there_are(book: Book) -> None:
    with pytest.raises(UnknownSeverity, match=r'"medium" is no severity of Mattermost; there are L1, L2, L3, L4'):
        severity.read(book.catalogue("mattermost"), "medium")


# -- caps, as properties -------------------------------------------------------------------------------------------

VENDORS = st.sampled_from(["mattermost", "rocketchat", "rocketchat-legacy"])
BELOW = st.sampled_from(["staging", "test", "development", " Staging ", "TEST"])
CHANNELS = st.sampled_from(["portal", "email", "hotline", "zulip", "fax"])
STATED = st.sampled_from([None, "urgent", "high", "normal", "low"])


@examples(100)
@given(VENDORS, BELOW, CHANNELS, STATED)
def test_mm45_rc23_nothing_but_production_is_ever_above_the_lowest(vendor, environment, channel, stated) -> None:
    catalogue = BOOK.catalogue(vendor)
    decision = decide(BOOK, vendor, environment=environment, channel=channel, severity=stated)
    assert decision.working == catalogue.severity_ids()[-1]
    assert decision.priority == "low"


@examples(100)
@given(VENDORS, st.sampled_from(["production", "", None, "prod-eu", "Production"]), CHANNELS, STATED)
def test_rc23_an_empty_or_unknown_environment_and_production_cap_nothing(vendor, environment, channel, stated) -> None:
    capped = decide(BOOK, vendor, environment=environment, channel=channel, severity=stated)
    free = decide(BOOK, vendor, channel=channel, severity=stated)
    assert (capped.working, capped.capped_from) == (free.working, None)


@examples(100)
@given(VENDORS, BELOW, CHANNELS, STATED)
def test_g07_a_cap_never_raises_and_never_forgets_what_was_stated(vendor, environment, channel, stated) -> None:
    catalogue = BOOK.catalogue(vendor)
    capped = decide(BOOK, vendor, environment=environment, channel=channel, severity=stated)
    free = decide(BOOK, vendor, channel=channel, severity=stated)
    assert capped.working and free.working and not catalogue.is_higher(capped.working, free.working)
    assert capped.stated == free.stated
    assert capped.capped_from in (None, free.working)


# -- the answer to "how severe is it?" -----------------------------------------------------------------------------

COUNTS = [
    ("Urgent", "L1"),
    ("urgent.", "L1"),
    ("HIGH!", "L2"),
    ("\n\n  Normal  \n", "L3"),
    ("L4", "L4"),
    ("Urgent\n\n-- \nAna Silva\nHead of IT", "L1"),
    ("High\n\nBest regards,\nAna", "L2"),
    ("High\nThanks!\nAna", "L2"),
    ("Low\n\nSent from my phone", "L4"),
    ("Urgent\n\nOn Wed, 18 Nov 2026 at 10:00, Support <support@mattermost.com> wrote:\n> How severe is it?", "L1"),
    ("Urgent\n\nOn Wed, 18 Nov 2026 at 10:00, Mattermost Support\n<support@mattermost.com> wrote:\n\n> Low", "L1"),
    ("> How severe is it?\n> Urgent - production is stopped\n\nHigh", "L2"),
    ("Urgent\n\n-----Original Message-----\nFrom: Support\nLow", "L1"),
    ("Low\nFrom: Mattermost Support <support@mattermost.com>\nSent: today\nUrgent", "L4"),
]
LEFT_TO_AN_AGENT = [
    "not urgent",
    "Not\nurgent",
    "very urgent",
    "Urgent, please!",
    "It is urgent",
    "urgent?",
    "high or urgent",
    "medium",
    "5",
    "",
    "> Urgent",
    "-- \nUrgent",
    "Thanks",
    "On Wed, 18 Nov 2026 at 10:00, Support <support@mattermost.com> wrote:\n> Urgent",
]


@pytest.mark.parametrize(("text", "expected"), COUNTS)
def test_one_bare_word_counts_without_quotes_and_signature(book: Book, text: str, expected: str) -> None:
    """The decision beside the escalation picture; the question of G-02."""
    assert severity.answer(book.catalogue("mattermost"), text) == expected


@pytest.mark.parametrize("text", LEFT_TO_AN_AGENT)
def test_anything_else_is_left_to_an_agent(book: Book, text: str) -> None:
    assert severity.answer(book.catalogue("mattermost"), text) is None


@pytest.mark.parametrize(("text", "_"), COUNTS)
def test_an_auto_reply_never_counts(book: Book, text: str, _: str) -> None:
    assert severity.answer(book.catalogue("mattermost"), text, auto_reply=True) is None


@examples(100)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_and_two_words_never_count(text: str) -> None:
    catalogue = BOOK.catalogue("mattermost")
    assert severity.answer(catalogue, text) in (None, *catalogue.severities)
    assert severity.answer(catalogue, f"not {text.strip() or 'so'} urgent".replace("\n", " ")) is None
