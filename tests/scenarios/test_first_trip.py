"""A ticket comes in, the right fields go out."""

from __future__ import annotations

import pytest

from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("servers")


def test_a_premier_contact_reports_an_outage_and_the_agent_finds_everything_set(town: Town) -> None:
    """MM-11, MM-30, MM-41, MM-45: named contact, L1, one hour, one update, one note, two calls (P3)."""
    number = town.portal(
        "ana@acme.example",
        form="Technical support request",
        priority="urgent",
        environment="production",
        category="AD/LDAP",
    )
    town.work()
    assert town.troubles() == []
    ticket = town.ticket(number)
    assert (ticket["plan"], ticket["severity"], ticket["priority"]) == ("mattermost/premier", "L1", "urgent")
    assert ticket["entitlement"] == "entitled"
    assert ticket["first_reply_due"] == "2026-11-20 11:00 UTC"
    assert ticket["category"] == "AD/LDAP"
    assert ticket["group_id"] == town.desk["groups"]["Senior Support"]
    [note] = town.notes(number)
    assert len(note.splitlines()) <= 10
    assert "MM-30" in note and "Fri 20 Nov 2026 03:00 PST (11:00 UTC)" in note


def test_a_second_look_changes_nothing_and_writes_nothing(town: Town) -> None:
    """G-06, F24: our own update and a customer's reply ask for looks, and no look writes twice."""
    number = town.mail("lou@globex.example", brand="Mattermost")
    town.work()
    before = town.ticket(number)
    town.forget_calls()
    town.control("reply", ticket_id=number, body="Any news?", **{"as": "customer"})
    town.work()
    assert [call for call in town.calls() if call.startswith("PUT")] == []
    assert town.ticket(number)["revision"] == before["revision"] == "1"
    assert len(town.notes(number)) == 1
