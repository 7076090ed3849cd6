"""Business time, told as tickets with a deadline: golden vectors, conventions, laws, and a second opinion."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.domain.business_time import (
    BusinessCalendar,
    CalendarError,
    Coverage,
    NaiveTimeError,
    NoOpeningError,
    parse_dated_hours,
    parse_dates,
    parse_weekly,
)
from tests.domain.business_time_oracle import Case, differences, random_cases

PACIFIC, SAO_PAULO, LISBON = "America/Los_Angeles", "America/Sao_Paulo", "Europe/Lisbon"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
HOUR = timedelta(hours=1)
NEW_YEAR = date(2026, 1, 1)
US_HOLIDAYS = ("2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07",
               "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25")  # fmt: skip
PORTUGAL_HOLIDAYS = ("2026-01-01", "2026-04-03", "2026-04-05", "2026-04-25", "2026-05-01", "2026-06-04", "2026-06-10",
                     "2026-08-15", "2026-10-05", "2026-11-01", "2026-12-01", "2026-12-08", "2026-12-25")  # fmt: skip


def at(text: str, tz: str, fold: int = 0) -> datetime:
    """A moment by the local clock; fold=1 is the second of two."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz), fold=fold)


def by_the_clock(moment: datetime, tz: str) -> str:
    return moment.astimezone(ZoneInfo(tz)).strftime("%a %Y-%m-%d %H:%M %z")


def working_week(opens: str, closes: str) -> dict[int, tuple[tuple[int, int], ...]]:
    return parse_weekly({day: [[opens, closes]] for day in WORKDAYS})


def weekdays(name: str, tz: str, opens: str, closes: str, holidays: tuple[str, ...] = ()) -> BusinessCalendar:
    return BusinessCalendar(name, tz, working_week(opens, closes), parse_dates(holidays))


def span(name: str, tz: str, start: str, end: str) -> BusinessCalendar:
    return BusinessCalendar(name, tz, parse_weekly({"from": start, "to": end}))


def always(tz: str) -> BusinessCalendar:
    return span("24x7", tz, "mon 00:00", "sun 24:00")


BUSINESS_DAY = weekdays("mm-business", PACIFIC, "09:00", "17:00", US_HOLIDAYS)
WEEK_24X5 = span("24x5", PACIFIC, "mon 09:00", "fri 17:00")
WEEKEND = span("weekend", PACIFIC, "fri 17:00", "mon 09:00")
PREMIER_URGENT = WEEK_24X5.union(WEEKEND)
SUPPORT_12X5 = weekdays("12x5", SAO_PAULO, "08:00", "20:00")
ROCKSTOR = weekdays("rockstor", LISBON, "08:00", "18:00", PORTUGAL_HOLIDAYS)


# --- golden vectors -------------------------------------------------------------------------------------------------


def test_v1_rc34_one_business_day_from_friday_evening_is_monday_evening() -> None:
    created = datetime.fromisoformat("2026-11-20T19:00-03:00")
    assert SUPPORT_12X5.add_business_days(created, 1) == datetime.fromisoformat("2026-11-23T19:00-03:00")


@pytest.mark.parametrize(
    ("created", "deadline"),
    [
        pytest.param("2026-11-20 16:00", "2026-11-23 12:00", id="V2"),
        pytest.param("2026-11-20 22:00", "2026-11-23 13:00", id="V3"),
    ],
)
def test_v2_v3_mm22_enterprise_l1_stands_still_over_the_weekend(created: str, deadline: str) -> None:
    assert WEEK_24X5.add(at(created, PACIFIC), 4 * HOUR) == at(deadline, PACIFIC)


def test_v4_mm21_premier_l2_runs_on_saturday_night() -> None:
    assert PREMIER_URGENT.add(at("2026-11-21 03:00", PACIFIC), 2 * HOUR) == at("2026-11-21 05:00", PACIFIC)


def test_v5_mm22_premier_l3_waits_for_monday() -> None:
    assert WEEK_24X5.add(at("2026-11-21 03:00", PACIFIC), 8 * HOUR) == at("2026-11-23 17:00", PACIFIC)


def test_v6_rs13_two_business_days_skip_the_weekend_and_the_holiday() -> None:
    assert ROCKSTOR.add_business_days(at("2026-12-04 17:00", LISBON), 2) == at("2026-12-09 17:00", LISBON)


@pytest.mark.parametrize(("friday", "hours"), [("2026-11-20", 64), ("2026-03-06", 63), ("2026-10-30", 65)])
def test_v7_mm21_length_of_the_weekend_window(friday: str, hours: int) -> None:
    start = at(f"{friday} 12:00", PACIFIC)
    assert WEEKEND.between(start, start + timedelta(days=4)) == hours * HOUR


@pytest.mark.parametrize("coverage", [always(PACIFIC), PREMIER_URGENT], ids=["24x7", "24x5 with the weekend"])
def test_v8_v9_premier_l1_counts_elapsed_time_through_dst_changes(coverage: Coverage) -> None:
    before_gap, first_of_two = at("2026-03-08 01:30", PACIFIC), at("2026-11-01 01:30", PACIFIC)
    assert by_the_clock(coverage.add(before_gap, HOUR), PACIFIC) == "Sun 2026-03-08 03:30 -0700"
    assert by_the_clock(coverage.add(first_of_two, HOUR), PACIFIC) == "Sun 2026-11-01 01:30 -0800"


@pytest.mark.parametrize("day", ["2018-02-17", "2019-02-16"])
def test_v10_an_hour_over_a_doubled_midnight(day: str) -> None:
    created = datetime.fromisoformat(f"{day}T23:30-02:00")
    assert always(SAO_PAULO).add(created, HOUR) == datetime.fromisoformat(f"{day}T23:30-03:00")


def test_v10_an_hour_of_12x5_after_a_weekend_with_a_missing_midnight() -> None:
    created = datetime.fromisoformat("2018-11-03T22:00-03:00")
    assert SUPPORT_12X5.add(created, HOUR) == datetime.fromisoformat("2018-11-05T09:00-02:00")


@pytest.mark.parametrize(
    ("created", "close"),
    [
        pytest.param("2026-11-25 18:00", "2026-11-27 17:00", id="V11 over Thanksgiving"),
        pytest.param("2026-11-18 02:00", "2026-11-19 17:00", id="V12 in the night"),
        pytest.param("2026-11-21 03:00", "2026-11-23 17:00", id="V12 on a Saturday"),
    ],
)
def test_v11_v12_g16_enterprise_l4_ends_with_the_next_business_day(created: str, close: str) -> None:
    assert BUSINESS_DAY.close_of_next_business_day(at(created, PACIFIC)) == at(close, PACIFIC)


def test_v13_g08_premier_l4_takes_the_earlier_of_two_plans() -> None:
    created = at("2026-11-20 16:00", PACIFIC)
    own = WEEK_24X5.add(created, 24 * HOUR)
    included = BUSINESS_DAY.close_of_next_business_day(created)
    assert by_the_clock(own, PACIFIC).startswith("Tue 2026-11-24")
    assert min(own, included) == at("2026-11-23 17:00", PACIFIC)


def test_v14_an_hour_over_a_missing_midnight() -> None:
    deadline = always(SAO_PAULO).add(at("2017-10-14 23:30", SAO_PAULO), HOUR)
    assert deadline == datetime.fromisoformat("2017-10-15T01:30-02:00")


# --- conventions ----------------------------------------------------------------------------------------------------


def test_a_deadline_exactly_on_closing_stays_on_friday() -> None:
    friday = at("2026-11-20 16:00", PACIFIC)
    assert BUSINESS_DAY.add(friday, HOUR) == at("2026-11-20 17:00", PACIFIC)
    assert BUSINESS_DAY.add(friday, HOUR + timedelta(microseconds=1)) > at("2026-11-23 09:00", PACIFIC)


def test_counting_back_to_an_opening_stays_on_monday() -> None:
    assert BUSINESS_DAY.subtract(at("2026-11-23 10:00", PACIFIC), HOUR) == at("2026-11-23 09:00", PACIFIC)


def test_nothing_added_is_the_start_itself_in_utc() -> None:
    saturday = at("2026-11-21 12:00", PACIFIC)
    answer = BUSINESS_DAY.add(saturday, timedelta(0))
    assert answer == saturday
    assert answer.tzinfo is UTC


def test_hours_are_half_open() -> None:
    assert BUSINESS_DAY.is_open(at("2026-11-20 09:00", PACIFIC))
    assert not BUSINESS_DAY.is_open(at("2026-11-20 17:00", PACIFIC))
    assert BUSINESS_DAY.next_opening(at("2026-11-20 17:00", PACIFIC)) == at("2026-11-23 09:00", PACIFIC)
    assert BUSINESS_DAY.next_opening(at("2026-11-20 09:30", PACIFIC)) == at("2026-11-20 09:30", PACIFIC)


def test_an_opening_inside_a_spring_gap_moves_forward_by_the_gap() -> None:
    night = BusinessCalendar("night", PACIFIC, parse_weekly({"sun": [["02:30", "05:00"]]}))
    assert night.next_opening(at("2026-03-08 00:00", PACIFIC)) == at("2026-03-08 03:30", PACIFIC)


def test_a_closing_inside_a_spring_gap_moves_forward_by_the_gap() -> None:
    night = BusinessCalendar("night", PACIFIC, parse_weekly({"sun": [["00:00", "02:30"]]}))
    assert night.close_of_next_business_day(at("2026-03-07 12:00", PACIFIC)) == at("2026-03-08 03:30", PACIFIC)


def test_an_opening_and_a_closing_that_come_twice_count_at_their_first_time() -> None:
    opens = BusinessCalendar("opens", PACIFIC, parse_weekly({"sun": [["01:30", "03:00"]]}))
    closes = BusinessCalendar("closes", PACIFIC, parse_weekly({"sun": [["00:00", "01:30"]]}))
    saturday, monday = at("2026-10-31 12:00", PACIFIC), at("2026-11-02 12:00", PACIFIC)
    assert opens.between(saturday, monday) == 2.5 * HOUR
    assert closes.between(saturday, monday) == 1.5 * HOUR
    assert not closes.is_open(at("2026-11-01 01:15", PACIFIC, fold=1))


def test_a_start_inside_a_gap_is_the_moment_a_gap_later() -> None:
    assert always(PACIFIC).add(at("2026-03-08 02:30", PACIFIC), HOUR) == at("2026-03-08 04:30", PACIFIC)


def test_lord_howe_loses_and_gains_half_an_hour() -> None:
    days = span("days", "Australia/Lord_Howe", "sun 00:00", "sun 24:00")
    spring, autumn = at("2026-10-03 12:00", "Australia/Lord_Howe"), at("2026-04-04 12:00", "Australia/Lord_Howe")
    assert days.between(spring, spring + timedelta(days=3)) == 23.5 * HOUR
    assert days.between(autumn, autumn + timedelta(days=3)) == 24.5 * HOUR


def test_apia_had_no_30_december_2011_so_its_friday_hours_are_not_worked_on_saturday() -> None:
    office = weekdays("apia", "Pacific/Apia", "09:00", "17:00")
    thursday = at("2011-12-29 16:00", "Pacific/Apia")
    assert office.add(thursday, 2 * HOUR) == at("2012-01-02 10:00", "Pacific/Apia")
    assert office.add_business_days(thursday, 1) == at("2012-01-02 16:00", "Pacific/Apia")
    assert always("Pacific/Apia").add(thursday, 24 * HOUR) == thursday.astimezone(UTC) + 24 * HOUR


@pytest.mark.parametrize(
    ("tz", "near"),
    [(SAO_PAULO, "2017-10-15"), (SAO_PAULO, "2018-02-18"), ("Pacific/Apia", "2011-12-30"),
     ("America/St_Johns", "2010-11-07"), ("Asia/Pyongyang", "2018-05-04"), ("Pacific/Kwajalein", "1993-08-21"),
     ("America/Havana", "2026-11-01")],
)  # fmt: skip
def test_24x7_is_one_unbroken_interval_whatever_the_clock_does(tz: str, near: str) -> None:
    start = datetime.fromisoformat(near).replace(tzinfo=UTC) - timedelta(days=500)
    end = start + timedelta(days=1000)
    assert list(always(tz).intervals(start, end)) == [(start, end)]
    assert always(tz).between(start, end) == end - start


# --- business days --------------------------------------------------------------------------------------------------


def test_rc34_a_start_outside_coverage_first_moves_to_the_next_opening() -> None:
    assert SUPPORT_12X5.add_business_days(at("2026-11-21 12:00", SAO_PAULO), 1) == at("2026-11-24 08:00", SAO_PAULO)
    assert SUPPORT_12X5.add_business_days(at("2026-11-21 12:00", SAO_PAULO), 0) == at("2026-11-23 08:00", SAO_PAULO)


def test_rc34_keeps_the_local_time_when_the_clock_changes() -> None:
    assert BUSINESS_DAY.add_business_days(at("2026-03-06 10:00", PACIFIC), 1) == at("2026-03-09 10:00", PACIFIC)


@pytest.mark.parametrize(
    ("created", "deadline"),
    [
        pytest.param("2026-12-23 16:00", "2026-12-24 14:00", id="after that day's closing: its last closing"),
        pytest.param("2026-12-23 09:30", "2026-12-24 10:00", id="before its opening: that opening"),
        pytest.param("2026-12-23 12:30", "2026-12-24 13:00", id="in its lunch break: when it ends"),
        pytest.param("2026-12-23 14:00", "2026-12-24 14:00", id="exactly at closing: stays"),
        pytest.param("2026-12-23 12:00", "2026-12-24 12:00", id="exactly at the start of lunch: stays"),
    ],
)
def test_rc34_a_local_time_outside_the_hours_of_a_short_day(created: str, deadline: str) -> None:
    shifts = parse_dated_hours({"2026-12-24": [["10:00", "12:00"], ["13:00", "14:00"]]})
    office = BusinessCalendar("office", LISBON, working_week("08:00", "18:00"), shifts=shifts)
    assert office.add_business_days(at(created, LISBON), 1) == at(deadline, LISBON)


@pytest.mark.parametrize("days", [-1, 1.5, True, "2"])
def test_rc34_refuses_anything_but_a_whole_number_of_days(days: object) -> None:
    with pytest.raises(ValueError, match="whole number, 0 or more"):
        BUSINESS_DAY.add_business_days(at("2026-11-20 10:00", PACIFIC), days)  # type: ignore[arg-type]


def test_g16_counts_from_the_local_date_not_from_the_utc_date() -> None:
    # Sunday 23:00 in Los Angeles is already Monday in UTC: the next business day is still Monday.
    sunday = at("2026-11-22 23:00", PACIFIC)
    assert sunday.astimezone(UTC).weekday() == 0
    assert BUSINESS_DAY.close_of_next_business_day(sunday.astimezone(UTC)) == at("2026-11-23 17:00", PACIFIC)


# --- holidays, breaks, shifts, nights -------------------------------------------------------------------------------


def test_a_break_closes_part_of_a_day_and_a_shift_replaces_it_even_on_a_holiday() -> None:
    office = BusinessCalendar.from_document("office", {
        "tz": LISBON,
        "weekly": {day: [["09:00", "17:00"]] for day in WORKDAYS},
        "holidays": ["2026-12-25", "2026-12-28"],
        "breaks": {"2026-12-24": [["12:00", "17:00"]], "2026-12-28": [["11:00", "12:00"]]},
        "shifts": {"2026-12-26": [["10:00", "14:00"]], "2026-12-28": [["10:00", "14:00"]]},
    })  # fmt: skip
    day = at("2026-12-24 00:00", LISBON)
    hours = [f"{low:%d %H:%M}-{high:%H:%M}" for low, high in office.intervals(day, day + timedelta(days=5))]
    assert hours == ["24 09:00-12:00", "26 10:00-14:00", "28 10:00-11:00", "28 12:00-14:00"]


def test_a_night_shift_goes_over_midnight_and_a_holiday_closes_only_its_own_date() -> None:
    nights = BusinessCalendar.from_document(
        "nights", {"tz": LISBON, "weekly": {"fri": [["22:00", "06:00"]]}, "holidays": ["2026-11-28"]}
    )
    assert nights.add(at("2026-11-20 23:00", LISBON), 6 * HOUR) == at("2026-11-21 05:00", LISBON)
    assert nights.close_of_next_business_day(at("2026-11-26 12:00", LISBON)) == at("2026-11-28 00:00", LISBON)
    assert not nights.is_open(at("2026-11-28 01:00", LISBON))


def test_until_midnight_does_not_loop() -> None:
    """Section 6 of the rules: 24:00 is legal, and 09:00 to 00:00 means the same."""
    for midnight in ("00:00", "24:00"):
        assert parse_weekly({"mon": [["09:00", midnight]]}) == {0: ((540, 1440),)}


def test_mm22_the_24x5_week_is_the_complement_of_the_weekend_window() -> None:
    start = at("2026-01-01 00:00", PACIFIC)
    year = start, start + timedelta(days=365)
    assert list(WEEK_24X5.intervals(*year)) == list(WEEKEND.complement().intervals(*year))
    assert WEEK_24X5.hours_per_week == 104
    assert WEEKEND.hours_per_week == 64


def test_union_and_intersection_of_two_zones() -> None:
    start, end = at("2026-11-20 00:00", LISBON), at("2026-11-21 00:00", LISBON)
    both = ROCKSTOR.intersection(SUPPORT_12X5)  # 08-18 and 11-23 in UTC
    assert both.between(start, end) == 7 * HOUR
    assert ROCKSTOR.union(SUPPORT_12X5).between(start, end) == 15 * HOUR
    assert both.close_of_next_business_day(start) == at("2026-11-23 18:00", LISBON)
    assert both == ROCKSTOR.intersection(SUPPORT_12X5) != ROCKSTOR.union(SUPPORT_12X5)


def test_what_is_never_open_together_says_so() -> None:
    with pytest.raises(NoOpeningError, match="'intersection of 24x5, weekend': no opening after"):
        WEEK_24X5.intersection(WEEKEND).next_opening(at("2026-11-20 10:00", PACIFIC))


def test_three_ways_to_write_a_week_are_one_fact() -> None:
    by_day = parse_weekly({"mon": [["09:00", "24:00"]], "tue": [["00:00", "12:00"], ["12:00", "17:00"]]})
    assert by_day == parse_weekly({"from": "mon 09:00", "to": "tue 17:00"})
    assert by_day == parse_weekly([{"from": "mon 09:00", "to": "tue 09:00"}, {"from": "tue 09:00", "to": "tue 17:00"}])
    assert parse_weekly({"from": "sun 20:00", "to": "mon 04:00"}) == {0: ((0, 240),), 6: ((1200, 1440),)}


WEEK = {weekday: [(540, 1020)] for weekday in range(5)}


def test_calendars_are_values() -> None:
    again = BusinessCalendar("mm-business", PACIFIC, WEEK, parse_dates(US_HOLIDAYS))
    assert again == BUSINESS_DAY
    assert hash(again) == hash(BUSINESS_DAY)
    assert again != weekdays("mm-business", PACIFIC, "09:00", "17:00")
    assert again != BusinessCalendar("mm-business", PACIFIC, WEEK, again.holidays, shifts={NEW_YEAR: [(0, 1)]})
    assert repr(again) == "<BusinessCalendar 'mm-business' America/Los_Angeles 40 h/week>"


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"weekly": {}}, "is never open"),
        ({"weekly": {}, "shifts": {NEW_YEAR: [(0, 60)]}, "breaks": {NEW_YEAR: [(0, 60)]}}, "is never open"),
        ({"weekly": {1: [(540, 720), (660, 780)]}}, "tue: 09:00-12:00 overlaps 11:00-13:00"),
        ({"weekly": {7: [(0, 60)]}}, "weekday 7 is not one of 0"),
        ({"weekly": {0: [(600, 540)]}}, "minutes 600 to 540 are not inside one day"),
        ({"weekly": {0: [(0, 1441)]}}, "minutes 0 to 1441"),
        ({"weekly": {0: [("09:00", "17:00")]}}, "not an interval"),
        ({"tz": "America/Los_Angelos"}, "unknown zone 'America/Los_Angelos'"),
        ({"tz": "America"}, "unknown zone"),
        ({"tz": "../etc/passwd"}, "unknown zone"),
        ({"tz": None}, "unknown zone"),
        ({"holidays": [datetime(2026, 1, 1)]}, "holidays: .* is not a datetime.date"),
        ({"shifts": {NEW_YEAR: []}}, "2026-01-01: no hours given"),
        ({"breaks": {"2026-01-01": [(0, 60)]}}, "breaks: '2026-01-01' is not a datetime.date"),
    ],
)  # fmt: skip
def test_wrong_facts_are_refused_with_their_reason(facts: dict[str, object], message: str) -> None:
    with pytest.raises(CalendarError, match=message) as refused:
        BusinessCalendar(**{"name": "desk", "tz": "UTC", "weekly": {0: [(540, 1020)]}, **facts})  # type: ignore[arg-type]
    assert "desk" in str(refused.value)


@pytest.mark.parametrize(
    ("weekly", "message"),
    [
        ({"monday": [["09:00", "17:00"]]}, "'monday' is not a day; use one of mon"),
        ({"mon": [["9:00", "17:00"]]}, "mon: '9:00' is not a time of day"),
        ({"mon": [["09:00", "24:30"]]}, "'24:30' is not a time of day"),
        ({"mon": [["09:00", "09:00"]]}, 'a whole day is \\["00:00", "24:00"\\]'),
        ({"mon": ["09:00", "17:00"]}, "'09:00' is not an interval"),
        ({"mon": "09:00-17:00"}, "mon: expected a list"),
        ({"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}, "tue: 00:00-06:00 overlaps 05:00-09:00"),
        ({"from": "mon 09:00"}, "is not a span"),
        ({"from": "mon 09:00", "to": "mon 09:00"}, "the span is empty"),
        ({"from": "09:00", "to": "fri 17:00"}, "'09:00' is not a moment of the week"),
        (["mon"], "'mon' is not a span"),
        (7, "weekly: expected a list"),
    ],
)
def test_wrong_weekly_hours_are_refused_with_their_reason(weekly: object, message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        parse_weekly(weekly)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"weekly": {}}, "needs tz"),
        ({"tz": "UTC", "weeekly": {}}, "needs tz; may have weekly"),
        ({"tz": "UTC", "holidays": "2026-12-25"}, "holidays: expected a list"),
        ({"tz": "UTC", "holidays": ["25.12.2026"]}, "'25.12.2026' is not a date; write it as YYYY-MM-DD"),
        ({"tz": "UTC", "breaks": []}, "breaks: expected dates with their hours"),
        ({"tz": "UTC", "shifts": {"2026-12-26": [["22:00", "02:00"]]}}, "shifts 2026-12-26: minutes 1320 to 120"),
    ],
)
def test_a_wrong_calendar_document_is_refused_with_its_reason(document: dict[str, object], message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        BusinessCalendar.from_document("desk", document)


def test_a_naive_time_is_refused_by_every_question() -> None:
    naive, aware = datetime(2026, 11, 20, 12), at("2026-11-20 12:00", PACIFIC)
    questions: list[Callable[[], object]] = [
        lambda: BUSINESS_DAY.is_open(naive),
        lambda: BUSINESS_DAY.next_opening(naive),
        lambda: BUSINESS_DAY.add(naive, HOUR),
        lambda: BUSINESS_DAY.subtract(naive, HOUR),
        lambda: BUSINESS_DAY.between(aware, naive),
        lambda: list(BUSINESS_DAY.intervals(naive, aware)),
        lambda: BUSINESS_DAY.add_business_days(naive, 1),
        lambda: BUSINESS_DAY.close_of_next_business_day(naive),
    ]
    for question in questions:
        with pytest.raises(NaiveTimeError, match="is not an aware datetime"):
            question()


def test_a_bare_number_is_no_duration() -> None:
    with pytest.raises(TypeError, match=r"240 is not a timedelta; write timedelta\(minutes=240\)"):
        BUSINESS_DAY.add(at("2026-11-20 12:00", PACIFIC), 240)  # type: ignore[arg-type]


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_a_search_never_runs_past_its_bound() -> None:
    once = BusinessCalendar("once", "UTC", {}, shifts={date(2026, 1, 1): [(0, 60)]})
    long_before, before, after = (datetime(year, 6, 1, tzinfo=UTC) for year in (2000, 2020, 2026))
    assert once.next_opening(before) == datetime(2026, 1, 1, tzinfo=UTC)
    assert once.close_of_next_business_day(before) == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert once.subtract(after, HOUR) == datetime(2026, 1, 1, tzinfo=UTC)
    searches: list[Callable[[], object]] = [
        lambda: once.next_opening(long_before),
        lambda: once.next_opening(after),
        lambda: once.add(before, 2 * HOUR),
        lambda: once.add(long_before, HOUR),
        lambda: once.subtract(after, 2 * HOUR),
        lambda: once.add_business_days(before, 1),
        lambda: once.close_of_next_business_day(after),
        lambda: always("UTC").add(after, timedelta(days=3654)),
        lambda: always("UTC").subtract(after, timedelta(days=3654)),
    ]
    for search in searches:
        with pytest.raises(NoOpeningError, match="within 3653 days"):
            search()


def test_the_bound_is_exact() -> None:
    once = BusinessCalendar("once", "UTC", {}, shifts={date(2026, 1, 1): [(0, 60)]})
    opening = datetime(2026, 1, 1, tzinfo=UTC)
    earliest = opening - timedelta(days=3653)
    assert once.next_opening(earliest) == opening
    assert once.close_of_next_business_day(earliest) == opening + HOUR
    with pytest.raises(NoOpeningError, match="no opening after 2015-12-31T23:00:00"):
        once.next_opening(earliest - HOUR)


class Counting(BusinessCalendar):
    """Remembers how many stretches of time it was asked to materialise."""

    stretches = 0

    def _pieces(self, low: int, high: int) -> list[tuple[int, int]]:
        self.stretches += 1
        return super()._pieces(low, high)


def test_a_hopeless_search_looks_at_ten_years_and_no_more() -> None:
    once = Counting("once", "UTC", {}, shifts={date(2026, 1, 1): [(0, 60)]})
    with pytest.raises(NoOpeningError):
        once.add(datetime(2026, 6, 1, tzinfo=UTC), HOUR)
    assert once.stretches <= 12  # of 400 days


def test_the_same_stretch_is_materialised_once_and_old_ones_are_forgotten() -> None:
    office = Counting("office", "UTC", WEEK)
    for _ in range(3):
        office.add(datetime(2026, 6, 1, tzinfo=UTC), HOUR)
    assert office.stretches == 1
    assert office.between(datetime(1800, 1, 6, tzinfo=UTC), datetime(2000, 1, 3, tzinfo=UTC)) > timedelta(days=16_000)
    assert len(office._blocks) <= 64


@pytest.mark.parametrize("tz", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_first_and_last_years_answer_or_refuse_but_never_crash(tz: str) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for coverage in (always(tz), always(tz).complement()):
        assert coverage.between(first, first + HOUR) == timedelta(0)
        assert not coverage.is_open(last)
        with pytest.raises(NoOpeningError):
            coverage.add(last, HOUR)
        with pytest.raises(NoOpeningError):
            coverage.subtract(first, HOUR)
        with pytest.raises(NoOpeningError):
            coverage.close_of_next_business_day(last - timedelta(days=1))


# --- laws -----------------------------------------------------------------------------------------------------------


bounds = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted)
hours = bounds.map(lambda marks: [(low * 15, high * 15) for low, high in zip(marks[::2], marks[1::2], strict=False)])
dates = st.integers(0, 40).map(lambda days: date(2026, 10, 10) + timedelta(days=days))
calendars = st.builds(
    BusinessCalendar,
    st.just("any"),
    st.sampled_from([PACIFIC, SAO_PAULO, LISBON, "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]),
    st.dictionaries(st.integers(0, 6), hours, min_size=1),
    st.frozensets(dates, max_size=4),
    st.dictionaries(dates, hours, max_size=3),
    st.dictionaries(dates, hours, max_size=3),
)
moments = st.datetimes(datetime(2026, 10, 10), datetime(2026, 11, 20), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(hours=80))
LAWS = settings(max_examples=60, deadline=None)


@LAWS
@given(calendars, moments, spans, spans)
def test_law_adding_twice_is_adding_the_sum_and_is_what_lies_between(
    office: BusinessCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    deadline = office.add(start, first)
    assert office.between(start, deadline) == first
    assert office.add(deadline, second) == office.add(start, first + second)


@LAWS
@given(calendars, moments, moments, spans, spans)
def test_law_a_later_start_or_a_longer_target_is_never_due_earlier(
    office: BusinessCalendar, start: datetime, other: datetime, target: timedelta, more: timedelta
) -> None:
    early, late = sorted((start, other))
    assert office.add(early, target) <= office.add(late, target)
    assert office.add(early, target) <= office.add(early, target + more)
    assert office.between(early, late) == -office.between(late, early) >= timedelta(0)


@LAWS
@given(calendars, moments, spans)
def test_law_subtract_undoes_add_where_open(office: BusinessCalendar, start: datetime, target: timedelta) -> None:
    opening = office.next_opening(start)
    assert office.subtract(office.add(opening, target), target) == opening
    assert office.add(start, -target) == office.subtract(start, target)


@LAWS
@given(calendars, calendars, moments, moments)
def test_law_sets_of_hours_add_up(left: BusinessCalendar, right: BusinessCalendar, a: datetime, b: datetime) -> None:
    both, either = left.intersection(right), left.union(right)
    assert both.between(a, b) + either.between(a, b) == left.between(a, b) + right.between(a, b)
    assert left.complement().between(a, b) + left.between(a, b) == b - a
    assert either.is_open(a) == (left.is_open(a) or right.is_open(a))
    assert both.is_open(a) == (left.is_open(a) and right.is_open(a))


@LAWS
@given(calendars, moments, moments)
def test_law_intervals_hold_exactly_the_time_between(office: BusinessCalendar, a: datetime, b: datetime) -> None:
    low, high = sorted((a, b))
    pieces = list(office.intervals(low, high))
    assert sum((end - start for start, end in pieces), timedelta(0)) == office.between(low, high)
    assert all(end < after for (_, end), (after, _) in pairwise(pieces))


# --- the second opinion ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_the_minute_by_minute_walk_agrees(seed: int) -> None:
    """400 random cases over all zones in pieces of 50; the full 20,000 run from the command line of the oracle."""
    wrong = {case: found for case in random_cases(50, seed=1000 + seed) if (found := differences(case))}
    assert not wrong


def test_the_walk_knows_a_wrong_answer_when_it_sees_one() -> None:
    """The oracle must be able to say no: the same question about other hours gets another answer."""
    nine = {"tz": PACIFIC, "weekly": {"mon": [["09:00", "17:00"]]}, "holidays": [], "breaks": {}, "shifts": {}}
    ten = nine | {"weekly": {"mon": [["10:00", "17:00"]]}}
    start = at("2026-11-22 12:00", PACIFIC).astimezone(UTC)

    class Mistaken(Case):
        def calendar(self) -> BusinessCalendar:
            return BusinessCalendar.from_document("ten", ten)

    assert not differences(Case(nine, start, start, HOUR, 1))
    assert len(differences(Mistaken(nine, start, start, HOUR, 1))) >= 2


def test_every_example_of_the_documentation_is_true() -> None:
    page = Path(__file__).parents[2] / "docs" / "business-time.md"
    outcome = doctest.testfile(str(page), module_relative=False)
    assert outcome.attempted > 20
    assert outcome.failed == 0
