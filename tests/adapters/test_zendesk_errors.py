"""Every way in which Zendesk can fail, for a read and for a write (F18 to F21, F31, F32): one write is sent once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integration.adapters.zendesk import StaticToken, Wire, ZendeskClient
from integration.services.ports import (
    Conflict,
    Gone,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TicketWrite,
    UnknownOutcome,
)
from tests.adapters.http_double import Double, Reply, free_port, serving

WRITE = TicketWrite(ticket=7, guard="2026-11-01T10:00:00Z", priority="urgent", note="Escalated.")
GOOD = Reply(200, {"ticket": {"id": 7, "priority": "urgent"}, "audit": {"id": 1}})
FOUND = Reply(200, {"user": {"id": 3, "role": "admin"}})
NOT_FOUND = Reply(404, {"error": "RecordNotFound", "description": "Not found"})
PAGE = Reply(200, b"<!DOCTYPE html><title>Back soon</title>", {"Content-Type": "text/html"})
Call = Callable[[ZendeskClient], Any]


def client(url: str, pauses: list[float] | None = None, read_timeout: float = 2.0) -> ZendeskClient:
    """A client whose pauses are written down instead of slept."""
    slept = pauses if pauses is not None else []
    wire = Wire("acme", StaticToken("t0k3n"), url, timeout=(1.0, read_timeout), pause=slept.append)
    return ZendeskClient("acme", StaticToken("t0k3n"), url, wire)


def read(zendesk: ZendeskClient) -> Any:
    return zendesk.whoami()


def write(zendesk: ZendeskClient) -> Any:
    return zendesk.update_ticket(WRITE)


def create(zendesk: ZendeskClient) -> Any:
    return zendesk.create("trigger_categories", {"name": "Deskward"})


def sent(double: Double, call: Call) -> int:
    methods: dict[Call, str] = {read: "GET", write: "PUT", create: "POST"}
    return double.count(methods[call])


STATUSES = [
    # status, what a read means by it, what a write means by it
    (301, NotAllowed, NotAllowed),
    (302, RetryLater, UnknownOutcome),
    (308, NotAllowed, NotAllowed),
    (400, RefusedByZendesk, RefusedByZendesk),
    (401, NotAllowed, NotAllowed),
    (403, NotAllowed, NotAllowed),
    (404, Gone, Gone),
    (408, RetryLater, UnknownOutcome),
    (409, Conflict, Conflict),
    (410, Gone, Gone),
    (413, RefusedByZendesk, RefusedByZendesk),
    (422, RefusedByZendesk, RefusedByZendesk),
    (429, RetryLater, RetryLater),
    (500, RetryLater, UnknownOutcome),
    (502, RetryLater, UnknownOutcome),
    (503, RetryLater, UnknownOutcome),
    (504, RetryLater, UnknownOutcome),
    (520, RetryLater, UnknownOutcome),
]


@pytest.mark.parametrize(("status", "meaning"), [(status, meaning) for status, meaning, _ in STATUSES])
def test_each_status_of_a_read_has_one_meaning(status: int, meaning: type[Exception]) -> None:
    with serving(Reply(status, {"error": "Some"})) as double, pytest.raises(meaning):
        read(client(double.url))
    assert sent(double, read) == (3 if status in (502, 503, 504) else 1)


@pytest.mark.parametrize("call", [write, create])
@pytest.mark.parametrize(("status", "meaning"), [(status, meaning) for status, _, meaning in STATUSES])
def test_each_status_of_a_write_has_one_meaning_and_it_is_sent_once(
    status: int, meaning: type[Exception], call: Call
) -> None:
    with serving(Reply(status, {"error": "Some"})) as double, pytest.raises(meaning):
        call(client(double.url))
    assert sent(double, call) == 1


HALF = Reply(200, {"ticket": {"id": 7}, "user": {"id": 3}}, then="half")
NO_ANSWERS = {
    "closed without a word": Reply(then="close"),
    "stalled past the time-out": Reply(200, {"ticket": {"id": 7}, "user": {"id": 3}}, then="stall"),
    "half an answer": HALF,
    "a maintenance page": PAGE,
    "a maintenance page with 404": Reply(404, PAGE.body, PAGE.headers),
    "truncated JSON": Reply(200, b'{"ticket": {"id"'),
    "a list": Reply(200, [1]),
    "nothing": Reply(200, b""),
    "an object of another kind": Reply(200, {"article": {}}),
    "null where the object should be": Reply(200, {"ticket": None, "user": None}),
    "a broken redirect": Reply(302, {}, {"Location": "http://[broken"}),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_f31_a_read_without_a_real_answer_is_read_again_later(name: str) -> None:
    with serving(NO_ANSWERS[name]) as double, pytest.raises(RetryLater):
        read(client(double.url, read_timeout=0.2))
    assert sent(double, read) == 1


def test_f31_a_list_that_is_answered_with_no_content_is_no_list() -> None:
    with serving(Reply(204)) as double, pytest.raises(RetryLater):
        client(double.url).audits(7)


def test_the_machines_proxy_settings_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would see every ticket, or a dead one would stop us: here nobody listens at the proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(FOUND) as double:
        assert read(client(double.url))["id"] == 3


@pytest.mark.parametrize("call", [write, create])
@pytest.mark.parametrize("name", NO_ANSWERS)
def test_f20_a_write_without_a_real_answer_is_unknown_and_never_sent_again(name: str, call: Call) -> None:
    """The server took the write in each of these cases; only a read can tell."""
    with serving(NO_ANSWERS[name]) as double, pytest.raises(UnknownOutcome):
        call(client(double.url, read_timeout=0.2))
    assert sent(double, call) == 1


@pytest.mark.parametrize("call", [read, write, create])
def test_f19_nothing_was_sent_where_nobody_listens(call: Call) -> None:
    pauses: list[float] = []
    with pytest.raises(RetryLater, match="nobody answers at"):
        call(client(f"http://127.0.0.1:{free_port()}", pauses))
    assert len(pauses) == (2 if call is read else 0)


def test_f19_a_read_survives_two_hiccups_with_growing_pauses() -> None:
    pauses: list[float] = []
    with serving(Reply(502), Reply(504), FOUND) as double:
        assert client(double.url, pauses).whoami()["id"] == 3
    assert len(pauses) == 2
    assert 0.2 <= pauses[0] <= 0.4 < 0.6 <= pauses[1] <= 1.2


def test_f18_a_read_that_is_told_when_to_come_back_does_not_ask_before() -> None:
    with serving(Reply(503, {}, {"Retry-After": "17"})) as double, pytest.raises(RetryLater) as caught:
        read(client(double.url))
    assert (caught.value.seconds, double.count("GET")) == (17.0, 1)


@pytest.mark.parametrize("call", [read, write])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "41"}, 41.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "99999999"}, 3600.0),
        ({"Retry-After": "soon"}, 30.0),
        ({"Retry-After": "-5"}, 30.0),
        ({}, 30.0),
    ],
)
def test_f18_a_rate_limit_gives_the_worker_back_at_once_and_says_how_long(
    headers: dict[str, str], seconds: float, call: Call
) -> None:
    pauses: list[float] = []
    with serving(Reply(429, {"error": "TooManyRequests"}, headers)) as double, pytest.raises(RetryLater) as caught:
        call(client(double.url, pauses))
    assert (caught.value.seconds, sent(double, call), pauses) == (seconds, 1, [])


def test_f32_a_401_took_no_effect_so_a_write_is_repeated_once_with_a_fresh_token() -> None:
    tokens = Rotating()
    with serving(Reply(401, {"error": "invalid_token"}), GOOD) as double:
        wire = Wire("acme", tokens, double.url)
        assert ZendeskClient("acme", tokens, double.url, wire).update_ticket(WRITE)["priority"] == "urgent"
    assert [headers["Authorization"] for _, _, headers, _ in double.requests] == ["Bearer first", "Bearer second"]
    assert double.requests[0][3] == double.requests[1][3] != b""


def test_f32_a_second_401_stops_us() -> None:
    tokens = Rotating()
    with serving(Reply(401, {"error": "invalid_token"})) as double, pytest.raises(NotAllowed, match="invalid_token"):
        ZendeskClient("acme", tokens, double.url).update_ticket(WRITE)
    assert (double.count("PUT"), tokens.failed) == (2, ["first"])


class Rotating:
    """Two tokens, the second one after a complaint about the first."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def token(self) -> str:
        return "second" if self.failed else "first"

    def replace(self, failed: str) -> str:
        self.failed.append(failed)
        return "second"


def test_a_refusal_gives_zendesks_reasons_in_one_line() -> None:
    body = {
        "error": "RecordInvalid",
        "description": "Record validation\nerrors",
        "details": {"priority": [{"description": "Priority: is not valid", "error": "InvalidValue"}], "base": "odd"},
    }
    with serving(Reply(422, body)) as double, pytest.raises(RefusedByZendesk) as caught:
        write(client(double.url))
    assert str(caught.value) == (
        "Zendesk answered 422: RecordInvalid; Record validation errors; priority: Priority: is not valid; base: odd"
    )


def test_newer_envelopes_are_understood_too() -> None:
    body = {"errors": [{"code": "InvalidCursor", "title": "cursor is invalid or expired", "status": "400"}]}
    with serving(Reply(400, body)) as double, pytest.raises(RefusedByZendesk, match="InvalidCursor: cursor is invalid"):
        read(client(double.url))


@pytest.mark.parametrize(
    "body", [{"error": None}, {"errors": "no"}, {"details": ["odd"]}, {"error": {"x": 1}}, [], b""]
)
def test_an_odd_error_envelope_is_still_an_error_of_ours(body: Any) -> None:
    with serving(Reply(422, body)) as double, pytest.raises(RefusedByZendesk):
        write(client(double.url))


def test_an_error_message_is_never_a_whole_body() -> None:
    with serving(Reply(422, {"description": "x" * 100_000})) as double, pytest.raises(RefusedByZendesk) as caught:
        write(client(double.url))
    assert len(str(caught.value)) <= 500
