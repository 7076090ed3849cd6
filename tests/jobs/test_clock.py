"""The clock does what nobody else does: hints lost, workers dead, webhooks lost (S2, F15, F49, F63)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from integration.adapters.queue import QUEUE, NoQueue, RedisNudge
from integration.config import ROOT
from integration.services.poll import CURSOR
from integration.services.ports import ExportPage, NotAllowed, RetryLater, ZendeskError
from integration.store import cursors, work
from integration.store.engine import Store
from integration.store.migrate import migrate
from integration.store.tables import ticket_work
from jobs.clock import Clock
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("servers")


def is_open(town: Town, number: str) -> bool:
    with town.parts.store.read() as (connection, _):
        query = select(ticket_work.c.is_open).where(ticket_work.c.ticket == number)
        return bool(connection.execute(query).scalar_one())


def hints(url: str) -> int:
    with Redis.from_url(url) as client:
        return Queue(QUEUE, connection=client, serializer=JSONSerializer).count


def test_f15_without_a_queue_the_clock_decides_what_was_due_for_two_seconds(town: Town) -> None:
    town.parts.nudge = NoQueue()
    clock = Clock(town.parts)
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    clock.tick()
    assert is_open(town, number), "a worker gets two seconds to be faster"
    town.hands.move(seconds=2)
    clock.tick()
    assert not is_open(town, number)
    assert town.ticket(number)["plan"] == "mattermost/enterprise"


def test_f63_an_emptied_queue_is_given_a_new_hint_at_the_next_tick(town: Town, queue_url: str) -> None:
    town.parts.nudge = RedisNudge(queue_url, seconds=lambda: town.hands.at.timestamp())
    town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    assert hints(queue_url) == 1
    with Redis.from_url(queue_url) as client:
        client.flushall()
    town.hands.move(seconds=1)
    Clock(town.parts).tick()
    assert hints(queue_url) == 1


def test_f65_a_ticket_whose_worker_died_is_decided_once_the_lease_ran_out(town: Town) -> None:
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    with town.parts.store.write() as (connection, now):
        assert work.claim(connection, town.parts.account, now, 1)
    clock = Clock(town.parts)
    town.hands.move(seconds=60)
    clock.tick()
    assert is_open(town, number)
    town.hands.move(seconds=33)
    clock.tick()
    assert not is_open(town, number)


def test_work_that_another_account_left_behind_does_not_hold_the_clock_up(town: Town) -> None:
    """An installation that tried the sandbox first: its open work stays, and nobody here may claim it."""
    with town.parts.store.write() as (connection, now):
        work.want(connection, "another", "7", now)
    town.hands.move(minutes=1)
    Clock(town.parts).tick()
    assert is_open(town, "7")


class Quiet:
    """A Zendesk in which nothing has happened yet."""

    def exported_tickets(self, cursor: str | None, since: datetime) -> ExportPage:
        assert cursor is None
        return ExportPage((), "", at_end=True)


class Away:
    """A Zendesk that does not answer, or does not accept us."""

    def __init__(self, error: ZendeskError) -> None:
        self.error = error

    def exported_tickets(self, cursor: str | None, since: datetime) -> ExportPage:
        raise self.error


def moved_at(town: Town) -> datetime | None:
    with town.parts.store.read() as (connection, _):
        return cursors.moved_at(connection, town.parts.account, CURSOR)


def test_f16_a_poll_that_finds_nothing_is_a_poll_all_the_same(town: Town) -> None:
    """/readyz asks when the last one was; an account without tickets has no cursor to move."""
    town.parts.zendesk = Quiet()  # type: ignore[assignment]
    for _ in range(2):
        Clock(town.parts).tick()
        assert moved_at(town) == town.hands.at
        town.hands.move(minutes=1)


@pytest.mark.parametrize("error", [RetryLater("away"), NotAllowed("401")])
def test_f19_a_zendesk_that_is_away_stops_no_tick_and_counts_as_no_poll(town: Town, error: ZendeskError) -> None:
    town.parts.zendesk = Away(error)  # type: ignore[assignment]
    Clock(town.parts).tick()
    assert moved_at(town) is None


def test_the_poll_comes_as_often_as_the_settings_say(town: Town) -> None:
    polls = Counting()
    town.parts.zendesk = polls  # type: ignore[assignment]
    clock = Clock(town.parts)
    clock.tick(), clock.tick()
    assert polls.count == 1, "the next one is a minute away"


class Counting(Quiet):
    count = 0

    def exported_tickets(self, cursor: str | None, since: datetime) -> ExportPage:
        self.count += 1
        return super().exported_tickets(None, since)


class Unlucky(Clock):
    """Its first ticks fail, each in another way; then it is told to stop."""

    errors: Sequence[Exception] = (KeyError("a bug"), OSError("disk"), ValueError("another key"))
    ticks = 0

    def tick(self) -> None:
        self.ticks += 1
        if self.ticks > len(self.errors):
            self.stopping.set()
            return
        raise self.errors[self.ticks - 1]


def test_a_tick_that_fails_is_logged_and_the_next_one_comes(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Unlucky(town.parts, every=0.01)
    clock.run()
    assert clock.ticks == 4
    said = capsys.readouterr().out
    assert "a bug" in said and "another key" in said


# -- the process -------------------------------------------------------------------------------------------------------


def environment(folder: Path, **more: str) -> dict[str, str]:
    usual = {
        "ZENDESK_SUBDOMAIN": "sandbox",
        "DATABASE_URL": f"sqlite:///{folder}/deskward.db",
        "SECRET_KEY": "of the tests",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **usual, **more}


def test_the_process_runs_until_it_is_told_to_stop_and_a_silent_zendesk_does_not_end_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/deskward.db")
    migrate(store)
    store.close()
    given = environment(tmp_path, ZENDESK_BASE_URL="http://127.0.0.1:1")
    with subprocess.Popen(
        [sys.executable, "-m", "jobs.clock"],
        cwd=ROOT,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert "the poll found Zendesk away" in first


@pytest.mark.parametrize("process", ["jobs.clock", "jobs.worker"])
def test_a_process_that_cannot_read_the_plans_says_why_in_plain_words_and_ends_with_1(
    tmp_path: Path, process: str
) -> None:
    (tmp_path / "broken.yaml").write_text("vendor: [")
    given = environment(tmp_path, CATALOGUE_DIR=str(tmp_path), REDIS_URL=f"unix://{tmp_path}/none.sock")
    done = subprocess.run(
        [sys.executable, "-m", process], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Deskward cannot start: the plan catalogues cannot be used:")
    assert "broken.yaml" in done.stderr
    assert "Traceback" not in done.stderr
