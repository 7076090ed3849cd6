"""The API: never anonymous, JSON in and out, and what it does with bodies that it cannot use."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from integration.services.bearer import digest
from integration.store import api_tokens
from integration.store.tables import metadata
from tests.web.conftest import TOKEN
from tests.web.edge import Edge

SIMULATE = "/api/v1/simulate"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LINE = {
    "id": "one",
    "catalogue": "mattermost",
    "contracts": [{"plan": "mattermost/premier", "start": "2026-01-01", "domains": ["acme.example"]}],
    "ticket": {
        "channel": "portal", "from": "ana@acme.example", "severity": "L1", "environment": "production",
        "subject": "It is down", "created_at": "2026-11-20T10:00:00Z",
    },
}  # fmt: skip


def call(edge: Edge, body: Any, headers: dict[str, str] = BEARER) -> TestResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return edge.app.test_client().post(SIMULATE, data=raw, headers=headers)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer another",
        f"Bearer {TOKEN}x",
        "Bearer ÿ\xfe",
        "Bearer ' OR 1=1 --",
        f"Bearer {digest(TOKEN)}",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/tickets/7/decision"), ("POST", SIMULATE)])
def test_without_a_live_token_nothing_is_told(edge: Edge, header: str | None, method: str, path: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = edge.app.test_client().open(path, method=method, headers=headers, data=b"{}")
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "unauthorized"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_no_token(edge: Edge) -> None:
    assert call(edge, LINE).status_code == 200
    with edge.parts.store.write() as (connection, now):
        assert api_tokens.revoke(connection, "tests", now) == 1
    assert call(edge, LINE).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(edge: Edge, scheme: str) -> None:
    assert call(edge, LINE, {"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


def test_one_ticket_is_one_answer(edge: Edge) -> None:
    answer = call(edge, LINE)
    assert (answer.status_code, answer.json["id"], answer.json["error"]) == (200, "one", None)
    assert (answer.json["entitlement"]["outcome"], answer.json["severity"]) == ("entitled", "L1")
    assert answer.json["targets"]


def test_a_list_is_a_list_and_a_bad_line_does_not_stop_the_others(edge: Edge) -> None:
    answer = call(edge, [LINE, {"id": "bad"}, 7, LINE | {"id": "two"}])
    assert [(each["id"], each["error"] is None) for each in answer.json] == [
        ("one", True),
        ("bad", False),
        (None, False),
        ("two", True),
    ]


def test_a_simulation_writes_nothing(edge: Edge) -> None:
    def rows() -> dict[str, int]:
        with edge.parts.store.read() as (connection, _):
            count = select(func.count())
            return {t.name: connection.execute(count.select_from(t)).scalar_one() for t in metadata.sorted_tables}

    before = rows()
    assert call(edge, [LINE] * 3).status_code == 200
    assert rows() == before


def test_an_empty_list_is_an_empty_list(edge: Edge) -> None:
    assert call(edge, []).json == []


def test_too_many_tickets_are_413_and_the_most_is_said(edge: Edge) -> None:
    answer = call(edge, [{}] * 1001)
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_many")
    assert "1000" in answer.json["error"]["message"]
    assert call(edge, [{}] * 1000).status_code == 200


def test_too_large_a_body_is_413(edge: Edge) -> None:
    answer = call(edge, b" " * (4 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("raw", [b"", b"{", b"nothing", b'{"id": NaN}', b'{"id": 1, "id": 2}', b"\xff", b"[" * 1000])
def test_a_malformed_body_is_400(edge: Edge, raw: bytes) -> None:
    answer = call(edge, raw)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    "change",
    [
        {"organization": "nobody we know", "contracts": ...},
        {"organization": 7, "contracts": ...},
        {"organization": {}, "contracts": ...},
        {"contracts": "mattermost/premier"},
        {"contracts": [7]},
        {"catalogue": "nothing"},
        {"catalogue": ["mattermost"]},
        {"ticket": None},
        {"ticket": LINE["ticket"] | {"created_at": "yesterday"}},
        {"ticket": LINE["ticket"] | {"created_at": "0001-01-01T00:00:00+01:00"}},
        {"ticket": LINE["ticket"] | {"created_at": "9999-12-31T23:59:59-01:00"}},
        {"ticket": LINE["ticket"] | {"created_at": "2026-11-20T10:00:00"}},
        {"ticket": LINE["ticket"] | {"created_at": 1795168800}},
        {"contracts": [{"plan": "mattermost/premier", "start": "9999-12-31", "end": "0001-01-01"}]},
    ],
)
def test_a_line_that_cannot_be_decided_says_why_in_its_own_answer(edge: Edge, change: dict[str, Any]) -> None:
    strange = {name: value for name, value in (LINE | change).items() if value is not ...}
    answer = call(edge, [strange, LINE])
    assert answer.status_code == 200, answer.text
    assert answer.json[0]["error"]
    assert answer.json[1]["error"] is None


@pytest.mark.parametrize("created_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z"])
def test_a_ticket_of_a_day_beyond_reason_stops_no_other(edge: Edge, created_at: str) -> None:
    strange = LINE | {"ticket": LINE["ticket"] | {"created_at": created_at}}
    answer = call(edge, [strange, LINE])
    assert answer.status_code == 200, answer.text
    assert answer.json[1]["error"] is None


@pytest.mark.parametrize("number", ["7", "%00", "abc", "..%2f..", "1" * 30, "%F0%9F%98%80", "%ff", "7%0d%0aX:1", "-1"])
def test_a_ticket_that_was_never_seen_is_404_whatever_its_number(both: Edge, number: str) -> None:
    with both.parts.store.write() as (connection, now):
        api_tokens.add(connection, "tests", digest(TOKEN), now)
    answer = both.app.test_client().get(f"/api/v1/tickets/{number}/decision", headers=BEARER)
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


def test_a_database_that_is_away_is_503_and_says_when_to_come_back(edge: Edge) -> None:
    with edge.parts.store.write() as (connection, _):
        connection.exec_driver_sql("DROP TABLE decisions")
    answer = edge.app.test_client().get("/api/v1/tickets/7/decision", headers=BEARER)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_down")
    assert answer.headers["Retry-After"] == "5"
