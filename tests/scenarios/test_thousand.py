"""A thousand tickets of all four vendors, their webhooks doubled, shuffled and lost: one right decision and note each.

What is right stands here by hand, one line per kind of story, and was worked out from the vendors' documents with a
calendar: nothing below asks the rules.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.scenarios.town import BRANDS, Town, settle_in

pytestmark = pytest.mark.xdist_group("servers")
SEED = 1120
#: Every ticket comes on Friday 2026-11-20 at 10:00 UTC: 02:00 in Los Angeles, 07:00 in Sao Paulo, 10:00 in Lisbon.
CONTRACTS = """\
reference,organization,plan,status,start,end,purchased,source,product,domains,prerequisite_met,renews,contacts
MM-1,Acme,mattermost/premier,active,2026-01-01,2027-12-31,,sales,,acme.example,,,ana@acme.example;ben@acme.example
MM-2,Globex,mattermost/enterprise,active,2026-01-01,2027-12-31,,sales,,globex.example,,,
MM-3,Stark,mattermost/professional,active,2026-01-01,2027-12-31,,sales,,stark.example,,,
MM-4,Vandelay,mattermost/enterprise,active,2025-01-01,2026-06-30,,sales,,vandelay.example,,,
RC-1,Hooli,rocketchat/plus,active,2026-01-01,2027-12-31,,sales,Cloud Enterprise,hooli.example,,,pia@hooli.example
RC-2,Piper,rocketchat/mission-critical,active,2026-01-01,,,sales,Cloud Enterprise,piper.example,,,dinesh@piper.example
RL-1,Aviato,rocketchat-legacy/gold,active,2021-01-01,2027-12-31,2021-01-01,sales,,aviato.example,,,erlich@aviato.example
RS-1,Initech,rockstor/incident,active,2026-02-01,,2026-02-01,,,initech.example,yes,,
"""
Right = tuple[str, str | None, str | None, str | None, str | None]


@dataclass(frozen=True)
class Kind:
    """One kind of story: how it comes in, from whom, and what must stand on the ticket in the end."""

    way: str
    sender: str
    vendor: str
    right: Right
    more: dict[str, Any] = field(default_factory=dict)

    def happens(self, town: Town, number: int) -> str:
        """Let one such ticket come in. A sender "*@…" is one of seven people."""
        sender = self.sender.replace("*", f"person{number % 7}")
        if self.way == "mail":
            return town.mail(sender, to=BRANDS[self.vendor], **self.more)
        if self.way == "portal":
            return town.portal(sender, brand=self.vendor, **self.more)
        brand = town.desk["brands"][self.vendor]
        call = {"requester": sender, "channel": "phone", "subject": "Call", "body": "They called.", "brand_id": brand}
        return str(town.control("agent-ticket", **call)["ticket"]["id"])


MM, RC, RS = "Mattermost", "Rocket.Chat", "Rockstor"
PREMIER, ENTERPRISE, PRO = "mattermost/premier", "mattermost/enterprise", "mattermost/professional"
PLUS, CRITICAL, GOLD = "rocketchat/plus", "rocketchat/mission-critical", "rocketchat-legacy/gold"
INCIDENT, NO_CHANNEL = "rockstor/incident", "channel_not_in_plan"
#: (entitlement, plan, severity, priority, first reply due)
KINDS = (
    Kind(
        "portal",
        "ana@acme.example",
        MM,
        ("entitled", PREMIER, "L1", "urgent", "2026-11-20 11:00 UTC"),
        {"priority": "urgent"},
    ),
    Kind("mail", "ben@acme.example", MM, ("entitled", PREMIER, "L3", "normal", "2026-11-20 18:00 UTC")),
    Kind("mail", "*@acme.example", MM, ("not_named_contact", ENTERPRISE, "L3", "normal", "2026-11-23 18:00 UTC")),
    Kind("mail", "support@acme.example", MM, ("shared_mailbox", ENTERPRISE, "L3", "normal", "2026-11-23 18:00 UTC")),
    Kind(
        "portal",
        "ana@acme.example",
        MM,
        ("entitled", PREMIER, "L4", "low", "2026-11-24 01:00 UTC"),
        {"priority": "urgent", "environment": "staging"},
    ),
    Kind(
        "portal",
        "*@globex.example",
        MM,
        ("entitled", ENTERPRISE, "L2", "high", "2026-11-20 18:00 UTC"),
        {"priority": "high"},
    ),
    Kind(
        "portal",
        "*@globex.example",
        MM,
        ("entitled", ENTERPRISE, "L4", "low", "2026-11-24 01:00 UTC"),
        {"priority": "low"},
    ),
    Kind("mail", "*@stark.example", MM, (NO_CHANNEL, None, "L3", "normal", None)),
    Kind("portal", "*@stark.example", MM, ("entitled", PRO, "L3", "normal", None), {"priority": "normal"}),
    Kind("mail", "*@vandelay.example", MM, ("contract_ended", None, "L3", "normal", None)),
    Kind("mail", "*@nowhere.example", MM, ("unknown_domain", None, "L3", "normal", None)),
    Kind("mail", "*@gmail.com", RS, ("free_mail", None, "normal", "normal", None)),
    Kind("mail", "lou@globex.example", MM, ("unverified_sender", None, "L3", None, None), {"spoofed": True}),
    Kind(
        "portal",
        "pia@hooli.example",
        RC,
        ("entitled", PLUS, "high", "high", "2026-11-20 12:00 UTC"),
        {"priority": "urgent"},
    ),
    Kind("mail", "*@hooli.example", RC, ("entitled", PLUS, "medium", "normal", "2026-11-20 14:00 UTC")),
    Kind("phone", "pia@hooli.example", RC, ("entitled", PLUS, "high", "high", None)),
    Kind(
        "portal",
        "dinesh@piper.example",
        RC,
        ("entitled", CRITICAL, "high", "high", "2026-11-20 10:30 UTC"),
        {"priority": "high"},
    ),
    Kind(
        "portal",
        "erlich@aviato.example",
        RC,
        ("entitled", GOLD, "low", "low", "2026-11-23 11:00 UTC"),
        {"priority": "low"},
    ),
    Kind("mail", "*@aviato.example", RC, ("entitled", GOLD, "medium", "normal", "2026-11-20 16:00 UTC")),
    Kind("mail", "*@initech.example", RS, ("entitled", INCIDENT, "normal", "normal", "2026-11-24 10:00 UTC")),
    Kind("portal", "*@initech.example", RS, (NO_CHANNEL, None, "low", "low", None), {"priority": "low"}),
)


@pytest.fixture
def many(database_url: str) -> Iterator[tuple[Town, int]]:
    """A town and the number of its tickets: a thousand on SQLite, two hundred on PostgreSQL."""
    town, leave = settle_in(database_url, CONTRACTS)
    yield town, 1000 if database_url.startswith("sqlite") else 200
    leave()


@pytest.mark.timeout(300)
def test_a_thousand_tickets_end_in_exactly_one_right_decision_and_one_note_each(many: tuple[Town, int]) -> None:
    """F01, F02, F04, F07, S9, P3: 20 % doubled, shuffled, 10 % lost; the lost ones are found by the poll."""
    town, how_many = many
    town.faults(seed=SEED, webhook_doubled=0.2, webhook_shuffled=True, webhook_lost=0.1)
    town.forget_calls()
    began = time.perf_counter()
    right = dict(_all_happen(town, how_many))
    lost = sum(1 for number in right if not town.decisions(number))
    town.later(seconds=66)
    found = town.poll()
    town.work_out()
    seconds, calls = time.perf_counter() - began, town.calls()
    print(f"{how_many} tickets in {seconds:.1f} s, {lost} webhooks lost, seed {SEED}")
    print(f"calls per ticket: {_per_ticket(calls, how_many)}")
    assert how_many * 0.05 < lost < how_many * 0.15
    assert found >= lost
    assert _wrong(town, right) == {}
    assert calls["PUT /api/v2/tickets/{ticket_id}"] == how_many


def _all_happen(town: Town, how_many: int) -> Iterator[tuple[str, Right]]:
    """The tickets come in, a hundred at a time, while Deskward works."""
    for number in range(how_many):
        kind = KINDS[number % len(KINDS)]
        yield kind.happens(town, number), kind.right
        if number % 100 == 99:
            town.work()
    town.work()


def _wrong(town: Town, right: dict[str, Right]) -> dict[str, Any]:
    """The tickets that do not stand as they should, with what stands there instead."""
    accounts, show = town.sandbox.account(), _shown(town)
    wrong: dict[str, Any] = {}
    for number, expected in right.items():
        notes = sum(
            1
            for audit in accounts.find("audits", "ticket_id", int(number))
            for event in audit["events"]
            if event["type"] == "Comment" and not event["public"] and "Deskward" in event["body"]
        )
        stands = (*show(accounts.get("tickets", int(number))), notes, town.decisions(number))
        if stands != (*expected, 1, 1):
            wrong[number] = {"stands": stands, "right": expected}
    return wrong


def _shown(town: Town) -> Callable[[Any], Right]:
    """Reads the five values from a ticket as Zendesk stores it."""
    specs, ids = town.parts.specs, town.desk["ticket_fields"]

    def show(row: Any) -> Right:
        ours = {name: specs[name].shown_of(row["_custom"].get(str(ids[specs[name].title]))) for name in specs}
        return (str(ours["entitlement"]), ours["plan"], ours["severity"], row["priority"], ours["first_reply_due"])

    return show


def _per_ticket(calls: dict[str, int], how_many: int) -> dict[str, float]:
    mine = Counter({call: count for call, count in calls.items() if "/tickets" in call or "/users" in call})
    return {call: round(count / how_many, 3) for call, count in sorted(mine.items())}
