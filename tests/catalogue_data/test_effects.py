"""What follows from an outcome, who is woken, and the desk's practices in the shipped catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES, Catalogue, Plan
from tests.catalogue_data.facts import PLANS, plan_of


@pytest.mark.parametrize("vendor", PLANS)
def test_G01_every_outcome_has_effects_with_one_sentence_for_the_agent(book: Book, vendor: str) -> None:
    outcomes = book.catalogue(vendor).outcomes
    assert tuple(outcomes) == OUTCOMES
    for effects in outcomes.values():
        assert effects.note.endswith(".") and effects.note.count(". ") == 0


TARGET_OF = {"entitled": "plan", "entitled_lower_plan": "plan", "in_grace": "plan"}
RULE_OF = {
    "mattermost": {
        "contract": ("MM-33",),
        "contact": ("MM-30",),
        "company_domain": ("MM-31",),
        "individual": ("MM-32",),
    },
    "rocketchat": {
        "organization": ("RC-13",),
        "default_plan": ("RC-02", "RC-30"),
        "contract": ("RC-30",),
        "product": ("RC-05",),
        "contact": ("RC-11",),
    },
    "rocketchat-legacy": {
        "organization": ("RC-13", "RL-03"),
        "default_plan": ("RC-30", "RL-03"),
        "contract": ("RC-30", "RL-03"),
        "product": ("RL-01",),
        "contact": ("RC-11", "RL-03"),
    },
    "rockstor": {"contract": ("RS-07",)},
}


@pytest.mark.parametrize("vendor", RULE_OF)
def test_G01_each_check_names_the_vendors_own_rule(book: Book, vendor: str) -> None:
    assert dict(book.catalogue(vendor).rule_of) == RULE_OF[vendor]


FALLBACKS = {"not_named_contact", "shared_mailbox", "over_contact_limit"}


@pytest.mark.parametrize("vendor", PLANS)
def test_G01_only_a_valid_contract_pages_charges_and_gets_its_own_target(book: Book, vendor: str) -> None:
    for name, effects in book.catalogue(vendor).outcomes.items():
        fallback = "fallback" if vendor == "mattermost" and name in FALLBACKS else "none"
        assert effects.target == TARGET_OF.get(name, fallback), name
        assert effects.page == (name in TARGET_OF), name
        assert effects.charge == (vendor == "rockstor" and name in {"entitled", "in_grace"}), name
        assert effects.priority == (name not in {"unverified_sender", "form_without_entitlement"}), name


@pytest.mark.parametrize("vendor", PLANS)
def test_G02_every_text_is_sent_by_something(book: Book, vendor: str) -> None:
    catalogue = book.catalogue(vendor)
    used = {effects.template for effects in catalogue.outcomes.values() if effects.template}
    if any(channel.ask for channel in catalogue.channels.values()):
        used.add("severity_question")
    assert used == set(catalogue.templates)


STAFFED = {"mattermost": "24x5", "rocketchat": "12x5", "rocketchat-legacy": "12x5", "rockstor": "office-hours"}


@pytest.mark.parametrize("vendor", STAFFED)
def test_G13_MH12_when_people_are_at_work(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).staffed == STAFFED[vendor]


def _escalated(book: Book) -> Iterator[tuple[Catalogue, Plan, str, str]]:
    for vendor in PLANS:
        catalogue = book.catalogue(vendor)
        for plan in catalogue.plans.values():
            for severity, policy in plan.escalation.items():
                yield catalogue, plan, severity, policy


ON_CALL, SUPERVISORS = ("on-call",), ("supervisors",)
WITH_CHANNEL = ("supervisors", "team-channel")
LADDERS = [
    ("MH-25", "mattermost", "premier-24x7", [(ON_CALL, 0, 5), (WITH_CHANNEL, 15, 15)]),
    ("RC-33", "rocketchat", "on-call-24x7", [(ON_CALL, 0, 5), (WITH_CHANNEL, 10, 10)]),
    ("RC-33", "rocketchat", "duty-24x7", [(ON_CALL, 30, 30), (SUPERVISORS, 45, 60)]),
    ("RL-03", "rocketchat-legacy", "on-call-24x7", [(ON_CALL, 0, 5), (WITH_CHANNEL, 10, 10)]),
    ("RL-03", "rocketchat-legacy", "duty-24x7", [(ON_CALL, 30, 30), (SUPERVISORS, 45, 60)]),
    ("RL-03", "rocketchat-legacy", "notice-24x7", [(ON_CALL, 0, None)]),
]


@pytest.mark.parametrize(("rule", "vendor", "name", "ladder"), LADDERS)
def test_who_is_told_after_how_many_minutes_and_how_often(
    book: Book, rule: str, vendor: str, name: str, ladder: list[tuple[tuple[str, ...], int, int | None]]
) -> None:
    policy = book.catalogue(vendor).escalation_policies[name]
    assert [(step.tell, step.after_minutes, step.repeat_minutes) for step in policy.steps] == ladder
    assert rule in policy.rules and policy.decision


ROCKETCHAT_ESCALATES = {"high": "on-call-24x7", "medium": "duty-24x7", "low": "duty-24x7"}
LEGACY_ESCALATES = ROCKETCHAT_ESCALATES | {"low": "notice-24x7"}
ESCALATES = {
    "mattermost/premier": {"L1": "premier-24x7", "L2": "premier-24x7"},
    "rocketchat/plus": ROCKETCHAT_ESCALATES,
    "rocketchat/mission-critical": ROCKETCHAT_ESCALATES,
    **{f"rocketchat-legacy/{name}": LEGACY_ESCALATES for name in PLANS["rocketchat-legacy"]},
}


def test_G13_MH10_which_plan_escalates_what(book: Book) -> None:
    found = {plan_id: dict(plan_of(book, plan_id).escalation) for plan_id in book.plan_ids()}
    assert {plan_id: policies for plan_id, policies in found.items() if policies} == ESCALATES


def test_G13_every_step_of_an_escalation_comes_before_the_promise_is_broken(book: Book) -> None:
    for catalogue, plan, severity, policy in _escalated(book):
        minutes = sum(step.after_minutes for step in catalogue.escalation_policies[policy].steps)
        span = plan.targets[0].spans[severity].elapsed
        assert span is None or timedelta(minutes=minutes) < span, (plan.title, severity)


def test_G13_every_policy_is_used(book: Book) -> None:
    used = {(catalogue.vendor, policy) for catalogue, _, _, policy in _escalated(book)}
    assert used == {(vendor, name) for vendor in PLANS for name in book.catalogue(vendor).escalation_policies}


PRACTICES = [
    ("mattermost", "MH-09", "3 updates"),
    ("mattermost", "MH-12", "3 continents"),
    ("mattermost", "MH-20", "48 h"),
    ("mattermost", "MH-24", "24 h"),
    ("rockstor", "RS-14", "48 h"),
    ("rockstor", "RS-14", "4-12 h"),
]


@pytest.mark.parametrize(("vendor", "rule", "value"), PRACTICES)
def test_numbers_of_practices(book: Book, vendor: str, rule: str, value: str) -> None:
    assert value in [p.value for p in book.catalogue(vendor).practices if rule in p.rules]


def test_MH07_pending_waits_for_the_customer_and_hold_for_an_internal_team(book: Book) -> None:
    statuses = book.catalogue("mattermost").statuses
    assert list(statuses) == ["new", "open", "pending", "hold", "solved", "closed"]
    assert (statuses["pending"].waiting_on, statuses["hold"].waiting_on) == ("customer", "internal team")


def test_G14_every_exclusion_of_the_mattermost_page_is_there(book: Book) -> None:
    catalogue = book.catalogue("mattermost")
    for rule, at_least in (("MM-01", 4), ("MM-02", 4), ("MM-37", 2)):
        assert len([scope for scope in catalogue.exclusions if rule in scope.rules]) >= at_least
    assert len([scope for scope in catalogue.inclusions if "MM-38" in scope.rules]) == 6
