"""A whole installation in one test: the sandbox as Zendesk, Deskward's web process on a port, and a clock one can move.

Webhooks travel over HTTP and are signed; the worker's part is played by calling the drain until nothing is due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import requests
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integration.adapters.catalogue_file import load_book
from integration.config import Settings
from integration.domain.book import Book
from integration.services.contracts.importing import import_file
from integration.services.drain import Drained, drain
from integration.services.explain import explain
from integration.services.override import override
from integration.services.parts import Parts
from integration.services.poll import poll
from integration.services.provision import provision
from integration.store import switches
from integration.store.tables import ticket_work
from integration.web.app import create_app
from integration.wiring import make_parts
from sandbox.server import start

BRANDS = {
    "Mattermost": "support@mattermost.com",
    "Rocket.Chat": "support@rocket.chat",
    "Rockstor": "support@rockstor.com",
}


class Hands:
    """A clock whose hands a test moves; the same one for Zendesk and for Deskward."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self, *_: object) -> datetime:
        return self.at

    def move(self, **how: float) -> None:
        self.at += timedelta(**how)


class Silent(WSGIRequestHandler):
    """No access log: a story's output is its own."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


class Nudged:
    """A queue that counts its hints and runs nothing."""

    def __init__(self) -> None:
        self.hints = 0

    def __call__(self) -> bool:
        self.hints += 1
        return True

    def is_up(self) -> bool:
        return True


@dataclass
class Town:
    """Zendesk, Deskward and the customers of one story."""

    sandbox: Any
    parts: Parts
    hands: Hands
    web: str
    desk: dict[str, dict[str, int]] = field(default_factory=dict)
    token: tuple[str, datetime] = ("", datetime.min.replace(tzinfo=UTC))

    # -- customers and agents ----------------------------------------------------------------------------------------

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        """Something that happens in Zendesk without us."""
        answer = requests.post(f"{self.sandbox.url}/sandbox/{path}", json=body, timeout=10)
        assert answer.status_code < 400, answer.text
        return dict(answer.json())

    def mail(self, sender: str, subject: str = "It does not work", body: str = "Please help.", **more: Any) -> str:
        """A mail comes in; returns the ticket's number."""
        more = {"to": BRANDS["Mattermost"], **more}
        return str(self.control("inbound-mail", **{"from": sender}, subject=subject, body=body, **more)["ticket"]["id"])

    def portal(self, sender: str, brand: str = "Mattermost", form: str = "", **more: Any) -> str:
        """A signed-in customer fills in a form; `environment` and `category` go into our fields."""
        fields = self.desk["ticket_fields"]
        custom = [
            {"id": fields[f"Deskward {name}"], "value": self.parts.specs[name].value_of(more.pop(name))}
            for name in ("environment", "category", "severity", "product")
            if name in more
        ]
        body = {"from": sender, "subject": "It does not work", "body": "Please help.", **more}
        body |= {"brand_id": self.desk["brands"][brand], "custom_fields": custom}
        if form:
            body["ticket_form_id"] = self.desk["ticket_forms"][form]
        return str(self.control("portal-request", **body)["ticket"]["id"])

    def agent_sets(self, number: str, **values: Any) -> None:
        """A human agent edits a ticket in Zendesk; our fields by name and shown value, Zendesk's own as they are."""
        custom = [
            {"id": self.desk["ticket_fields"][spec.title], "value": spec.value_of(values[name])}
            for name, spec in self.parts.specs.items()
            if name in values
        ]
        ticket = {name: value for name, value in values.items() if name not in self.parts.specs}
        self.control("agent-edit", ticket_id=number, ticket=ticket | ({"custom_fields": custom} if custom else {}))

    def reply(self, number: str, body: str, **more: Any) -> str:
        """The customer (or `**{"as": "agent"}`) answers; returns the ticket's number, a new one for a follow-up."""
        return str(self.control("reply", ticket_id=number, body=body, **more)["ticket"]["id"])

    def override(self, number: str, withdraw: bool = False, **values: str) -> None:
        """What `flask ticket override` does."""
        override(self.parts, number, values, "agreed on the phone", "Lea Lead", withdraw)

    def switch(self, name: str, value: str) -> None:
        """What `flask writes off` does, and every other switch."""
        with self.parts.store.write() as (connection, now):
            switches.throw(connection, name, value, "Lea Lead", now)

    def user(self, address: str) -> int:
        """The Zendesk id of the person behind an address."""
        accounts = self.sandbox.account()
        return int(next(row["user_id"] for row in accounts.find("identities", "value", address)))

    def faults(self, **plan: Any) -> None:
        """Put a plan of faults in force in Zendesk; without words, end all."""
        self.control("faults", **plan)

    def later(self, **how: float) -> None:
        """Time passes, after what is under way has arrived."""
        assert self.sandbox.settle(30)
        self.hands.move(**how)

    def import_contracts(self, sheet: str) -> None:
        """Contracts as `flask contracts import` takes them."""
        parts = self.parts
        raw = sheet.encode()
        import_file(parts.store, parts.account, parts.book, parts.addresses, "sheet.csv", raw, by="finance", why="sold")

    # -- Deskward at work --------------------------------------------------------------------------------------------

    def work(self, most: int = 50) -> Drained:
        """Deliver all webhooks, then drain until nothing is due."""
        assert self.sandbox.settle(30)
        total = Drained(0)
        while (done := drain(self.parts, most)).claimed:
            total = Drained(total.claimed + done.claimed, total.postponed + done.postponed)
        return total

    def work_out(self, seconds: float = 1.0, most: int = 400) -> int:
        """Deliver and drain, and let time pass until nothing is open; returns how many times it had to wait."""
        for waits in range(most):
            self.work()
            if not self.open_work():
                return waits
            self.later(seconds=seconds)
        raise AssertionError(f"still open after {most} waits: {self.open_work()} {self.troubles()}")

    def open_work(self) -> list[str]:
        """The tickets that want looking at and are not parked."""
        with self.parts.store.read() as (connection, _):
            rows = connection.execute(select(ticket_work).where(ticket_work.c.parked_at.is_(None)))
            return [row.ticket for row in rows if row.is_open]

    def troubles(self) -> list[str]:
        """What went wrong with tickets that are still open, in words."""
        with self.parts.store.read() as (connection, _):
            return [row.last_error for row in connection.execute(select(ticket_work)) if row.last_error]

    def poll(self) -> int:
        """Read the incremental export."""
        return poll(self.parts)

    def with_settings(self, **changes: Any) -> None:
        """Go on under other settings."""
        settings = Settings.model_validate(self.parts.settings.model_dump() | changes)
        self.parts = replace(self.parts, settings=settings)

    # -- what can be seen --------------------------------------------------------------------------------------------

    def api(self, path: str, method: str = "GET", **body: Any) -> dict[str, Any]:
        """A call to Zendesk by its administrator."""
        headers = {"Authorization": f"Bearer {self._token()}"}
        url = f"{self.sandbox.url}/api/v2/{path}"
        answer = requests.request(method, url, headers=headers, json=body or None, timeout=10)
        assert answer.status_code < 400, answer.text
        return dict(answer.json()) if answer.content else {}

    def _token(self) -> str:
        """The administrator's token, which lasts as long as the sandbox says and no longer."""
        if self.token[1] < self.hands.at:
            body = {"client_id": "admin", "client_secret": "admin-secret", "grant_type": "client_credentials"}
            answer = requests.post(f"{self.sandbox.url}/oauth/tokens", json=body | {"scope": "read write"}, timeout=10)
            self.token = (answer.json()["access_token"], self.hands.at + timedelta(minutes=5))
        return self.token[0]

    def explain(self, number: str) -> dict[str, Any]:
        """What `flask ticket explain --json` shows."""
        return explain(self.parts, number) or {}

    def decisions(self, number: str) -> int:
        """How many decisions were taken on a ticket."""
        return len(self.explain(number).get("history", ()))

    def mails(self, number: str) -> list[dict[str, Any]]:
        """The mails that triggers sent to customers about a ticket."""
        answer = requests.get(f"{self.sandbox.url}/sandbox/outbox", params={"ticket_id": number}, timeout=10)
        return list(answer.json()["mails"])

    def ready(self) -> dict[str, str]:
        """The checks of /readyz."""
        return dict(requests.get(f"{self.web}/readyz", timeout=10).json()["checks"])

    def ticket(self, number: str) -> dict[str, Any]:
        """The ticket as Zendesk holds it; our fields by name, with the values as shown."""
        ticket = self.api(f"tickets/{number}.json")["ticket"]
        by_id = {each["id"]: each["value"] for each in ticket["custom_fields"]}
        for name, spec in self.parts.specs.items():
            ticket[name] = spec.shown_of(by_id.get(self.desk["ticket_fields"][spec.title]))
        return dict(ticket)

    def notes(self, number: str) -> list[str]:
        """The internal notes on a ticket."""
        comments = self.api(f"tickets/{number}/comments.json")["comments"]
        return [each["body"] for each in comments if not each["public"]]

    def calls(self) -> dict[str, int]:
        """What Zendesk was asked since the last `forget_calls`, by method and route."""
        return dict(requests.get(f"{self.sandbox.url}/sandbox/calls", timeout=10).json()["calls"])

    def forget_calls(self) -> None:
        requests.post(f"{self.sandbox.url}/sandbox/calls/reset", timeout=10)


@cache
def _book() -> Book:
    """The shipped plans, read once: a story must not pay for it."""
    return load_book()


def settle_in(
    database_url: str,
    contracts_csv: str = "",
    at: datetime | None = None,
    in_front: Callable[[str], str] = lambda address: address,
    **settings: Any,
) -> tuple[Town, Callable[[], None]]:
    """Build a town; returns it with the function that takes it down. `at`: now (default 2026-11-20 10:00 UTC).

    `in_front` puts something between Deskward and Zendesk: given Zendesk's address, it returns its own.
    """
    hands = Hands(at or datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    sandbox = start(clock=hands)
    town = Town(sandbox, None, hands, "")  # type: ignore[arg-type]  # the parts need the address of the web process
    app = create_app(lambda: town.parts, now=hands)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    town.web = f"http://127.0.0.1:{server.server_port}"
    values = {"database_url": database_url, "zendesk_base_url": in_front(sandbox.url), "public_url": town.web}
    chosen = Settings(**(values | {"secret_key": "town"} | settings))
    town.parts = replace(make_parts(chosen, clock=hands, book=_book()), nudge=Nudged())
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    _furnish(town, contracts_csv)
    return town, lambda: _leave(town, server)


def _leave(town: Town, server: BaseWSGIServer) -> None:
    server.shutdown()
    # Its loop wakes twice a second; nobody needs to wait for that.
    threading.Thread(target=town.sandbox.stop).start()
    town.parts.store.close()


def _furnish(town: Town, contracts_csv: str) -> None:
    town.control("clients", client_id="admin", client_secret="admin-secret")
    for name, address in BRANDS.items():
        town.control("brands", name=name, subdomain=name.lower().replace(".", ""), support_addresses=[address])
    with town.parts.store.write() as (connection, now):
        switches.mark_installed(connection, now)
    for kind, names in (
        ("ticket_forms", ("Technical support request", "Sales support request")),
        ("groups", ("Senior Support", "Billing")),
    ):
        for name in names:
            town.parts.zendesk.create(kind, {"name": name})
    provision(town.parts, apply=True)
    for kind, key in (("ticket_fields", "title"), ("ticket_forms", "name"), ("brands", "name"), ("groups", "name")):
        town.desk[kind] = {each[key]: each["id"] for each in town.api(f"{kind}.json")[kind]}
    if contracts_csv:
        town.import_contracts(contracts_csv)
