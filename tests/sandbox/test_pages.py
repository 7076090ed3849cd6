"""The agent's pages."""

from __future__ import annotations

import requests

from tests.sandbox.zendesk import Account

TICKETS = "/agent/tickets"


def page(desk: Account, path: str, form: dict[str, str] | None = None, **headers: str) -> requests.Response:
    url = desk.sandbox.url + path
    if form is None:
        return desk.http.get(url, timeout=5)
    return desk.http.post(url, data=form, headers=headers, timeout=5)


def test_an_empty_desk_says_how_to_begin(desk: Account) -> None:
    start = page(desk, "/")
    assert start.url.endswith(TICKETS)
    assert "No tickets yet" in start.text and "inbound-mail" in start.text


def test_the_list_shows_deskwards_fields_and_escapes_what_customers_write(desk: Account) -> None:
    plan = desk.field("Deskward plan", "tagger", ("premier",))
    desk.field("Unrelated")
    desk.mail(subject="<script>alert(1)</script>", custom_fields=[{"id": plan, "value": "premier"}])
    text = page(desk, TICKETS).text
    assert "<h1>1 ticket, 1 new, 0 open</h1>" in text
    assert "<th>plan</th>" in text and ">Premier</td>" in text and "Unrelated" not in text
    assert "<script>" not in text and "&lt;script&gt;" in text


def test_the_list_has_pages(desk: Account) -> None:
    for number in range(51):
        desk.mail(subject=f"number {number}.")
    assert "number 50." in page(desk, TICKETS).text and "number 0." not in page(desk, TICKETS).text
    assert "number 0." in page(desk, f"{TICKETS}?page=2").text


def test_a_ticket_shows_its_conversation_with_internal_notes_marked(desk: Account) -> None:
    ticket = desk.mail(body="<b>bold</b>", spoofed=True)
    path = f"{TICKETS}/{ticket['id']}"
    assert "Internal note" not in page(desk, path).text
    after = page(desk, f"{path}/agent", {"body": "Careful.", "as": "note", "status": "open"})
    assert after.url.endswith(path)
    assert "Internal note" in after.text and "Perhaps not sent by this person" in after.text
    assert "<b>bold</b>" not in after.text and "&lt;b&gt;bold" in after.text
    assert desk.ticket(ticket["id"])["status"] == "open"
    comments = desk.api("GET", f"tickets/{ticket['id']}/comments.json")["comments"]
    assert [comment["public"] for comment in comments] == [True, False]


def test_buttons_play_the_customer_and_the_agent(desk: Account) -> None:
    ticket = desk.mail()
    path = f"{TICKETS}/{ticket['id']}"
    page(desk, f"{path}/agent", {"body": "Try this.", "as": "public", "status": "pending"})
    page(desk, f"{path}/customer", {"body": "Thanks."})
    page(desk, f"{path}/priority", {"priority": "urgent"})
    after = desk.ticket(ticket["id"])
    assert (after["status"], after["priority"]) == ("open", "urgent")


def test_what_cannot_be_done_is_said_at_the_form_and_what_was_typed_stays(desk: Account) -> None:
    ticket = desk.mail()
    desk.change(ticket["id"], status="closed")
    path = f"{TICKETS}/{ticket['id']}"
    answer = page(desk, f"{path}/agent", {"body": "Too late.", "as": "public"})
    assert answer.status_code == 422 and 'role="alert"' in answer.text and "Too late." in answer.text
    assert page(desk, f"{path}/customer", {"body": " "}).status_code == 422
    assert page(desk, f"{TICKETS}/99").status_code == 404


def test_no_other_site_can_press_the_buttons(desk: Account) -> None:
    path = f"{TICKETS}/{desk.mail()['id']}"
    refused = page(desk, f"{path}/priority", {"priority": "urgent"}, Origin="https://evil.example")
    assert refused.status_code == 403
    allowed = page(desk, f"{path}/priority", {"priority": "urgent"}, Origin=desk.sandbox.url)
    assert allowed.status_code == 200
