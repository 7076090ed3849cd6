"""What a webhook call is answered, and what it leaves behind: faults F01 to F12 and F17."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.exceptions import ClientDisconnected

from integration.adapters.signature import sign
from integration.store.tables import deliveries
from tests.web.edge import PATH, SECOND, SECRET, Edge

FRESH = "2026-11-20T10:00:00Z"


def envelope(kind: str, detail: object, identifier: str = "01ENVELOPE") -> dict[str, object]:
    """An event-subscribed call."""
    return {"type": f"zen:event-type:{kind}", "id": identifier, "detail": detail, "event": {}, "account_id": 1}


def test_a_trigger_leaves_one_row_one_ticket_to_look_at_and_one_hint(edge: Edge) -> None:
    answer = edge.ticket("35436")
    assert (answer.status_code, answer.json) == (200, {"status": "taken"})
    assert (edge.rows(), edge.open_tickets(), edge.hints.hints) == (1, {"35436": 1}, 1)


def test_f01_a_repeat_is_answered_200_and_changes_nothing(both: Edge) -> None:
    first, second = both.ticket(7, invocation="01SAME"), both.ticket(7, invocation="01SAME")
    assert [first.json, second.json] == [{"status": "taken"}, {"status": "known"}]
    assert (both.rows(), both.open_tickets(), both.hints.hints) == (1, {"7": 1}, 1)


def test_f01_an_envelope_is_known_by_its_own_id_whatever_the_headers_say(edge: Edge) -> None:
    event = envelope("ticket.created", {"id": "7"})
    assert edge.post(event).json == {"status": "taken"}
    assert edge.post(event, X_Zendesk_Webhook_Invocation_Id="another").json == {"status": "known"}
    assert edge.open_tickets() == {"7": 1}


def test_f02_the_same_event_under_two_ids_asks_for_two_looks_at_one_ticket(edge: Edge) -> None:
    edge.ticket(7), edge.ticket(7)
    assert (edge.rows(), edge.open_tickets()) == (2, {"7": 2})


def test_a_trigger_without_an_id_is_known_by_its_body(edge: Edge) -> None:
    for _ in range(2):
        edge.post({"ticket_id": 7}, X_Zendesk_Webhook_Invocation_Id="")
    assert edge.rows() == 1


def test_two_long_ids_that_begin_alike_are_two_deliveries(both: Edge) -> None:
    """The column holds 120 characters; cutting the ids there would lose the second event for good."""
    for last in "ab":
        assert both.post(envelope("ticket.created", {"id": "ab".index(last) + 1}, "x" * 500 + last)).status_code == 200
    assert set(both.open_tickets()) == {"1", "2"}


def test_f05_a_replayed_request_is_harmless_inside_the_tolerance_and_refused_after_it(edge: Edge) -> None:
    raw = b'{"ticket_id":7}'
    headers = edge.headers(raw)
    client = edge.app.test_client()
    answers = []
    for minutes in (0, 4, 2):  # now, after four minutes, after six
        edge.hands.move(minutes=minutes)
        answers.append(client.post(PATH, data=raw, headers=headers))
    assert [(each.status_code, each.json["status"]) for each in answers] == [
        (200, "taken"),
        (200, "known"),
        (401, "stale"),
    ]
    assert edge.open_tickets() == {"7": 1}


def test_f05_a_replay_under_another_id_asks_for_one_more_look_and_decides_nothing(edge: Edge) -> None:
    """The id is not signed, so whoever can replay can change it; all he gains is that a ticket is read once more."""
    raw = b'{"ticket_id":7}'
    for name in "ab":
        headers = edge.headers(raw) | {"X-Zendesk-Webhook-Invocation-Id": name}
        assert edge.app.test_client().post(PATH, data=raw, headers=headers).status_code == 200
    assert edge.open_tickets() == {"7": 2}


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (300, 200), (-300, 200), (301, 401), (-301, 401), (600, 401), (-600, 401)]
)
def test_f06_a_clock_may_differ_by_five_minutes_and_no_more(edge: Edge, seconds: int, status: int) -> None:
    answer = edge.post({"ticket_id": 7}, age=timedelta(seconds=seconds))
    assert answer.status_code == status
    assert edge.rows() == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("signature", "timestamp", "reason"),
    [
        (None, FRESH, "missing"),
        (sign(SECRET, FRESH, b"{}"), None, "missing"),
        ("", "", "missing"),
        ("ü" * 44, FRESH, "malformed"),
        ("\xff\xfe", FRESH, "malformed"),
        ("A" * 43 + "=", FRESH, "wrong"),
        (sign(SECRET, FRESH, b"another body"), FRESH, "wrong"),
        (sign(SECRET, FRESH, b"{}"), "２０２６-11-20T10:00:00Z".encode().decode("latin-1"), "malformed"),
        (sign(SECRET, FRESH, b"{}"), "1795168800", "malformed"),
        (sign("a stranger's secret", FRESH, b"{}"), FRESH, "wrong"),
        ("A" * 100_000, FRESH, "malformed"),
    ],
)
def test_f08_a_signature_that_proves_nothing_is_401(
    edge: Edge, signature: str | None, timestamp: str | None, reason: str
) -> None:
    named = {"X-Zendesk-Webhook-Signature": signature, "X-Zendesk-Webhook-Signature-Timestamp": timestamp}
    headers = {name: value for name, value in named.items() if value is not None}
    answer = edge.app.test_client().post(PATH, data=b"{}", headers=headers)
    assert (answer.status_code, answer.json["status"]) == (401, reason)
    assert edge.rows() == 0


def test_f09_the_raw_bytes_are_verified_not_what_they_mean(edge: Edge) -> None:
    spaced = b'{ "ticket_id" :   7 }'
    headers = edge.headers(spaced)
    assert edge.app.test_client().post(PATH, data=spaced, headers=headers).status_code == 200
    assert edge.app.test_client().post(PATH, data=b'{"ticket_id":7}', headers=headers).status_code == 401


class Endless:
    """A body without an end that counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "asked for all of an endless body"
        self.taken += size
        return b" " * size


@pytest.mark.parametrize("announced", [{}, {"CONTENT_LENGTH": "100000000"}, {"CONTENT_LENGTH": "5"}])
def test_f10_of_an_endless_body_no_more_is_read_than_shows_that_it_is_too_large(
    edge: Edge, announced: dict[str, str]
) -> None:
    """Chunked, announced, or with a length that lies."""
    body = Endless()
    given = {"wsgi.input": body, "wsgi.input_terminated": True} | announced
    answer = edge.app.test_client().post(PATH, environ_overrides=given)
    assert (answer.status_code, answer.json["status"]) == (413, "too_large")
    assert body.taken <= 256 * 1024 + 1


def test_f10_the_limit_is_256_kib_to_the_byte(edge: Edge) -> None:
    body = json.dumps({"ticket_id": 7}).encode()
    assert edge.post(body.ljust(256 * 1024)).status_code == 200
    assert edge.post(body.ljust(256 * 1024 + 1)).status_code == 413


class Broken:
    """A body that fails while it is read, as each web server says it."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, size: int = -1) -> bytes:
        raise self.error


@pytest.mark.parametrize("error", [ClientDisconnected(), OSError("reset"), InvalidChunkSize(b"zz")])
def test_f10_a_body_that_breaks_off_is_400(edge: Edge, error: Exception) -> None:
    given = {"wsgi.input": Broken(error), "wsgi.input_terminated": True}
    answer = edge.app.test_client().post(PATH, environ_overrides=given)
    assert (answer.status_code, answer.json["status"]) == (400, "malformed")


@pytest.mark.parametrize("depth", [33, 1_000, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
def test_f11_deep_json_is_400(edge: Edge, depth: int, brackets: tuple[str, str]) -> None:
    raw = (brackets[0] * depth + "1" + brackets[1] * depth).encode()[: 256 * 1024]
    assert edge.post(raw).status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"ticket_id"',
        b"{}",
        b'{"ticket_id": NaN}',
        b'{"ticket_id": ' + b"9" * 5000 + b"}",
        b'{"ticket_id": 1, "ticket_id": 2}',
        b'{"ticket_id": "\xff"}',
        b'\xef\xbb\xbf{"ticket_id": 1}',
        b'{"ticket_id": "\\ud800"}',
        b'{"ticket_id": 1, "rule": "\\u0000"}',
        b'{"ticket_id": 1',
        b'{"ticket_id": 1} trailing',
        b"ticket_id=1",
    ],
)
def test_f12_what_is_no_json_of_ours_is_400_and_leaves_nothing(both: Edge, raw: bytes) -> None:
    answer = both.post(raw)
    assert (answer.status_code, answer.json["status"]) == (400, "malformed")
    assert answer.json["says"]
    assert (both.rows(), both.hints.hints) == (0, 0)


@pytest.mark.parametrize(
    "number",
    ["{{ticket.id}}", "", " ", None, True, 0, -1, 1.5, [], {}, "12a", "٣", "1" * 19, 10**18],
)
def test_a_ticket_that_is_no_number_is_400_and_says_so(edge: Edge, number: Any) -> None:
    """A placeholder that Zendesk did not fill is the commonest mistake of a hand-made trigger."""
    answer = edge.post({"ticket_id": number})
    assert answer.status_code == 400
    assert "must be a number" in answer.json["says"]
    assert edge.rows() == 0


@pytest.mark.parametrize("number", [7, "7", " 7 ", "007"])
def test_a_ticket_has_one_number_however_it_is_written(edge: Edge, number: object) -> None:
    assert edge.ticket(number).status_code == 200
    assert edge.open_tickets() == {"7": 1}


@pytest.mark.parametrize(
    "kind",
    ["user.created", "organization.name_changed", "messaging_ticket.message_added", "something.new", "ticketing.odd"],
)
def test_events_about_other_things_are_kept_and_ask_for_no_look(edge: Edge, kind: str) -> None:
    assert edge.post(envelope(kind, {"id": "7"})).status_code == 200
    assert (edge.rows(), edge.open_tickets()) == (1, {})


def test_every_event_of_a_ticket_asks_for_a_look_also_one_that_is_new_to_us(edge: Edge) -> None:
    for number, kind in enumerate(["ticket.created", "ticket.priority_changed", "ticket.not_known_to_us"]):
        assert edge.post(envelope(kind, {"id": "7"}, f"01E{number}")).status_code == 200
    assert edge.open_tickets() == {"7": 3}


@pytest.mark.parametrize(
    "body",
    [
        envelope("ticket.created", {}),
        envelope("ticket.created", {"id": None}),
        envelope("ticket.created", "7"),
        envelope("ticket.created", {"id": "7"}, ""),
        {"type": 5, "id": "x", "detail": {}},
        {"type": "zen:event-type:ticket.created", "detail": {"id": "7"}},
    ],
)
def test_an_envelope_without_what_it_needs_is_400(edge: Edge, body: object) -> None:
    assert edge.post(body).status_code == 400
    assert edge.rows() == 0


def test_what_came_is_kept_as_it_came(edge: Edge) -> None:
    raw = '{"ticket_id": 7, "rule": "Größe 測試"}'.encode()
    edge.post(raw)
    with edge.parts.store.read() as (connection, _):
        [row] = connection.execute(select(deliveries))
    assert row.body.encode() == raw
    assert (row.kind, row.event, row.ticket, row.received_at) == ("trigger", "Größe 測試", "7", edge.hands.at)


def test_f17_two_secrets_are_live_while_one_is_rotated(edge: Edge) -> None:
    assert [edge.post({"ticket_id": 1}, secret=each).status_code for each in (SECRET, SECOND, "third")] == [
        200,
        200,
        401,
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), signature=st.text(st.characters(max_codepoint=255), max_size=60))
def test_f08_whatever_is_sent_unsigned_is_401_and_never_5xx(edge: Edge, body: bytes, signature: str) -> None:
    clean = signature.translate(dict.fromkeys(range(32))).replace("\x7f", "")
    headers = {"X-Zendesk-Webhook-Signature": clean, "X-Zendesk-Webhook-Signature-Timestamp": FRESH}
    assert edge.app.test_client().post(PATH, data=body, headers=headers).status_code == 401


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
NEARLY = st.fixed_dictionaries({}, optional=dict.fromkeys(("ticket_id", "rule", "type", "id", "detail"), JSON))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200)
    | NEARLY.map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda v: json.dumps(v).encode())
)
def test_f12_whatever_is_sent_signed_is_taken_or_refused_and_never_5xx(edge: Edge, body: bytes) -> None:
    assert edge.post(body).status_code in (200, 400)
