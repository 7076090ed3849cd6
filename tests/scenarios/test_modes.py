"""First contact with a live account: observe, then note, then act; older tickets; the kill switch."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from integration.services import sweep
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("stories")


def sent(town: Town) -> dict[str, int]:
    """What Zendesk got from us that changes anything, since the calls were forgotten."""
    return {call: count for call, count in town.calls().items() if not call.startswith("GET")}


def test_observe_decides_and_explains_and_sends_nothing(town: Town) -> None:
    """An account that was just connected is watched: no write of any kind, and every decision can be read."""
    town.with_settings(deskward_mode="observe")
    town.forget_calls()
    number = town.mail("lou@globex.example")
    town.work()
    town.reply(number, "Any news?")
    town.work()
    assert sent(town) == {}
    assert town.notes(number) == [] and town.ticket(number)["plan"] is None
    explained = town.explain(number)
    assert (explained["entitlement"]["plan"], explained["mode"]) == ("mattermost/enterprise", "observe")
    assert explained["owed"] == {"fields": {}, "notes": []}


def test_what_agents_do_while_we_observe_is_theirs_when_we_begin_to_act(town: Town) -> None:
    """G-05: an agent rated the ticket before we ever wrote to it; acting does not take that away."""
    town.with_settings(deskward_mode="observe")
    number = town.mail("lou@globex.example")
    town.work()
    town.later(minutes=5)
    town.agent_sets(number, priority="urgent", category="Mobile")
    town.work()
    town.with_settings(deskward_mode="act")
    town.later(minutes=5)
    town.agent_sets(number, environment="staging")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["priority"], ticket["category"]) == ("urgent", "Mobile")


def test_note_writes_one_note_and_no_field_but_the_revision(town: Town) -> None:
    """The second step: agents see what would be done."""
    town.with_settings(deskward_mode="note")
    number = town.mail("lou@globex.example")
    town.work()
    ticket = town.ticket(number)
    assert ticket["revision"] == "1"
    written = ("plan", "severity", "entitlement", "category", "first_reply_due", "message", "priority", "group_id")
    assert {name: ticket[name] for name in written if ticket[name]} == {}
    assert len(town.notes(number)) == 1


def test_each_feature_has_a_mode_of_its_own(town: Town) -> None:
    """Fields are written, the priority is left to people, and nobody gets a note."""
    town.with_settings(deskward_mode="act,priority=observe,note=observe")
    number = town.mail("lou@globex.example")
    town.work()
    ticket = town.ticket(number)
    assert (ticket["plan"], ticket["severity"], ticket["priority"]) == ("mattermost/enterprise", "L3", None)
    assert town.notes(number) == []


def test_tickets_from_before_active_since_are_decided_and_told_nothing(town: Town) -> None:
    """House: ACTIVE_SINCE keeps older tickets out of notes; the same second counts as since."""
    older = town.mail("lou@globex.example")
    town.later(minutes=10)
    newer = town.mail("lou@globex.example")
    town.with_settings(active_since=datetime(2026, 11, 20, 10, 10, 0, 500, tzinfo=UTC))
    town.work()
    town.reply(older, "Any news?")
    town.work()
    assert town.decisions(older) == 1 and town.notes(older) == []
    assert town.ticket(older)["plan"] is None
    assert len(town.notes(newer)) == 1


def test_the_kill_switch_keeps_what_is_owed_and_sends_it_later_once(town: Town) -> None:
    """House: one switch stops all writing; nothing is lost by it and nothing doubled."""
    number = town.mail("lou@globex.example")
    town.switch("writes", "off")
    town.forget_calls()
    town.work()
    town.later(minutes=5)
    town.override(number, severity="L1")
    town.work()
    assert sent(town) == {} and sweep.reopen_owing(town.parts) == 0
    assert town.explain(number)["owed"]["notes"] == ["decision 2"]
    town.switch("writes", "on")
    town.later(minutes=2)
    assert sweep.reopen_owing(town.parts) == 1
    for _ in range(3):
        town.work()
        town.later(minutes=2)
        assert sweep.reopen_owing(town.parts) == 0
    assert sent(town) == {"PUT /api/v2/tickets/{ticket_id}": 1}
    [note] = town.notes(number)
    assert len(note.splitlines()) <= 10
    assert town.ticket(number)["severity"] == "L1"


def test_going_back_to_observe_drops_what_was_owed(town: Town) -> None:
    """Observe sends no write at all, also none that an earlier mode left behind, and does not look for ever."""
    number = town.mail("lou@globex.example")
    town.switch("writes", "off")
    town.work()
    town.with_settings(deskward_mode="observe")
    town.switch("writes", "on")
    town.forget_calls()
    for _ in range(3):
        town.later(minutes=2)
        sweep.reopen_owing(town.parts)
        town.work()
    assert sent(town) == {}
    assert town.explain(number)["owed"] == {"fields": {}, "notes": []}
    assert town.calls()["GET /api/v2/tickets/show_many"] == 1
