"""The whole decision: category, group, flags, and that the same question always has the same answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain.book import Book, UnknownCatalogue, UnknownPlan
from integration.domain.catalogue import OUTCOMES
from integration.domain.ticket import ByPerson
from integration.domain.triage import triage
from integration.services.records import question_from, question_json
from tests.domain.stories import ANA, BEN, contract, examples, promise_of, question

BOOK = load_book()
PREMIER, ENTERPRISE, SILVER = "mattermost/premier", "mattermost/enterprise", "rocketchat-legacy/silver"


def test_mh04_the_forms_category_is_kept_in_the_catalogues_spelling(book: Book) -> None:
    chosen = triage(question(contract(ENTERPRISE), category=" ad/ldap "), book).category
    assert (chosen.value, chosen.origin) == ("AD/LDAP", "form")


def test_mh05_a_category_is_checked_against_its_own_forms_list(book: Book) -> None:
    decision = triage(question(contract(ENTERPRISE), form="sales", category="AD/LDAP"), book)
    assert decision.category.value is None
    assert '"AD/LDAP" is no category of the form' in decision.flags[0]


def test_mh04_an_empty_category_is_read_from_the_text_and_says_which_words_decided(book: Book) -> None:
    chosen = triage(question(contract(ENTERPRISE), subject="LDAP sync fails", description="LDAP users vanish"), book)
    assert (chosen.category.value, chosen.category.origin) == ("AD/LDAP", "text")
    assert any("ldap" in says for says in chosen.category.because)


def test_mh04_a_text_that_says_nothing_gives_no_category(book: Book) -> None:
    chosen = triage(question(contract(ENTERPRISE), subject="Hello", description="Please call back"), book).category
    assert (chosen.value, chosen.origin) == (None, "")


def test_g05_a_persons_category_stands(book: Book) -> None:
    person = ByPerson(category="Search")
    chosen = triage(question(contract(ENTERPRISE), person=person, category="AD/LDAP"), book).category
    assert (chosen.value, chosen.origin) == ("Search", "person")


@pytest.mark.parametrize(
    ("form", "group", "expected"),
    [("technical", None, "Senior Support"), (None, None, "Senior Support"), ("technical", "99", None)],
)
def test_mm35_the_plans_group_only_where_the_ticket_has_none(
    book: Book, form: str | None, group: str | None, expected: str | None
) -> None:
    assert triage(question(contract(PREMIER, contacts=[ANA]), form=form, group=group), book).group == expected


def test_mm35_the_sales_forms_group_goes_before_the_plans(book: Book) -> None:
    decision = triage(question(contract(PREMIER, contacts=[ANA]), form="sales"), book)
    assert decision.group == book.catalogue("mattermost").forms["sales"].group is not None


def test_a_decision_names_the_catalogue_and_its_version(book: Book) -> None:
    """Each decision records the content hash of the file that decided."""
    decision = triage(question(contract(ENTERPRISE)), book)
    assert (decision.catalogue, decision.version) == ("mattermost", book.versions["mattermost"])
    assert decision.version


def test_the_contracts_own_vendor_has_the_word(book: Book) -> None:
    """RL-11: a legacy customer who writes to the current brand is decided by the legacy catalogue."""
    decision = triage(question(contract(SILVER), vendor="rocketchat", channel="email"), book)
    assert decision.catalogue == "rocketchat-legacy"
    assert decision.first_reply and decision.first_reply.within == "12 h"


def test_g02_nobody_is_asked_for_a_severity_who_gets_no_promise(book: Book) -> None:
    asked = triage(question(contract(ENTERPRISE), channel="email"), book)
    suspended = triage(question(contract(ENTERPRISE, status="suspended"), channel="email"), book)
    assert (asked.ask_severity, asked.message) == (True, "severity_question")
    assert (suspended.ask_severity, suspended.severity.ask) == (False, True)
    assert suspended.message != "severity_question"


def test_unknown_names_are_told_with_those_that_there_are(book: Book) -> None:
    with pytest.raises(UnknownCatalogue, match='no catalogue "zendesk"; there are: mattermost, rocketchat'):
        triage(question(contract(ENTERPRISE), vendor="zendesk"), book)
    with pytest.raises(UnknownPlan, match='no plan "mattermost/gold"; there are: mattermost/professional'):
        triage(question(contract("mattermost/gold")), book)


# -- the same question, the same answer ----------------------------------------------------------------------------

TEXTS = st.sampled_from(["", "LDAP sync fails", "please schedule a call", "bitnami image", "upgrade failed"])


@st.composite
def questions(draw: st.DrawFn):
    """Tickets of every vendor, with the fields that a form or an agent can fill."""
    plan = draw(st.sampled_from(list(BOOK.plan_ids())))
    held = contract(plan, contacts=draw(st.sampled_from([None, [], [ANA], [BEN]])))
    return question(
        held,
        channel=draw(st.sampled_from(["portal", "email", "hotline", "zulip", "api", "fax"])),
        form=draw(st.sampled_from([None, "technical", "sales", "support", "other"])),
        severity=draw(st.sampled_from([None, "urgent", "high", "normal", "low", "L1", "medium", "?"])),
        environment=draw(st.sampled_from([None, "production", "staging", "nowhere"])),
        category=draw(st.sampled_from([None, "AD/LDAP", "Messaging", "?"])),
        subject=draw(TEXTS),
        description=draw(TEXTS),
        submitter=draw(st.sampled_from(["requester", "staff"])),
        person=ByPerson(draw(st.sampled_from([None, "high", "low", "?"])), plan=draw(st.sampled_from([None, plan]))),
    )


@examples(80)
@given(questions())
def test_triage_is_a_function_of_its_question_also_after_a_trip_through_the_database(asked) -> None:
    """Idempotence, and F24: what is stored of a question is all that the answer depends on."""
    decision = triage(asked, BOOK)
    stored = question_from(json.loads(json.dumps(question_json(asked))))
    assert stored == asked
    assert triage(stored, BOOK) == decision


@examples(60)
@given(questions())
def test_a_repeated_decision_with_its_own_promise_changes_nothing(asked) -> None:
    decision = triage(asked, BOOK)
    again = triage(replace(asked, earlier=promise_of(decision), changed_at=asked.ticket.created_at), BOOK)
    assert again == decision


@examples(60)
@given(questions())
def test_every_answer_is_whole(asked) -> None:
    """One of the seventeen outcomes, a severity of the vendor or none, and no promise without a plan."""
    decision = triage(asked, BOOK)
    catalogue = BOOK.catalogue(decision.catalogue)
    assert decision.entitlement.outcome in OUTCOMES
    assert decision.severity.working in (None, *catalogue.severities)
    assert (decision.severity.working is None) == (decision.severity.priority is None)
    if decision.entitlement.plan is None or decision.severity.working is None:
        assert decision.targets == ()
    assert decision.entitlement.because
