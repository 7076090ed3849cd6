"""The customer's own words out of a mail: what the category is read from (MH-04), and what a bare answer is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.domain.plain_words import MAX_WORDS, own_text, stem, words


@pytest.mark.parametrize(
    "alike",
    [
        "crash crashes crashed crashing",
        "policy policies policy's",
        "message messages messaging",
        "install installs installed installing",
        "drop drops dropped dropping",
        "index indexes indexed indexing",
        "license licenses licensing licensed",
        "upgrade upgrades upgraded upgrading",
        "role roles",
        "user users user's user’s",
    ],
)
def test_plural_and_tense_are_levelled(alike: str) -> None:
    assert len({stem(word) for word in alike.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["set setting", "status stat", "access acces", "string str", "need ne", "ios io", "this thi", "use us"]
)
def test_words_that_only_look_alike_stay_apart(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


def said(text: str) -> list[str]:
    return [word.written for word in words(text)]


def test_words_are_split_and_levelled_and_keep_how_they_were_written() -> None:
    assert said("The E-Mail's ＬＤＡＰ_sync, don't!") == ["e", "mail's", "ldap", "sync", "don't"]


def test_links_and_addresses_are_no_words_but_a_mention_is() -> None:
    assert said("see https://ldap.example/x or anna@ldap.example, @channel config.json") == (
        ["see", "or", "channel", "config", "json"]
    )


def test_a_pasted_log_is_read_up_to_a_limit() -> None:
    assert len(words("a1 " * 5000)) == MAX_WORDS


@pytest.mark.parametrize(
    ("mail", "own"),
    [
        ("one\ntwo", "one\ntwo"),
        ("mine\n> yours\n >> older\nmine too", "mine\nmine too"),
        ("mine\n\nOn Mon, 3 Mar 2025 at 10:00, Support <s@x.example> wrote:\n> yours", "mine"),
        ("meins\nAm Mo., 3. März 2025 um 10:00 Uhr schrieb Support:\n> deins", "meins"),
        ("mine\n-----Original Message-----\nFrom: Support\nyours", "mine"),
        ("mine\n________________________________\nFrom: Support\nyours", "mine"),
        ("mine\n-- \nBob\nLDAP team", "mine"),
        ("mine\nSent from my phone", "mine"),
        ("mine\n\nBest regards,\nBob\nLDAP team", "mine"),
        ("mine\nThanks!\nBob", "mine"),
        ("Thanks,\nthis is my question", "Thanks,\nthis is my question"),
        ("one\nThanks\n" + "\n".join("1234567"), "one\nThanks\n" + "\n".join("1234567")),
        ("On the phone he wrote: it fails", "On the phone he wrote: it fails"),
        ("", ""),
        ("> all quoted", ""),
    ],
)
def test_quoted_mail_and_the_signature_are_left_out(mail: str, own: str) -> None:
    assert own_text(mail) == own


@pytest.mark.parametrize(
    "text",
    ["a" * 400_000, "> " * 200_000, "regards" + " " * 400_000 + "x", "on " + "wrote " * 60_000, "\n" * 400_000,
     "_" * 400_000, "on a wrote:\n" * 30_000, "@" * 400_000, "a@" * 200_000],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_read_in_no_time(text: str) -> None:
    """Reading in quadratic time would run into the suite's own timeout."""
    assert len(words(own_text(text))) <= MAX_WORDS


@given(st.text())
def test_reading_ones_own_text_again_adds_nothing(text: str) -> None:
    assert set(own_text(text).splitlines()) <= {line.strip() for line in text.splitlines()}
    assert all(word.stem for word in words(text))
