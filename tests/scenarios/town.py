"""A whole installation in one test: the sandbox as Zendesk, Deskward's web process on a port, and a clock one can move.

Webhooks travel over HTTP and are signed; the worker's part is played by calling the drain until nothing is due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from sqlalchemy import select
from werkzeug.serving import make_server

from integration.config import Settings
from integration.services.contracts.importing import import_file
from integration.services.drain import Drained, drain
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
            for name in ("environment", "category", "severity")
            if name in more
        ]
        body = {"from": sender, "subject": "It does not work", "body": "Please help.", **more}
        body |= {"brand_id": self.desk["brands"][brand], "custom_fields": custom}
        if form:
            body["ticket_form_id"] = self.desk["ticket_forms"][form]
        return str(self.control("portal-request", **body)["ticket"]["id"])

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

    def api(self, path: str) -> dict[str, Any]:
        """A call to Zendesk as our service user."""
        client = {"client_id": "deskward", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}
        if "token" not in self.desk:
            token = requests.post(f"{self.sandbox.url}/oauth/tokens", json=client | {"scope": "read write"}, timeout=10)
            self.desk["token"] = token.json()["access_token"]
        headers = {"Authorization": f"Bearer {self.desk['token']}"}
        return dict(requests.get(f"{self.sandbox.url}/api/v2/{path}", headers=headers, timeout=10).json())

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


def settle_in(
    database_url: str, contracts_csv: str = "", at: datetime | None = None
) -> tuple[Town, Callable[[], None]]:
    """Build a town; returns it with the function that takes it down. `at`: now (default 2026-11-20 10:00 UTC)."""
    hands = Hands(at or datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    sandbox = start(clock=hands)
    app_parts: list[Parts] = []
    server = make_server("127.0.0.1", 0, create_app(lambda: app_parts[0], now=hands), threaded=True)
    web = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(database_url=database_url, zendesk_base_url=sandbox.url, public_url=web, secret_key="town")
    parts = make_parts(settings, clock=hands)
    parts.nudge = Nudged()
    app_parts.append(parts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    town = Town(sandbox, parts, hands, web)
    _furnish(town, contracts_csv)

    def leave() -> None:
        server.shutdown()
        sandbox.stop()
        parts.store.close()

    return town, leave


def _furnish(town: Town, contracts_csv: str) -> None:
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
