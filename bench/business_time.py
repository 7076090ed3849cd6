"""How fast BusinessCalendar answers, beside the fastest thing there is: bisect on flat lists of integers.

    python -m bench.business_time [--questions 20000] [--rounds 5]

The reference knows nothing of zones or datetimes: it gets the same open time as sorted integer seconds and answers in
integer seconds. The calendar takes and gives aware datetimes. Printed are the times per call and the ratio (reference
time / calendar time; the aim is >= 0.15), and what ten times the intervals cost. Every answer of the two is compared
first; a difference or a missed aim ends it with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from integration.domain.business_time import BusinessCalendar

AIM = 0.15
GROWTH_AIM = 1.5
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)


class Flat:
    """The reference: integer seconds in and out, three flat lists, one bisect per end."""

    def __init__(self, pieces: list[tuple[int, int]]) -> None:
        self.starts = [start for start, _ in pieces]
        self.ends = [end for _, end in pieces]
        self.through = list(accumulate(end - start for start, end in pieces))
        self.before = [0, *self.through[:-1]]

    def covered(self, at: int) -> int:
        here = bisect_right(self.starts, at) - 1
        return self.before[here] + min(at, self.ends[here]) - self.starts[here] if here >= 0 else 0

    def add(self, start: int, seconds: int) -> int:
        target = self.covered(start) + seconds
        here = bisect_left(self.through, target)
        return self.ends[here] - self.through[here] + target

    def between(self, start: int, end: int) -> int:
        return self.covered(end) - self.covered(start)


def calendar(intervals_a_day: int = 2) -> BusinessCalendar:
    """Working days from 09:00 to 17:00 in pieces of equal length, each but for its last five minutes."""
    holidays = [date(year, month, day) for year in range(2019, 2033) for month, day in ((1, 1), (7, 4), (12, 25))]
    length = 480 // intervals_a_day
    hours = [(start, start + length - 5) for start in range(540, 1020, length)]
    return BusinessCalendar("bench", "America/Los_Angeles", dict.fromkeys(range(5), hours), holidays)


def flat_of(coverage: BusinessCalendar) -> Flat:
    return Flat([(int(low.timestamp()), int(high.timestamp())) for low, high in coverage.intervals(FIRST, LAST)])


def questions(count: int, zone: ZoneInfo | None, seed: int = 7) -> list[tuple[datetime, datetime, timedelta]]:
    """Random starts over three years, ends within 60 days, durations up to 40 hours, in UTC or in another zone."""
    dice = random.Random(seed)
    asked = []
    for _ in range(count):
        start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(3 * 365 * 86_400))
        end = start + timedelta(seconds=dice.randrange(60 * 86_400))
        asked.append(
            (start.astimezone(zone or UTC), end.astimezone(zone or UTC), timedelta(seconds=1 + dice.randrange(144_000)))
        )
    return asked


def fastest(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Best time of each, measured turn by turn so that a busy machine hurts all alike."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            began = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - began)
    return best


def compare(label: str, count: int, rounds: int, reference: Callable[[], object], ours: Callable[[], object]) -> bool:
    flat_time, our_time = fastest(rounds, reference, ours)
    ratio = flat_time / our_time
    per_call = f"reference {flat_time / count * 1e9:6.0f} ns, calendar {our_time / count * 1e9:6.0f} ns"
    print(f"{label:24} {per_call}, ratio {ratio:.2f} ({'meets' if ratio >= AIM else 'MISSES'} {AIM})")
    return ratio >= AIM


def run(label: str, zone: ZoneInfo | None, count: int, rounds: int) -> bool:
    coverage = calendar()
    flat = flat_of(coverage)
    asked = questions(count, zone)
    numbers = [(int(low.timestamp()), int(high.timestamp()), int(span.total_seconds())) for low, high, span in asked]
    agree(coverage, flat, asked, numbers)
    adds = compare(
        f"add, {label}", count, rounds,
        lambda: [flat.add(low, span) for low, _, span in numbers],
        lambda: [coverage.add(low, span) for low, _, span in asked],
    )  # fmt: skip
    betweens = compare(
        f"between, {label}", count, rounds,
        lambda: [flat.between(low, high) for low, high, _ in numbers],
        lambda: [coverage.between(low, high) for low, high, _ in asked],
    )  # fmt: skip
    return adds and betweens


def agree(
    coverage: BusinessCalendar,
    flat: Flat,
    asked: list[tuple[datetime, datetime, timedelta]],
    numbers: list[tuple[int, int, int]],
) -> None:
    for (low, high, span), (flat_low, flat_high, seconds) in zip(asked, numbers, strict=True):
        if coverage.add(low, span).timestamp() != flat.add(flat_low, seconds):
            sys.exit(f"add differs: {low.isoformat()} + {span}")
        if coverage.between(low, high).total_seconds() != flat.between(flat_low, flat_high):
            sys.exit(f"between differs: {low.isoformat()} to {high.isoformat()}")
    print(f"{2 * len(asked)} answers equal")


def growth(count: int, rounds: int) -> bool:
    """The cost per call when the calendar holds ten times the intervals; the aim is at most half as much again."""
    small, large = calendar(), calendar(intervals_a_day=20)
    asked = questions(count, None)
    few, many = fastest(
        rounds,
        lambda: [small.add(low, span) for low, _, span in asked],
        lambda: [large.add(low, span) for low, _, span in asked],
    )
    print(f"add, 10x the intervals: {many / few:.2f} times the cost per call (aim {GROWTH_AIM} at most)")
    return many / few <= GROWTH_AIM


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    results = [
        run("datetimes in UTC", None, options.questions, options.rounds),
        run("datetimes in a zone", ZoneInfo("America/Los_Angeles"), options.questions, options.rounds),
        growth(options.questions, options.rounds),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
