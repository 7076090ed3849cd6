"""What the client sends and where: lists to their end, objects unchanged, the token to one account alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from integration.adapters.zendesk import StaticToken, Wire, ZendeskClient
from integration.adapters.zendesk import pages as paging
from integration.services.ports import NotAllowed, RetryLater, TicketWrite
from tests.adapters.http_double import Double, Reply, serving

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
BODIES: dict[str, dict[str, Any]] = {
    "ticket_fields": {"type": "tagger", "title": "Severity", "custom_field_options": [{"name": "S1", "value": "s1"}]},
    "ticket_forms": {"name": "Incident", "ticket_field_ids": [1, 2], "in_all_brands": True},
    "brands": {"name": "Acme", "subdomain": "acme-two", "active": True},
    "groups": {"name": "Second line", "description": None},
    "webhooks": {
        "name": "Deskward",
        "status": "active",
        "endpoint": "https://desk.example/webhooks/zendesk",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": ["conditional_ticket_events"],
    },
    "triggers": {
        "title": "Deskward: created",
        "category_id": "10026",
        "conditions": {"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []},
        "actions": [{"field": "notification_webhook", "value": ["01H", '{"ticket_id": "{{ticket.id}}"}']}],
    },
    "trigger_categories": {"name": "Deskward"},
    "organizations": {"name": "Customer", "domain_names": ["customer.example"], "organization_fields": {"plan": "x"}},
    "organization_fields": {"type": "dropdown", "key": "plan", "title": "Plan", "custom_field_options": []},
}
SINGULAR = {kind: kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind[:-1] for kind in BODIES}


def client(url: str) -> ZendeskClient:
    return ZendeskClient("acme", StaticToken("t0k3n"), url)


def asked(double: Double) -> list[tuple[str, dict[str, str]]]:
    """Path and query of each request."""
    return [(urlsplit(path).path, dict(parse_qsl(urlsplit(path).query))) for _, path, _, _ in double.requests]


@pytest.mark.parametrize("kind", BODIES)
def test_an_object_is_created_exactly_as_it_was_given(kind: str) -> None:
    with serving(Reply(201, {SINGULAR[kind]: {"id": 5}})) as double:
        assert client(double.url).create(kind, BODIES[kind]) == {"id": 5}
    method, path, headers, body = double.requests[0]
    assert (method, path.removesuffix(".json")) == ("POST", f"/api/v2/{kind}")
    assert json.loads(body) == {SINGULAR[kind]: BODIES[kind]}
    assert (headers["Authorization"], headers["Host"]) == ("Bearer t0k3n", "acme.zendesk.com")


@pytest.mark.parametrize("kind", BODIES)
def test_a_listing_asks_for_large_pages_and_follows_the_cursor(kind: str) -> None:
    first = {kind: [{"id": 1}], "meta": {"has_more": True, "after_cursor": "a=+/"}}
    last = {kind: [{"id": 2}], "meta": {"has_more": False, "after_cursor": "b"}}
    with serving(Reply(200, first), Reply(200, last)) as double:
        assert [each["id"] for each in client(double.url).listing(kind)] == [1, 2]
    queries = [query for _, query in asked(double)]
    assert queries == [{"page[size]": "100"}, {"page[size]": "100", "page[after]": "a=+/"}]


@pytest.mark.parametrize("call", ["listing", "create"])
def test_an_unknown_kind_is_refused_with_the_known_ones(call: str) -> None:
    zendesk = ZendeskClient("acme", StaticToken("t"), "http://127.0.0.1:9")
    with pytest.raises(ValueError, match="'macros' are not known here; known are brands"):
        getattr(zendesk, call)("macros", *([{}] if call == "create" else []))


def test_a_list_that_goes_in_circles_is_left() -> None:
    again = {"groups": [], "meta": {"has_more": True, "after_cursor": "same"}}
    with serving(Reply(200, again)) as double, pytest.raises(RetryLater, match="circles"):
        client(double.url).listing("groups")
    assert double.count("GET") == 2


def test_a_list_without_end_is_left() -> None:
    """Each page names another one."""
    pages = iter(range(10_000))
    endless = {"rows": [], "next_page": "https://acme.zendesk.com/api/v2/rows.json?page=0"}
    with pytest.raises(RetryLater, match="more than 1000 pages"):
        paging.all_rows(endless, "rows", lambda _: {"rows": [], "next_page": f"https://x/?page={next(pages) + 1}"})


def test_f32_a_link_to_another_host_does_not_carry_our_token_there() -> None:
    """Only its query is used; the request goes to our own account."""
    lure = {"groups": [], "meta": {"has_more": True}, "links": {"next": "https://evil.example/x?page[after]=z"}}
    end = {"groups": [], "meta": {"has_more": False}}
    with serving(Reply(200, lure), Reply(200, end)) as double:
        client(double.url).listing("groups")
    assert asked(double)[1] == ("/api/v2/groups.json", {"page[after]": "z"})


@pytest.mark.parametrize(
    "url", ["https://evil.example/api", "http://acme.zendesk.com/x", "https://acme.zendesk.com.evil/"]
)
def test_f32_the_session_reaches_no_other_address(url: str) -> None:
    with pytest.raises(NotAllowed, match="another address"):
        Wire("acme", StaticToken("t0k3n")).get(url)


def test_f32_a_redirect_is_not_followed() -> None:
    with serving(Reply(308, {}, {"Location": "https://evil.example/"})) as double, pytest.raises(NotAllowed):
        client(double.url).whoami()
    assert double.count("GET") == 1


def test_f33_an_export_that_makes_no_progress_is_left() -> None:
    stuck = {"tickets": [], "after_cursor": "here", "end_of_stream": False}
    with serving(Reply(200, stuck)) as double, pytest.raises(RetryLater, match="no progress"):
        client(double.url).exported_tickets("here", SINCE)


def test_f33_tickets_that_an_ai_agent_holds_are_exported_too() -> None:
    with serving(Reply(200, {"tickets": [], "after_cursor": None, "end_of_stream": True})) as double:
        page = client(double.url).exported_tickets(None, SINCE)
    assert asked(double) == [
        ("/api/v2/incremental/tickets/cursor.json", {"start_time": "1793491200", "support_type_scope": "all"})
    ]
    assert (page.cursor, page.at_end) == ("", True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"errors": [{"code": "StartTimeTooRecent", "title": "start_time is too new", "status": "400"}]}),
        Reply(422, {"error": "InvalidValue", "description": "Too recent start_time."}),
    ],
)
def test_f33_a_start_within_the_last_minute_is_tried_again_later(reply: Reply) -> None:
    with serving(reply) as double, pytest.raises(RetryLater):
        client(double.url).exported_tickets(None, SINCE)


def test_no_tickets_need_no_call_and_more_than_a_hundred_are_a_mistake() -> None:
    zendesk = ZendeskClient("acme", StaticToken("t"), "http://127.0.0.1:9")
    assert zendesk.tickets([]) == []
    with pytest.raises(ValueError, match="101 tickets asked for"):
        zendesk.tickets(range(101))


@pytest.mark.parametrize(
    "body", [{}, {"tickets": None}, {"tickets": [None]}, {"tickets": [], "users": {}}, {"tickets": "none"}]
)
def test_f31_an_answer_without_tickets_is_no_answer(body: Any) -> None:
    """An empty list would say that all of them are gone."""
    with serving(Reply(200, body)) as double, pytest.raises(RetryLater):
        client(double.url).tickets([7])


def test_an_update_names_only_what_is_to_change_and_never_tags() -> None:
    with serving(Reply(200, {"ticket": {"id": 7}})) as double:
        client(double.url).update_ticket(TicketWrite(7, "2026-11-01T10:00:00Z", custom_fields={5: None}))
    assert json.loads(double.requests[0][3]) == {
        "ticket": {
            "id": 7,
            "safe_update": True,
            "updated_stamp": "2026-11-01T10:00:00Z",
            "custom_fields": [{"id": 5, "value": None}],
        }
    }


def test_the_same_question_is_asked_again_and_its_answers_are_not_shared() -> None:
    """zenpy alone would give the second answer from a cache, and the very same object."""
    with serving(Reply(200, {"user": {"id": 1}}), Reply(200, {"user": {"id": 2}})) as double:
        zendesk = client(double.url)
        assert [zendesk.whoami()["id"], zendesk.whoami()["id"]] == [1, 2]


def test_threads_share_a_client_but_no_connection() -> None:
    together = Barrier(4)
    with serving(Reply(200, {"user": {"id": 1}})) as double, ThreadPoolExecutor(4) as pool:
        zendesk = client(double.url)

        def ask() -> int:
            together.wait(10)
            return id(zendesk._wire) if zendesk.whoami() else 0

        assert len({job.result() for job in [pool.submit(ask) for _ in range(4)]}) == 4


def test_zendesks_cookies_are_not_kept() -> None:
    """A session cookie would be a second identity beside our token."""
    with serving(Reply(200, {"user": {"id": 1}}, {"Set-Cookie": "_zendesk_session=x; Path=/"})) as double:
        zendesk = client(double.url)
        zendesk.whoami()
        zendesk.whoami()
    assert "Cookie" not in double.requests[1][2]


@pytest.fixture
def every_debug_line(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    yield caplog


def test_f73_nothing_of_a_ticket_or_a_token_is_logged(every_debug_line: pytest.LogCaptureFixture) -> None:
    """Even where somebody turns on every debug line of the process."""
    answer = {"ticket": {"id": 7, "subject": "canary-subject"}}
    with serving(Reply(200, answer), Reply(422, {"error": "canary-error"})) as double:
        zendesk = client(double.url)
        write = TicketWrite(7, "2026-11-01T10:00:00Z", note="canary-note")
        zendesk.update_ticket(write)
        with pytest.raises(Exception, match="canary-error"):
            zendesk.update_ticket(write)
    assert "PUT" in every_debug_line.text, "nothing was logged at all: this test would prove nothing"
    assert not any(word in every_debug_line.text for word in ("canary", "t0k3n"))


@pytest.mark.parametrize("name", ["ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME"])
def test_a_redirected_environment_is_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "evil.example")
    with pytest.raises(ValueError, match=f"{name} is set"):
        ZendeskClient("acme", StaticToken("t"))


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.5:8001",
        "http://127.0.0.1.evil.example",
        "https://127.0.0.1:8001",
        "http://user:pass@127.0.0.1:8001",
        "ftp://localhost",
        "localhost:8001",
        "http://localhost:8001?x=1",
    ],
)
def test_a_sandbox_is_on_this_machine_unless_explicitly_allowed(url: str) -> None:
    with pytest.raises(ValueError, match="is no sandbox"):
        ZendeskClient("acme", StaticToken("t"), url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001"])
def test_this_machine_has_three_names(url: str) -> None:
    ZendeskClient("acme", StaticToken("t"), url)


def test_another_machine_may_be_allowed() -> None:
    ZendeskClient("acme", StaticToken("t"), "https://sandbox.example:8443", allow_remote=True)


@pytest.mark.parametrize("subdomain", ["", "acme.zendesk.com", "evil.example/", "ACME", "-acme", "acme\n", "a@b", "a#"])
def test_a_subdomain_is_one_label(subdomain: str) -> None:
    with pytest.raises(ValueError, match="ZENDESK_SUBDOMAIN"):
        ZendeskClient(subdomain, StaticToken("t"))
