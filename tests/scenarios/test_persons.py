"""What people change after us stands (G-05), and only what matters asks for a new decision (G-06)."""

from __future__ import annotations

import pytest

from integration.services.override import BadOverride
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("stories")


def outage(town: Town) -> str:
    """A named contact of a Premier customer reports an outage; it is decided and written."""
    form = "Technical support request"
    number = town.portal("ana@acme.example", form=form, priority="urgent", category="AD/LDAP", environment="production")
    town.work()
    assert town.ticket(number)["severity"] == "L1"
    return number


def much_happens(town: Town, number: str) -> None:
    """Events that change nothing that a decision depends on."""
    for status in ("open", "pending"):
        town.later(minutes=3)
        town.reply(number, "Any news?")
        town.later(minutes=3)
        town.reply(number, "We are looking.", status=status, **{"as": "agent"})
        town.work()


def writes(town: Town) -> int:
    """How many updates Zendesk has got from us since the calls were forgotten."""
    return sum(count for call, count in town.calls().items() if call.startswith("PUT"))


def test_an_agents_priority_stands_and_severity_follows_and_nothing_fights_it(town: Town) -> None:
    """G-05, G-07: the agent knows better; what the customer stated stays on record."""
    number = outage(town)
    town.later(minutes=5)
    town.agent_sets(number, priority="normal")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["priority"], ticket["severity"]) == ("normal", "L3")
    assert town.explain(number)["severity_stated"] == "L1"
    town.forget_calls()
    much_happens(town, number)
    assert writes(town) == 0
    assert town.ticket(number)["priority"] == "normal"
    assert len(town.notes(number)) == 2


def test_an_agent_who_changes_the_mind_is_followed_each_time(town: Town) -> None:
    """G-05: the last word of a person holds, whichever of the two fields it is said in."""
    number = outage(town)
    for field, value, severity, priority in (
        ("priority", "low", "L4", "low"),
        ("severity", "L2", "L2", "high"),
        ("priority", "normal", "L3", "normal"),
        ("priority", "urgent", "L1", "urgent"),
    ):
        town.later(minutes=5)
        town.agent_sets(number, **{field: value})
        town.work()
        much_happens(town, number)
        ticket = town.ticket(number)
        assert (ticket["severity"], ticket["priority"]) == (severity, priority), (field, value)


def test_an_agents_severity_moves_the_priority_and_the_category_of_an_agent_stays(town: Town) -> None:
    """G-05: severity and category are theirs after the first edit."""
    number = outage(town)
    town.later(minutes=5)
    town.agent_sets(number, severity="L2", category="Mobile")
    town.work()
    much_happens(town, number)
    ticket = town.ticket(number)
    assert (ticket["severity"], ticket["priority"], ticket["category"]) == ("L2", "high", "Mobile")
    assert town.explain(number)["category_because"]["from"] == "person"


def test_an_agents_urgent_reads_as_high_where_a_vendor_knows_no_urgent_and_still_stands(town: Town) -> None:
    """RC-23, G-05: Rocket.Chat has three severities for four priorities."""
    number = town.portal("pia@hooli.example", brand="Rocket.Chat", priority="normal")
    town.work()
    town.later(minutes=5)
    town.agent_sets(number, priority="urgent")
    town.work()
    much_happens(town, number)
    ticket = town.ticket(number)
    assert (ticket["severity"], ticket["priority"]) == ("high", "urgent")


def test_an_agent_who_is_faster_than_our_write_is_not_overwritten(town: Town) -> None:
    """G-05, F21: between our decision and our update an agent rates the ticket; the agent's word holds."""
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    town.switch("writes", "off")
    town.work()
    town.later(minutes=1)
    town.agent_sets(number, priority="urgent", category="Mobile")
    town.switch("writes", "on")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["priority"], ticket["severity"], ticket["category"]) == ("urgent", "L1", "Mobile")
    [note] = town.notes(number)
    assert len(note.splitlines()) <= 10 and "L1" in note


def test_our_own_fields_are_put_right_at_the_next_event(town: Town) -> None:
    """G-05: plan, entitlement and deadline are ours to keep, whoever typed into them."""
    number = outage(town)
    town.later(minutes=5)
    town.agent_sets(number, plan="mattermost/enterprise", first_reply_due="whenever")
    town.reply(number, "Any news?")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["plan"], ticket["first_reply_due"]) == ("mattermost/premier", "2026-11-20 11:00 UTC")
    assert len(town.notes(number)) == 1


@pytest.mark.parametrize("way", ["mail", "portal"])
def test_a_requester_swapped_to_the_named_contact_is_decided_again_by_itself(town: Town, way: str) -> None:
    """MM-30, G-03, G-06: a colleague asked; the agent makes the named contact the requester, who then gets Premier."""
    town.portal("ana@acme.example")
    number = town.mail("dan@acme.example") if way == "mail" else town.portal("dan@acme.example", priority="normal")
    town.work()
    before = town.ticket(number)
    assert (before["entitlement"], before["plan"]) == ("not_named_contact", "mattermost/enterprise")
    town.later(minutes=30)
    town.agent_sets(number, requester_id=town.user("ana@acme.example"))
    town.work()
    after = town.ticket(number)
    assert (after["entitlement"], after["plan"]) == ("entitled", "mattermost/premier")
    # G-09: sponsored late: 8 h of Premier from the change, which is earlier than 16 h of Enterprise.
    assert after["first_reply_due"] == "2026-11-20 18:30 UTC"
    assert len(town.notes(number)) == 2


def test_a_ticket_moved_into_an_organization_is_decided_again_by_itself(town: Town) -> None:
    """G-06: the contract belongs to a Zendesk organization; the agent says that the asker belongs to it."""
    umbrella = town.api("organizations.json", "POST", organization={"name": "Umbrella"})["organization"]["id"]
    town.import_contracts(
        "reference,organization,zendesk_organization_id,plan,start\n"
        f"MM-9,Umbrella,{umbrella},mattermost/enterprise,2026-01-01\n"
    )
    number = town.portal("uma@gmail.com", priority="normal")
    town.work()
    assert town.ticket(number)["entitlement"] == "free_mail"
    town.later(minutes=5)
    membership = {"user_id": town.user("uma@gmail.com"), "organization_id": umbrella}
    town.api("organization_memberships.json", "POST", organization_membership=membership)
    town.agent_sets(number, organization_id=umbrella)
    town.work()
    ticket = town.ticket(number)
    assert (ticket["entitlement"], ticket["plan"]) == ("entitled", "mattermost/enterprise")


def test_an_override_stands_over_later_events_until_it_is_withdrawn(town: Town) -> None:
    """G-05: recorded with a reason, shown on the ticket, stronger than facts."""
    number = town.mail("lou@globex.example")
    town.work()
    assert town.ticket(number)["severity"] == "L3"
    town.later(minutes=5)
    town.override(number, severity="L1", plan="mattermost/premier", category="Database")
    town.work()
    much_happens(town, number)
    ticket = town.ticket(number)
    assert (ticket["severity"], ticket["priority"]) == ("L1", "urgent")
    assert (ticket["plan"], ticket["category"]) == ("mattermost/premier", "Database")
    assert ticket["first_reply_due"] == "2026-11-20 11:05 UTC"  # one hour from the override (G-09)
    assert "agreed on the phone" in town.notes(number)[-1]
    town.override(number, withdraw=True, severity="", plan="", category="")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["severity"], ticket["priority"], ticket["plan"]) == ("L3", "normal", "mattermost/enterprise")
    assert len(town.notes(number)) == 3


def test_an_override_that_no_catalogue_knows_is_refused_with_what_would_be_right(town: Town) -> None:
    """G-05: a slip of the hand changes nothing."""
    number = outage(town)
    for values, says in (({"severity": "L9"}, "L1, L2, L3, L4"), ({"plan": "mattermost/vip"}, "mattermost/premier")):
        with pytest.raises(BadOverride, match=says):
            town.override(number, **values)
    town.forget_calls()
    town.work()
    assert writes(town) == 0


def test_an_edited_contract_counts_at_the_next_event_with_a_new_receipt(town: Town) -> None:
    """G-06: finance suspends a customer; the open ticket learns of it when something happens to it."""
    number = town.mail("lou@globex.example")
    town.work()
    town.later(hours=1)
    suspended = "reference,organization,plan,start,end,domains,status\nMM-2,Globex,mattermost/enterprise,2026-01-01,"
    town.import_contracts(suspended + "2027-12-31,globex.example,suspended\n")
    town.work()
    assert town.ticket(number)["plan"] == "mattermost/enterprise"
    town.reply(number, "Any news?")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["entitlement"], ticket["plan"], ticket["first_reply_due"]) == ("contract_suspended", None, None)
    assert [("suspended" in note) for note in town.notes(number)] == [False, True]


def test_events_that_change_nothing_decide_nothing(town: Town) -> None:
    """G-06: four events, one decision, one note, no write."""
    number = outage(town)
    town.forget_calls()
    much_happens(town, number)
    assert (town.decisions(number), writes(town), len(town.notes(number))) == (1, 0, 1)


def test_a_decision_that_comes_out_equal_is_kept_and_writes_nothing(town: Town) -> None:
    """G-06: a fact changed (a finance reference), the decision did not."""
    number = outage(town)
    town.import_contracts(
        "reference,organization,plan,status,start,end,source,domains,contacts,external_reference\n"
        "MM-1,Acme,mattermost/premier,active,2026-01-01,2027-12-31,sales,acme.example,"
        "ana@acme.example;ben@acme.example;cy@acme.example,INV-77\n"
    )
    town.forget_calls()
    much_happens(town, number)
    assert (town.decisions(number), writes(town), len(town.notes(number))) == (2, 0, 1)


def test_raising_counts_from_the_change_and_never_later_than_promised_before(town: Town) -> None:
    """G-09, MM-11: L3 of Enterprise is due on Monday; raised to L1 after an hour, it is due 4 h from then."""
    number = town.portal("lou@globex.example", priority="normal")
    town.work()
    assert town.ticket(number)["first_reply_due"] == "2026-11-23 18:00 UTC"
    town.later(hours=1)
    town.agent_sets(number, severity="L1")
    town.work()
    assert town.ticket(number)["first_reply_due"] == "2026-11-20 15:00 UTC"
    town.later(hours=2)
    much_happens(town, number)
    assert town.ticket(number)["first_reply_due"] == "2026-11-20 15:00 UTC"


def test_raising_at_the_last_minute_keeps_the_old_deadline(town: Town) -> None:
    """G-09: the earlier of the old deadline and the moment of the change + the new target."""
    number = town.portal("ana@acme.example", priority="high")
    town.work()
    assert town.ticket(number)["first_reply_due"] == "2026-11-20 12:00 UTC"
    town.later(hours=1, minutes=30)
    town.agent_sets(number, severity="L1")
    town.work()
    assert town.ticket(number)["first_reply_due"] == "2026-11-20 12:00 UTC"


def test_lowering_eases_the_deadline_from_the_start(town: Town) -> None:
    """G-09: an L1 that turns out to be an L2 is due two hours after it came."""
    number = outage(town)
    town.later(minutes=20)
    town.agent_sets(number, severity="L2")
    town.work()
    assert town.ticket(number)["first_reply_due"] == "2026-11-20 12:00 UTC"
