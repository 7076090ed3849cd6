"""What `catalogue check` proves beyond the schema, on the shipped catalogues and on changed copies of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain.book import Book
from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Catalogue, Kind, Metric, Plan, Span, Targets
from integration.domain.catalogue_check import Finding, RuleEntry, check_catalogue, check_names, lacking_rules
from integration.domain.catalogue_check.compare import Comparer, Line
from integration.domain.catalogue_check.coverage import YEAR, check_coverage
from integration.domain.catalogue_check.finding import path_in_words
from integration.domain.catalogue_check.ladder import check_ladder, lines_of
from integration.domain.catalogue_check.rule_index import carried_rules, check_rule_ids
from integration.domain.catalogue_check.sources import check_sources, documents_in
from integration.domain.sla import choose

BOOK = load_book()
KOLKATA = ZoneInfo("Asia/Kolkata")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
WEEK = timedelta(weeks=1)
# A normal week, and the weeks in which clocks change in Los Angeles and in Lisbon.
WEEKS = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((11, 16), (3, 5), (10, 29), (3, 26), (10, 22))]


def with_plan(book: Book, plan_id: str, **changes: Any) -> Book:
    """The book with one plan changed."""
    catalogue, plan = book.of_plan(plan_id)
    name = plan_id.partition("/")[2]
    return with_catalogue(book, catalogue.vendor, plans={**catalogue.plans, name: replace(plan, **changes)})


def with_catalogue(book: Book, vendor: str, **changes: Any) -> Book:
    """The book with one catalogue changed."""
    return replace(book, catalogues={**book.catalogues, vendor: replace(book.catalogue(vendor), **changes)})


def target(within: dict[str, str], metric: Metric = "first_reply", kind: Kind = "promise", **more: Any) -> Targets:
    """A row of targets from the support page."""
    return Targets(metric=metric, kind=kind, within=within, source="mattermost-support § table", **more)


def plan(book: Book, plan_id: str) -> Plan:
    return book.of_plan(plan_id)[1]


def said(findings: Iterable[Finding]) -> str:
    return "\n".join(f"{finding.where}: {finding.says}. {finding.right}" for finding in findings)


def names(book: Book, vendor: str = "mattermost") -> list[Finding]:
    return check_names(book.catalogue(vendor), list(book.plan_ids()), book.calendars[vendor])


@pytest.mark.parametrize("vendor", sorted(BOOK.catalogues))
def test_a_shipped_catalogue_passes_every_check(vendor: str) -> None:
    index = {rule: RuleEntry(says.says) for rule, says in BOOK.rules.items()}
    assert said(check_catalogue(BOOK.catalogue(vendor), BOOK, index)) == ""


# -- G-08: a higher plan is never later ------------------------------------------------------------------------------


def test_v13_premier_l4_asked_friday_afternoon_is_due_when_enterprise_is_g08() -> None:
    friday = datetime(2026, 11, 20, 16, 0, tzinfo=LOS_ANGELES)
    due = Comparer(BOOK).due(lines_of(BOOK, "mattermost/premier", "L4", "first_reply"), friday)
    assert due == datetime(2026, 11, 23, 17, 0, tzinfo=LOS_ANGELES)
    assert due == choose(BOOK, "mattermost/premier", "L4", friday)[0].deadline


def test_premier_without_enterprise_inside_it_would_be_later_on_l4_g08() -> None:
    book = with_plan(BOOK, "mattermost/premier", includes=())
    (finding,) = check_ladder(book.catalogue("mattermost"), book)
    assert finding.where == "plans › premier › targets 1 › within › L4"
    assert "premier is later than enterprise: first_reply of L4" in finding.says
    assert "let premier include enterprise" in finding.right


def test_the_start_that_the_finding_names_is_really_later_g08() -> None:
    book = with_plan(BOOK, "mattermost/premier", includes=())
    low = lines_of(book, "mattermost/enterprise", "L4", "first_reply")
    high = lines_of(book, "mattermost/premier", "L4", "first_reply")
    start = Comparer(book).first_later(low, high)
    assert start is not None
    premier, enterprise = (choose(book, f"mattermost/{name}", "L4", start)[0] for name in ("premier", "enterprise"))
    assert premier.deadline and enterprise.deadline and premier.deadline > enterprise.deadline


def test_a_later_higher_plan_is_allowed_by_a_decision_that_names_g08_and_by_no_other() -> None:
    rows = plan(BOOK, "mattermost/premier").targets
    for decision, findings in (("We like it so.", 1), ("Against G-08, since the board said so.", 0)):
        changed = (replace(rows[0], decision=decision), *rows[1:])
        book = with_plan(BOOK, "mattermost/premier", includes=(), targets=changed)
        assert len(list(check_ladder(book.catalogue("mattermost"), book))) == findings


def test_a_later_next_reply_is_found_although_the_lower_plan_is_included_g08() -> None:
    """Only first replies compete; for the other clocks the plan's own row counts, so it must be early enough."""
    late = target({"L1": "5 h"}, metric="next_reply")
    book = with_plan(
        BOOK, "mattermost/premier", targets=(late,), coverage=dict.fromkeys(("L1", "L2", "L3", "L4"), "24x5")
    )
    found = said(check_ladder(book.catalogue("mattermost"), book))
    assert "premier is later than enterprise: next_reply of L1" in found


def test_a_higher_plan_that_promises_nothing_where_a_lower_one_does_g08() -> None:
    book = with_plan(BOOK, "rocketchat/mission-critical", targets=())
    found = said(check_ladder(book.catalogue("rocketchat"), book))
    assert "plus promises first_reply of high within 2 h, and the higher plan mission-critical nothing" in found


def test_ranks_agree_with_includes_and_no_plan_includes_itself_g08() -> None:
    upside_down = with_plan(BOOK, "mattermost/enterprise", rank=9)
    assert "give premier a higher rank than enterprise" in said(
        check_ladder(upside_down.catalogue("mattermost"), upside_down)
    )
    circle = with_plan(BOOK, "mattermost/professional", includes=("mattermost/premier",))
    assert "includes itself in the end" in said(check_ladder(circle.catalogue("mattermost"), circle))


SPANS = ["30 min", "4 h", "9 h", "24 h", "60 h", "next business day", "1 business day", "2 business days"]
CLOSING_THE_SAME_DAY = ["06:00-07:00", "08:00-20:00", "09:00-17:00", "09:30-17:20"]
CLOCKS = ["24x7", "24x5", "business-hours", "weekend"]


def line(calendar: str, within: str) -> Line:
    return Line("mattermost", calendar, Span.parse(within), within, (), False)


def later_at_some_minute(comparer: Comparer, low: list[Line], high: list[Line], minutes: Iterable[datetime]) -> bool:
    return any(comparer.due(high, start) > comparer.due(low, start) for start in minutes)


@pytest.mark.parametrize(
    ("low", "high", "never_later"),
    [
        ([line("24x5", "4 h")], [line("24x7", "1 h")], True),
        ([line("24x5", "4 h")], [line("24x5", "4 h")], True),
        ([line("24x5", "4 h")], [line("business-hours", "4 h")], False),
        ([line("24x5", "16 h")], [line("24x7", "79 h")], False),  # 64 h of weekend, 15 h less than it takes
        ([line("business-hours", "next business day")], [line("24x5", "24 h")], False),
    ],
)
def test_looking_where_deadlines_turn_is_as_good_as_every_minute_of_five_weeks_g08(
    low: list[Line], high: list[Line], never_later: bool
) -> None:
    minutes = (week + timedelta(minutes=minute) for week in WEEKS for minute in range(7 * 24 * 60))
    assert (Comparer(BOOK).first_later(low, high) is None) == never_later
    assert later_at_some_minute(Comparer(BOOK), low, high, minutes) != never_later


def daily(name: str, *hours: tuple[int, int]) -> BusinessCalendar:
    """A calendar with the same hours (in minutes) on every day, in a zone without clock changes."""
    return BusinessCalendar(name, KOLKATA.key, dict.fromkeys(range(7), hours))


def at(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@pytest.mark.parametrize(
    ("low", "high", "later"),
    [
        # Later between 16:00, when the higher deadline jumps to the next morning, and 16:15, when the lower one does.
        (("09:30-17:20", "65 min"), ("09:00-17:00", "60 min"), ("16:01", "16:15")),
        # Later from 23:01, when the higher deadline jumps over the night, until the lower one jumps at midnight.
        (("06:00-07:00", "next business day"), ("08:00-00:30", "90 min"), ("23:01", "23:59")),
        # Later from midnight, when the higher deadline jumps, until the lower one has caught up with it at 01:00.
        (("always", "30 h"), ("06:00-07:00", "next business day"), ("00:00", "00:59")),
        # Later from closing time, when a business day starts to count from the next morning only, until 21:00.
        (("always", "35 h"), ("08:00-20:00", "1 business day"), ("20:00", "20:59")),
    ],
)
def test_a_higher_plan_that_is_late_for_minutes_of_a_day_is_found_g08(
    low: tuple[str, str], high: tuple[str, str], later: tuple[str, str]
) -> None:
    hours = {
        "always": daily("always", (0, 1440)),
        "08:00-00:30": daily("08:00-00:30", (0, 30), (at("08:00"), 1440)),
        **{text: daily(text, (at(text[:5]), at(text[6:]))) for text in CLOSING_THE_SAME_DAY},
    }
    comparer = Comparer(replace(BOOK, calendars={"mattermost": hours}))
    lower, higher = [line(*low)], [line(*high)]
    noon = datetime(2026, 6, 10, 12, tzinfo=KOLKATA)
    late = [
        (noon + timedelta(minutes=minute)).strftime("%H:%M")
        for minute in range(24 * 60)
        if later_at_some_minute(comparer, lower, higher, [(noon + timedelta(minutes=minute)).astimezone(UTC)])
    ]
    assert (late[0], late[-1], len(late)) == (*later, at(later[1]) - at(later[0]) + 1)
    assert comparer.first_later(lower, higher) is not None


lines = st.builds(line, st.sampled_from(CLOCKS), st.sampled_from(SPANS))


@settings(max_examples=25, deadline=None)
@given(low=lines, high=st.lists(lines, min_size=1, max_size=2), seed=st.integers(0, 10_000))
def test_where_no_turning_point_is_later_no_minute_of_the_year_is_g08(low: Line, high: list[Line], seed: int) -> None:
    comparer = Comparer(BOOK)
    found = comparer.first_later([low], high)
    if found:
        assert comparer.due(high, found) > comparer.due([low], found)
        return
    minutes = int((YEAR[1] - YEAR[0]) / timedelta(minutes=1))
    starts = [YEAR[0] + timedelta(minutes=minute) for minute in Random(seed).sample(range(minutes), 300)]
    assert not later_at_some_minute(comparer, [low], high, starts)


# -- hours ------------------------------------------------------------------------------------------------------------


def test_hours_that_nobody_staffs_need_an_escalation_policy_g13() -> None:
    book = with_plan(BOOK, "mattermost/premier", escalation={"L1": "premier-24x7"})
    (finding,) = check_coverage(book.catalogue("mattermost"), book)
    assert finding.where == "plans › premier › coverage › L2"
    assert "L2 is covered on Fri 2026-01-02 17:00 (24x7), when nobody is at work (24x5; G-13)" in finding.says


@pytest.mark.parametrize("length", ["2100 h", "252 business days"])  # 52 weeks of 40 h, less the holidays
def test_a_target_longer_than_a_year_of_its_coverage_cannot_be_kept(length: str) -> None:
    book = with_plan(BOOK, "mattermost/professional", targets=(target({"L4": length}),))
    (finding,) = names(book)
    assert f'"{length}" is more than business-hours (40 h a week) holds in a year' in finding.says


def test_a_target_that_a_year_of_its_coverage_just_holds_is_none_too_many() -> None:
    """2026 has 261 weekdays, of which 11 are federal holidays on a weekday."""
    for length in ("2000 h", "250 business days"):
        assert names(with_plan(BOOK, "mattermost/professional", targets=(target({"L4": length}),))) == []


def test_business_days_are_not_counted_where_every_day_is_one_rl10() -> None:
    rows = tuple(
        replace(row, business_days_in=None, decision="") for row in plan(BOOK, "rocketchat-legacy/pro").targets
    )
    book = with_plan(BOOK, "rocketchat-legacy/pro", targets=rows)
    (finding,) = check_coverage(book.catalogue("rocketchat-legacy"), book)
    assert "every day is a business day" in finding.says
    assert "business_days_in" in finding.right


def test_every_severity_of_a_plan_has_coverage() -> None:
    book = with_plan(BOOK, "mattermost/professional", coverage={"L1": "24x5", "L2": "24x5", "L3": "24x5"})
    assert "L4 has no coverage in this plan" in said(check_coverage(book.catalogue("mattermost"), book))


# -- numbers and their documents --------------------------------------------------------------------------------------


def test_two_rows_that_disagree_need_a_decision() -> None:
    row = target({"L1": "2 h"})
    book = with_plan(BOOK, "mattermost/professional", targets=(row, target({"L1": "3 h"})))
    (finding,) = check_sources(book.catalogue("mattermost"))
    assert finding.where == "plans › professional › targets 2 › within › L1"
    assert "first_reply of L1 is 3 h here and 2 h in targets 1" in finding.says
    decided = with_plan(
        BOOK, "mattermost/professional", targets=(row, target({"L1": "3 h"}, decision="the page is older"))
    )
    assert said(check_sources(decided.catalogue("mattermost"))) == ""


def test_the_same_number_twice_is_one_row_too_many() -> None:
    book = with_plan(BOOK, "mattermost/professional", targets=(target({"L1": "60 min"}), target({"L1": "1 h"})))
    assert "is stated in targets 1 already" in said(check_sources(book.catalogue("mattermost")))


def test_two_documents_for_one_number_need_a_decision() -> None:
    both = "mattermost-support § Level 1; mattermost-metrics § E20"
    row = replace(target({"L1": "1 h"}), source={"L1": both})
    book = with_plan(BOOK, "mattermost/professional", targets=(row,))
    (finding,) = check_sources(book.catalogue("mattermost"))
    assert "two documents are named for one number (mattermost-support, mattermost-metrics)" in finding.says


def test_a_severity_whose_number_names_no_document_is_found() -> None:
    row = replace(target({"L1": "1 h", "L2": "2 h"}), source={"L1": "mattermost-support § Level 1"})
    book = with_plan(BOOK, "mattermost/professional", targets=(row,))
    assert said(names(book)).startswith("plans › professional › targets 1 › within › L2: L2 names no document")


def test_a_remark_in_brackets_is_no_document() -> None:
    assert documents_in("support § table (not offered; see sales); metrics § E20") == ("support", "metrics")


# -- names and values -------------------------------------------------------------------------------------------------


def test_every_zendesk_priority_is_read_by_exactly_one_severity_g07() -> None:
    levels = BOOK.catalogue("mattermost").severities
    twice = {**levels, "L2": replace(levels["L2"], reads=("high", "urgent"))}
    book = with_catalogue(BOOK, "mattermost", severities=twice)
    assert 'the Zendesk priority "urgent" is read by L1 already' in said(names(book))
    never = {**levels, "L2": replace(levels["L2"], reads=())}
    found = said(names(with_catalogue(BOOK, "mattermost", severities=never)))
    assert 'no severity reads the Zendesk priority "high"' in found
    assert 'we would write "high" and read it back as another severity' in found


def test_a_plan_that_demands_individuals_needs_words_for_shared_mailboxes_mm32() -> None:
    book = with_catalogue(BOOK, "mattermost", shared_mailboxes=(" ",))
    assert "no word tells a shared mailbox (MM-32)" in said(names(book))


def test_two_channels_recognised_by_the_same_facts_could_not_be_told_apart_g04() -> None:
    channels = BOOK.catalogue("mattermost").channels
    book = with_catalogue(BOOK, "mattermost", channels={**channels, "api": replace(channels["email"])})
    assert 'the channel "email" is recognised by the very same facts' in said(names(book))


@pytest.mark.parametrize(
    "key", [field.name for field in fields(Catalogue) if field.name in ("staffed", "unstated_severity", "default_plan")]
)
def test_a_name_that_leads_nowhere_is_found(key: str) -> None:
    (finding,) = [
        found for found in names(with_catalogue(BOOK, "mattermost", **{key: "24x55"})) if found.path == (key,)
    ]
    assert '"24x55"' in finding.says


def test_rule_ids_carried_lacking_and_unknown() -> None:
    catalogue = with_catalogue(BOOK, "rockstor", rules=("RS-99",)).catalogue("rockstor")
    index = {rule: RuleEntry("x", ("rockstor",)) for rule in ("RS-01", "MM-30")}
    assert "RS-99" in carried_rules(catalogue)
    assert lacking_rules(catalogue, index) == ("MM-30",)
    unknown = [finding for finding in check_rule_ids(catalogue, index) if "RS-99" in finding.says]
    assert [finding.where for finding in unknown] == ["rules 1"]


def test_a_path_counts_list_positions_from_one() -> None:
    assert (
        path_in_words(("plans", "premier", "targets", 0, "within", "L1")) == "plans › premier › targets 1 › within › L1"
    )
