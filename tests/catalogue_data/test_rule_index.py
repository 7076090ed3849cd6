"""The rule index is whole and honest about which catalogue carries what."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue
from integration.domain.catalogue_check.walk import parts
from tests.catalogue_data.facts import FOLDER, PLANS


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, object]]:
    index: dict[str, dict[str, object]] = YAML(typ="safe", pure=True).load(FOLDER / "rules.yaml")
    return index


FAMILIES = {
    "G": [*range(1, 18)],
    "RC": [1, 2, 3, 5, 6, 7, *range(10, 15), *range(20, 26), 30, 32, 33, 34],
    "RL": [1, 2, 3, 10, 11],
    "MM": [1, 2, 10, 11, 12, 20, 21, 22, *range(30, 39), *range(40, 46)],
    "MH": [1, 2, *range(4, 13), *range(20, 26)],
    "RS": [*range(1, 17)],
}


def test_the_index_has_every_rule_once(rules: dict[str, dict[str, object]]) -> None:
    assert list(rules) == [f"{family}-{number:02d}" for family, numbers in FAMILIES.items() for number in numbers]


def test_the_index_says_each_rule_in_one_sentence(rules: dict[str, dict[str, object]]) -> None:
    for rule, entry in rules.items():
        assert set(entry) == {"says", "carried_by", "kept_by"}, rule
        assert entry["kept_by"] in ("data", "engine"), rule
        assert str(entry["says"]).endswith("."), rule


def _carried(catalogue: Catalogue) -> set[str]:
    listed = {rule for _, part in parts(catalogue) for rule in getattr(part, "rules", ())}
    return listed | {rule for each in catalogue.rule_of.values() for rule in each}


@pytest.mark.parametrize("vendor", PLANS)
def test_the_index_is_honest_about_who_carries_what(
    book: Book, rules: dict[str, dict[str, object]], vendor: str
) -> None:
    promised = {rule for rule, entry in rules.items() if vendor in entry["carried_by"]}  # type: ignore[operator]
    assert promised == _carried(book.catalogue(vendor))


def test_RL03_legacy_carries_the_general_rules_of_the_current_plans(book: Book) -> None:
    general = {f"RC-{number}" for number in FAMILIES["RC"] if 11 <= number <= 33}
    assert general <= _carried(book.catalogue("rocketchat-legacy"))
