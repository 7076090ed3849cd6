"""Every number of the four shipped catalogues, against what the plan documents say; each test names its rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from integration.adapters.catalogue_file import load_book
from integration.domain import sla
from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES, Catalogue, Channel, Match, Plan, Targets
from integration.domain.catalogue_check.walk import parts

FOLDER = Path(__file__).parents[2] / "catalogue"
LOS_ANGELES = "America/Los_Angeles"
MATTERMOST_LEVELS = ("L1", "L2", "L3", "L4")
ROCKETCHAT_LEVELS = ("high", "medium", "low")


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book()


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, object]]:
    index: dict[str, dict[str, object]] = YAML(typ="safe", pure=True).load(FOLDER / "rules.yaml")
    return index


def plan_of(book: Book, plan_id: str) -> Plan:
    return book.of_plan(plan_id)[1]


def row_of(book: Book, plan_id: str, metric: str) -> Targets:
    (row,) = [row for row in plan_of(book, plan_id).targets if row.metric == metric]
    return row


# -- the plans and their first replies -------------------------------------------------------------------------------

PLANS = {
    "mattermost": ["professional", "enterprise", "premier"],
    "rocketchat": ["standard", "plus", "mission-critical"],
    "rocketchat-legacy": ["bronze", "pro", "silver", "gold", "enterprise"],
    "rockstor": ["incident"],
}


@pytest.mark.parametrize("vendor", PLANS)
def test_RC01_RL01_MM10_each_vendor_sells_exactly_these_plans(book: Book, vendor: str) -> None:
    assert list(book.catalogue(vendor).plans) == PLANS[vendor]


RANKS = {
    "mattermost": [1, 2, 3],
    "rocketchat": [1, 2, 3],
    "rocketchat-legacy": [1, 1, 2, 3, 3],
    "rockstor": [1],
}


@pytest.mark.parametrize("vendor", RANKS)
def test_RL01_plans_of_one_row_have_one_rank(book: Book, vendor: str) -> None:
    assert [plan.rank for plan in book.catalogue(vendor).plans.values()] == RANKS[vendor]


def test_RL11_equal_names_of_two_vendors_are_two_plans(book: Book) -> None:
    assert plan_of(book, "rocketchat-legacy/enterprise") is not plan_of(book, "mattermost/enterprise")


FIRST_REPLY = [
    ("MM-12", "mattermost/premier", MATTERMOST_LEVELS, ("1 h", "2 h", "8 h", "24 h")),
    ("MM-11", "mattermost/enterprise", MATTERMOST_LEVELS, ("4 h", "8 h", "16 h", "next business day")),
    ("RC-30", "rocketchat/standard", ROCKETCHAT_LEVELS, ("1 business day",) * 3),
    ("RC-30", "rocketchat/plus", ROCKETCHAT_LEVELS, ("2 h", "4 h", "8 h")),
    ("RC-30", "rocketchat/mission-critical", ROCKETCHAT_LEVELS, ("30 min", "2 h", "4 h")),
    ("RL-01", "rocketchat-legacy/bronze", ROCKETCHAT_LEVELS, ("2 h", "24 h", "4 business days")),
    ("RL-01", "rocketchat-legacy/pro", ROCKETCHAT_LEVELS, ("2 h", "24 h", "4 business days")),
    ("RL-01", "rocketchat-legacy/silver", ROCKETCHAT_LEVELS, ("1 h", "12 h", "2 business days")),
    ("RL-01", "rocketchat-legacy/gold", ROCKETCHAT_LEVELS, ("30 min", "6 h", "1 business day")),
    ("RL-01", "rocketchat-legacy/enterprise", ROCKETCHAT_LEVELS, ("30 min", "6 h", "1 business day")),
    ("RS-12", "rockstor/incident", ("high", "normal", "low"), ("2 business days",) * 3),
]


@pytest.mark.parametrize(("rule", "plan_id", "levels", "lengths"), FIRST_REPLY, ids=[row[1] for row in FIRST_REPLY])
def test_first_reply_is_promised_within(
    book: Book, rule: str, plan_id: str, levels: tuple[str, ...], lengths: tuple[str, ...]
) -> None:
    row = row_of(book, plan_id, "first_reply")
    assert dict(row.within) == dict(zip(levels, lengths, strict=True))
    assert row.kind == "promise"
    assert rule in row.rules


def test_MM10_professional_states_no_time_so_it_has_no_target(book: Book) -> None:
    assert plan_of(book, "mattermost/professional").targets == ()


@pytest.mark.parametrize("vendor", ["rocketchat", "rocketchat-legacy", "rockstor"])
def test_RC06_RS14_only_the_first_reply_is_promised(book: Book, vendor: str) -> None:
    metrics = {row.metric for plan in book.catalogue(vendor).plans.values() for row in plan.targets}
    assert metrics == {"first_reply"}


NEXT_REPLY = [
    ("mattermost/premier", ("2 h", "4 h", "24 h", "24 h")),
    ("mattermost/enterprise", ("4 h", "8 h", "24 h", "24 h")),
]


@pytest.mark.parametrize(("plan_id", "lengths"), NEXT_REPLY)
def test_MH23_next_reply_is_a_promise(book: Book, plan_id: str, lengths: tuple[str, ...]) -> None:
    row = row_of(book, plan_id, "next_reply")
    assert (dict(row.within), row.kind) == (dict(zip(MATTERMOST_LEVELS, lengths, strict=True)), "promise")
    assert row.decision


def test_MH23_regular_updates_are_a_goal_of_premier_alone(book: Book) -> None:
    row = row_of(book, "mattermost/premier", "update")
    assert (dict(row.within), row.kind) == ({"L1": "4 h", "L2": "24 h"}, "goal")
    assert [r.metric for r in plan_of(book, "mattermost/enterprise").targets] == ["first_reply", "next_reply"]


def test_MM11_sixteen_hours_stand_against_the_handbooks_twentyfour_by_a_decision(book: Book) -> None:
    row = row_of(book, "mattermost/enterprise", "first_reply")
    assert "24 h" in row.decision and "16 h" in row.decision


# -- channels and coverage -------------------------------------------------------------------------------------------

CHANNELS = [
    ("mattermost/professional", ["portal"]),
    ("mattermost/enterprise", ["portal", "email"]),
    ("mattermost/premier", ["portal", "email"]),
    ("rocketchat/standard", ["portal"]),
    ("rocketchat/plus", ["portal", "email", "hotline"]),
    ("rocketchat/mission-critical", ["portal", "email", "hotline"]),
    *((f"rocketchat-legacy/{name}", ["portal", "email", "hotline"]) for name in PLANS["rocketchat-legacy"]),
    ("rockstor/incident", ["email", "zulip", "mastodon"]),
]


@pytest.mark.parametrize(("plan_id", "channels"), CHANNELS)
def test_MM10_RC10_RC12_RC14_RS10_channels_of_a_plan(book: Book, plan_id: str, channels: list[str]) -> None:
    assert list(plan_of(book, plan_id).channels) == channels


COVERAGE = [
    ("mattermost/professional", MATTERMOST_LEVELS, ("business-hours",) * 4),
    ("mattermost/enterprise", MATTERMOST_LEVELS, ("24x5",) * 4),
    ("mattermost/premier", MATTERMOST_LEVELS, ("24x7", "24x7", "24x5", "24x5")),
    ("rocketchat/standard", ROCKETCHAT_LEVELS, ("12x5",) * 3),
    ("rocketchat/plus", ROCKETCHAT_LEVELS, ("24x7",) * 3),
    ("rocketchat/mission-critical", ROCKETCHAT_LEVELS, ("24x7",) * 3),
    *((f"rocketchat-legacy/{name}", ROCKETCHAT_LEVELS, ("24x7",) * 3) for name in PLANS["rocketchat-legacy"]),
    ("rockstor/incident", ("high", "normal", "low"), ("office-hours",) * 3),
]


@pytest.mark.parametrize(("plan_id", "levels", "calendars"), COVERAGE, ids=[row[0] for row in COVERAGE])
def test_MM22_RC32_RC33_RS13_coverage_of_a_plan(
    book: Book, plan_id: str, levels: tuple[str, ...], calendars: tuple[str, ...]
) -> None:
    assert dict(plan_of(book, plan_id).coverage) == dict(zip(levels, calendars, strict=True))


BUSINESS_DAYS = [
    ("mattermost/enterprise", "business-hours"),
    ("rocketchat/standard", "12x5"),
    *((f"rocketchat-legacy/{name}", "12x5") for name in PLANS["rocketchat-legacy"]),
    ("rockstor/incident", "office-hours"),
]


@pytest.mark.parametrize(("plan_id", "calendar"), BUSINESS_DAYS)
def test_RL10_G16_RC34_business_days_are_counted_in(book: Book, plan_id: str, calendar: str) -> None:
    assert row_of(book, plan_id, "first_reply").business_days_in == calendar


WEEKS = [
    ("MM-20", "mattermost", "business-hours", LOS_ANGELES, ("mon-fri 09:00-17:00",), 40),
    ("MM-21", "mattermost", "weekend", LOS_ANGELES, ("fri 17:00 to mon 09:00",), 64),
    ("MM-22", "mattermost", "24x5", LOS_ANGELES, ("mon 09:00 to fri 17:00",), 104),
    ("MM-22", "mattermost", "24x7", LOS_ANGELES, ("always",), 168),
    ("RC-32", "rocketchat", "12x5", "America/Sao_Paulo", ("mon-fri 08:00-20:00",), 60),
    ("RC-33", "rocketchat", "24x7", "America/Sao_Paulo", ("always",), 168),
    ("RL-03", "rocketchat-legacy", "12x5", "America/Sao_Paulo", ("mon-fri 08:00-20:00",), 60),
    ("RL-03", "rocketchat-legacy", "24x7", "America/Sao_Paulo", ("always",), 168),
    ("RS-13", "rockstor", "office-hours", "Europe/Lisbon", ("mon-fri 08:00-18:00",), 50),
]


@pytest.mark.parametrize(("rule", "vendor", "name", "zone", "hours", "length"), WEEKS)
def test_weekly_hours(
    book: Book, rule: str, vendor: str, name: str, zone: str, hours: tuple[str, ...], length: int
) -> None:
    calendar = book.catalogue(vendor).calendars[name]
    assert (calendar.timezone, calendar.hours) == (zone, hours)
    assert book.calendar(vendor, name).hours_per_week == length
    assert rule in calendar.rules


def test_MM20_RS13_holidays_close_business_days_and_nothing_else(book: Book) -> None:
    with_holidays = {
        (vendor, name): calendar.holidays.country
        for vendor in PLANS
        for name, calendar in book.catalogue(vendor).calendars.items()
        if calendar.holidays
    }
    assert with_holidays == {("mattermost", "business-hours"): "US", ("rockstor", "office-hours"): "PT"}


@pytest.mark.parametrize(("friday", "hours"), [("2026-11-20", 64), ("2026-03-06", 63), ("2026-10-30", 65)])
def test_MM21_V7_length_of_the_weekend_window(book: Book, friday: str, hours: int) -> None:
    start = at(f"{friday} 12:00", LOS_ANGELES)
    assert book.calendar("mattermost", "weekend").between(start, start + timedelta(days=4)) == timedelta(hours=hours)


# -- deadlines that the documents give, from the shipped files -------------------------------------------------------


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


VECTORS = [
    ("V1", "rocketchat/standard", "low", "America/Sao_Paulo", "2026-11-20 19:00", "2026-11-23 19:00"),
    ("V2", "mattermost/enterprise", "L1", LOS_ANGELES, "2026-11-20 16:00", "2026-11-23 12:00"),
    ("V3", "mattermost/enterprise", "L1", LOS_ANGELES, "2026-11-20 22:00", "2026-11-23 13:00"),
    ("V4", "mattermost/premier", "L2", LOS_ANGELES, "2026-11-21 03:00", "2026-11-21 05:00"),
    ("V5", "mattermost/premier", "L3", LOS_ANGELES, "2026-11-21 03:00", "2026-11-23 17:00"),
    ("V6", "rockstor/incident", "normal", "Europe/Lisbon", "2026-12-04 17:00", "2026-12-09 17:00"),
    ("V8", "mattermost/premier", "L1", LOS_ANGELES, "2026-03-08 01:30", "2026-03-08 03:30"),
    ("V11", "mattermost/enterprise", "L4", LOS_ANGELES, "2026-11-25 18:00", "2026-11-27 17:00"),
    ("V12", "mattermost/enterprise", "L4", LOS_ANGELES, "2026-11-18 02:00", "2026-11-19 17:00"),
    ("V12", "mattermost/enterprise", "L4", LOS_ANGELES, "2026-11-21 03:00", "2026-11-23 17:00"),
    ("V13", "mattermost/premier", "L4", LOS_ANGELES, "2026-11-20 16:00", "2026-11-23 17:00"),
    ("RL-10", "rocketchat-legacy/bronze", "low", "America/Sao_Paulo", "2026-11-20 19:00", "2026-11-26 19:00"),
]


@pytest.mark.parametrize(("name", "plan_id", "severity", "zone", "created", "due"), VECTORS)
def test_golden_vectors_from_the_shipped_files(
    book: Book, name: str, plan_id: str, severity: str, zone: str, created: str, due: str
) -> None:
    first = sla.choose(book, plan_id, severity, at(created, zone))[0]
    assert first.metric == "first_reply"
    assert first.deadline == at(due, zone)


def test_G08_premier_includes_enterprise_which_includes_professional(book: Book) -> None:
    included = list(sla.plans_with_included(book, "mattermost/premier"))
    assert included == ["mattermost/premier", "mattermost/enterprise", "mattermost/professional"]


# -- severities, environments, channels ------------------------------------------------------------------------------

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


# -- who may ask, and what was sold ----------------------------------------------------------------------------------


def test_MM30_MM31_MM32_three_individuals_on_the_company_domain_others_get_enterprise(book: Book) -> None:
    contacts = plan_of(book, "mattermost/premier").contacts
    assert contacts is not None
    assert (contacts.limit, contacts.individual, contacts.company_domain) == (3, True, True)
    assert contacts.others == "mattermost/enterprise"


@pytest.mark.parametrize("plan_id", [f"{v}/{p}" for v in ("rocketchat", "rocketchat-legacy") for p in PLANS[v]])
def test_RC11_any_number_of_registered_contacts(book: Book, plan_id: str) -> None:
    contacts = plan_of(book, plan_id).contacts
    assert contacts is not None
    assert (contacts.limit, contacts.others) == (None, None)


@pytest.mark.parametrize("vendor", PLANS)
def test_G11_two_weeks_of_grace(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).grace_days == 14


DEFAULTS = {
    "mattermost": None,
    "rocketchat": "rocketchat/standard",
    "rocketchat-legacy": "rocketchat/standard",
    "rockstor": None,
}


@pytest.mark.parametrize("vendor", DEFAULTS)
def test_RC02_RC30_what_a_customer_without_contract_falls_to(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).default_plan == DEFAULTS[vendor]


@pytest.mark.parametrize("name", PLANS["rocketchat-legacy"])
def test_RL02_legacy_plans_are_only_renewed_since_july_2022(book: Book, name: str) -> None:
    sale = plan_of(book, f"rocketchat-legacy/{name}").sale
    assert (sale.stopped_from, sale.renewals) == (date(2022, 7, 1), True)


def test_RS01_packs_are_not_sold_since_april_2026(book: Book) -> None:
    sale = plan_of(book, "rockstor/incident").sale
    assert (sale.stopped_from, sale.renewals) == (date(2026, 4, 19), False)


def test_RC03_plus_and_mission_critical_are_sold_by_sales_only(book: Book) -> None:
    sources = {name: plan.sale.sources for name, plan in book.catalogue("rocketchat").plans.items()}
    assert sources == {"standard": (), "plus": ("sales",), "mission-critical": ("sales",)}


def test_RC05_six_products(book: Book) -> None:
    kinds = ("Enterprise", "Omnichannel", "Chat Engine")
    expected = {f"Self-Managed {kind}" for kind in kinds}
    expected |= {"Cloud Enterprise", "Cloud Enterprise Omnichannel", "Cloud Enterprise Chat Engine"}
    assert set(book.catalogue("rocketchat").products) == expected


def test_RL01_five_legacy_products(book: Book) -> None:
    assert book.catalogue("rocketchat-legacy").products == ("Bronze", "Pro", "Silver", "Gold", "Enterprise")


def test_RC07_services_of_each_plan(book: Book) -> None:
    services = {n: [s.title for s in p.services] for n, p in book.catalogue("rocketchat").plans.items()}
    manager, success = "Account Manager", "Dedicated Customer Success Manager"
    assert services == {"standard": [manager], "plus": [manager], "mission-critical": [manager, success]}


def test_MM37_premier_licenses_four_environments(book: Book) -> None:
    titles = [service.title for service in plan_of(book, "mattermost/premier").services]
    assert any("up to 4 standalone non-production" in title for title in titles)


def test_MM35_groups(book: Book) -> None:
    assert plan_of(book, "mattermost/premier").group == "Senior Support"
    assert book.catalogue("mattermost").forms["sales"].group == "Billing"


def test_RS02_RS03_RS07_RS08_RS09_terms_of_incidents(book: Book) -> None:
    plan = plan_of(book, "rockstor/incident")
    terms = plan.incidents
    assert plan.prerequisite is not None and terms is not None
    assert "Stable Channel" in plan.prerequisite.title
    assert (terms.valid_for_years, terms.refundable, terms.when_empty) == (1, False, "hold")
    assert (terms.currency, terms.expected_price_minor) == ("EUR", 9900)


def test_RS05_RS06_RS15_RS16_what_counts_as_an_incident(book: Book) -> None:
    terms = plan_of(book, "rockstor/incident").incidents
    assert terms is not None
    assert len(terms.counts) == 3
    assert any("bug" in text for text in terms.not_counted)
    assert any("hour" in text for text in terms.not_counted)
    assert terms.opened_by == ("address", "form_field", "agent_tick")


# -- forms -----------------------------------------------------------------------------------------------------------

TECHNICAL = """General inquiry|AD/LDAP|Authentication & Provisioning|Compliance & Auditing|Connectivity
Customization & Branding|Data Export and Import|Database|Desktop|Developer Toolkit|DevOps Command Center|General
Installation|Integrations|Invitation & Login|Messaging|Mobile|Notifications & Status|Onboarding|Roles & Permissions
Search|Server Issues|System Console|Upgrading|User Interface|User, Team & Channel Management|User issue"""
SALES = ["Credit Card Issues", "General", "Licensing", "Pricing", "Product", "Renewals"]


def test_MH04_MH05_the_27_and_the_6_categories(book: Book) -> None:
    forms = book.catalogue("mattermost").forms
    technical = [category.name for category in forms["technical"].categories]
    assert technical == TECHNICAL.replace("\n", "|").split("|")
    assert len(technical) == 27
    assert [category.name for category in forms["sales"].categories] == SALES


def test_MH01_MH06_form_numbers_and_the_sales_form_promises_nothing(book: Book) -> None:
    forms = book.catalogue("mattermost").forms
    assert (forms["technical"].zendesk_ids, forms["sales"].zendesk_ids) == ((360000640492,), (360000852671,))
    assert (forms["technical"].entitlement, forms["sales"].entitlement) == (True, False)
    assert "360000640492" in forms["sales"].wrong_form_hint


def test_MH02_ten_fields_of_which_two_are_for_mobiles(book: Book) -> None:
    fields = book.catalogue("mattermost").forms["technical"].fields
    assert len(fields) == 10
    assert [f.title for f in fields if f.when] == ["Mattermost Mobile version", "Mobile device"]


# -- effects, escalation, practices ----------------------------------------------------------------------------------


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


# -- the rule index --------------------------------------------------------------------------------------------------

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
