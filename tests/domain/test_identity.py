"""A named contact is an individual: a mailbox that many people read is none (MM-32, F40)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.domain.identity import is_shared_local


def every(words: str) -> list[str]:
    return words.split()


WORDS = frozenset(
    every("support it helpdesk info admin admins team noc hr dev ops mail desk service office sales no-reply all")
)

SHARED = every("""support Support SUPPORT
support2 support-01 support+acme it it-support it_support it.support IT.Support
support.team support-team team.support itsupport supportteam helpdesk helpdesk.berlin helpdesk-emea support-emea-2
acme-support acme_helpdesk no-reply noreply noreply+tag no_reply admin admin2 admins noc noc1 hr hr-team dev-ops
service-desk servicedesk service.desk sales.de support.it.berlin team-7 -support-
-support-emea itsupportit supportit admin.anna all""")

PERSONAL = every("""anna anna.berg a.berg aberg2 anna+support pietro.it anna.info anna.office maria.team bob.sales
supporter teamer infoxicated administratorin nochum hristo devon alloway mailer itali opsahl desktop.user officer
kit it.anna hr.smith dev.patel hrit itall x 2 berg-it anna-maria jean-paul.martin""")


@pytest.mark.parametrize("local", SHARED)
def test_f40_a_mailbox_named_after_a_function_is_shared(local: str) -> None:
    assert is_shared_local(local, WORDS)


@pytest.mark.parametrize("local", PERSONAL)
def test_mm32_a_mailbox_named_after_a_person_is_not(local: str) -> None:
    assert not is_shared_local(local, WORDS)


@pytest.mark.parametrize("local", ["", "+", "+support", "...", "42", "-"])
def test_a_name_without_letters_of_its_own_is_no_function(local: str) -> None:
    assert not is_shared_local(local, WORDS)


def test_a_name_that_can_be_taken_apart_in_two_ways_is_shared_when_one_of_them_says_so() -> None:
    assert is_shared_local("noitno", frozenset({"no", "it", "noit"}))


def test_a_word_that_is_only_a_separator_makes_nothing_shared() -> None:
    assert not is_shared_local("", frozenset({"-"}))


def test_without_words_nothing_is_shared() -> None:
    assert not is_shared_local("support", frozenset())


@given(st.sampled_from(sorted(WORDS)), st.integers(0, 999), st.text("abcz", max_size=5))
def test_f40_no_number_tag_or_case_hides_a_function(word: str, number: int, tag: str) -> None:
    assert is_shared_local(f"{word.upper()}{number}+{tag}", WORDS)


@given(st.text(max_size=80))
def test_any_text_has_an_answer(local: str) -> None:
    assert is_shared_local(local, WORDS) in (True, False)
