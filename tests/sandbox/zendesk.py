"""What the tests of the sandbox share: one account over HTTP, a clock that one can move, and a receiver of webhooks."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from sandbox.server import Handle

GRANT = {"grant_type": "client_credentials", "client_id": "deskward", "client_secret": "sandbox-secret"}
Json = dict[str, Any]


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Account:
    """One account of a running sandbox, seen as a client sees it."""

    def __init__(self, sandbox: Handle, name: str) -> None:
        self.sandbox, self.name = sandbox, name
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["X-Sandbox-Account"] = name

    def sign_in(self) -> Account:
        """Take a token, as Deskward does."""
        token = self.ask("POST", "/oauth/tokens", GRANT).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        return self

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.http.request(method, self.sandbox.url + path, json=body, timeout=15, **options)

    def api(self, method: str, path: str, body: Any = None, expect: int = 200, **options: Any) -> Any:
        """Call the API, and be told the status that was expected; returns the JSON, None where there is none."""
        answer = self.ask(method, f"/api/v2/{path}", body, **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def happens(self, what: str, **body: Any) -> Any:
        """Something that a customer, an agent or an administrator does."""
        answer = self.ask("POST", f"/sandbox/{what}", body)
        assert answer.status_code < 300, f"{what}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def mail(self, **changes: Any) -> Json:
        """A mail from Ana; returns the ticket."""
        mail = {"from": "ana@acme.example", "name": "Ana", "subject": "Help", "body": "It broke.", **changes}
        return dict(self.happens("inbound-mail", **mail)["ticket"])

    def ticket(self, number: int) -> Json:
        return dict(self.api("GET", f"tickets/{number}.json")["ticket"])

    def change(self, number: int, expect: int = 200, **fields: Any) -> Json:
        return dict(self.api("PUT", f"tickets/{number}.json", {"ticket": fields}, expect))

    def field(self, title: str, type_: str = "text", options: tuple[str, ...] = ()) -> int:
        """A new ticket field; returns its id."""
        listed = [{"name": value.title(), "value": value} for value in options]
        body = {"ticket_field": {"title": title, "type": type_, "custom_field_options": listed}}
        return int(self.api("POST", "ticket_fields.json", body, 201)["ticket_field"]["id"])

    def value(self, number: int, field: int) -> Any:
        """The value of one custom field of a ticket."""
        return next(each["value"] for each in self.ticket(number)["custom_fields"] if each["id"] == field)

    def webhook(self, endpoint: str, *subscriptions: str) -> Json:
        """A webhook, connected to triggers unless it subscribes to events."""
        wanted: Json = {"name": "Deskward", "endpoint": endpoint, "http_method": "POST", "request_format": "json"}
        wanted["subscriptions"] = list(subscriptions) or ["conditional_ticket_events"]
        return dict(self.api("POST", "webhooks", {"webhook": wanted}, 201)["webhook"])

    def trigger(self, actions: list[Json], *conditions: tuple[str, str, Any], **more: Any) -> Json:
        """A trigger that acts when all the conditions hold."""
        every = [{"field": name, "operator": operator, "value": value} for name, operator, value in conditions]
        wanted = {"title": "ours", "conditions": {"all": every, "any": []}, "actions": actions, **more}
        return dict(self.api("POST", "triggers.json", {"trigger": wanted}, 201)["trigger"])

    def secret(self, webhook: Json) -> str:
        return str(self.api("GET", f"webhooks/{webhook['id']}/signing_secret")["signing_secret"]["secret"])

    def attempts(self, webhook: Json) -> list[Json]:
        """Every attempt of every invocation of a webhook."""
        calls = self.api("GET", f"webhooks/{webhook['id']}/invocations")["invocations"]
        paths = [f"webhooks/{webhook['id']}/invocations/{each['id']}/attempts" for each in calls]
        return [attempt for path in paths for attempt in self.api("GET", path)["attempts"]]


def call_webhook(webhook: Json, body: str) -> Json:
    """The trigger action that calls a webhook."""
    return {"field": "notification_webhook", "value": [webhook["id"], body]}


@dataclass(frozen=True)
class Received:
    """One webhook as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Takes webhooks in, and answers each with the next of the planned statuses, 200 when none is left."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        self.url = ""
        self.lock = threading.Lock()

    def will_answer(self, *answers: int | tuple[int, dict[str, str]]) -> None:
        self.answers.extend((each, {}) if isinstance(each, int) else each for each in answers)

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        with self.lock:
            self.received.append(Received(headers, body))
            return self.answers.popleft() if self.answers else (200, {})


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = receiver.take(dict(self.headers), body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """The tests look at what was received, not at a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
