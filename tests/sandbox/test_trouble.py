"""Faults by seed, rate limits, and the counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.zendesk import Account, Hands, Receiver, call_webhook

PUT = "PUT /api/v2/tickets/{ticket_id}"


@pytest.fixture
def broken(timed: Account) -> Iterator[Account]:
    """An account on a sandbox of its own, because faults befall all accounts."""
    yield timed
    timed.happens("faults")


def test_f20_a_time_out_after_the_write_leaves_the_write(broken: Account) -> None:
    ticket = broken.mail()
    broken.happens("faults", rate={"timeout_after": 1})
    with pytest.raises(requests.ConnectionError):
        broken.change(ticket["id"], priority="high")
    assert broken.ticket(ticket["id"])["priority"] == "high"


def test_f19_a_time_out_before_the_write_leaves_nothing(broken: Account) -> None:
    ticket = broken.mail()
    broken.happens("faults", rate={"timeout_before": 1})
    with pytest.raises(requests.ConnectionError):
        broken.change(ticket["id"], priority="high")
    assert broken.ticket(ticket["id"])["priority"] is None


@pytest.mark.parametrize("kind, status", [("429", 429), ("500", 500), ("503", 503), ("conflict", 409)])
def test_a_planned_error_is_answered_and_nothing_is_written(broken: Account, kind: str, status: int) -> None:
    ticket = broken.mail()
    broken.happens("faults", rate={kind: 1})
    answer = broken.ask("PUT", f"/api/v2/tickets/{ticket['id']}.json", {"ticket": {"priority": "high"}})
    assert (answer.status_code, "error" in answer.json()) == (status, True)
    assert ("Retry-After" in answer.headers) is (kind in ("429", "503"))
    assert broken.ticket(ticket["id"])["priority"] is None


def test_the_same_seed_breaks_the_same_calls(broken: Account) -> None:
    ticket = broken.mail()

    def run() -> list[int]:
        broken.happens("faults", seed=7, rate={"429": 0.2, "conflict": 0.2})
        path, body = f"/api/v2/tickets/{ticket['id']}.json", {"ticket": {"priority": "high"}}
        return [broken.ask("PUT", path, body).status_code for _ in range(30)]

    first = run()
    assert first == run()
    assert set(first) == {200, 409, 429}


def test_f01_f04_webhooks_are_lost_doubled_and_shuffled(broken: Account, receiver: Receiver) -> None:
    webhook = broken.webhook(receiver.url)
    broken.trigger([call_webhook(webhook, "{{ticket.id}}")], ("update_type", "is", "Create"))
    broken.happens("faults", seed=3, webhook_lost=0.2, webhook_doubled=0.3, webhook_shuffled=True)
    tickets = [broken.mail()["id"] for _ in range(60)]
    assert broken.sandbox.settle(30)
    arrived = [int(each.body) for each in receiver.received]
    counts = Counter(arrived)
    assert 0 < len(set(tickets) - set(counts)) < 30
    assert set(counts.values()) == {1, 2}
    assert arrived != sorted(arrived)
    invocations = Counter(each.headers["X-Zendesk-Webhook-Invocation-Id"] for each in receiver.received)
    assert 0 < sum(times == 2 for times in invocations.values()) < sum(times == 2 for times in counts.values())
    told = broken.api("GET", f"webhooks/{webhook['id']}/invocations")["invocations"]
    assert sum(each["status"] == "lost" for each in told) == len(set(tickets) - set(counts))


@pytest.mark.parametrize(
    "plan", [{"rate": {"418": 1}}, {"rate": {"429": 0.6, "500": 0.6}}, {"webhook_lost": 2}, {"webhook_eaten": 1}]
)
def test_a_plan_that_cannot_be_is_refused(broken: Account, plan: dict[str, object]) -> None:
    answer = broken.ask("POST", "/sandbox/faults", plan)
    assert (answer.status_code, answer.json()["error"]) == (400, "BadRequest")


def test_f18_thirty_updates_of_one_ticket_in_ten_minutes(timed: Account, hands: Hands) -> None:
    timed.happens("limits", on=True)
    first, second = timed.mail()["id"], timed.mail()["id"]
    for number in range(30):
        timed.change(first, subject=str(number))
    refused = timed.ask("PUT", f"/api/v2/tickets/{first}.json", {"ticket": {"subject": "x"}})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert refused.json()["error"] == "TooManyRequests"
    timed.change(second, subject="another ticket is free")
    hands.move(600)
    timed.change(first, subject="and so is this one, later")


def test_a_hundred_updates_a_minute_and_ten_exports(timed: Account, hands: Hands) -> None:
    timed.happens("limits", on=True)
    tickets = [timed.mail()["id"] for _ in range(5)]
    answers = [
        timed.ask("PUT", f"/api/v2/tickets/{tickets[number % 5]}.json", {"ticket": {"subject": str(number)}})
        for number in range(101)
    ]
    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    assert answers[0].headers["zendesk-ratelimit-tickets-update"] == "total=100; remaining=99; resets=60"
    export = [timed.ask("GET", "/api/v2/incremental/tickets/cursor.json?start_time=0") for _ in range(11)]
    assert [answer.status_code for answer in export] == [200] * 10 + [429]
    hands.move(60)
    timed.change(tickets[0], subject="a minute later")


def test_every_answer_tells_what_is_left(timed: Account) -> None:
    before, after = (timed.ask("GET", "/api/v2/tickets.json").headers for _ in range(2))
    assert before["X-Rate-Limit"] == before["ratelimit-limit"] == "700"
    assert int(after["X-Rate-Limit-Remaining"]) == int(before["ratelimit-remaining"]) - 1


def test_calls_are_counted_by_kind_and_the_sandboxs_own_are_not(timed: Account) -> None:
    ticket = timed.mail()
    timed.happens("calls/reset")
    timed.change(ticket["id"], priority="high")
    timed.change(ticket["id"], 422, priority="none")
    timed.ticket(ticket["id"])
    counted = timed.ask("GET", "/sandbox/calls").json()
    assert counted == {"calls": {PUT: 2, "GET /api/v2/tickets/{ticket_id}": 1}, "total": 3}
