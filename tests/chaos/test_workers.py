"""Workers die, sleep past their lease, race each other and meet poison: one decision, one note (F64 to F66)."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from integration.cli import context
from integration.cli.tickets import tickets
from integration.services.drain import drain
from integration.store.tables import contract_versions
from tests.chaos.dying import Killed, MortalStore, dies, worker
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("servers")
PUT = "PUT /api/v2/tickets/{ticket_id}"
LEASE_IS_OVER = 91


def is_right(town: Town, number: str) -> bool:
    """The one right end of a mail from Globex."""
    ticket = town.ticket(number)
    held = (ticket["plan"], ticket["severity"], ticket["priority"], ticket["revision"], len(town.notes(number)))
    return held == ("mattermost/enterprise", "L3", "normal", "1", 1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_the_update_leaves_one_note(town: Town, moment: str) -> None:
    """F64, F65, F20: killed between the update and its settling, or just before it; another one takes over."""
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    with pytest.raises(Killed):
        drain(worker(town.parts, "update_ticket", **{moment: dies}))
    assert town.work().claimed == 0  # the dead worker's lease still runs
    town.later(seconds=LEASE_IS_OVER)
    town.work()
    assert is_right(town, number)
    assert town.calls()[PUT] == 1


def test_killed_at_any_commit_the_ticket_ends_right(town: Town) -> None:
    """S3: a worker dies just before or just after each of its commits in turn; the next one finishes its work."""
    points = 0
    for at in range(1, 40):
        died = False
        for after in (False, True):
            number = town.mail(f"person{at}{after}@globex.example")
            assert town.sandbox.settle(30)
            mortal = replace(town.parts, store=MortalStore(town.parts.store, at, after))
            try:
                drain(mortal)
            except Killed:
                died, points = True, points + 1
            town.later(seconds=LEASE_IS_OVER)
            town.work_out()
            assert is_right(town, number), f"died {'after' if after else 'before'} commit {at}"
        if not died:
            break
    assert points >= 10, f"only {points} points tried"


def test_a_worker_that_slept_past_its_lease_writes_nothing(town: Town) -> None:
    """F65, S10: it read the ticket, slept for 91 s while another did the work, and wakes up before it decides."""
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)

    def sleeps() -> None:
        town.later(seconds=LEASE_IS_OVER)
        drain(town.parts)

    drain(worker(town.parts, "tickets", after=sleeps))
    assert town.calls()[PUT] == 1
    assert is_right(town, number) and town.decisions(number) == 1


@pytest.mark.parametrize("call", ["identities", "update_ticket"])
def test_a_worker_that_sleeps_in_the_middle_does_no_harm(town: Town, call: str) -> None:
    """F65, S10: it sleeps while it asks who the requester is, or just before its update goes out."""
    number = town.portal("lou@globex.example", priority="normal")
    assert town.sandbox.settle(30)

    def sleeps() -> None:
        town.later(seconds=LEASE_IS_OVER)
        town.work()

    drain(worker(town.parts, call, before=sleeps))
    town.work_out()
    assert is_right(town, number) and town.decisions(number) == 1


def test_an_event_between_the_read_and_the_end_of_a_look_is_not_swallowed(town: Town) -> None:
    """F04: a look closes only what was asked before it read the ticket; the agent's edit just after is seen as well."""
    number = town.mail("lou@globex.example")
    town.work()
    town.later(minutes=5)
    town.reply(number, "Any news?")
    assert town.sandbox.settle(30)

    def edits() -> None:
        town.later(seconds=1)
        town.agent_sets(number, severity="L1")
        assert town.sandbox.settle(30)

    drain(worker(town.parts, "tickets", after=edits))
    town.work()
    assert town.ticket(number)["priority"] == "urgent"


def test_four_workers_at_once_decide_each_ticket_once(town: Town) -> None:
    """F50, F65: claims are exclusive; forty tickets, four workers, one decision, one note and one update each."""
    numbers = [town.mail(f"person{n}@globex.example") for n in range(40)]
    assert town.sandbox.settle(30)

    def works() -> None:
        while drain(town.parts, 3).claimed:
            pass

    workers = [threading.Thread(target=works) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    town.work_out()
    assert [number for number in numbers if not is_right(town, number)] == []
    assert town.calls()[PUT] == 40


def test_poison_is_parked_after_five_tries_and_the_others_flow(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """F66: a contract row carries a plan that no catalogue has; its tickets stop, all others do not."""
    plan = update(contract_versions).where(contract_versions.c.plan == "mattermost/enterprise")
    with town.parts.store.write() as (connection, _):
        connection.execute(plan.values(plan="mattermost/platinum"))
    poisoned, fine = town.mail("lou@globex.example"), town.mail("ana@acme.example")
    waits = town.work_out(seconds=30)
    assert waits >= 2
    assert town.ticket(fine)["plan"] == "mattermost/premier"
    assert town.decisions(poisoned) == 0

    monkeypatch.setattr(context, "parts", lambda: town.parts)
    shown = CliRunner().invoke(tickets, ["parked"], catch_exceptions=False).output
    assert f"#{poisoned}" in shown and "platinum" in shown and "1 parked" in shown

    repair = update(contract_versions).where(contract_versions.c.plan == "mattermost/platinum")
    with town.parts.store.write() as (connection, _):
        connection.execute(repair.values(plan="mattermost/enterprise"))
    town.later(hours=1)
    assert town.work().claimed == 0
    CliRunner().invoke(tickets, ["parked", "--retry"], catch_exceptions=False)
    town.work()
    assert is_right(town, poisoned)
