"""What a ticket is about: the form's value, or its words, or nothing rather than a guess (MH-04, MH-05)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain.category import CategorySuggestion, CategoryTerms, CategoryText, check, suggest

CASES = json.loads((Path(__file__).parent / "category_cases.json").read_text("utf-8"))
MATTERMOST = load_book().catalogue("mattermost")
#: The forms as they are shipped: the words are part of the product, so they are what is measured.
FORMS = {
    form: tuple(CategoryTerms(each.name, each.terms) for each in MATTERMOST.forms[form].categories)
    for form in ("technical", "sales")
}

SMALL = (
    CategoryTerms("AD/LDAP", ("ldap^3", "group sync^2", "active directory")),
    CategoryTerms("Search", ("elasticsearch^3", "search", "sync")),
    CategoryTerms("Messaging", ("message", "search", "sync")),
)


def read(subject: str, description: str = "", categories: tuple[CategoryTerms, ...] = SMALL) -> CategorySuggestion:
    return suggest(CategoryText(subject, description), categories)


@dataclass(frozen=True)
class Score:
    """How often the scorer spoke, and how often it was right when it did."""

    precision: float
    coverage: float
    spurious: int


def score(cases: list[dict[str, str | None]]) -> Score:
    told: Counter[str] = Counter()
    for case in cases:
        found = read(case["subject"] or "", case["description"] or "", FORMS[case["form"] or ""]).category
        kind = "abstained" if found is None else "right" if found == case["expected"] else "wrong"
        told["nothing there: " + kind if case["expected"] is None else kind] += 1
    spurious = told["nothing there: wrong"]
    spoke = told["right"] + told["wrong"]
    return Score(told["right"] / (spoke + spurious), spoke / (spoke + told["abstained"]), spurious)


def test_mh04_mh05_on_short_tickets_it_is_right_when_it_speaks_and_speaks_often() -> None:
    """A regression floor, not a forecast: the tickets are made up, by the hand that wrote the terms."""
    result = score(CASES)
    assert len(CASES) >= 80
    assert result.precision >= 0.8
    assert result.coverage >= 0.6
    assert result.spurious <= 2


def test_mh04_mh05_every_category_of_both_forms_has_terms_and_a_ticket_that_finds_it() -> None:
    assert {form: len(categories) for form, categories in FORMS.items()} == {"technical": 27, "sales": 6}
    found = {(case["form"], read(case["subject"], case["description"], FORMS[case["form"]]).category) for case in CASES}
    without = [(form, each.name) for form, categories in FORMS.items() for each in categories]
    assert [each for each in without if each not in found] == [("technical", "General")]  # it says nothing of its own


def test_the_words_that_decided_are_named_the_strongest_first() -> None:
    found = read("LDAP question", "The group sync fails. LDAP is up.")
    assert found == CategorySuggestion("AD/LDAP", 0.846, (
        '"ldap" in the subject', '"ldap" in the description', '"group sync" in the description',
    ))  # fmt: skip


def test_at_most_five_reasons_are_given() -> None:
    many = (CategoryTerms("A", ("one", "two", "three", "four", "five", "six", "seven")),)
    assert len(read("One two three four five six seven", "", many).because) == 5


def test_it_abstains_where_no_word_speaks() -> None:
    assert read("Help", "It does not work.") == CategorySuggestion(None, 0.0, ("no word in it speaks for a category",))
    assert read("", "").category is None
    assert read("LDAP", "", ()).category is None


def test_it_abstains_where_too_little_speaks_and_says_what_did() -> None:
    found = read("Help", "Something with active directory")
    assert (found.category, found.confidence) == (None, 0.333)
    assert found.because == ("too few words speak for AD/LDAP", '"active directory" in the description')
    assert suggest(CategoryText("Help", "Something with active directory"), SMALL, threshold=0.3).category == "AD/LDAP"


def test_it_abstains_where_two_categories_are_close_and_names_both() -> None:
    found = read("LDAP and Elasticsearch")
    assert found.category is None
    assert found.because == ("its words speak for AD/LDAP and for Search alike",)
    assert read("LDAP and Elasticsearch", "It is about ldap.").category == "AD/LDAP"
    assert suggest(CategoryText("LDAP and Elasticsearch", ""), SMALL, 0.3, margin=1.0).category == "AD/LDAP"


def test_the_subject_counts_double_and_repeating_a_word_does_not_help() -> None:
    assert read("ldap").confidence > read("", "ldap").confidence
    assert read("", "ldap").confidence == read("", "ldap ldap ldap").confidence


def test_a_word_that_several_categories_share_says_less() -> None:
    trio = (CategoryTerms("A", ("own^3",)), CategoryTerms("B", ("shared^3",)), CategoryTerms("C", ("shared^3",)))
    assert read("own and shared", "", trio).category == "A"


def test_words_belong_to_the_longest_phrase_only() -> None:
    """ "group sync" is LDAP's; its "sync" alone would be Search's and Messaging's."""
    assert read("group sync").because == ('"group sync" in the subject',)
    pair = (CategoryTerms("A", ("export^3",)), CategoryTerms("B", ("export job^3",)))
    assert read("export job", "", pair).category == "B"


def test_a_term_that_is_named_twice_keeps_its_higher_weight() -> None:
    assert read("ldap", "", (CategoryTerms("A", ("ldap^3", "ldap")),)) == read(
        "ldap", "", (CategoryTerms("A", ("ldap^3",)),)
    )


@pytest.mark.parametrize(
    "subject", ["GROUP SYNC", "group-sync", "groupsync", "Group Syncs", "the group's sync", "Group\u00a0Sync"]
)
def test_hyphens_plurals_and_case_do_not_matter(subject: str) -> None:
    assert read(subject).category == "AD/LDAP"


@pytest.mark.parametrize("slip", ["elasticserch", "elasticsaerch", "elasticssearch", "elasticzearch", "Elasticsearhc"])
def test_a_typing_slip_is_understood_and_counts_a_little_less(slip: str) -> None:
    found = read(slip)
    assert found.category == "Search"
    assert found.confidence < read("elasticsearch").confidence


def test_a_word_spelt_right_once_counts_in_full() -> None:
    assert read("elasticserch elasticsearch").confidence == read("elasticsearch").confidence


def test_a_slip_that_two_terms_could_mean_is_left_alone() -> None:
    pair = (CategoryTerms("A", ("backlog^3",)), CategoryTerms("B", ("backlot^3",)))
    assert read("backlox", "", pair).category is None
    assert read("baclog", "", pair).category == "A"


@pytest.mark.parametrize("other", ["lasticsearch", "elastcserch", "ldop", "mess"])
def test_another_word_is_no_typing_slip(other: str) -> None:
    assert read(other, other).category is None


def test_quoted_mail_and_signatures_are_not_the_customers_question() -> None:
    quoted = "Still the same.\n\nOn Monday, Support wrote:\n> Is LDAP up?\n> Elasticsearch, ldap, ldap"
    assert read("Re: hello", quoted).category is None
    assert read("Re: hello", "Still the same.\n-- \nBob\nLDAP team, Active Directory").category is None


@pytest.mark.parametrize(
    "term", ["", "^3", "ldap^", "ldap^x", "ldap^0", "ldap^11", "ldap^-1", "a b c d e f", "the", "ldap^3^3", "l^dap"]
)
def test_a_term_that_cannot_be_read_is_refused_by_name(term: str) -> None:
    with pytest.raises(ValueError, match="is no term; write one to 4 words"):
        read("ldap", "", (CategoryTerms("A", ("fine", term)),))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("AD/LDAP", "AD/LDAP"),
        ("ad/ldap", "AD/LDAP"),
        (" AD / LDAP ", "AD/LDAP"),
        ("general  Inquiry", "General inquiry"),
        ("General", "General"),
        ("LDAP", None),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_mh04_the_forms_own_value_is_checked_against_its_list(value: str | None, name: str | None) -> None:
    assert check(value, ["General inquiry", "AD/LDAP", "General"]) == name


def test_mh05_a_technical_category_is_none_of_the_sales_form() -> None:
    sales = [category.name for category in FORMS["sales"]]
    assert check("Renewals", sales) == "Renewals"
    assert check("Database", sales) is None


@given(st.sampled_from(CASES))
def test_shouting_and_a_quoted_answer_change_nothing(case: dict[str, str]) -> None:
    categories = FORMS[case["form"]]
    plain = read(case["subject"], case["description"], categories).category
    louder = read(case["subject"].upper(), case["description"].upper(), categories).category
    quoted = read(case["subject"], case["description"] + "\n> What about LDAP and the database?", categories).category
    assert louder == plain
    assert quoted == plain or "\n--" in case["description"]


@given(st.text(), st.text())
def test_any_text_gets_the_same_answer_twice_and_a_reason(subject: str, description: str) -> None:
    first = read(subject, description, FORMS["technical"])
    assert first == read(subject, description, FORMS["technical"])
    assert 0.0 <= first.confidence < 1.0
    assert first.because


@given(
    st.lists(st.sampled_from(["ldap", "elasticsearch", "message", "search", "sync", "group", "hello"])),
    st.permutations(SMALL),
)
def test_the_order_of_the_categories_does_not_decide(said: list[str], order: list[CategoryTerms]) -> None:
    text = CategoryText(" ".join(said), "")
    assert suggest(text, order).category == suggest(text, SMALL).category
