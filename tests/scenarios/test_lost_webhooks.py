"""Webhooks get lost: a 500 is never repeated, a circuit breaker opens, whole hours were lost before (F07, F16)."""

from __future__ import annotations

import pytest

from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("stories")


def test_when_every_webhook_is_lost_the_poll_finds_every_ticket(town: Town) -> None:
    """F07, F16, S9: one poll after the minute that Zendesk withholds, 100 % are found and decided once."""
    town.faults(webhook_lost=1.0)
    numbers = [town.mail(f"person{n}@globex.example") for n in range(12)]
    town.work()
    assert [town.decisions(number) for number in numbers] == [0] * 12
    assert town.poll() == 0  # they are still in the withheld minute (F33)
    town.later(seconds=66)
    assert town.poll() == 12
    town.work()
    assert [town.decisions(number) for number in numbers] == [1] * 12
    assert [len(town.notes(number)) for number in numbers] == [1] * 12


def test_a_lost_webhook_about_a_change_is_found_too(town: Town) -> None:
    """F07: an agent's edit and a customer's answer that nobody told us of count from the moment they happened."""
    number = town.portal("ana@acme.example", priority="normal")
    town.work()
    town.faults(webhook_lost=1.0)
    town.later(minutes=10)
    town.agent_sets(number, severity="L1")
    town.later(minutes=20)
    assert town.poll() == 1
    town.work()
    ticket = town.ticket(number)
    assert (ticket["priority"], ticket["first_reply_due"]) == ("urgent", "2026-11-20 11:10 UTC")


def test_a_poll_that_finds_nothing_new_asks_for_nothing(town: Town) -> None:
    """F33, G-06: our own updates and what webhooks told already are no findings, however often we poll."""
    number = town.mail("lou@globex.example")
    town.work()
    for _ in range(3):
        town.later(minutes=2)
        assert town.poll() == 0
    town.work()
    assert (town.decisions(number), len(town.notes(number))) == (1, 1)


def test_webhook_and_poll_together_decide_once(town: Town) -> None:
    """F01, F02, S9: doubled, late and polled at once, a ticket has one decision and one note."""
    town.faults(webhook_doubled=1.0, webhook_shuffled=True, seed=3)
    numbers = [town.mail(f"person{n}@globex.example") for n in range(8)]
    town.later(seconds=66)
    town.poll()
    town.work()
    assert [town.decisions(number) for number in numbers] == [1] * 8
    assert [len(town.notes(number)) for number in numbers] == [1] * 8


def test_after_a_long_silence_the_poll_goes_on_where_it_stopped(town: Town) -> None:
    """F16, F33: the cursor keeps the place over hours, and over tickets that are gone meanwhile (F27)."""
    town.faults(webhook_lost=1.0)
    first = town.mail("lou@globex.example")
    town.later(minutes=2)
    town.poll()
    town.work()
    gone = town.mail("lou@globex.example")
    town.api(f"tickets/{gone}.json", "DELETE")
    second = town.mail("lou@globex.example")
    town.later(hours=5)
    town.poll()
    town.work()
    assert [town.decisions(number) for number in (first, gone, second)] == [1, 0, 1]
    assert town.open_work() == []
