"""What customers and agents do: mails, portal requests, calls, replies."""

from __future__ import annotations

import pytest

from tests.sandbox.zendesk import Account


def test_a_mail_becomes_a_ticket_that_knows_where_it_came_from(desk: Account) -> None:
    desk.happens("brands", name="Rockstor", support_addresses=["Support@Rockstor.example"])
    ticket = desk.mail(to="support@rockstor.example", cc=["ben@acme.example"])
    source = ticket["via"]["source"]
    assert (ticket["via"]["channel"], source["from"]["address"]) == ("email", "ana@acme.example")
    assert source["to"]["address"] == ticket["recipient"] == "support@rockstor.example"
    brand = desk.api("GET", f"brands/{ticket['brand_id']}.json")["brand"]
    assert brand["name"] == "Rockstor" and "support_addresses" not in str(brand)
    (copied,) = ticket["email_cc_ids"]
    assert desk.api("GET", f"users/{copied}.json")["user"]["email"] == "ben@acme.example"


def test_the_sender_of_a_mail_is_not_verified_the_user_of_a_portal_is(desk: Account) -> None:
    mailed = desk.mail()
    assert desk.api("GET", f"users/{mailed['requester_id']}.json")["user"]["verified"] is False
    asked = desk.happens("portal-request", **{"from": "ana@acme.example", "subject": "Help", "body": "x"})["ticket"]
    assert asked["requester_id"] == asked["submitter_id"] == mailed["requester_id"]
    assert asked["via"]["channel"] == "web"
    assert desk.api("GET", f"users/{mailed['requester_id']}.json")["user"]["verified"] is True


@pytest.mark.parametrize(
    "marks, flags, trusted",
    [({"spoofed": True}, [14], False), ({"auto_reply": True}, [4], True), ({}, None, None)],
)
def test_f38_a_mail_that_may_be_spoofed_is_flagged_in_its_comment_and_audit(
    desk: Account, marks: dict[str, bool], flags: list[int] | None, trusted: bool | None
) -> None:
    ticket = desk.mail(**marks)
    (comment,) = desk.api("GET", f"tickets/{ticket['id']}/comments.json")["comments"]
    (audit,) = desk.api("GET", f"tickets/{ticket['id']}/audits.json")["audits"]
    for metadata in (comment["metadata"], audit["metadata"]):
        assert (metadata.get("flags"), metadata.get("trusted")) == (flags, trusted)
        if flags:
            assert metadata["flags_options"] == {str(flags[0]): {"trusted": trusted}}


def test_a_call_is_filed_by_an_agent_for_the_customer(desk: Account) -> None:
    ticket = desk.happens("agent-ticket", requester="ana@acme.example", channel="phone", subject="s", body="b")[
        "ticket"
    ]
    agent = desk.api("GET", f"users/{ticket['submitter_id']}.json")["user"]
    assert (agent["role"], agent["name"]) == ("agent", "Ada Agent")
    assert ticket["submitter_id"] != ticket["requester_id"]
    assert (ticket["via"]["channel"], ticket["via"]["source"]["rel"]) == ("voice", "inbound")


@pytest.mark.parametrize("status", ["pending", "hold", "solved"])
def test_a_customers_reply_opens_a_ticket_that_waited(desk: Account, status: str) -> None:
    ticket = desk.mail()
    desk.happens("reply", ticket_id=ticket["id"], **{"as": "agent"}, body="Try this.", status=status)
    assert desk.ticket(ticket["id"])["status"] == status
    desk.happens("reply", ticket_id=ticket["id"], **{"as": "customer"}, body="It did not help.")
    assert desk.ticket(ticket["id"])["status"] == "open"
    said = desk.api("GET", f"tickets/{ticket['id']}/comments.json?include=users")
    assert [comment["plain_body"] for comment in said["comments"]] == ["It broke.", "Try this.", "It did not help."]
    assert len(said["users"]) == 2


def test_f29_a_reply_to_a_closed_ticket_is_a_follow_up(desk: Account) -> None:
    ticket = desk.mail()
    desk.change(ticket["id"], status="closed")
    new = desk.happens("reply", ticket_id=ticket["id"], body="Again.")["ticket"]
    assert new["id"] != ticket["id"]
    assert new["via"]["source"]["rel"] == "follow_up"
    assert new["via"]["source"]["from"]["ticket_id"] == ticket["id"]
    assert desk.ticket(ticket["id"])["followup_ids"] == [new["id"]]


def test_an_agents_edit_is_an_agents(desk: Account) -> None:
    ticket = desk.mail()
    audit = desk.happens("agent-edit", ticket_id=ticket["id"], ticket={"priority": "urgent"})["audit"]
    assert desk.api("GET", f"users/{audit['author_id']}.json")["user"]["role"] == "agent"
    assert desk.ticket(ticket["id"])["priority"] == "urgent"


@pytest.mark.parametrize(
    "what, body",
    [
        ("inbound-mail", {"subject": "nobody"}),
        ("inbound-mail", {"from": "no address"}),
        ("agent-ticket", {"requester": "a@b.example", "channel": "telepathy"}),
        ("reply", {"ticket_id": "one", "body": "x"}),
    ],
)
def test_a_control_request_that_cannot_be_meant_is_told_why(desk: Account, what: str, body: dict[str, str]) -> None:
    answer = desk.ask("POST", f"/sandbox/{what}", body)
    assert (answer.status_code, len(answer.json()["description"]) > 10) == (400, True)
    assert desk.api("GET", "tickets.json")["tickets"] == []
