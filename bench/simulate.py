"""P7: `flask simulate -`, fed with tickets as fast as it takes them: how many a second, and how its memory grows."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import psutil

from bench.figures import Figure, tell
from bench.stage import own_environment
from integration import config, lifeline

TICKETS = 20_000
#: Before this many answers it still starts, and fills what it keeps.
WARM = 2_000
PLANS = ("mattermost/premier", "mattermost/enterprise", "mattermost/professional", "rocketchat/plus")
WORDS = ("login", "LDAP", "upgrade", "crash", "search", "slow", "mobile", "push", "export", "database", "SAML", "error")


@dataclass(frozen=True)
class Pace:
    """Answers per second of processor time, and resident memory (MB) after the warm-up and at the end."""

    a_second: float
    early: float
    late: float


def lines(with_text: bool, seed: int = 7) -> Iterator[bytes]:
    """Different tickets; `with_text`: words enough to take the category from."""
    dice = random.Random(seed)
    for number in range(TICKETS):
        plan = dice.choice(PLANS)
        ticket: dict[str, Any] = {
            "channel": "portal",
            "from": f"person{dice.randrange(2_000)}@acme.example",
            "severity": dice.choice(("L1", "L2", "L3", "L4")) if plan.startswith("mattermost") else None,
            "created_at": (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(300_000))).isoformat(),
        }
        if with_text:
            ticket |= {name: " ".join(dice.choices(WORDS, k=k)) for name, k in (("subject", 6), ("description", 60))}
        contract = {"plan": plan, "start": "2026-01-01", "end": "2028-12-31", "domains": ["acme.example"]}
        line = {"id": number, "catalogue": plan.partition("/")[0], "contracts": [contract], "ticket": ticket}
        yield json.dumps(line).encode() + b"\n"


def feed(into: IO[bytes], with_text: bool) -> None:
    for line in lines(with_text):
        into.write(line)
    into.close()


@contextmanager
def simulator() -> Iterator[subprocess.Popen[bytes]]:
    """The command, at the end of two pipes."""
    argv = lifeline.command([sys.executable, "-m", "flask", "--app", "wsgi:app", "simulate", "-"])
    process = subprocess.Popen(
        argv,
        cwd=config.ROOT,
        env=lifeline.children_environment(own_environment()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def pace(with_text: bool) -> Pace:
    """Run it over all tickets; RuntimeError where one of them could not be decided."""
    with simulator() as process:
        assert process.stdin and process.stdout
        threading.Thread(target=feed, args=(process.stdin, with_text), daemon=True).start()
        seen = psutil.Process(process.pid)
        before = early = 0.0
        for number in range(1, TICKETS + 1):
            answer = process.stdout.readline()
            if b'"error": null' not in answer:
                raise RuntimeError(f"ticket {number}: {answer[:300].decode()}")
            if number == WARM:
                before, early = _used(seen), seen.memory_info().rss / 1e6
            if number == TICKETS - 1:
                used, late = _used(seen) - before, seen.memory_info().rss / 1e6
    return Pace((TICKETS - WARM) / used, early, late)


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def run() -> list[Figure]:
    """Decision only, then with the category from the text."""
    found = []
    for label, with_text, target in (("decision only", False, 2000), ("with the category from the text", True, 500)):
        tell(f"simulate, {label}: {TICKETS} tickets ...")
        measured = pace(with_text)
        rate = f"{measured.a_second:.0f} tickets/s per core"
        found.append(Figure(f"P7 simulate, {label}", rate, f">= {target}", measured.a_second >= target))
        growth = measured.late / measured.early
        value = f"{measured.early:.0f} MB after {WARM}, {measured.late:.0f} MB after {TICKETS} ({growth - 1:+.1%})"
        found.append(Figure(f"P7 memory of simulate, {label}", value, "flat (<= 10 %)", growth <= 1.1))
    return found
