"""Plans, targets, channels and hours of the four shipped catalogues, each number by its rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.domain import sla
from integration.domain.book import Book
from tests.catalogue_data.facts import LOS_ANGELES, MATTERMOST_LEVELS, PLANS, ROCKETCHAT_LEVELS, at, plan_of, row_of


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
