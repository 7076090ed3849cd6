"""A second, deliberately dumb opinion on business time: walk every UTC minute and look at the clock on the wall.

It shares nothing with the engine, not even the parsing of hours. One pass over the minutes writes down when each wall
time was first seen; the jumps of that list are the gaps, its repeats the overlaps. Then every open minute is put into a
set, and every answer is found by walking minute by minute.

    python -m tests.domain.business_time_oracle --cases 20000 [--seed 1]

compares that many random cases (calendar, start, end, duration; seven answers each) over all IANA zones.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from integration.domain.business_time import BusinessCalendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})

# Changes of the wall clock that broke other programs: skipped and doubled midnights, days and half hours.
FAMOUS = (
    ("America/Sao_Paulo", datetime(2017, 10, 15, 3)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10)),
    ("Pacific/Fakaofo", datetime(2011, 12, 30, 11)),
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12)),
    ("Pacific/Kiritimati", datetime(1994, 12, 31, 11)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31)),
    ("America/St_Johns", datetime(2010, 3, 14, 3, 31)),
    ("America/Havana", datetime(2026, 3, 8, 5)),
    ("America/Havana", datetime(2026, 11, 1, 5)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15)),
    ("America/Caracas", datetime(2016, 5, 1, 7)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1)),
    ("Antarctica/Casey", datetime(2018, 3, 10, 17)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2)),
    ("Asia/Beirut", datetime(2026, 3, 28, 22)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22)),
    ("Europe/Lisbon", datetime(1992, 9, 27, 1)),
    ("America/Los_Angeles", datetime(2026, 3, 8, 10)),
    ("America/Los_Angeles", datetime(2026, 11, 1, 9)),
)


@dataclass(frozen=True)
class Case:
    """One question: a calendar as plain data, two instants (UTC), open time to add, business days to add."""

    document: dict[str, Any]
    start: datetime
    end: datetime
    duration: timedelta
    days: int

    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar.from_document("case", self.document)


@dataclass
class Walk:
    """Every minute from `first` on, `days` long, as the wall clock of the zone showed it."""

    document: dict[str, Any]
    first: datetime
    days: int
    seen: dict[int, int] = field(default_factory=dict)
    real_days: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._look_at_the_wall()
        complete = [day for day in sorted(self.real_days) if day * 1440 in self.seen and (day + 1) * 1440 in self.seen]
        # The outermost days may be pushed by a gap just outside the walk.
        self.usable = complete[1:-1]
        week = weekly_minutes(self.document)
        for day in complete:
            self._open_day(week, day)
        self.low, self.high = self.seen[self.usable[0] * 1440], self.seen[(self.usable[-1] + 1) * 1440]

    def _look_at_the_wall(self) -> None:
        zone = ZoneInfo(self.document["tz"])
        moved: list[tuple[int, int]] = []
        previous = None
        utc = self.first - MINUTE
        for number in range(self.days * 1440):
            utc += MINUTE
            at = utc.astimezone(zone)
            shown = at.toordinal() * 1440 + at.hour * 60 + at.minute
            self.seen.setdefault(shown, number)
            self.real_days.add(at.toordinal())
            if previous is not None and shown > previous + 1:
                gap = shown - previous - 1
                moved += [(skipped, skipped + gap) for skipped in range(previous + 1, shown)]
            previous = shown
        for skipped, later in moved:
            if later in self.seen:
                self.seen.setdefault(skipped, self.seen[later])

    def _open_day(self, week: list[set[int]], day: int) -> None:
        minutes = open_minutes(self.document, week, date.fromordinal(day))
        opens = sorted(minute for minute in minutes if minute - 1 not in minutes)
        closes = sorted(minute + 1 for minute in minutes if minute + 1 not in minutes)
        for start, end in zip(opens, closes, strict=True):
            self.open.update(range(self.seen[day * 1440 + start], self.seen[day * 1440 + end]))

    def second(self, at: datetime) -> int:
        return round((at - self.first).total_seconds())

    def moment(self, second: int) -> datetime:
        return self.first + timedelta(seconds=second)

    def is_open(self, second: int) -> bool:
        minute = second // 60
        if not self.low <= minute < self.high:
            raise IndexError("the walk is too short")
        return minute in self.open

    def next_opening(self, second: int) -> int:
        while not self.is_open(second):
            second = (second // 60 + 1) * 60
        return second

    def add(self, second: int, amount: int) -> int:
        while amount > 0:
            step = min(amount, 60 - second % 60) if self.is_open(second) else 0
            second = second + step if step else (second // 60 + 1) * 60
            amount -= step
        return second

    def subtract(self, second: int, amount: int) -> int:
        while amount > 0:
            into = (second - 1) % 60 + 1
            step = min(amount, into) if self.is_open(second - 1) else 0
            second -= step or into
            amount -= step
        return second

    def between(self, start: int, end: int) -> int:
        if end < start:
            return -self.between(end, start)
        total = 0
        while start < end:
            step = min(end, (start // 60 + 1) * 60) - start
            total += step if self.is_open(start) else 0
            start += step
        return total

    def local_day(self, second: int) -> int:
        return self.moment(second).astimezone(ZoneInfo(self.document["tz"])).toordinal()

    def open_minutes_of(self, day: int) -> list[int]:
        if day > self.usable[-1]:
            raise IndexError("the walk is too short")
        if day not in self.real_days:
            return []
        return [minute for minute in range(self.seen[day * 1440], self.seen[(day + 1) * 1440]) if minute in self.open]

    def add_business_days(self, second: int, days: int) -> int:
        second = self.next_opening(second)
        local = self.moment(second).astimezone(ZoneInfo(self.document["tz"]))
        day = local.toordinal()
        while days:
            day += 1
            days -= 1 if self.open_minutes_of(day) else 0
        if day == local.toordinal():
            return second
        same = self.seen[day * 1440 + local.hour * 60 + local.minute] * 60 + local.second
        return self._inside(same, self.open_minutes_of(day))

    def _inside(self, second: int, minutes: list[int]) -> int:
        if second // 60 in minutes or (second % 60 == 0 and second // 60 - 1 in minutes):
            return second
        later = [minute for minute in minutes if minute * 60 > second]
        return later[0] * 60 if later else (minutes[-1] + 1) * 60

    def close_of_next_business_day(self, second: int) -> int:
        day = self.local_day(second) + 1
        while not self.open_minutes_of(day):
            day += 1
        return (self.open_minutes_of(day)[-1] + 1) * 60


def open_minutes(document: dict[str, Any], week: list[set[int]], day: date) -> set[int]:
    """The minutes of a local date that its facts call open."""
    key = day.isoformat()
    minutes = set() if key in document["holidays"] else week[day.weekday()]
    if key in document["shifts"]:
        minutes = minutes_of(document["shifts"][key])
    return minutes - minutes_of(document["breaks"].get(key, []))


def weekly_minutes(document: dict[str, Any]) -> list[set[int]]:
    week: list[set[int]] = [set() for _ in DAYS]
    for key, pairs in document["weekly"].items():
        for start, end in pairs:
            for minute in range(clock(start), clock(end) + (1440 if clock(end) < clock(start) else 0)):
                week[(DAYS.index(key) + minute // 1440) % 7].add(minute % 1440)
    return week


def minutes_of(pairs: list[list[str]]) -> set[int]:
    return {minute for start, end in pairs for minute in range(clock(start), clock(end))}


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def text_of(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def expected(case: Case) -> dict[str, object]:
    """The seven answers by walking; the walk is made longer until all of them are inside it."""
    before = 4
    for days in (11, 24, 60, 140, 400):
        try:
            return walked(case, Walk(case.document, floor_minute(case.start) - timedelta(days=before), days))
        except IndexError:
            before *= 2
    raise AssertionError(f"no answer within 400 days: {case}")


def walked(case: Case, walk: Walk) -> dict[str, object]:
    start, end, amount = walk.second(case.start), walk.second(case.end), round(case.duration.total_seconds())
    return {
        "is_open": walk.is_open(start),
        "next_opening": walk.moment(walk.next_opening(start)),
        "add": walk.moment(walk.add(start, amount)),
        "subtract": walk.moment(walk.subtract(start, amount)),
        "between": timedelta(seconds=walk.between(start, end)),
        "add_business_days": walk.moment(walk.add_business_days(start, case.days)),
        "close_of_next_business_day": walk.moment(walk.close_of_next_business_day(start)),
    }


def answered(case: Case) -> dict[str, object]:
    """The same seven answers of the engine."""
    calendar = case.calendar()
    return {
        "is_open": calendar.is_open(case.start),
        "next_opening": calendar.next_opening(case.start),
        "add": calendar.add(case.start, case.duration),
        "subtract": calendar.subtract(case.start, case.duration),
        "between": calendar.between(case.start, case.end),
        "add_business_days": calendar.add_business_days(case.start, case.days),
        "close_of_next_business_day": calendar.close_of_next_business_day(case.start),
    }


def differences(case: Case) -> list[str]:
    """What the two disagree on, as lines to read; empty when all is well."""
    walk, engine = expected(case), answered(case)
    return [f"{op}: walked {walk[op]}, engine {engine[op]}" for op in walk if walk[op] != engine[op]]


def random_cases(count: int, seed: int) -> Iterator[Case]:
    dice = random.Random(seed)
    for _ in range(count):
        yield random_case(dice)


def random_case(dice: random.Random) -> Case:
    tz, near = dice.choice(FAMOUS) if dice.random() < 0.2 else any_zone(dice)
    weekly = random_week(dice)
    around = near.replace(tzinfo=UTC) + timedelta(seconds=dice.randrange(-2 * 86_400, 2 * 86_400))
    start = floor_minute(around) if dice.random() < 0.5 else around
    document = {"tz": tz, "weekly": weekly, **random_dates(dice, start.date())}
    week = sum(len(day) for day in weekly_minutes(document))
    duration = timedelta(seconds=dice.randrange(min(week * 40, 60 * 3600)))
    if dice.random() < 0.5:  # whole minutes, so that deadlines fall exactly on openings and closings
        duration = timedelta(minutes=dice.randrange(600) // 15 * 15)
    end = start + timedelta(seconds=dice.randrange(-3 * 86_400, 5 * 86_400))
    return Case(document, start, end, duration, dice.randrange(4))


def any_zone(dice: random.Random) -> tuple[str, datetime]:
    tz, year = dice.choice(ZONES), dice.randrange(1975, 2038)
    changes = clock_changes(tz, year)
    quiet = datetime(year, 1, 8) + timedelta(minutes=dice.randrange(350 * 1440))
    return tz, dice.choice(changes) if changes and dice.random() < 0.85 else quiet


@cache
def clock_changes(tz: str, year: int) -> tuple[datetime, ...]:
    """The hours (UTC) of a year in which the zone's clock was put forward or back."""
    zone, first = ZoneInfo(tz), datetime(year, 1, 5, tzinfo=UTC)
    offsets = [(first + timedelta(hours=hour)).astimezone(zone).utcoffset() for hour in range(0, 350 * 24, 6)]
    changed = [number for number in range(1, len(offsets)) if offsets[number] != offsets[number - 1]]
    return tuple((first + timedelta(hours=6 * number)).replace(tzinfo=None) for number in changed)


def random_week(dice: random.Random) -> dict[str, list[list[str]]]:
    if dice.random() < 0.1:
        return {day: [["00:00", "24:00"]] for day in DAYS}
    open_days = dice.sample(DAYS, dice.randrange(2, 8))
    week: dict[str, list[list[str]]] = {day: random_hours(dice) for day in open_days}
    for day in open_days:
        add_night(dice, week, day)
    return week


def random_hours(dice: random.Random) -> list[list[str]]:
    """One to three intervals whose bounds are often where clocks jump: around midnight and 01:00 to 03:30."""
    jumpy = [0, 30, 60, 90, 120, 135, 150, 165, 180, 195, 210, 1380, 1410, 1425, 1440]
    bounds: set[int] = set()
    while len(bounds) < dice.choice((2, 2, 4, 6)):
        bounds.add(dice.choice(jumpy) if dice.random() < 0.4 else dice.randrange(1441))
    ordered = sorted(bounds)[: len(bounds) // 2 * 2]
    return [[text_of(start), text_of(end)] for start, end in zip(ordered[::2], ordered[1::2], strict=True)]


def add_night(dice: random.Random, week: dict[str, list[list[str]]], day: str) -> None:
    """Sometimes an interval across midnight, when nothing is open there yet."""
    night = ["22:00", text_of(dice.choice((0, 30, 60, 150, 360)))]
    opened = weekly_minutes({"weekly": week})
    wanted = weekly_minutes({"weekly": {day: [night]}})
    if dice.random() < 0.4 and not any(had & new for had, new in zip(opened, wanted, strict=True)):
        week[day].append(night)


def random_dates(dice: random.Random, near: date) -> dict[str, Any]:
    def some(chance: float) -> list[str]:
        return [(near + timedelta(days=offset)).isoformat() for offset in range(-5, 8) if dice.random() < chance]

    return {
        "holidays": some(0.08),
        "breaks": {day: random_hours(dice) for day in some(0.08)},
        "shifts": {day: random_hours(dice) for day in some(0.08)},
    }


def floor_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began, wrong, zones = time.monotonic(), 0, set()
    for number, case in enumerate(random_cases(options.cases, options.seed), 1):
        zones.add(case.document["tz"])
        found = differences(case)
        wrong += bool(found)
        if found:
            print(f"case {number}: {case}", *found, sep="\n  ")
        if number % 500 == 0:
            print(f"{number}/{options.cases} cases, {wrong} different, {time.monotonic() - began:.0f} s", flush=True)
    spent = time.monotonic() - began
    summary = f"{options.cases} cases of 7 answers, {len(zones)} zones, seed {options.seed}"
    print(f"{summary}: {wrong} different, {spent:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
