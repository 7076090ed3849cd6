"""Plays the customers of `make run`: sets the sandbox's desk up, then lets tickets arrive as they would on a busy day.

It speaks to the sandbox only over HTTP. How far the stories have come is kept in var/, so that a second run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import requests

from integration import lifeline

HERE = Path(__file__).parent
BRANDS = {
    "Mattermost": "support@mattermost.com",
    "Rocket.Chat": "support@rocket.chat",
    "Rockstor": "support@rockstor.com",
}
FORMS = ("Technical support request", "Sales support request")
GROUPS = ("Senior Support", "Billing")
#: The first stories come quickly, so that there is something to see; then one every few seconds.
QUICK, QUICK_SECONDS, SLOW_SECONDS = 30, 0.6, 6.0


class Desk:
    """The sandbox, as its administrator and its customers use it."""

    def __init__(self, address: str, client: tuple[str, str]) -> None:
        self.address = address
        self.http = requests.Session()
        self.http.trust_env = False
        grant = {"grant_type": "client_credentials", "client_id": client[0], "client_secret": client[1]}
        token = self.post("/oauth/tokens", grant | {"scope": "read write"})["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON; raises with the sandbox's words where it refuses."""
        answer = self.http.post(self.address + path, json=body, timeout=15)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    def get(self, path: str) -> dict[str, Any]:
        """Read JSON."""
        answer = self.http.get(self.address + path, timeout=15)
        answer.raise_for_status()
        return dict(answer.json())

    def ids(self, kind: str, key: str) -> dict[str, int]:
        """Ids by name of all objects of a kind."""
        return {each[key]: each["id"] for each in self.get(f"/api/v2/{kind}.json")[kind]}


def set_up(desk: Desk) -> None:
    """Brands with their addresses, forms and groups, as the vendors have them; what is there stays."""
    for name, address in BRANDS.items():
        desk.post(
            "/sandbox/brands",
            {"name": name, "subdomain": name.lower().replace(".", ""), "support_addresses": [address]},
        )
    for kind, names in (("ticket_forms", FORMS), ("groups", GROUPS)):
        there = desk.ids(kind, "name")
        for name in names:
            if name not in there:
                desk.post(f"/api/v2/{kind}.json", {kind[:-1]: {"name": name}})


def stories() -> list[dict[str, Any]]:
    """Every story, in the order in which the first day tells them."""
    return [json.loads(line) for line in (HERE / "stories.jsonl").read_text(encoding="utf-8").splitlines()]


def tell(desk: Desk, story: dict[str, Any], names: dict[str, dict[str, int]]) -> int:
    """Let one ticket arrive; returns its number."""
    body = dict(story)
    way = body.pop("way")
    if way == "mail":
        return int(desk.post("/sandbox/inbound-mail", body)["ticket"]["id"])
    fields = names["ticket_fields"]
    chosen = {"Deskward environment": body.pop("environment", None), "Deskward category": body.pop("category", None)}
    body["custom_fields"] = [
        {"id": fields[title], "value": f"{title.lower().replace(' ', '_')}_{_slug(value)}"}
        for title, value in chosen.items()
        if value and title in fields
    ]
    body["brand_id"] = names["brands"].get(body.pop("brand", ""))
    body["ticket_form_id"] = names["ticket_forms"].get(body.pop("form", ""))
    path = "/sandbox/agent-ticket" if way == "phone" else "/sandbox/portal-request"
    if way == "phone":
        body["channel"] = "phone"
    return int(desk.post(path, body)["ticket"]["id"])


def _slug(text: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def play(desk: Desk, memory: Path, seed: int) -> None:
    """Tell the stories from where the last run stopped, then again in another order, until stopped."""
    told = int(memory.read_text()) if memory.exists() else 0
    names = {kind: desk.ids(kind, key) for kind, key in NAMES}
    script = stories()
    first = told
    while True:
        story = script[told] if told < len(script) else random.Random(seed + told).choice(script)
        tell(desk, story, names)
        told += 1
        memory.write_text(str(told))
        time.sleep(QUICK_SECONDS if told - first < QUICK else SLOW_SECONDS)


NAMES = (("brands", "name"), ("ticket_forms", "name"), ("ticket_fields", "title"))


def main(arguments: list[str] | None = None) -> int:
    """`set-up` once, then `play` until stopped."""
    lifeline.arm()
    parser = argparse.ArgumentParser(prog="python -m demo.customers", description=__doc__)
    parser.add_argument("what", choices=("set-up", "play"), nargs="?", default="play")
    parser.add_argument("--memory", type=Path, default=Path("var/demo-stories"), help="how far the stories have come")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    address = os.environ.get("ZENDESK_BASE_URL") or f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8001')}"
    client = (
        os.environ.get("SANDBOX_CLIENT_ID", "deskward"),
        os.environ.get("SANDBOX_CLIENT_SECRET", "sandbox-secret"),
    )
    try:
        desk = Desk(address, client)
        set_up(desk)
        if options.what == "play":
            play(desk, options.memory, options.seed)
    except KeyboardInterrupt:
        return 0
    except (OSError, RuntimeError) as error:
        print(f"the sandbox at {address} cannot be used: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
