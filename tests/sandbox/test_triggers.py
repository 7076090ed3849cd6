"""Triggers: what they see, what they do, and that they cannot loop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.zendesk import Account, Receiver, call_webhook

BODY = '{"ticket_id": "{{ticket.id}}", "status": "{{ticket.status}}", "from": "{{ticket.requester.email}}"}'


def test_a_trigger_calls_the_webhook_with_its_placeholders_filled_in(desk: Account, receiver: Receiver) -> None:
    webhook = desk.webhook(receiver.url)
    desk.trigger([call_webhook(webhook, BODY)], ("update_type", "is", "Create"))
    ticket = desk.mail()
    desk.change(ticket["id"], priority="high")
    assert desk.sandbox.settle()
    (received,) = receiver.received
    assert received.json == {"ticket_id": str(ticket["id"]), "status": "New", "from": "ana@acme.example"}


def test_f24_an_update_that_carries_our_revision_starts_nothing(desk: Account, receiver: Receiver) -> None:
    """The condition with which Deskward's own triggers keep from looping."""
    revision = desk.field("Deskward revision")
    webhook = desk.webhook(receiver.url)
    desk.trigger([call_webhook(webhook, "{{ticket.id}}")], (f"custom_fields_{revision}", "not_changed", None))
    ticket = desk.mail()
    desk.change(ticket["id"], priority="high", custom_fields=[{"id": revision, "value": "1"}])
    desk.happens("agent-edit", ticket_id=ticket["id"], ticket={"priority": "low"})
    assert desk.sandbox.settle()
    assert len(receiver.received) == 2  # the mail and the agent's edit, not our own update


def test_two_triggers_that_undo_each_other_end(desk: Account) -> None:
    """F25: each trigger fires once for one update, so this ends."""
    desk.trigger([{"field": "priority", "value": "high"}], ("priority", "is_not", "high"))
    desk.trigger([{"field": "priority", "value": "low"}], ("priority", "is", "high"))
    assert desk.mail()["priority"] == "low"


def test_a_trigger_may_wake_an_earlier_one(desk: Account) -> None:
    desk.trigger([{"field": "current_tags", "value": "woken"}], ("priority", "is", "urgent"))
    desk.trigger([{"field": "priority", "value": "urgent"}], ("update_type", "is", "Create"))
    ticket = desk.mail()
    assert (ticket["priority"], ticket["tags"]) == ("urgent", ["woken"])
    (audit,) = desk.api("GET", f"tickets/{ticket['id']}/audits.json")["audits"]
    rules = {event["field_name"]: event["via"]["source"]["rel"] for event in audit["events"] if "via" in event}
    assert rules == {"priority": "trigger", "tags": "trigger"}


def test_an_inactive_trigger_sleeps_and_a_deleted_one_is_gone(desk: Account) -> None:
    act = [{"field": "priority", "value": "urgent"}]
    desk.trigger(act, ("update_type", "is", "Create"), active=False)
    gone = desk.trigger(act, ("update_type", "is", "Create"))
    desk.api("DELETE", f"triggers/{gone['id']}.json", expect=204)
    assert desk.mail()["priority"] is None


CHANGES: list[tuple[tuple[str, str, Any], bool]] = [
    (("update_type", "is", "Change"), True),
    (("update_type", "is", "Create"), False),
    (("priority", "changed", None), True),
    (("priority", "not_changed", None), False),
    (("priority", "value", "high"), True),
    (("priority", "value", "low"), False),
    (("priority", "not_value", "low"), True),
    (("priority", "value_previous", ""), True),
    (("priority", "greater_than", "normal"), True),
    (("priority", "less_than", "high"), False),
    (("status", "is", "new"), True),
    (("status", "is_not", "new"), False),
    (("type", "is", "__NULL__"), True),
    (("status", "changed", None), False),
    (("current_tags", "includes", "vip other"), True),
    (("current_tags", "not_includes", "vip"), False),
    (("organization_id", "not_present", None), True),
    (("requester_id", "present", None), True),
    (("role", "is", "agent"), True),
    (("role", "is", "end_user"), False),
    (("comment_is_public", "is", "false"), True),
    (("comment_is_public", "is", "true"), False),
    (("comment_is_public", "is", "not_relevant"), True),
]


@pytest.mark.parametrize("condition, holds", CHANGES)
def test_a_condition_sees_the_change(desk: Account, condition: tuple[str, str, Any], holds: bool) -> None:
    """One update by an agent: priority none to high, with an internal note, on a ticket tagged vip."""
    ticket = desk.mail(tags=["vip"])
    desk.trigger([{"field": "type", "value": "incident"}], condition)
    desk.change(ticket["id"], priority="high", comment={"body": "note", "public": False})
    assert (desk.ticket(ticket["id"])["type"] == "incident") is holds


def test_without_a_comment_no_condition_on_comments_holds(desk: Account) -> None:
    ticket = desk.mail()
    desk.trigger([{"field": "type", "value": "incident"}], ("comment_is_public", "is", "not_relevant"))
    desk.change(ticket["id"], priority="high")
    assert desk.ticket(ticket["id"])["type"] is None


def test_one_of_any_is_enough_and_all_of_all_are_needed(desk: Account) -> None:
    some = [{"field": "status", "operator": "is", "value": value} for value in ("hold", "new")]
    every = [{"field": "update_type", "operator": "is", "value": "Create"}]
    act = [{"field": "priority", "value": "low"}]
    desk.trigger(act, conditions={"all": every, "any": some})
    assert desk.mail()["priority"] == "low"
    desk.change(desk.mail(priority="high")["id"], status="open")
    assert desk.api("GET", "tickets.json")["tickets"][-1]["priority"] == "low"


def test_a_mail_to_the_requester_is_in_the_outbox(desk: Account) -> None:
    ask = desk.field("Ask", "checkbox")
    mail = ["requester_id", "About #{{ticket.id}}", "Dear {{ticket.requester.first_name}}, how bad is it?"]
    desk.trigger([{"field": "notification_user", "value": mail}], (f"custom_fields_{ask}", "is", "true"))
    ticket = desk.mail()
    desk.change(ticket["id"], custom_fields=[{"id": ask, "value": True}])
    (sent,) = desk.ask("GET", f"/sandbox/outbox?ticket_id={ticket['id']}").json()["mails"]
    assert (sent["to"], sent["subject"]) == ("ana@acme.example", f"About #{ticket['id']}")
    assert sent["body"] == "Dear Ana, how bad is it?"


@pytest.mark.parametrize(
    "action, tags",
    [("set_tags", ["a", "b"]), ("current_tags", ["a", "b", "c"]), ("remove_tags", ["c"])],
)
def test_tags_are_set_added_and_removed(desk: Account, action: str, tags: list[str]) -> None:
    desk.trigger([{"field": action, "value": "a b"}], ("update_type", "is", "Create"))
    assert desk.mail(tags=["a", "c"])["tags"] == tags


@pytest.mark.parametrize(
    "change, named",
    [
        ({"actions": []}, "actions"),
        ({"actions": [{"field": "launch", "value": "1"}]}, "actions"),
        ({"actions": [{"field": "notification_webhook", "value": ["nobody", "{}"]}]}, "actions"),
        ({"conditions": {"all": [{"field": "mood", "operator": "is", "value": "x"}]}}, "conditions"),
        ({"conditions": {"all": [{"field": "status", "operator": "resembles", "value": "x"}]}}, "conditions"),
        ({"category_id": "1"}, "category_id"),
        ({"title": " "}, "title"),
    ],
)
def test_a_trigger_that_could_never_work_is_refused(desk: Account, change: dict[str, Any], named: str) -> None:
    good = {"title": "ours", "conditions": {"all": []}, "actions": [{"field": "priority", "value": "low"}]}
    error = desk.api("POST", "triggers.json", {"trigger": good | change}, 422)
    assert named in error["details"]


def test_an_update_of_a_trigger_replaces_conditions_and_actions(desk: Account) -> None:
    made = desk.trigger([{"field": "priority", "value": "low"}], ("status", "is", "new"))
    change = {"trigger": {"actions": [{"field": "priority", "value": "high"}]}}
    after = desk.api("PUT", f"triggers/{made['id']}.json", change)["trigger"]
    assert (after["conditions"], after["actions"]) == ({"all": [], "any": []}, change["trigger"]["actions"])
    assert after["category_id"] == made["category_id"] and isinstance(after["category_id"], str)


PLACEHOLDERS = [
    ("{{ticket.title}}", "Help"),
    ("{{ ticket.priority | downcase }}", "high"),
    ("{{ticket.priority}}", "High"),
    ("{{ticket.requester.last_name}}", "Lee"),
    ("{{ticket.organization.name}}", "Acme"),
    ("{{ticket.requester.organization.name}}", "Acme"),
    ("{{ticket.latest_comment}}", 'It "broke".'),
    ("{{ticket.brand.name}}", "Sandbox"),
    ("{{ticket.via}}", "Email"),
    ("{{ticket.tags}}", "sev_1"),
    ("{{ticket.updated_at_with_timestamp}}", "2026-11-02T09:00:00Z"),
    ("{{current_user.email}}", "ana@acme.example"),
    ("{{ticket.no.such.thing}}{{nothing}}", ""),
]


@pytest.mark.parametrize("text, rendered", PLACEHOLDERS)
def test_a_placeholder_is_rendered(timed: Account, text: str, rendered: str) -> None:
    severity = timed.field("Severity", "tagger", ("sev_1",))
    timed.api("POST", "organizations.json", {"organization": {"name": "Acme", "domain_names": ["acme.example"]}}, 201)
    mail = {"field": "notification_user", "value": ["requester_id", text, f"{{{{ticket.ticket_field_{severity}}}}}"]}
    timed.trigger([mail], ("update_type", "is", "Create"))
    values = [{"id": severity, "value": "sev_1"}]
    timed.mail(name="Ana Lee", body='It "broke".', priority="high", custom_fields=values)
    (sent,) = timed.ask("GET", "/sandbox/outbox").json()["mails"]
    assert (sent["subject"], sent["body"]) == (rendered, "sev_1")
