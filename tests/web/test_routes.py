"""What holds for every route: an auth rule, headers, errors in JSON, and no echo of what a stranger sent."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from integration.web.auth import RULES, refuse_unmarked, rule
from tests.web.edge import Edge

#: Who may call what. A new route must be written down here.
ROUTES = {
    ("GET", "/"): "public",
    ("GET", "/healthz"): "public",
    ("GET", "/readyz"): "public",
    ("GET", "/metrics"): "public",
    ("POST", "/webhooks/zendesk"): "signed",
    ("GET", "/api/v1/tickets/<ticket>/decision"): "token",
    ("POST", "/api/v1/simulate"): "token",
    ("GET", "/static/<path:filename>"): "public",
    ("OPTIONS", "/static/<path:filename>"): "public",  # Flask makes this one itself
}
EVIL = "<script>alert(1)</script>"


def test_every_route_and_method_has_the_rule_that_is_written_down(edge: Edge) -> None:
    found = {
        (method, each.rule): getattr(edge.app.view_functions[each.endpoint], "auth_rule", "public")
        for each in edge.app.url_map.iter_rules()
        for method in (each.methods or set()) - {"HEAD"}
    }
    assert found == ROUTES
    assert all(who == "token" for (_, path), who in found.items() if path.startswith("/api/"))


def test_an_app_with_a_route_that_names_no_rule_does_not_start() -> None:
    app = Flask(__name__)
    app.add_url_rule("/open", view_func=lambda: "open to all")
    with pytest.raises(RuntimeError, match="/open names no auth rule"):
        refuse_unmarked(app)


def test_a_rule_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="everybody is no rule; there are public, signed, token"):
        rule("everybody")
    assert RULES == ("public", "signed", "token")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/static/deskward.css", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/webhooks/zendesk", 405),
        ("POST", "/webhooks/zendesk", 401),
        ("POST", "/api/v1/simulate", 401),
        ("GET", "/static/../wsgi.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("OPTIONS", "/api/v1/simulate", 405),
        ("TRACE", "/healthz", 405),
        ("PUT", "/healthz", 405),
    ],
)
def test_every_answer_carries_the_security_headers(edge: Edge, method: str, path: str, status: int) -> None:
    answer = edge.app.test_client().open(path, method=method)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/nowhere", "not_found"), ("DELETE", "/healthz", "method_not_allowed"), ("GET", "/api/v1", "not_found")],
)
def test_an_error_is_json_of_one_shape(edge: Edge, method: str, path: str, code: str) -> None:
    answer = edge.app.test_client().open(path, method=method)
    assert answer.mimetype == "application/json"
    assert list(answer.json) == ["error"]
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"]


def test_a_method_that_is_not_allowed_is_told_which_are(edge: Edge) -> None:
    answer = edge.app.test_client().get("/webhooks/zendesk")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_fault_of_our_own_tells_a_stranger_nothing_about_it(edge: Edge) -> None:
    def broken() -> Any:
        raise KeyError("a secret")

    edge.app.extensions["deskward"] = broken
    answer = edge.app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "internal_server_error")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path", [f"/{EVIL}", f"/?q={EVIL}", f"/healthz?{EVIL}", f"/static/{EVIL}", f"/api/v1/tickets/{EVIL}/decision"]
)
def test_f76_nothing_that_a_stranger_sends_comes_back(edge: Edge, path: str) -> None:
    headers = {"Referer": EVIL, "User-Agent": EVIL, "X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    answer = edge.app.test_client().get(path, headers=headers)
    assert "script" not in answer.text.casefold()
    assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("path", ["//healthz", "//evil.example/", "/healthz/", "/api/v1//simulate", "/static"])
def test_f86_nothing_redirects(edge: Edge, path: str) -> None:
    """A redirect would be built from the Host header, which is the caller's to choose."""
    given = {"PATH_INFO": path, "HTTP_HOST": "evil.example"}
    answer = edge.app.test_client().get(environ_overrides=given)
    assert answer.status_code in (200, 404)
    assert "Location" not in answer.headers


def test_the_start_page_says_how_the_desk_stands(edge: Edge) -> None:
    client = edge.app.test_client()
    assert "Every ticket is decided" in client.get("/").text
    edge.ticket(1)
    assert "1 ticket is being looked at" in client.get("/").text


def test_the_start_page_of_a_desk_without_a_database_says_what_happens_to_webhooks(edge: Edge) -> None:
    with edge.parts.store.write() as (connection, _):
        connection.exec_driver_sql("DROP TABLE ticket_work")
    answer = edge.app.test_client().get("/")
    assert answer.status_code == 503
    assert "Webhooks are answered with 503" in answer.text
