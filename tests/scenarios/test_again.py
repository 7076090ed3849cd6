"""Tickets at rest are decided again when a person asks for it: after a contract, or a mode, changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.services.again import NobodyThere, look_again, open_tickets
from integration.store import tickets as rows
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("stories")

NEWCO = """\
reference,organization,plan,status,start,end,domains
MM-9,Newco,mattermost/enterprise,active,2026-01-01,2027-12-31,newco.example
"""


def test_a_customer_recorded_late_gets_its_promise_when_a_lead_asks_for_it(town: Town) -> None:
    """G-06: the ticket rests as unknown_domain until a lead has it looked at again, and then a new receipt says why."""
    number = town.mail("pat@newco.example")
    town.work()
    assert town.ticket(number)["entitlement"] == "unknown_domain"
    town.import_contracts(NEWCO)
    town.work()
    assert town.ticket(number)["entitlement"] == "unknown_domain"
    assert open_tickets(town.parts, "newco") == [number]
    look_again(town.parts, [number])
    town.work()
    assert town.ticket(number)["entitlement"] == "entitled"
    assert len(town.notes(number)) == 2


def test_asking_again_for_what_would_be_decided_the_same_writes_nothing(town: Town) -> None:
    """G-06: a repeated decision that changes nothing writes nothing."""
    number = town.mail("lou@globex.example")
    town.work()
    look_again(town.parts, open_tickets(town.parts))
    town.forget_calls()
    town.work()
    assert [call for call in town.calls() if call.startswith("PUT")] == []
    assert len(town.notes(number)) == 1


def test_from_observe_over_note_to_act_a_ticket_is_told_what_it_lacks_once(town: Town) -> None:
    """The modes of a first contact with a live account: nothing, then the note, then the fields; one note in all."""
    town.with_settings(deskward_mode="observe")
    number = town.mail("lou@globex.example")
    town.work()
    assert (town.notes(number), town.ticket(number)["plan"]) == ([], None)
    for mode, plan in (("note", None), ("act", "mattermost/enterprise")):
        town.with_settings(deskward_mode=mode)
        look_again(town.parts, [number])
        town.work()
        assert (len(town.notes(number)), town.ticket(number)["plan"]) == (1, plan)


def test_a_ticket_or_customer_that_nobody_knows_is_named_and_nothing_is_asked(town: Town) -> None:
    known = town.mail("lou@globex.example")
    town.work()
    with pytest.raises(NobodyThere, match="ticket 4711 was not seen"):
        look_again(town.parts, [known, "4711"])
    with pytest.raises(NobodyThere, match='no customer "Nemo"'):
        open_tickets(town.parts, "Nemo")
    assert town.work().claimed == 0


def test_a_ticket_about_another_product_than_the_contracts_is_not_covered(town: Town) -> None:
    """RC-05: the product field of a real ticket is compared with the contract's product."""
    right = town.portal("pia@hooli.example", brand="Rocket.Chat", product="Cloud Enterprise")
    other = town.portal("pia@hooli.example", brand="Rocket.Chat", product="Self-Managed Omnichannel")
    town.work()
    assert town.ticket(right)["entitlement"] == "entitled"
    assert town.ticket(other)["entitlement"] == "product_not_covered"


def test_a_note_that_came_before_all_else_is_not_written_again_when_the_fields_follow(town: Town) -> None:
    """Per feature: whether the ticket has its note is looked up, and not concluded from the mode."""
    town.with_settings(deskward_mode="observe,note=note")
    number = town.mail("lou@globex.example")
    town.work()
    assert (len(town.notes(number)), town.ticket(number)["plan"]) == (1, None)
    town.with_settings(deskward_mode="act")
    look_again(town.parts, [number])
    town.work()
    assert (len(town.notes(number)), town.ticket(number)["plan"]) == (1, "mattermost/enterprise")


def test_following_begins_with_what_was_decided_just_now_where_that_is_asked(town: Town) -> None:
    """A first ticket that was decided while the follower started gets its line; an older one does not come twice."""
    town.mail("lou@globex.example")
    town.work()
    town.later(minutes=5)
    town.mail("lou@globex.example")
    town.work()
    with town.parts.store.read() as (connection, now):
        account = town.parts.account
        newest = [rows.newest_decision_id(connection, account, now - timedelta(seconds=s)) for s in (-1, 10, 600)]
    assert newest == [2, 1, 0]
