"""Catalogue files on their way into a `Book`: what is read, what is refused, and how it is told."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.adapters.catalogue_file import SHIPPED, CatalogueError, check_files, load_book
from integration.adapters.catalogue_file.calendars import solve_calendars
from integration.adapters.catalogue_file.hours import BadHours, day_pieces, overlap, week_pieces
from integration.adapters.catalogue_file.schema import read_catalogue
from integration.adapters.catalogue_file.source import Source, read_source
from integration.adapters.holidays import FIRST_YEAR, LAST_YEAR, UnknownHolidays, public_holidays
from integration.domain.book import Book
from integration.domain.business_week import DAYS, clock_text
from integration.domain.catalogue import Catalogue
from integration.domain.catalogue_check import check_names
from integration.domain.sla import choose

BOOK = load_book()
HOUR = 60


def edited(folder: Path, vendor: str, *edits: tuple[str, str]) -> Path:
    """A copy of a shipped file with some texts replaced; every text to be replaced must be there."""
    text = (SHIPPED / f"{vendor}.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, f"the shipped file has no {old!r} any more"
        text = text.replace(old, new, 1)
    file = folder / f"{vendor}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path) -> list[str]:
    with pytest.raises(CatalogueError) as refused:
        load_book([file])
    return [str(problem) for problem in refused.value.problems]


def source(folder: Path, text: str) -> Source:
    file = folder / "x.yaml"
    file.write_text(text, encoding="utf-8")
    return read_source(file)


# -- the book ---------------------------------------------------------------------------------------------------------


def test_the_shipped_book_has_four_vendors_with_their_rules() -> None:
    assert sorted(BOOK.catalogues) == ["mattermost", "rocketchat", "rocketchat-legacy", "rockstor"]
    assert BOOK.of_plan("mattermost/premier")[1].title == "Mattermost Premier Support"
    assert BOOK.rules["RC-34"].says


def test_the_version_is_the_hash_of_the_files_bytes_so_an_edit_changes_it(tmp_path: Path) -> None:
    raw = (SHIPPED / "rockstor.yaml").read_bytes()
    assert BOOK.versions["rockstor"] == hashlib.sha256(raw).hexdigest()[:12]
    file = tmp_path / "rockstor.yaml"
    file.write_bytes(raw + b"# one remark more\n")
    assert load_book([file]).versions["rockstor"] != BOOK.versions["rockstor"]


def test_an_edit_changes_what_is_promised(tmp_path: Path) -> None:
    file = edited(tmp_path, "mattermost", ("{L1: 1 h, L2", "{L1: 45 min, L2"))
    row = load_book([file]).of_plan("mattermost/premier")[1].targets[0]
    assert row.spans["L1"].elapsed == timedelta(minutes=45)


def test_a_folder_of_ones_own_is_read_whole_but_for_the_rule_index(tmp_path: Path) -> None:
    for name in ("rockstor.yaml", "rules.yaml"):
        shutil.copy(SHIPPED / name, tmp_path)
    assert list(load_book([tmp_path]).catalogues) == ["rockstor"]


def test_calendars_are_solved_with_the_public_holidays_of_their_country_mm20() -> None:
    hours = BOOK.calendar("mattermost", "business-hours")
    assert date(2026, 11, 26) in hours.holidays  # Thanksgiving
    assert date(2026, 7, 3) in hours.holidays  # the fourth is a Saturday and is observed on Friday
    thanksgiving_noon = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
    assert not hours.is_open(thanksgiving_noon)
    assert BOOK.calendar("mattermost", "24x5").is_open(thanksgiving_noon)  # MM-22: holidays stay covered


def test_portugals_national_holidays_rs13() -> None:
    holidays = BOOK.calendar("rockstor", "office-hours").holidays
    assert {date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 25)} <= holidays
    assert date(2026, 6, 13) not in holidays  # Saint Anthony is Lisbon's own


def test_closed_dates_breaks_and_shifts_are_part_of_a_calendar(tmp_path: Path) -> None:
    dates = (
        "\n    closed: [2026-12-24]\n    breaks: {2026-12-22: [12:00-13:00]}\n    shifts: {2026-12-26: [10:00-12:00]}"
    )
    file = edited(
        tmp_path, "rockstor", ("    hours: [mon-fri 08:00-18:00]", f"    hours: [mon-fri 08:00-18:00]{dates}")
    )
    office = load_book([file]).calendar("rockstor", "office-hours")
    assert not office.is_open(datetime(2026, 12, 24, 9, tzinfo=UTC))
    assert not office.is_open(datetime(2026, 12, 22, 12, 30, tzinfo=UTC))
    assert office.is_open(datetime(2026, 12, 26, 10, tzinfo=UTC))


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_names_that_lead_nowhere_are_refused_at_load_so_that_no_decision_meets_them(tmp_path: Path) -> None:
    (problem,) = problems_of(edited(tmp_path, "mattermost", ("staffed: 24x5", "staffed: 24x6")))
    assert problem.startswith(f"{tmp_path}/mattermost.yaml:6: staffed: ")
    assert 'there is no calendar "24x6". Did you mean "24x7"?' in problem or 'Did you mean "24x5"?' in problem


def test_where_a_text_or_a_mapping_may_stand_one_mistake_is_told_once(tmp_path: Path) -> None:
    premier = "          L1: mattermost-support § Level 1, response time, Premier"
    (problem,) = problems_of(edited(tmp_path, "mattermost", (premier, "          L1: 7")))
    assert 'plans › premier › targets 1 › source › L1: "7" does not fit here. Write a text, in quotes: "7"' in problem


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    edited(tmp_path, "mattermost", ("staffed: 24x5", "staffed: never"))
    edited(tmp_path, "rockstor", ("vendor: rockstor", "vendor: 7"))
    told = "\n".join(problems_of(tmp_path))
    assert "mattermost.yaml:6: staffed" in told
    assert "rockstor.yaml" in told


def test_an_empty_file_and_one_that_is_a_list(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text("# nothing yet\n", encoding="utf-8")
    assert "the file is empty. Copy a shipped catalogue" in problems_of(file)[0]
    file.write_text("- plans\n", encoding="utf-8")
    assert "acme.yaml:1: the file: " in problems_of(file)[0]


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_bytes(b"vendor: acme\ntitle: Caf\xe9\n")
    assert "acme.yaml:2: the file: is not UTF-8 text. Save the file as UTF-8." in problems_of(file)[0]


def test_a_control_character_a_bomb_of_brackets_and_a_foreign_tag(tmp_path: Path) -> None:
    for text, says in (
        ("vendor: a\x07b\n", "is not YAML"),
        ("[" * 500, "nested too deeply"),
        ("vendor: !!python/object:os.system x\n", "is not YAML"),
        ("a: 1\n---\nb: 2\n", "is not YAML"),
    ):
        file = tmp_path / "acme.yaml"
        file.write_text(text, encoding="utf-8")
        assert says in problems_of(file)[0], text[:30]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file. Name a catalogue file" in problems_of(tmp_path / "acme.yaml")[0]


def test_two_files_for_one_vendor(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "rockstor.yaml", tmp_path / "rockstor.yaml")
    shutil.copy(SHIPPED / "rockstor.yaml", tmp_path / "sockstor.yaml")
    told = "\n".join(problems_of(tmp_path))
    assert '"rockstor" is described by' in told
    assert "name the file rockstor.yaml" in told.casefold()


def test_a_rule_index_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "rockstor.yaml", tmp_path)
    (tmp_path / "rules.yaml").write_text("RS-01:\n  says: x\n  kept_by: nobody\n", encoding="utf-8")
    report, _ = check_files([tmp_path])
    assert str(report.problems[0]).startswith(f"{tmp_path}/rules.yaml:3: RS-01 › kept_by: ")


def test_a_rule_index_that_names_a_vendor_without_a_catalogue(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "rockstor.yaml", tmp_path)
    rules = (SHIPPED / "rules.yaml").read_text("utf-8").replace("[mattermost]", "[rockstor]")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    report = check_files([tmp_path])[0]
    assert 'there is no catalogue "mattermost"' in str(report.problems[0])


# -- YAML -------------------------------------------------------------------------------------------------------------


def test_no_and_17_00_are_text_and_dates_are_dates(tmp_path: Path) -> None:
    data = source(tmp_path, "a: no\nb: 17:00\nc: 2026-04-19\nd: 0o17\ne: 24x7\n").data
    assert data == {"a": "no", "b": "17:00", "c": date(2026, 4, 19), "d": 15, "e": "24x7"}


def test_the_line_of_a_place_or_of_the_nearest_place_above_it(tmp_path: Path) -> None:
    read = source(tmp_path, "a:\n  b:\n    - x\n    - c: 1\n")
    assert read.line_of(("a", "b", 1, "c")) == 4
    assert read.line_of(("a", "b", 0)) == 3
    assert read.line_of(("a", "missing", "deeper")) == 1


# -- hour lines -------------------------------------------------------------------------------------------------------


def hours_of(line: str) -> int:
    return sum(end - start for start, end in week_pieces(line)) // HOUR


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("always", 168),
        ("mon-fri 09:00-17:00", 40),
        ("sat,sun 10:00-14:00", 8),
        ("mon-fri 09:00-12:00 13:00-17:00", 35),
        ("mon 09:00 to fri 17:00", 104),  # MM-22
        ("fri 17:00 to mon 09:00", 64),  # MM-21, V7
        ("fri-mon 00:00-24:00", 96),
        ("fri 22:00-06:00", 8),
        ("sun 22:00-06:00", 8),
    ],
)
def test_lines_of_hours(line: str, hours: int) -> None:
    assert hours_of(line) == hours


def test_an_hour_after_midnight_belongs_to_the_next_day_and_sunday_goes_on_to_monday() -> None:
    assert week_pieces("sun 22:00-06:00") == [(0, 6 * HOUR), (6 * 24 * HOUR + 22 * HOUR, 7 * 24 * HOUR)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "mon",
        "9-5",
        "monday 09:00-17:00",
        "mon-fri 9:00-17:00",
        "mon 09:00-25:00",
        "mon 09:00-09:00",
        "mon 24:30-25:00",
        "mon 09:00 to mon 09:00",
        "mon 09:00 till fri 17:00",
        "09:00-17:00",
        "mon-fri  09:00–17:00",
    ],
)
def test_what_is_no_line_of_hours_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(BadHours) as refused:
        week_pieces(line)
    assert ":" in refused.value.right or "always" in refused.value.right


def test_a_break_may_not_run_past_midnight() -> None:
    with pytest.raises(BadHours, match="goes past midnight"):
        day_pieces("22:00-02:00")


@given(day=st.sampled_from(DAYS), opens=st.integers(0, 1439), length=st.integers(1, 1439), other=st.sampled_from(DAYS))
def test_a_line_covers_its_length_wherever_it_stands_and_overlaps_itself(
    day: str, opens: int, length: int, other: str
) -> None:
    closes = (opens + length) % 1440
    line = f"{day} {clock_text(opens)}-{clock_text(closes)}"
    pieces = week_pieces(line)
    assert sum(end - start for start, end in pieces) == length
    assert all(start // 1440 == (end - 1) // 1440 for start, end in pieces)
    assert overlap(pieces, pieces) is not None
    assert overlap(pieces, []) is None


# -- holidays ---------------------------------------------------------------------------------------------------------


def test_holidays_are_the_same_dates_on_every_day_they_are_asked_for() -> None:
    years = {day.year for day in public_holidays("US", None, True)}
    assert set(range(FIRST_YEAR, LAST_YEAR + 1)) <= years
    assert public_holidays("US") is public_holidays("US")


def test_an_unknown_country_or_part_of_it_lists_the_codes() -> None:
    with pytest.raises(UnknownHolidays, match='the country "XX"') as refused:
        public_holidays("XX")
    assert "PT" in refused.value.known
    with pytest.raises(UnknownHolidays, match='"ZZ" is no part of "US"') as refused:
        public_holidays("US", "ZZ")
    assert (refused.value.key, "CA" in refused.value.known) == ("subdivision", True)


# -- whatever is written ----------------------------------------------------------------------------------------------

SOURCES = {vendor: read_source(SHIPPED / f"{vendor}.yaml") for vendor in BOOK.catalogues}
JUNK = [
    None, "", 0, -1, 10**30, True, 3.5, float("nan"), [], {}, "x", [None], {"a": 1}, {1: 2}, {"L1": [1]},
    "24x7", "L1", "999999 h", "9999999999999999 h", "99999 business days", "next business day", ["always"],
    ["mon-sun 00:00-24:00"], {date(2026, 1, 1): ["09:00-10:00"]}, ["mattermost/premier"], ["mattermost/nothing"],
    "no slash", "Europe", date(2026, 1, 1),
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a file's data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = {vendor: list(places(read.data)) for vendor, read in SOURCES.items()}


def with_junk(data: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """A copy of the data with one value replaced, or left out where the junk is `...`."""
    copy = deepcopy(data)
    *above, last = path
    holder = reduce(getitem, above, copy)
    if junk is ...:
        del holder[last]
    else:
        holder[last] = junk
    return copy


@settings(max_examples=150, deadline=None)
@given(data=st.data(), vendor=st.sampled_from(sorted(SOURCES)), junk=st.sampled_from([*JUNK, ...]))
def test_any_value_in_any_place_is_either_told_with_its_line_or_good_for_the_engine(
    data: st.DataObject, vendor: str, junk: Any
) -> None:
    path = data.draw(st.sampled_from(PLACES[vendor]))
    read = replace(SOURCES[vendor], data=with_junk(SOURCES[vendor].data, path, junk))
    catalogue = read_catalogue(read)
    if not isinstance(catalogue, Catalogue):
        assert all(problem.line > 0 and problem.right for problem in read.problems(catalogue))
        return
    calendars, findings = solve_calendars(catalogue)
    name = catalogue.vendor
    book = Book({**BOOK.catalogues, name: catalogue}, {**BOOK.calendars, name: calendars}, {**BOOK.versions, name: "x"})
    findings += check_names(catalogue, list(book.plan_ids()), calendars)
    assert all(problem.line > 0 and problem.right for problem in read.problems(findings))
    for plan in catalogue.plans if not findings else ():
        for severity in catalogue.severities:
            choose(book, f"{name}/{plan}", severity, datetime(2026, 11, 20, 23, tzinfo=UTC))
