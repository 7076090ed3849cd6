"""What comes after a closed ticket, and at the edges of a contract (G-03, G-11, F43)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.scenarios.conftest import CONTRACTS
from tests.scenarios.town import Town, settle_in

pytestmark = pytest.mark.xdist_group("stories")


def closed(town: Town, number: str) -> None:
    """An agent's last word, and the ticket closes."""
    town.later(minutes=5)
    town.agent_sets(number, status="solved")
    town.agent_sets(number, status="closed")
    town.work()
    town.later(hours=1)


def test_a_follow_up_inherits_channel_and_severity(town: Town) -> None:
    """G-03: a customer answers a closed portal ticket by mail; it is that portal ticket going on, an L1 still."""
    number = town.portal("ana@acme.example", priority="urgent")
    town.work()
    closed(town, number)
    follow_up = town.reply(number, "It is back!")
    assert follow_up != number
    town.work()
    ticket = town.ticket(follow_up)
    assert (ticket["severity"], ticket["priority"], ticket["entitlement"]) == ("L1", "urgent", "entitled")
    assert town.explain(follow_up)["question"]["ticket"]["channel"] == "portal"


def test_a_follow_up_inherits_what_an_agent_made_of_the_ticket(town: Town) -> None:
    """G-03, G-05: the customer said urgent, the agent knew better; the follow-up starts from there."""
    number = town.portal("ana@acme.example", priority="urgent")
    town.work()
    town.later(minutes=5)
    town.agent_sets(number, severity="L4")
    town.work()
    closed(town, number)
    follow_up = town.reply(number, "One more question.")
    town.work()
    assert town.ticket(follow_up)["severity"] == "L4"


def test_a_follow_up_of_a_ticket_we_never_saw_stands_for_itself(town: Town) -> None:
    """G-03: nothing can be inherited, so it is a mail like any other."""
    town.faults(webhook_lost=1.0)
    number = town.portal("ana@acme.example", priority="urgent")
    closed(town, number)
    town.faults()
    follow_up = town.reply(number, "It is back!")
    town.work()
    assert town.ticket(follow_up)["severity"] == "L3"
    assert town.explain(follow_up)["question"]["ticket"]["channel"] == "email"


def test_the_last_second_of_a_contract_is_covered_and_the_next_is_grace(database_url: str) -> None:
    """G-11, F43: 2027-12-31 ends at midnight in Los Angeles; the ticket's own creation counts, not our look at it."""
    last_second = datetime(2028, 1, 1, 7, 59, 59, tzinfo=UTC)
    town, leave = settle_in(database_url, CONTRACTS, at=last_second)
    try:
        covered = town.mail("lou@globex.example")
        town.later(seconds=1)
        late = town.mail("lou@globex.example")
        town.later(days=14, seconds=-1)
        last_of_grace = town.mail("lou@globex.example")
        town.later(seconds=1)
        over = town.mail("lou@globex.example")
        town.later(minutes=3)
        town.work()
        outcomes = [town.ticket(number)["entitlement"] for number in (covered, late, last_of_grace, over)]
        assert outcomes == ["entitled", "in_grace", "in_grace", "contract_ended"]
    finally:
        leave()


def test_a_contact_registered_after_the_ticket_counts_for_the_next_one(town: Town) -> None:
    """MM-30, F43: who was a named contact is judged at creation; a seat of today helps tomorrow's ticket."""
    umbrella = "reference,organization,plan,start,domains,contacts\nMM-8,Umbrella,mattermost/premier,2026-01-01,"
    town.import_contracts(umbrella + "umbrella.example,uma@umbrella.example\n")
    first = town.mail("dan@umbrella.example")
    town.work()
    assert town.ticket(first)["entitlement"] == "not_named_contact"
    town.later(hours=1)
    town.import_contracts(umbrella + "umbrella.example,uma@umbrella.example;dan@umbrella.example\n")
    town.later(hours=1)
    town.reply(first, "Any news?")
    second = town.mail("dan@umbrella.example")
    town.work()
    assert town.ticket(first)["entitlement"] == "not_named_contact"
    assert town.ticket(second)["entitlement"] == "entitled"


def test_a_renewal_recorded_late_reaches_the_open_ticket(town: Town) -> None:
    """G-11, G-09: the contract had ended; finance records the renewal; no ticket is born breached by it."""
    ended = "reference,organization,plan,start,end,domains\nMM-2,Globex,mattermost/enterprise,2025-01-01,"
    town.import_contracts(ended + "2026-06-30,globex.example\n")
    number = town.mail("lou@globex.example")
    town.work()
    assert (town.ticket(number)["entitlement"], town.ticket(number)["first_reply_due"]) == ("contract_ended", None)
    town.later(days=3)  # Monday 02:00 in Los Angeles
    town.import_contracts(ended + "2027-06-30,globex.example\n")
    town.reply(number, "We have renewed.")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["entitlement"], ticket["plan"]) == ("entitled", "mattermost/enterprise")
    assert ticket["first_reply_due"] == "2026-11-24 09:00 UTC"
