"""What a plan includes and leaves out (G-14): flags that explain, for each document's own list."""

from __future__ import annotations

import pytest

from integration.domain import scope
from integration.domain.book import Book
from tests.domain.stories import ticket

PREMIER, ENTERPRISE = "mattermost/premier", "mattermost/enterprise"


def flags(book: Book, text: str, plan: str | None = ENTERPRISE, vendor: str = "mattermost") -> tuple[str, ...]:
    return scope.flags(ticket(description=text), plan, book.catalogue(vendor))


@pytest.mark.parametrize(
    ("rule", "text", "says"),
    [
        ("MM-01", "I forgot my password, please help", "end users"),
        ("MM-01", "How do we write a plugin for this?", "Development questions"),
        ("MM-33", "We run the Team Edition", "valid subscription"),
        ("MM-02", "The Bitnami image does not start", "What others publish"),
        ("MM-02", "Please log in to our server and look", "Remote administration"),
        ("MM-02", "We need performance tuning", "Professional services"),
        ("MM-37", "Could you schedule a call?", "calls"),
        ("MM-37", "When is our onboarding session?", "On-boarding"),
    ],
)
def test_mm01_mm02_mm37_each_exclusion_flags_with_its_rule(book: Book, rule: str, text: str, says: str) -> None:
    [flag] = flags(book, text)
    assert says in flag and rule in flag
    assert flag.startswith("may be outside the plan:")


@pytest.mark.parametrize(
    "text",
    [
        "One of our users forgot my password link, I mean: 'I forgot my password'",
        "Installation failed with the bitnami image",
        "The REST API answers 500; sample code attached; how to code around it?",
        "This is a bug report about a community plugin",
    ],
)
def test_g14_mm38_an_inclusion_wins(book: Book, text: str) -> None:
    assert flags(book, text) == ()


def test_mm01_a_developers_question_is_pointed_to_the_forum_and_team_edition_to_self_service(book: Book) -> None:
    assert "forum" in flags(book, "How do we write a plugin?")[0]
    assert "self-service" in flags(book, "We run the Team Edition")[0]


def test_mm37_premier_has_what_the_others_lack(book: Book) -> None:
    text = "Please do a health check of our system, in a screen sharing session, and give us deployment advisory"
    assert len(flags(book, text, ENTERPRISE)) == 2
    assert flags(book, text, PREMIER) == ()
    assert len(flags(book, text, None)) == 2


def test_terms_are_found_as_whole_words_across_lines_and_whatever_the_case(book: Book) -> None:
    assert flags(book, "BITNAMI") and flags(book, "team\n  edition")
    assert flags(book, "bitnamix") == flags(book, "our steam edition") == ()


def test_rs16_work_by_the_hour_is_flagged(book: Book) -> None:
    [flag] = flags(book, "What is your hourly rate?", "rockstor/incident", "rockstor")
    assert "RS-16" in flag


def test_a_vendor_that_excludes_nothing_flags_nothing(book: Book) -> None:
    assert flags(book, "bitnami hourly rate training session", "rocketchat/plus", "rocketchat") == ()
