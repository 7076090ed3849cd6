"""Outgoing webhooks: signed, tried again by Zendesk's rules, on record."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.hooks.retry import next_delay
from sandbox.hooks.signature import sign
from tests.sandbox.zendesk import Account, Json, Receiver, call_webhook


def connected(desk: Account, receiver: Receiver) -> Json:
    webhook = desk.webhook(receiver.url)
    desk.trigger([call_webhook(webhook, '{"ticket_id": "{{ticket.id}}"}')], ("update_type", "is", "Create"))
    return webhook


PUBLISHED_KEY = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
PUBLISHED = "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="
HELLO, THEN = '{"say": "hello"}', "2021-07-25T10:00:00Z"


def test_the_key_is_the_secrets_own_characters() -> None:
    """Zendesk's published sample. It is of an older page, which put the body before the timestamp."""
    assert sign(PUBLISHED_KEY, HELLO, THEN.encode()) == PUBLISHED
    assert sign(PUBLISHED_KEY, THEN, HELLO.encode()) != PUBLISHED


def test_the_timestamp_comes_before_the_body() -> None:
    secret, body = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==", b'{"ticket_id":"1"}'
    assert sign(secret, "2026-01-01T00:00:00Z", body) == "2j/Gayg6fJ2y6abi9+Sw155axTeQcZcbvmy2GC3vLMo="


def test_f08_a_delivery_carries_five_headers_and_a_true_signature(desk: Account, receiver: Receiver) -> None:
    webhook = connected(desk, receiver)
    desk.mail(subject="Zażółć")
    assert desk.sandbox.settle()
    (received,) = receiver.received
    headers = received.headers
    message = headers["X-Zendesk-Webhook-Signature-Timestamp"].encode() + received.body
    digest = hmac.new(desk.secret(webhook).encode(), message, hashlib.sha256).digest()
    assert headers["X-Zendesk-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert headers["X-Zendesk-Webhook-Id"] == webhook["id"]
    assert headers["X-Zendesk-Account-Id"].isdigit() and len(headers["X-Zendesk-Webhook-Invocation-Id"]) == 26


def test_f17_a_new_secret_signs_from_then_on(desk: Account, receiver: Receiver) -> None:
    webhook = connected(desk, receiver)
    old = desk.secret(webhook)
    new = desk.api("POST", f"webhooks/{webhook['id']}/signing_secret", expect=201)["signing_secret"]["secret"]
    assert new == desk.secret(webhook) != old


@pytest.mark.parametrize(
    "answers, attempts, status",
    [
        ([200], 1, "success"),
        ([409, 200], 2, "success"),
        ([409] * 9, 4, "terminated"),
        ([(503, {"Retry-After": "0"}), 200], 2, "success"),
        ([(429, {"Retry-After": "60"})], 1, "terminated"),
        ([503], 1, "terminated"),
        ([500, 200], 1, "terminated"),
        ([401, 200], 1, "terminated"),
    ],
)
def test_f07_a_refused_delivery_is_tried_again_by_zendesks_rules(
    desk: Account, receiver: Receiver, answers: list[int | tuple[int, dict[str, str]]], attempts: int, status: str
) -> None:
    receiver.will_answer(*answers)
    webhook = connected(desk, receiver)
    desk.mail()
    assert desk.sandbox.settle(30)
    assert len(receiver.received) == len(desk.attempts(webhook)) == attempts
    assert len({each.headers["X-Zendesk-Webhook-Invocation-Id"] for each in receiver.received}) == 1
    (call,) = desk.api("GET", f"webhooks/{webhook['id']}/invocations")["invocations"]
    assert call["status"] == status


@given(st.sampled_from([200, 201, 204, 301, 400, 401, 404, 500, 502, 504]), st.integers(1, 9))
def test_only_409_429_503_and_time_outs_are_tried_again(status: int, attempts: int) -> None:
    assert next_delay(status, {"Retry-After": "1"}, attempts) is None


@given(st.integers(1, 20))
def test_a_time_out_is_tried_again_five_times_a_conflict_three(attempts: int) -> None:
    assert (next_delay(None, {}, attempts) is None) is (attempts > 5)
    assert (next_delay(409, {}, attempts) is None) is (attempts > 3)


@given(st.integers(0, 600), st.sampled_from([429, 503]))
def test_a_busy_receiver_is_heeded_only_under_a_minute(seconds: int, status: int) -> None:
    expected = float(seconds) if seconds < 60 else None
    assert next_delay(status, {"Retry-After": str(seconds)}, 1) == expected


def test_a_receiver_that_is_not_there_harms_nobody(desk: Account, receiver: Receiver) -> None:
    dead = desk.webhook("http://127.0.0.1:1/nobody")
    desk.trigger([call_webhook(dead, "{}")], ("update_type", "is", "Create"))
    connected(desk, receiver)
    desk.mail()
    assert desk.sandbox.settle()
    assert len(receiver.received) == 1
    (attempt,) = desk.attempts(dead)
    assert (attempt["status"], attempt["status_code"]) == ("failed", None)


def test_an_inactive_webhook_is_not_called(desk: Account, receiver: Receiver) -> None:
    webhook = connected(desk, receiver)
    desk.api("PATCH", f"webhooks/{webhook['id']}", {"webhook": {"status": "inactive"}}, 204)
    desk.mail()
    assert desk.sandbox.settle()
    assert receiver.received == []


def test_events_come_in_their_own_envelope(desk: Account, receiver: Receiver) -> None:
    plan = desk.field("Plan")
    kinds = ("created", "comment_added", "priority_changed", "custom_field_changed")
    desk.webhook(receiver.url, *(f"zen:event-type:ticket.{kind}" for kind in kinds))
    ticket = desk.mail()
    desk.change(ticket["id"], priority="high", status="open", custom_fields=[{"id": plan, "value": "premier"}])
    assert desk.sandbox.settle()
    events = {each.json["type"].rpartition(".")[2]: each.json for each in receiver.received}
    assert set(events) == set(kinds) and len(receiver.received) == len(kinds)
    assert events["created"]["event"].keys() == {"meta"}
    changed = events["priority_changed"]
    assert (changed["event"]["current"], changed["event"]["previous"]) == ("HIGH", None)
    assert (changed["detail"]["id"], changed["detail"]["status"]) == (str(ticket["id"]), "OPEN")
    assert changed["detail"]["via"]["channel"] == "mail" and "custom_fields" not in changed["detail"]
    assert (changed["subject"], changed["zendesk_event_version"]) == (f"zen:ticket:{ticket['id']}", "2022-11-06")
    field = events["custom_field_changed"]["event"]
    assert (field["custom_field"]["id"], field["current"]["value"]) == (str(plan), "premier")
    same = changed["event"]["meta"]["sequence"]["id"] == field["meta"]["sequence"]["id"]
    assert same and changed["id"] != events["custom_field_changed"]["id"]


def test_a_webhook_never_gives_its_credentials_back(desk: Account) -> None:
    wanted = {"name": "n", "endpoint": "https://a.example", "http_method": "POST", "request_format": "json"}
    wanted |= {"subscriptions": ["conditional_ticket_events"]}  # type: ignore[dict-item]
    auth = {"type": "basic_auth", "add_position": "header", "data": {"username": "u", "password": "geheim"}}
    made = desk.api("POST", "webhooks", {"webhook": {**wanted, "authentication": auth}}, 201)["webhook"]
    assert made["authentication"]["data"] == {"username": "u"}
    assert "geheim" not in str(desk.api("GET", "webhooks")) and made["id"].isalnum()


@pytest.mark.parametrize(
    "change, named",
    [
        ({"subscriptions": []}, "subscriptions"),
        ({"subscriptions": ["conditional_ticket_events", "zen:event-type:ticket.created"]}, "subscriptions"),
        ({"subscriptions": ["zen:event-type:ticket.created"], "http_method": "PUT"}, "http_method"),
        ({"endpoint": "ftp://a.example"}, "endpoint"),
        ({"name": ""}, "name"),
    ],
)
def test_a_webhook_that_could_never_work_is_refused(desk: Account, change: Json, named: str) -> None:
    good = {"name": "n", "endpoint": "https://a.example", "http_method": "POST", "request_format": "json"}
    body = {"webhook": {**good, "subscriptions": ["conditional_ticket_events"], **change}}
    assert named in desk.api("POST", "webhooks", body, 422)["details"]
