"""How many calls to Zendesk a ticket costs, counted by the sandbox; polls and tokens apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import Figure, tell
from bench.stage import Stage, staged

EACH = 20
LATER = 8
#: Zendesk's stamps are whole seconds: events closer than that look like one, and would cost less than in real life.
APART_SECONDS = 1.1
BACKLOG = 200
MOST_SECONDS = 120.0
POLL, TOKEN = "GET /api/v2/incremental", "POST /oauth/tokens"


@dataclass(frozen=True)
class Counted:
    """Calls of one kind of work: those that the tickets cost, and the two kinds that run anyway."""

    tickets: int
    work: dict[str, int]
    polls: int
    tokens: int

    @property
    def each(self) -> float:
        return sum(self.work.values()) / self.tickets

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind.replace('/api/v2/', '')}" for kind, count in sorted(self.work.items()))
        return f"{self.each:.2f} ({kinds or 'none'}; {self.polls} polls, {self.tokens} tokens apart)"


def read(stage: Stage, tickets: int) -> Counted:
    """What was counted since the last reset, for so many tickets."""
    calls = stage.calls()
    polls = sum(count for kind, count in calls.items() if kind.startswith(POLL))
    work = {kind: count for kind, count in calls.items() if not kind.startswith((POLL, TOKEN))}
    return Counted(tickets, work, polls, calls.get(TOKEN, 0))


def one_by_one(stage: Stage, happens: Callable[[int], object], times: int = EACH) -> Counted:
    """Let something happen `times` times, each after the one before was worked off: nothing is shared by luck."""
    stage.forget_calls()
    for number in range(times):
        happens(number)
        stage.wait(stage.is_quiet, "a quiet desk", MOST_SECONDS)
    return read(stage, times)


def spaced(happens: Callable[[int], object]) -> Callable[[int], object]:
    """The same event, in a second of its own."""

    def later(number: int) -> None:
        time.sleep(APART_SECONDS)
        happens(number)

    return later


def created(stage: Stage) -> list[Figure]:
    """A created ticket, by channel, of people seen before and of people never seen."""
    first, again = (lambda n: f"new{n}@halden.example"), (lambda _: "new0@halden.example")
    cases = {
        ("mail, person seen first", 3): lambda n: stage.mail(first(n), n),
        ("mail, known person", 2): lambda n: stage.mail(again(n), n),
        ("portal, person seen first", 3): lambda n: stage.portal("portal-" + first(n), n),
        ("portal, known person", 2): lambda n: stage.portal("portal-" + again(n), n),
    }
    found = []
    for (label, target), happens in cases.items():
        counted = one_by_one(stage, happens)
        name = f"calls per created ticket: {label}"
        found.append(Figure(name, str(counted), f"<= {target}", counted.each <= target))
    return found


def later(stage: Stage, ticket: str, of: str) -> list[Figure]:
    """Events on a decided ticket that change nothing of the decision."""
    stage.wait(stage.is_quiet, "a quiet desk", MOST_SECONDS)
    status = ("open", "pending")
    cases = {
        "the customer replies": lambda n: stage.control("reply", ticket_id=ticket, body=f"Any news? ({n})"),
        "an agent sets the status": lambda n: stage.control(
            "agent-edit", ticket_id=ticket, ticket={"status": status[n % 2]}
        ),
        "an agent replies": lambda n: stage.control(
            "reply", ticket_id=ticket, body=f"We look. ({n})", **{"as": "agent"}
        ),
    }
    found = []
    for label, happens in cases.items():
        counted = one_by_one(stage, spaced(happens), LATER)
        found.append(
            Figure(f"calls per later event on a ticket {of}: {label}", str(counted), "<= 1", counted.each <= 1)
        )
    return found


def backlog(stage: Stage) -> Figure:
    """Tickets that all wait already when the work begins."""
    for number in range(BACKLOG):
        stage.mail(f"person{number % 20}@halden.example", number)
    stage.wait(lambda: not stage.file.undelivered(), "delivered webhooks", MOST_SECONDS)
    stage.forget_calls()
    stage.start("worker", "clock")
    stage.wait(stage.is_quiet, "a worked off backlog", MOST_SECONDS)
    counted = read(stage, BACKLOG)
    return Figure(f"calls per ticket of a backlog of {BACKLOG}", str(counted), "<= 0.06", counted.each <= 0.06)


def run() -> list[Figure]:
    """The figures: a backlog first, then one ticket after another."""
    tell(f"calls: a backlog of {BACKLOG}, then {EACH} of each kind, one after another ...")
    with staged() as stage:
        found = [backlog(stage), *created(stage)]
        found += later(stage, stage.portal("ana.silva@northwind.example"), "of known severity")
        return found + later(stage, stage.mail("ana.silva@northwind.example"), "whose severity was asked for")
