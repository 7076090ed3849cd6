"""Zendesk is busy, slow, confused or closed, or takes a thing away: nothing is lost, nothing doubled (F18 to F38)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.adapters.zendesk import TokenEndpoint, TokenSource, Wire, ZendeskClient
from integration.services import sweep
from integration.wiring import SANDBOX_CLIENT
from tests.chaos.gate import Closed, Gate
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("servers")
PUT = "PUT /api/v2/tickets/{ticket_id}"
READ = "GET /api/v2/tickets/show_many"
SEED = 20261120


def is_right(town: Town, number: str) -> bool:
    """The one right end of a mail from Globex: every field written, one note."""
    ticket = town.ticket(number)
    held = (ticket["plan"], ticket["severity"], ticket["priority"], ticket["first_reply_due"], ticket["entitlement"])
    right = ("mattermost/enterprise", "L3", "normal", "2026-11-23 18:00 UTC", "entitled")
    return held == right and len(town.notes(number)) == 1


def test_a_fifth_of_all_updates_fails_and_every_ticket_ends_right(town: Town) -> None:
    """F18 to F21: busy, broken, conflicts, lines cut before and after the update took effect; one note each."""
    print(f"seed {SEED}")
    numbers = [town.mail(f"person{n}@globex.example") for n in range(60)]
    rate = {"429": 0.03, "500": 0.03, "503": 0.03, "conflict": 0.05, "timeout_before": 0.03, "timeout_after": 0.03}
    town.faults(seed=SEED, rate=rate)
    town.work_out(seconds=1)
    town.faults()
    assert [number for number in numbers if not is_right(town, number)] == []


def test_half_of_all_updates_conflict_while_agents_work_and_no_ones_word_is_lost(town: Town) -> None:
    """F21, G-05: read again, decide again; what the agent set meanwhile stands."""
    numbers = [town.mail(f"person{n}@globex.example") for n in range(10)]
    assert town.sandbox.settle(30)
    town.faults(seed=SEED, rate={"conflict": 0.5})
    for number in numbers[:5]:
        town.later(seconds=1)
        town.work(most=10)
        town.agent_sets(number, priority="urgent")
    town.work_out(seconds=1)
    assert [town.ticket(number)["severity"] for number in numbers] == ["L1"] * 5 + ["L3"] * 5
    assert all(1 <= len(town.notes(number)) <= 2 for number in numbers)


def test_after_too_many_requests_nothing_is_asked_until_the_time_is_over(town: Town) -> None:
    """F18: one refusal closes the window for all tickets; calls in the closed window: 0."""
    numbers = [town.mail(f"person{n}@globex.example") for n in range(10)]
    assert town.sandbox.settle(30)
    town.faults(rate={"429": 1.0})
    town.forget_calls()
    town.work()
    town.mail("late@globex.example")
    town.work()
    assert town.calls()[PUT] == 1 and town.calls()[READ] == 1
    assert not sweep.has_unclaimed(town.parts, older_than=sweep.FORGOTTEN * 0)
    town.faults()
    town.later(seconds=2)
    town.work()
    assert [number for number in numbers if not is_right(town, number)] == []


def test_busy_at_the_read_waits_as_long_as_it_was_told(town: Town) -> None:
    """F18: the read of the batch is refused; a second later everything is worked off."""
    number = town.mail("lou@globex.example")
    town.faults(rate={"429": 1.0}, on=[READ])
    town.work()
    town.faults()
    assert town.work().claimed == 0
    town.later(seconds=2)
    town.work()
    assert is_right(town, number)


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_a_line_cut_at_the_update_is_read_before_anything_is_sent_again(town: Town, fault: str) -> None:
    """F20: whether the update took effect or not, the ticket ends with one note and one revision."""
    number = town.mail("lou@globex.example")
    town.faults(rate={fault: 1.0})
    town.forget_calls()
    town.work()
    assert town.calls()[PUT] == 1
    assert town.work().claimed == 0  # a late update gets the time to land
    town.faults()
    town.work_out()
    assert is_right(town, number)
    assert town.ticket(number)["revision"] == "1"


def test_an_answer_that_takes_too_long_counts_as_unknown(guarded: Town, gate: Gate) -> None:
    """F20: Zendesk took the update and our patience ended first; the note is not written twice."""
    settings, store = guarded.parts.settings, guarded.parts.store
    address = settings.zendesk_base_url
    fetch = TokenEndpoint("sandbox", address)
    tokens = TokenSource(store, guarded.parts.vault, guarded.parts.account, *SANDBOX_CLIENT, fetch)
    wire = Wire("sandbox", tokens, address, timeout=(1.0, 0.1))
    guarded.parts = replace(guarded.parts, zendesk=ZendeskClient("sandbox", tokens, address, wire))
    number = guarded.mail("lou@globex.example")
    gate.closed = Closed(after=True, hold=0.4)
    guarded.work()
    assert gate.met == 1 and "UnknownOutcome" in guarded.troubles()[0]
    gate.closed = None
    guarded.work_out()
    assert is_right(guarded, number)


@pytest.mark.parametrize("after", [False, True])
def test_a_web_page_with_status_200_is_no_success(guarded: Town, gate: Gate, after: bool) -> None:
    """F31: maintenance or sign-in pages; the update may have passed or not."""
    number = guarded.mail("lou@globex.example")
    gate.closed = Closed(status=200, after=after)
    guarded.work()
    assert gate.met == 1
    gate.closed = Closed(status=200, methods=("GET",))
    guarded.later(seconds=3)
    guarded.work()
    gate.closed = None
    guarded.work_out()
    assert is_right(guarded, number)


@pytest.mark.parametrize(("status", "methods"), [(401, ("GET", "PUT", "POST")), (403, ("PUT",))])
def test_without_access_nothing_is_sent_and_all_comes_back_by_itself(
    guarded: Town, gate: Gate, status: int, methods: tuple[str, ...]
) -> None:
    """F32: one refusal stops all sending and shows in /readyz; what is owed stays; when access is back, so are we."""
    numbers = [guarded.mail(f"person{n}@globex.example") for n in range(6)]
    assert guarded.sandbox.settle(30)
    gate.closed = Closed(status=status, methods=methods, json='{"error": "no"}')
    guarded.work()
    refused = gate.met
    assert 1 <= refused <= 2
    for _ in range(5):
        guarded.later(seconds=10)
        guarded.mail("another@globex.example")
        guarded.work()
    assert gate.met == refused
    assert "refuses us" in guarded.ready()["zendesk"]
    gate.closed = None
    for _ in range(8):
        guarded.later(seconds=61)
        guarded.work()
    assert "refuses us" not in guarded.ready()["zendesk"]
    assert [number for number in numbers if not is_right(guarded, number)] == []
    assert guarded.open_work() == []


def test_a_refusal_that_lasts_is_tried_with_one_ticket_a_minute(guarded: Town, gate: Gate) -> None:
    """F32: an hour without access costs sixty tries, not sixty times every ticket."""
    for n in range(20):
        guarded.mail(f"person{n}@globex.example")
    gate.closed = Closed(status=403, methods=("GET",), json='{"error": "no"}')
    for _ in range(60):
        guarded.later(seconds=61)
        guarded.work()
    assert 30 <= gate.met <= 61
    assert len(guarded.open_work()) == 20


def test_our_own_updates_are_answered_by_nothing(town: Town) -> None:
    """F24: twenty rounds of events, each with a decision and an update of ours: not one webhook is about our update."""
    number = town.mail("lou@globex.example")
    town.work()
    hooks = town.sandbox.account()
    assert len(hooks.all("invocations")) == 1
    for round_number, severity in enumerate(["L1", "L2"] * 10, 1):
        town.later(minutes=1)
        town.agent_sets(number, severity=severity)
        town.work()
        town.work()
        assert len(hooks.all("invocations")) == 1 + round_number
    assert town.ticket(number)["revision"] == "21"


def test_another_workers_late_update_does_not_pass_for_ours(guarded: Town, gate: Gate) -> None:
    """F20, F21, F65: it lands just before ours, with the same revision; ours is refused and sent again."""
    number = guarded.mail("lou@globex.example")
    revision = guarded.desk["ticket_fields"]["Deskward revision"]

    def lands() -> None:
        guarded.later(seconds=1)
        guarded.api(f"tickets/{number}.json", "PUT", ticket={"custom_fields": [{"id": revision, "value": 1}]})

    gate.at_write = lands
    guarded.work_out()
    assert is_right(guarded, number)
    assert guarded.ticket(number)["revision"] == "2"


@pytest.mark.parametrize("how", ["deleted", "spam", "merged"])
def test_a_ticket_that_goes_away_between_decision_and_write_is_left_alone(guarded: Town, gate: Gate, how: str) -> None:
    """F27, F28: deleted and spam are gone, a merged one is closed; nothing is owed and nothing tried again."""
    number, other = guarded.mail("lou@globex.example"), guarded.mail("max@globex.example")

    def goes_away() -> None:
        if how == "merged":
            guarded.agent_sets(number, status="closed")
        else:
            guarded.api(f"tickets/{number}.json", "DELETE")

    gate.at_write = goes_away
    guarded.work()
    guarded.work_out()
    guarded.forget_calls()
    for _ in range(3):
        guarded.later(minutes=2)
        sweep.reopen_owing(guarded.parts)
        guarded.work()
    assert guarded.calls() == {}
    assert guarded.explain(number)["owed"] == {"fields": {}, "notes": []}
    assert is_right(guarded, other)


def test_a_possibly_spoofed_mail_gets_no_promise_and_the_person_none_of_the_blame(town: Town) -> None:
    """F38, G-03: Zendesk doubts the sender; the same person's next mail, which it does not doubt, is served."""
    spoofed = town.mail("lou@globex.example", spoofed=True)
    fine = town.mail("lou@globex.example")
    town.work()
    ticket = town.ticket(spoofed)
    assert (ticket["entitlement"], ticket["plan"], ticket["priority"]) == ("unverified_sender", None, None)
    assert ticket["first_reply_due"] is None and len(town.notes(spoofed)) == 1
    assert is_right(town, fine)
    town.reply(spoofed, "Any news?")
    town.work()
    assert town.ticket(spoofed)["entitlement"] == "unverified_sender"
