"""Tickets by the API: created, read, changed, guarded."""

from __future__ import annotations

import pytest

from tests.sandbox.zendesk import Account, Hands, Json

USUAL = """
url id external_id via created_at updated_at generated_timestamp type subject raw_subject description priority
status recipient requester_id submitter_id assignee_id organization_id group_id collaborator_ids follower_ids
email_cc_ids forum_topic_id problem_id has_incidents is_public due_at tags custom_fields satisfaction_rating
sharing_agreement_ids custom_status_id fields followup_ids ticket_form_id brand_id allow_channelback
allow_attachments from_messaging_channel
"""


def created(desk: Account, **fields: object) -> Json:
    body = {"ticket": {"subject": "Help", "comment": {"body": "It broke."}, **fields}}
    return dict(desk.api("POST", "tickets.json", body, 201)["ticket"])


def test_a_ticket_has_the_usual_keys_and_both_names_of_its_fields(desk: Account) -> None:
    field = desk.field("Plan")
    ticket = desk.ticket(created(desk)["id"])
    assert set(ticket) >= set(USUAL.split())
    assert not [name for name in ticket if name.startswith("_")]
    assert ticket["custom_fields"] == ticket["fields"] == [{"id": field, "value": None}]
    assert (ticket["status"], ticket["via"]["channel"], ticket["description"]) == ("new", "api", "It broke.")


def test_a_ticket_without_words_is_refused_with_details(desk: Account) -> None:
    error = desk.api("POST", "tickets.json", {"ticket": {"subject": "Help"}}, 422)
    assert (error["error"], error["details"]["base"][0]["error"]) == ("RecordInvalid", "BlankValue")


@pytest.mark.parametrize(
    "field, value", [("status", "opened"), ("priority", "P1"), ("assignee_id", 1), ("group_id", 1)]
)
def test_a_value_that_cannot_be_is_refused_by_the_name_of_its_field(desk: Account, field: str, value: object) -> None:
    ticket = created(desk)
    error = desk.change(ticket["id"], 422, **{field: value})
    assert list(error["details"]) == [field]
    assert desk.ticket(ticket["id"]) == ticket


def test_malformed_json_is_a_400(desk: Account) -> None:
    answer = desk.http.post(f"{desk.sandbox.url}/api/v2/tickets.json", data=b'{"ticket":', timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidJSON")
    desk.api("POST", "tickets.json", [], 400)


def test_the_same_idempotency_key_makes_one_ticket(timed: Account, hands: Hands) -> None:
    def send(subject: str) -> tuple[int, str | None, Json]:
        body = {"ticket": {"subject": subject, "comment": {"body": "x"}}}
        answer = timed.ask("POST", "/api/v2/tickets.json", body, headers={"Idempotency-Key": "k1"})
        return answer.status_code, answer.headers.get("x-idempotency-lookup"), answer.json()

    first, again = send("Help"), send("Help")
    assert (first[:2], again[:2]) == ((201, "miss"), (201, "hit"))
    assert first[2] == again[2]
    refused = send("Other")
    assert (refused[0], refused[2]["error"]) == (400, "IdempotentRequestError")
    hands.move(2 * 3600)
    timed.sign_in()  # the token ended long ago
    assert send("Other")[:2] == (201, "miss")
    assert timed.api("GET", "tickets.json")["count"] == 2


def test_f21_a_stale_stamp_is_a_conflict_and_changes_nothing(timed: Account, hands: Hands) -> None:
    ticket = created(timed)
    hands.move(1)
    timed.change(ticket["id"], priority="high")
    stale = {"safe_update": True, "updated_stamp": ticket["updated_at"]}
    assert timed.change(ticket["id"], 409, status="open", **stale)["error"] == "UpdateConflict"
    assert timed.ticket(ticket["id"])["status"] == "new"
    fresh = stale | {"updated_stamp": timed.ticket(ticket["id"])["updated_at"]}
    assert timed.change(ticket["id"], status="open", **fresh)["ticket"]["status"] == "open"


def test_safe_update_false_guards_all_the_same(timed: Account) -> None:
    ticket = created(timed)
    timed.change(ticket["id"], 409, status="open", safe_update=False, updated_stamp="2020-01-01T00:00:00Z")
    timed.change(ticket["id"], 409, status="open", safe_update=True)


def test_within_one_second_the_guard_sees_nothing(timed: Account) -> None:
    """`updated_at` has whole seconds: the trap that the revision field is for."""
    ticket = created(timed)
    guard = {"safe_update": True, "updated_stamp": ticket["updated_at"]}
    for number in range(2):
        timed.change(ticket["id"], comment={"body": f"note {number}", "public": False}, **guard)
    assert timed.api("GET", f"tickets/{ticket['id']}/comments.json")["count"] == 3


def test_a_closed_ticket_cannot_be_changed(desk: Account) -> None:
    ticket = created(desk)
    desk.change(ticket["id"], status="closed")
    error = desk.change(ticket["id"], 422, priority="high")
    assert "closed" in error["details"]["status"][0]["description"]


def test_custom_fields_are_merged_by_id(desk: Account) -> None:
    plan, note = desk.field("Plan"), desk.field("Note")
    ticket = created(desk, custom_fields=[{"id": plan, "value": "premier"}, {"id": 1, "value": "unknown id: ignored"}])
    desk.change(ticket["id"], custom_fields=[{"id": note, "value": "x"}])
    assert (desk.value(ticket["id"], plan), desk.value(ticket["id"], note)) == ("premier", "x")


def test_a_drop_downs_value_is_a_tag_and_tags_overwrite_it(desk: Account) -> None:
    """Why Deskward never sends `tags`."""
    severity = desk.field("Severity", "tagger", ("sev_1", "sev_2"))
    ticket = created(desk, tags=["vip"], custom_fields=[{"id": severity, "value": "sev_1"}])
    assert ticket["tags"] == ["sev_1", "vip"]
    desk.change(ticket["id"], custom_fields=[{"id": severity, "value": "sev_2"}])
    assert desk.ticket(ticket["id"])["tags"] == ["sev_2", "vip"]
    desk.change(ticket["id"], tags=["vip"])
    assert desk.value(ticket["id"], severity) is None
    desk.api("PUT", f"tickets/{ticket['id']}/tags.json", {"tags": ["sev_1"]})
    assert desk.value(ticket["id"], severity) == "sev_1"


def test_a_value_that_is_no_option_is_refused(desk: Account) -> None:
    severity = desk.field("Severity", "tagger", ("sev_1",))
    ticket = created(desk)
    error = desk.change(ticket["id"], 422, custom_fields=[{"id": severity, "value": "sev_9"}])
    assert "sev_9" in error["details"]["base"][0]["description"]


def test_an_option_value_belongs_to_one_field(desk: Account) -> None:
    desk.field("Severity", "tagger", ("high",))
    body = {"ticket_field": {"title": "Other", "type": "tagger"}}
    body["ticket_field"]["custom_field_options"] = [{"name": "High", "value": "high"}]  # type: ignore[assignment]
    assert "high" in str(desk.api("POST", "ticket_fields.json", body, 422)["details"])


def test_an_update_tells_what_changed_in_its_audit(desk: Account) -> None:
    ticket = created(desk, priority="low")
    audit = desk.change(ticket["id"], priority="high", comment={"body": "Escalated.", "public": False})["audit"]
    comment, change = audit["events"]
    assert (comment["type"], comment["public"], comment["body"]) == ("Comment", False, "Escalated.")
    assert {name: change[name] for name in ("type", "field_name", "value", "previous_value")} == {
        "type": "Change",
        "field_name": "priority",
        "value": "high",
        "previous_value": "low",
    }
    listed = desk.api("GET", f"tickets/{ticket['id']}/audits.json")["audits"]
    assert listed[-1] == audit
    assert {event["type"] for event in listed[0]["events"]} == {"Comment", "Create"}


def test_an_update_that_changes_nothing_leaves_no_trace(timed: Account, hands: Hands) -> None:
    ticket = created(timed, priority="low")
    hands.move(5)
    timed.change(ticket["id"], priority="low")
    assert timed.ticket(ticket["id"]) == ticket
    assert timed.api("GET", f"tickets/{ticket['id']}/audits.json")["count"] == 1


def test_one_call_shows_many_tickets_with_people_organizations_and_last_audits(desk: Account) -> None:
    desk.api("POST", "organizations.json", {"organization": {"name": "Acme", "domain_names": ["acme.example"]}}, 201)
    tickets = [desk.mail(), desk.mail(**{"from": "ben@acme.example"})]
    path = f"tickets/show_many.json?ids={tickets[1]['id']},{tickets[0]['id']}&include=users,organizations,last_audits"
    page = desk.api("GET", path)
    assert [ticket["id"] for ticket in page["tickets"]] == [ticket["id"] for ticket in tickets]
    assert {user["email"] for user in page["users"]} == {"ana@acme.example", "ben@acme.example"}
    assert [row["name"] for row in page["organizations"]] == ["Acme"]
    assert [audit["ticket_id"] for audit in page["last_audits"]] == [ticket["id"] for ticket in tickets]


def test_a_new_requester_brings_its_organization(desk: Account) -> None:
    desk.api("POST", "organizations.json", {"organization": {"name": "Acme", "domain_names": ["acme.example"]}}, 201)
    ana = desk.mail()
    ticket = desk.mail(**{"from": "eve@elsewhere.example"})
    changed = desk.change(ticket["id"], requester_id=ana["requester_id"])["ticket"]
    assert changed["organization_id"] == ana["organization_id"] is not None
    desk.change(ticket["id"], 422, organization_id=ana["organization_id"], requester_id=ticket["requester_id"])


def test_a_deleted_ticket_is_gone(desk: Account) -> None:
    """F27."""
    ticket = created(desk)
    desk.api("DELETE", f"tickets/{ticket['id']}.json", expect=204)
    desk.api("GET", f"tickets/{ticket['id']}.json", expect=404)
    desk.change(ticket["id"], 404, priority="high")
    assert desk.api("GET", "tickets.json")["tickets"] == []


def test_a_ticket_is_found_by_external_id(desk: Account) -> None:
    ticket = created(desk, external_id="A-1")
    created(desk)
    assert [row["id"] for row in desk.api("GET", "tickets.json?external_id=A-1")["tickets"]] == [ticket["id"]]


def test_lists_are_cut_by_cursor_or_by_page(desk: Account) -> None:
    ids = [created(desk)["id"] for _ in range(5)]
    seen, path = [], "tickets.json?page[size]=2"
    while path:
        page = desk.api("GET", path)
        seen.append([row["id"] for row in page["tickets"]])
        following = page["links"]["next"] if page["meta"]["has_more"] else None
        path = following.partition("/api/v2/")[2] if following else ""
    assert seen == [ids[:2], ids[2:4], ids[4:]]
    page = desk.api("GET", "tickets.json?per_page=2&page=3")
    assert ([row["id"] for row in page["tickets"]], page["count"], page["next_page"]) == (ids[4:], 5, None)
    assert "page=2" in page["previous_page"]
    desk.api("GET", "tickets.json?page=101", expect=400)
    desk.api("GET", "tickets.json?per_page=none", expect=422)
    desk.api("GET", "tickets.json?page[size]=2&page[after]=nonsense", expect=400)
