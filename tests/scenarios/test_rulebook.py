"""A ticket's story for every outcome of every vendor, and for the golden vectors: simulate, from line to answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from integration.adapters.address import AddressBook
from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES
from integration.services.simulate import Simulator
from tests.domain.stories import (
    ANA,
    BEN,
    CY,
    DEE,
    LISBON,
    PACIFIC,
    SAO_PAULO,
    case,
    due,
    failed_rules,
    first_reply,
    local,
    signed,
)


@pytest.fixture(scope="module")
def simulator(book: Book, addresses: AddressBook) -> Simulator:
    return Simulator(book, addresses)


def outcome_of(simulator: Simulator, line: dict[str, Any]) -> str:
    return str(simulator.run(line)["entitlement"]["outcome"])


class Story(NamedTuple):
    """`rule` proves the outcome; `plan` is the plan whose promise applies."""

    outcome: str
    plan: str | None
    rule: str
    line: dict[str, Any]


PREMIER, ENTERPRISE, PROFESSIONAL = (f"mattermost/{plan}" for plan in ("premier", "enterprise", "professional"))
THREE = [ANA, BEN, CY]
GLOBEX = {"organization": "Globex"}


def mattermost(*contracts: dict[str, Any], **ticket: Any) -> dict[str, Any]:
    return case("mattermost", *contracts, **ticket)


MATTERMOST = [
    Story("entitled", PREMIER, "MM-30", mattermost(signed(PREMIER, contacts=THREE), severity="L1")),
    Story("in_grace", PREMIER, "G-11", mattermost(signed(PREMIER, contacts=THREE, end="2026-11-10"))),
    Story("unknown_domain", None, "G-15", mattermost(signed(ENTERPRISE), sender="eve@initech.example")),
    Story("free_mail", None, "G-15", mattermost(signed(ENTERPRISE), sender="acme@gmail.com")),
    Story("ambiguous", None, "G-15", mattermost(signed(ENTERPRISE, organization="Acme"), signed(PREMIER, **GLOBEX))),
    Story("not_named_contact", ENTERPRISE, "MM-30", mattermost(signed(PREMIER, contacts=THREE), sender=DEE)),
    Story("shared_mailbox", ENTERPRISE, "MM-32", mattermost(signed(PREMIER), sender="it-support@acme.example")),
    Story("over_contact_limit", ENTERPRISE, "G-12", mattermost(signed(PREMIER, contacts=[*THREE, DEE]), sender=DEE)),
    Story("channel_not_in_plan", None, "MM-10", mattermost(signed(PROFESSIONAL), channel="email")),
    Story("contract_ended", None, "MM-33", mattermost(signed(ENTERPRISE, end="2026-06-30"))),
    Story("contract_not_started", None, "G-11", mattermost(signed(ENTERPRISE, start="2026-12-01"))),
    Story("contract_suspended", None, "G-11", mattermost(signed(ENTERPRISE, status="suspended"))),
    Story("product_not_covered", None, "G-01", mattermost(signed(ENTERPRISE, product="Server"), product="Playbooks")),
    Story("form_without_entitlement", None, "MH-06", mattermost(signed(ENTERPRISE), form="sales")),
    Story("unverified_sender", None, "G-03", mattermost(signed(PREMIER), sender_flagged=True, channel="email")),
]

STANDARD, PLUS, CRITICAL = (f"rocketchat/{plan}" for plan in ("standard", "plus", "mission-critical"))


def rocketchat(*contracts: dict[str, Any], **ticket: Any) -> dict[str, Any]:
    return case("rocketchat", *contracts, **ticket)


ROCKETCHAT = [
    Story("entitled", PLUS, "RC-11", rocketchat(signed(PLUS, contacts=[ANA]))),
    Story("entitled_lower_plan", STANDARD, "RC-02", rocketchat(signed(PLUS, contacts=[ANA], end="2026-06-30"))),
    Story("in_grace", CRITICAL, "G-11", rocketchat(signed(CRITICAL, end="2026-11-10"), channel="hotline")),
    Story("unknown_domain", None, "RC-13", rocketchat(signed(PLUS), channel="email", sender="ana@acme.test")),
    Story("free_mail", None, "RC-13", rocketchat(signed(PLUS, contacts=["ana@gmail.com"]), channel="email",
                                                 sender="ana@gmail.com")),
    Story("ambiguous", None, "G-15", rocketchat(signed(PLUS, organization="Acme"), signed(STANDARD, **GLOBEX))),
    Story("not_named_contact", None, "RC-11", rocketchat(signed(PLUS, contacts=[ANA]), sender=DEE)),
    Story("channel_not_in_plan", None, "RC-12", rocketchat(signed(STANDARD), channel="email")),
    Story("contract_not_started", None, "G-11", rocketchat(signed(PLUS, start="2026-12-01"))),
    Story("contract_suspended", None, "RC-30", rocketchat(signed(PLUS, status="suspended"), channel="email")),
    Story("product_not_covered", None, "RC-05", rocketchat(signed(PLUS, product="Community Edition"))),
    Story("unverified_sender", None, "G-03", rocketchat(signed(PLUS), sender_flagged=True, channel="email")),
]  # fmt: skip

BRONZE, PRO, SILVER, GOLD, OLD_ENTERPRISE = (
    f"rocketchat-legacy/{plan}" for plan in ("bronze", "pro", "silver", "gold", "enterprise")
)


def bought_2020(plan: str, **more: Any) -> dict[str, Any]:
    """A legacy contract, from the time when they were sold (RL-02)."""
    return signed(plan, **{"start": "2020-03-01"} | more)


def legacy(*contracts: dict[str, Any], **ticket: Any) -> dict[str, Any]:
    return case("rocketchat-legacy", *contracts, **ticket)


LEGACY = [
    Story("entitled", SILVER, "RC-11", legacy(bought_2020(SILVER, contacts=[ANA]))),
    Story("entitled_lower_plan", STANDARD, "RC-30", legacy(bought_2020(GOLD, contacts=[ANA], end="2026-06-30"))),
    Story("in_grace", GOLD, "G-11", legacy(bought_2020(GOLD, end="2026-11-10"), channel="hotline")),
    Story("unknown_domain", None, "RC-13", legacy(bought_2020(PRO), channel="email", sender="ana@acme.test")),
    Story("free_mail", None, "RC-13", legacy(bought_2020(PRO), channel="email", sender="acme@yahoo.com")),
    Story("ambiguous", None, "G-15", legacy(bought_2020(PRO, organization="Acme"), bought_2020(PRO, **GLOBEX))),
    Story("not_named_contact", None, "RC-11", legacy(bought_2020(SILVER, contacts=[ANA]), sender=DEE)),
    Story("channel_not_in_plan", None, "G-04", legacy(bought_2020(SILVER), channel="zulip")),
    Story("contract_not_started", None, "G-11", legacy(bought_2020(PRO, purchased="2022-06-30", start="2026-12-01"))),
    Story("contract_suspended", None, "RC-30", legacy(bought_2020(BRONZE, status="suspended"))),
    Story("product_not_covered", None, "RL-01", legacy(bought_2020(GOLD, product="Gold"), product="Silver")),
    Story("unverified_sender", None, "G-03", legacy(bought_2020(GOLD), sender_flagged=True, channel="email")),
]

PACK = "rockstor/incident"


def bought_pack(**more: Any) -> dict[str, Any]:
    """A pack of February 2026, when they were still sold (RS-01), of a Stable Channel subscriber (RS-02)."""
    return signed(PACK, **{"start": "2026-02-02", "end": None, "prerequisite_met": True} | more)


def rockstor(*contracts: dict[str, Any], **ticket: Any) -> dict[str, Any]:
    return case("rockstor", *contracts, **{"channel": "email"} | ticket)


ROCKSTOR = [
    Story("entitled", PACK, "RS-02", rockstor(bought_pack())),
    Story("in_grace", PACK, "RS-07", rockstor(bought_pack(start="2025-11-10"))),
    Story("unknown_domain", None, "G-15", rockstor(bought_pack(), sender="eve@initech.example")),
    Story("free_mail", None, "G-15", rockstor(bought_pack(), sender="acme@web.de")),
    Story("ambiguous", None, "G-15", rockstor(bought_pack(organization="Acme"), bought_pack(**GLOBEX))),
    Story("channel_not_in_plan", None, "RS-10", rockstor(bought_pack(), channel="portal")),
    Story("contract_ended", None, "RS-07", rockstor(bought_pack(start="2025-10-01"))),
    Story("contract_not_started", None, "RS-07", rockstor(bought_pack(start="2026-12-01", purchased="2026-02-02",
                                                                      end="2027-02-02"))),
    Story("contract_suspended", None, "G-11", rockstor(bought_pack(status="suspended"))),
    Story("product_not_covered", None, "G-01", rockstor(bought_pack(product="Rockstor 5"), product="Rockstor 4")),
    Story("prerequisite_missing", None, "RS-02", rockstor(bought_pack(prerequisite_met=False))),
    Story("unverified_sender", None, "G-03", rockstor(bought_pack(), sender_flagged=True)),
]  # fmt: skip

STORIES = {"mattermost": MATTERMOST, "rocketchat": ROCKETCHAT, "rocketchat-legacy": LEGACY, "rockstor": ROCKSTOR}
#: Outcomes that a vendor's own rules leave no room for.
NEVER = {
    "mattermost": {"entitled_lower_plan", "prerequisite_missing"},
    "rocketchat": {"contract_ended", "shared_mailbox", "over_contact_limit", "prerequisite_missing"}
    | {"form_without_entitlement"},
    "rocketchat-legacy": {"contract_ended", "shared_mailbox", "over_contact_limit", "prerequisite_missing"}
    | {"form_without_entitlement"},
    "rockstor": {"entitled_lower_plan", "not_named_contact", "shared_mailbox", "over_contact_limit"}
    | {"form_without_entitlement"},
}
ALL_STORIES = [pytest.param(s, id=f"{vendor}-{s.outcome}-{s.rule}") for vendor, told in STORIES.items() for s in told]


@pytest.mark.parametrize("story", ALL_STORIES)
def test_every_outcome_of_every_vendor(simulator: Simulator, story: Story) -> None:
    answer = simulator.run(story.line)
    assert answer["error"] is None
    assert (answer["entitlement"]["outcome"], answer["entitlement"]["plan"]) == (story.outcome, story.plan)
    assert story.rule in failed_rules(answer)


@pytest.mark.parametrize("story", ALL_STORIES)
def test_g01_no_promise_without_a_plan_and_no_receipt_over_ten_lines(simulator: Simulator, story: Story) -> None:
    answer = simulator.run(story.line)
    assert bool(answer["targets"]) == (story.plan not in (None, PROFESSIONAL))
    assert {target["plan"] for target in answer["targets"]} <= {story.plan}
    assert 3 <= len(answer["note"].splitlines()) <= 10


@pytest.mark.parametrize("vendor", STORIES)
def test_each_vendor_tells_a_story_of_every_outcome_that_it_can_have(vendor: str) -> None:
    assert {story.outcome for story in STORIES[vendor]} | NEVER[vendor] == set(OUTCOMES)


# -- golden vectors ------------------------------------------------------------------------------------------------

STANDARD_LINE = signed(STANDARD, contacts=[ANA])
HOUR_OF_SILVER = bought_2020(SILVER, start="2015-01-01")  # one hour, every hour, America/Sao_Paulo
OF_PREMIER = signed(PREMIER, contacts=[ANA])

VECTORS = [
    ("V1", rocketchat(STANDARD_LINE, at=local("2026-11-20 19:00", SAO_PAULO)), local("2026-11-23 19:00", SAO_PAULO)),
    ("V2", mattermost(signed(ENTERPRISE), severity="L1", at=local("2026-11-20 16:00")), local("2026-11-23 12:00")),
    ("V3", mattermost(signed(ENTERPRISE), severity="L1", at=local("2026-11-20 22:00")), local("2026-11-23 13:00")),
    ("V4", mattermost(OF_PREMIER, severity="L2", at=local("2026-11-21 03:00")), local("2026-11-21 05:00")),
    ("V5", mattermost(OF_PREMIER, severity="L3", at=local("2026-11-21 03:00")), local("2026-11-23 17:00")),
    ("V6", rockstor(bought_pack(), at=local("2026-12-04 17:00", LISBON)), local("2026-12-09 17:00", LISBON)),
    ("V8", mattermost(OF_PREMIER, severity="L1", at=local("2026-03-08 01:30")), local("2026-03-08 03:30")),
    ("V9", mattermost(OF_PREMIER, severity="L1", at=local("2026-11-01 01:30")), local("2026-11-01 01:30", fold=1)),
    ("V10-2018", legacy(HOUR_OF_SILVER, severity="high", channel="hotline", at="2018-02-17T23:30:00-02:00"),
     datetime.fromisoformat("2018-02-17T23:30:00-03:00")),
    ("V10-2019", legacy(HOUR_OF_SILVER, severity="high", channel="hotline", at="2019-02-16T23:30:00-02:00"),
     datetime.fromisoformat("2019-02-16T23:30:00-03:00")),
    ("V11", mattermost(signed(ENTERPRISE), severity="L4", at=local("2026-11-25 18:00")), local("2026-11-27 17:00")),
    ("V12-Wed", mattermost(signed(ENTERPRISE), severity="L4", at=local("2026-11-18 02:00")), local("2026-11-19 17:00")),
    ("V12-Sat", mattermost(signed(ENTERPRISE), severity="L4", at=local("2026-11-21 03:00")), local("2026-11-23 17:00")),
    ("V13", mattermost(OF_PREMIER, severity="L4", at=local("2026-11-20 16:00")), local("2026-11-23 17:00")),
    ("V14", legacy(HOUR_OF_SILVER, severity="high", channel="hotline", at=local("2017-10-14 23:30", SAO_PAULO)),
     datetime.fromisoformat("2017-10-15T01:30:00-02:00")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])
def test_golden_vectors_hold_through_the_whole_triage(
    simulator: Simulator, line: dict[str, Any], expected: datetime
) -> None:
    assert due(simulator.run(line)) == expected


def test_g08_premier_l4_says_that_enterprise_was_due_earlier(simulator: Simulator) -> None:
    """V13, G-08: 24 h of 24x5 would be Tuesday; the included plan's next business day is Monday."""
    target = first_reply(simulator.run(mattermost(OF_PREMIER, severity="L4", at=local("2026-11-20 16:00"))))
    assert (target["plan"], target["within"]) == (ENTERPRISE, "next business day")
    assert "G-08" in target["rules"] and "Mattermost Enterprise (E20)" in target["note"]


def test_g08_premier_stands_where_it_is_the_earlier_one(simulator: Simulator) -> None:
    """On a Wednesday morning 24 h are over before the next business day closes."""
    answer = simulator.run(mattermost(OF_PREMIER, severity="L4", at=local("2026-11-18 10:00")))
    assert first_reply(answer)["plan"] == PREMIER
    assert due(answer) == local("2026-11-19 10:00")


# -- targets, plan by plan -----------------------------------------------------------------------------------------

# Created on Wednesday 2026-11-18 at 10:00 of the vendor's zone: (plan, severity, deadline by the same clock).
DEADLINES = [
    ("MM-12", PREMIER, "L1", "2026-11-18 11:00"),
    ("MM-12", PREMIER, "L2", "2026-11-18 12:00"),
    ("MM-12", PREMIER, "L3", "2026-11-18 18:00"),
    ("MM-12", PREMIER, "L4", "2026-11-19 10:00"),
    ("MM-11", ENTERPRISE, "L1", "2026-11-18 14:00"),
    ("MM-11", ENTERPRISE, "L2", "2026-11-18 18:00"),
    ("MM-11", ENTERPRISE, "L3", "2026-11-19 02:00"),
    ("G-16", ENTERPRISE, "L4", "2026-11-19 17:00"),
    ("RC-30", STANDARD, "high", "2026-11-19 10:00"),
    ("RC-34", STANDARD, "low", "2026-11-19 10:00"),
    ("RC-30", PLUS, "high", "2026-11-18 12:00"),
    ("RC-30", PLUS, "medium", "2026-11-18 14:00"),
    ("RC-30", PLUS, "low", "2026-11-18 18:00"),
    ("RC-33", CRITICAL, "high", "2026-11-18 10:30"),
    ("RC-33", CRITICAL, "medium", "2026-11-18 12:00"),
    ("RC-33", CRITICAL, "low", "2026-11-18 14:00"),
    ("RL-01", BRONZE, "high", "2026-11-18 12:00"),
    ("RL-01", PRO, "medium", "2026-11-19 10:00"),
    ("RL-10", PRO, "low", "2026-11-24 10:00"),
    ("RL-01", SILVER, "high", "2026-11-18 11:00"),
    ("RL-01", SILVER, "medium", "2026-11-18 22:00"),
    ("RL-10", SILVER, "low", "2026-11-20 10:00"),
    ("RL-01", GOLD, "high", "2026-11-18 10:30"),
    ("RL-01", GOLD, "medium", "2026-11-18 16:00"),
    ("RL-10", OLD_ENTERPRISE, "low", "2026-11-19 10:00"),
    ("RS-12", PACK, "high", "2026-11-20 10:00"),
    ("RS-12", PACK, "low", "2026-11-20 10:00"),
]
ZONES = {"mattermost": PACIFIC, "rocketchat": SAO_PAULO, "rocketchat-legacy": SAO_PAULO, "rockstor": LISBON}


@pytest.mark.parametrize(
    ("rule", "plan", "severity", "expected"), DEADLINES, ids=[f"{r}-{p}-{s}" for r, p, s, _ in DEADLINES]
)
def test_each_plan_keeps_its_first_reply_on_a_weekday_morning(
    simulator: Simulator, rule: str, plan: str, severity: str, expected: str
) -> None:
    vendor = plan.partition("/")[0]
    contract = bought_pack() if plan == PACK else bought_2020(plan, contacts=[ANA])
    channel = "email" if plan == PACK else "portal"
    line = case(vendor, contract, severity=severity, channel=channel, at=local("2026-11-18 10:00", ZONES[vendor]))
    answer = simulator.run(line)
    assert due(answer) == local(expected, ZONES[vendor])
    assert rule in first_reply(answer)["rules"]


def test_rl10_a_legacy_low_of_friday_night_starts_on_monday_in_the_12x5_hours(simulator: Simulator) -> None:
    """RL-10, RC-34: a start outside coverage moves to Monday 08:00, and Gold's one business day ends on Tuesday."""
    line = legacy(bought_2020(GOLD, contacts=[ANA]), severity="low", at=local("2026-11-20 22:00", SAO_PAULO))
    assert due(simulator.run(line)) == local("2026-11-24 08:00", SAO_PAULO)


def test_rl11_equal_plan_names_of_two_vendors_keep_their_own_promise(simulator: Simulator) -> None:
    old = simulator.run(legacy(bought_2020(OLD_ENTERPRISE), severity="high", channel="email"))
    new = simulator.run(mattermost(signed(ENTERPRISE), severity="L1", channel="email"))
    assert (first_reply(old)["within"], first_reply(new)["within"]) == ("30 min", "4 h")


def test_rl03_an_ended_legacy_customer_falls_to_the_current_standard_plan(simulator: Simulator) -> None:
    """RL-03, RC-30, G-11: the promise and its hours are Standard's, the words for the agent are the legacy vendor's."""
    answer = simulator.run(
        legacy(bought_2020(GOLD, contacts=[ANA], end="2026-06-30"), severity="high",
               at=local("2026-11-20 19:00", SAO_PAULO))
    )  # fmt: skip
    assert answer["entitlement"]["bought"] == GOLD
    current = case("rocketchat", bought_2020(GOLD, contacts=[ANA], end="2026-06-30"))
    assert "The legacy contract is no longer in force" in simulator.run(current)["note"]
    assert due(answer) == local("2026-11-23 19:00", SAO_PAULO)
    assert "The legacy contract is no longer in force" in answer["note"]


def test_mm10_professional_has_a_portal_ticket_and_no_promised_time(simulator: Simulator) -> None:
    answer = simulator.run(mattermost(signed(PROFESSIONAL), severity="L1"))
    assert answer["entitlement"]["outcome"] == "entitled"
    assert (answer["targets"], answer["first_reply_due"]) == ([], None)
    assert "this plan promises no time" in answer["note"]


def test_mh23_next_reply_is_a_promise_and_updates_are_a_goal_that_have_not_started(simulator: Simulator) -> None:
    """MH-11, MH-23: with the ticket only the first reply starts."""
    answer = simulator.run(mattermost(OF_PREMIER, severity="L1"))
    told = [(t["metric"], t["kind"], t["within"], t["deadline"] is None) for t in answer["targets"]]
    assert told == [
        ("first_reply", "promise", "1 h", False),
        ("next_reply", "promise", "2 h", True),
        ("update", "goal", "4 h", True),
    ]


# -- contracts and their days --------------------------------------------------------------------------------------

ENDS_TODAY = {"end": "2026-11-18", "contacts": [ANA]}
LAST_SECONDS = [
    ("G-11-mattermost-last-second", signed(PREMIER, **ENDS_TODAY), PACIFIC, "2026-11-18 23:59:59", "entitled"),
    ("G-11-mattermost-a-second-later", signed(PREMIER, **ENDS_TODAY), PACIFIC, "2026-11-19 00:00", "in_grace"),
    ("G-11-mattermost-last-of-grace", signed(PREMIER, **ENDS_TODAY), PACIFIC, "2026-12-02 23:59:59", "in_grace"),
    ("G-11-mattermost-grace-over", signed(PREMIER, **ENDS_TODAY), PACIFIC, "2026-12-03 00:00", "contract_ended"),
    ("G-11-rocketchat-last-second", signed(PLUS, **ENDS_TODAY), SAO_PAULO, "2026-11-18 23:59:59", "entitled"),
    ("G-11-rocketchat-a-second-later", signed(PLUS, **ENDS_TODAY), SAO_PAULO, "2026-11-19 00:00", "in_grace"),
    ("G-11-rocketchat-last-of-grace", signed(PLUS, **ENDS_TODAY), SAO_PAULO, "2026-12-02 23:59:59", "in_grace"),
    ("G-11-rocketchat-grace-over", signed(PLUS, **ENDS_TODAY), SAO_PAULO, "2026-12-03 00:00", "entitled_lower_plan"),
    ("RS-07-last-second", bought_pack(), LISBON, "2027-02-02 23:59:59", "entitled"),
    ("RS-07-a-second-later", bought_pack(), LISBON, "2027-02-03 00:00", "in_grace"),
    ("RS-07-grace-over", bought_pack(), LISBON, "2027-02-17 00:00", "contract_ended"),
    ("RS-07-leap-day", bought_pack(start="2024-02-29"), LISBON, "2025-02-28 23:59:59", "entitled"),
    ("RS-07-after-leap-day", bought_pack(start="2024-02-29"), LISBON, "2025-03-01 00:00", "in_grace"),
    ("G-11-first-second", signed(PREMIER, start="2026-11-18", contacts=[ANA]), PACIFIC, "2026-11-18 00:00", "entitled"),
    ("G-11-a-second-before", signed(PREMIER, start="2026-11-18"), PACIFIC, "2026-11-17 23:59:59",
     "contract_not_started"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "zone", "at", "outcome"), [row[1:] for row in LAST_SECONDS], ids=[row[0] for row in LAST_SECONDS]
)
def test_a_contract_lives_to_the_last_second_in_the_vendors_zone(
    simulator: Simulator, contract: dict[str, Any], zone: str, at: str, outcome: str
) -> None:
    """G-11, F43: judged at the ticket's own creation, the last day inclusive, then fourteen days of grace."""
    vendor = contract["plan"].partition("/")[0]
    channel = "email" if vendor == "rockstor" else "portal"
    answer = simulator.run(case(vendor, contract, at=local(at, zone), channel=channel))
    assert answer["entitlement"]["outcome"] == outcome


def test_g11_an_l1_in_grace_still_pages_and_keeps_its_hour(simulator: Simulator) -> None:
    line = mattermost(signed(PREMIER, contacts=[ANA], end="2026-11-17"), severity="L1", at=local("2026-11-21 03:00"))
    answer = simulator.run(line)
    assert answer["entitlement"]["outcome"] == "in_grace"
    assert answer["effects"]["page"] is True
    assert due(answer) == local("2026-11-21 04:00")
    assert "days of grace last until 1 Dec 2026" in answer["note"]


def test_g11_a_contract_ended_by_hand_has_no_grace(simulator: Simulator) -> None:
    """Grace is for a renewal that is late; who ends a contract wants it ended, before its last day and after."""
    for at in ("2026-11-18 10:00", "2027-01-02 10:00"):
        answer = simulator.run(mattermost(signed(ENTERPRISE, status="ended"), at=local(at)))
        assert answer["entitlement"]["outcome"] == "contract_ended"


def test_g11_a_contract_without_a_real_end_never_ends(simulator: Simulator) -> None:
    """Spreadsheets write 9999-12-31 for never."""
    answer = simulator.run(mattermost(signed(ENTERPRISE, end="9999-12-31"), severity="L1"))
    assert (answer["error"], answer["entitlement"]["outcome"]) == (None, "entitled")


def test_g11_the_contract_in_force_wins_over_its_ended_forerunner(simulator: Simulator) -> None:
    old = signed(ENTERPRISE, start="2025-01-01", end="2025-12-31", id="old")
    answer = simulator.run(mattermost(old, signed(PREMIER, contacts=[ANA], id="new", renews="old")))
    assert (answer["entitlement"]["outcome"], answer["entitlement"]["contract"]) == ("entitled", "new")


def test_g12_contacts_of_an_ended_contract_take_no_seat(simulator: Simulator) -> None:
    """A customer names three others with the renewal; the three before them are gone with the old contract."""
    old = signed(PREMIER, start="2025-01-01", end="2025-10-31", contacts=[ANA, BEN, CY], id="old")
    new = signed(PREMIER, contacts=[DEE, "eli@acme.example", "fay@acme.example"], id="new", renews="old")
    assert outcome_of(simulator, mattermost(old, new, sender="fay@acme.example")) == "entitled"
    assert outcome_of(simulator, mattermost(old, new, sender=ANA)) == "not_named_contact"


def test_g12_seats_are_counted_over_both_contracts_of_the_customer(simulator: Simulator) -> None:
    """Two Premier contracts, one per domain: still three seats, and the oldest count."""
    here = signed(PREMIER, contacts=[ANA, BEN], id="1")
    there = signed(PREMIER, domains=["acme.test"], start="2026-02-01", contacts=["x@acme.test", "y@acme.test"], id="2")
    third = simulator.run(mattermost(here, there, sender="x@acme.test"))
    fourth = simulator.run(mattermost(here, there, sender="y@acme.test"))
    assert third["entitlement"]["outcome"] == "entitled"
    assert fourth["entitlement"]["outcome"] == "over_contact_limit"


def test_g12_f42_a_plus_tag_is_the_same_person(simulator: Simulator) -> None:
    line = mattermost(signed(PREMIER, contacts=[ANA]), sender="Ana+Tickets@ACME.example", severity="L1")
    assert outcome_of(simulator, line) == "entitled"


def test_g12_a_contact_counts_from_and_until(simulator: Simulator) -> None:
    term = {"address": ANA, "since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    outcomes = [
        outcome_of(simulator, mattermost(signed(PREMIER, contacts=[term]), at=at))
        for at in ("2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z")
    ]
    assert outcomes == ["not_named_contact", "entitled", "entitled", "not_named_contact"]


# -- who may buy what ----------------------------------------------------------------------------------------------

REFUSED = [
    ("RC-03", rocketchat(signed(PLUS, source="self-service"))),
    ("RC-03", rocketchat(signed(CRITICAL, source="self-service"))),
    ("RL-02", legacy(signed(SILVER, start="2022-07-01"))),
    ("RL-02", legacy(bought_2020(SILVER, id="s"), signed(GOLD, renews="s"))),
    ("RS-01", rockstor(bought_pack(start="2026-04-19"))),
    ("G-15", mattermost(signed(ENTERPRISE, domains=["gmail.com"]))),
    ("G-15", mattermost(signed(ENTERPRISE, domains=["mattermost.com"]))),
    ("G-15", mattermost(signed(ENTERPRISE, domains=["co.uk"]))),
    ("G-15", mattermost(signed(ENTERPRISE, domains=["mailinator.com"]))),
]


@pytest.mark.parametrize(
    ("rule", "line"), REFUSED, ids=[f"{rule}-{line['contracts'][-1]['plan']}-{n}" for n, (rule, line) in
                            enumerate(REFUSED)])  # fmt: skip
def test_a_contract_that_the_rules_refuse_is_an_error(simulator: Simulator, rule: str, line: dict[str, Any]) -> None:
    answer = simulator.run(line)
    assert answer["entitlement"] is None
    assert rule in answer["error"] and "contracts" in answer["error"]


ALLOWED = [
    ("RC-03", rocketchat(signed(PLUS, source="sales"), channel="email")),
    ("RC-03", rocketchat(signed(STANDARD, source="self-service"))),
    ("RL-02", legacy(signed(SILVER, start="2022-06-30"), channel="email")),
    ("RL-02", legacy(bought_2020(SILVER, id="s", end="2025-12-31"), signed(SILVER, renews="s"), channel="email")),
    ("RS-01", rockstor(bought_pack(start="2026-04-18"))),
    ("G-15", mattermost(signed(ENTERPRISE, domains=None, addresses=["acme.it@gmail.com"]), sender="acme.it@gmail.com")),
]


@pytest.mark.parametrize(("rule", "line"), ALLOWED, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(ALLOWED)])
def test_its_neighbour_is_accepted(simulator: Simulator, rule: str, line: dict[str, Any]) -> None:
    answer = simulator.run(line)
    assert (answer["error"], answer["entitlement"]["outcome"]) == (None, "entitled")


def test_g15_one_persons_free_mail_address_does_not_open_the_door_to_others(simulator: Simulator) -> None:
    contract = signed(ENTERPRISE, domains=None, addresses=["acme.it@gmail.com"])
    assert outcome_of(simulator, mattermost(contract, sender="other@gmail.com")) == "free_mail"


# -- Rocket.Chat: channels, severity, products ---------------------------------------------------------------------

SIX = [f"{kind} {name}" for kind, names in {
    "Self-Managed": ("Enterprise", "Omnichannel", "Chat Engine"),
    "Cloud": ("Enterprise", "Enterprise Omnichannel", "Enterprise Chat Engine"),
}.items() for name in names]  # fmt: skip


@pytest.mark.parametrize("product", SIX)
def test_rc05_the_contracts_own_product_is_covered_and_another_is_not(simulator: Simulator, product: str) -> None:
    mine, other = product.upper(), next(each for each in SIX if each != product)
    line = rocketchat(signed(PLUS, product=product), channel="email")
    assert outcome_of(simulator, line) == "entitled"
    line["ticket"]["product"] = mine
    assert outcome_of(simulator, line) == "entitled"
    line["ticket"]["product"] = other
    assert outcome_of(simulator, line) == "product_not_covered"


def test_rc05_the_contract_of_the_tickets_product_is_the_one_that_answers(simulator: Simulator) -> None:
    """Two products, two contracts; even one in grace is better than the other product's."""
    cloud = signed(CRITICAL, product="Cloud Enterprise", id="cloud")
    own = signed(PLUS, product="Self-Managed Enterprise", id="own", end="2026-11-10")
    answer = simulator.run(rocketchat(cloud, own, channel="email", product="Self-Managed Enterprise"))
    assert (answer["entitlement"]["outcome"], answer["entitlement"]["contract"]) == ("in_grace", "own")


def test_rc05_a_product_that_no_contract_names_is_not_checked(simulator: Simulator) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="email", product="Community Edition"))
    assert answer["entitlement"]["outcome"] == "entitled"
    assert "product" not in {check["check"] for check in answer["entitlement"]["because"]}


@pytest.mark.parametrize("domain", ["xacme.example", "acme.example.evil.test", "sub.acme.example", "acme.test"])
def test_rc13_f35_a_domain_that_is_not_the_companys_is_not_identified(simulator: Simulator, domain: str) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="email", sender=f"ana@{domain}"))
    assert answer["entitlement"]["outcome"] == "unknown_domain"


def test_rc13_in_the_portal_a_registered_contact_may_have_any_domain(simulator: Simulator) -> None:
    line = rocketchat(signed(PLUS, contacts=["ana@gmail.com"]), sender="ana@gmail.com")
    assert outcome_of(simulator, line) == "entitled"


def test_rc11_by_email_and_hotline_nobody_needs_to_be_registered(simulator: Simulator) -> None:
    for channel in ("email", "hotline"):
        line = rocketchat(signed(PLUS, contacts=[BEN]), channel=channel)
        assert outcome_of(simulator, line) == "entitled"


@pytest.mark.parametrize(("channel", "plans"), [("portal", 3), ("email", 2), ("hotline", 2)])
def test_rc10_rc12_rc14_channels_by_plan(simulator: Simulator, channel: str, plans: int) -> None:
    """Standard, a trial of it too, has the portal alone; Plus and Mission Critical have all three."""
    outcomes = [
        outcome_of(simulator, rocketchat(signed(plan, contacts=[ANA], status="trial"), channel=channel))
        for plan in (CRITICAL, PLUS, STANDARD)
    ]
    assert outcomes == ["entitled"] * plans + ["channel_not_in_plan"] * (3 - plans)


def test_rc14_a_hotline_call_starts_as_high_and_its_call_was_the_answer(simulator: Simulator) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="hotline", submitter="staff"))
    target = first_reply(answer)
    assert (answer["severity"], answer["priority"]) == ("high", "high")
    assert (target["deadline"], target["fulfilled_at"]) == (None, "2026-11-18T18:00:00Z")
    assert "First reply: answered by the call itself" in answer["note"]


def test_rc14_a_voicemail_waits_for_its_answer(simulator: Simulator) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="hotline", submitter="staff", voicemail=True))
    assert due(answer) == local("2026-11-18 12:00")


def test_rc14_another_severity_on_the_hotline_is_kept_and_flagged(simulator: Simulator) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="hotline", severity="low"))
    assert answer["severity"] == "low"
    assert any("Hotline is for high only" in flag for flag in answer["flags"])


def test_rc24_rc25_an_email_gets_medium_and_the_receipt_recommends_the_portal(simulator: Simulator) -> None:
    answer = simulator.run(rocketchat(signed(PLUS), channel="email"))
    assert (answer["severity"], answer["priority"], answer["severity_stated"]) == ("medium", "normal", None)
    assert due(answer) == local("2026-11-18 14:00")
    assert "portal" in answer["note"] and "RC-25" in answer["note"]
    assert "RC-25" not in simulator.run(rocketchat(signed(PLUS, contacts=[ANA])))["note"]


@pytest.mark.parametrize(
    ("stated", "severity", "priority"),
    [("High", "high", "high"), ("urgent", "high", "high"), ("Medium", "medium", "normal"),
     ("normal", "medium", "normal"), ("Low", "low", "low")],
)  # fmt: skip
def test_rc20_rc21_rc22_rc23_severities_in_zendesk(
    simulator: Simulator, stated: str, severity: str, priority: str
) -> None:
    answer = simulator.run(rocketchat(signed(PLUS, contacts=[ANA]), severity=stated))
    assert (answer["severity"], answer["priority"]) == (severity, priority)


@pytest.mark.parametrize("environment", ["staging", "test", "Development"])
@pytest.mark.parametrize("stated", ["high", "medium", "low"])
def test_rc23_what_is_not_production_is_low(simulator: Simulator, environment: str, stated: str) -> None:
    answer = simulator.run(rocketchat(signed(PLUS, contacts=[ANA]), severity=stated, environment=environment))
    assert (answer["severity"], answer["severity_stated"]) == ("low", stated)


@pytest.mark.parametrize("environment", ["production", "", None, "the big one"])
def test_rc23_production_and_an_unknown_environment_cap_nothing(simulator: Simulator, environment: str | None) -> None:
    line = rocketchat(signed(PLUS, contacts=[ANA]), severity="high", environment=environment)
    assert simulator.run(line)["severity"] == "high"


# -- Mattermost: contacts, severity, forms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "severity", "priority"),
    [("Urgent", "L1", "urgent"), ("L2", "L2", "high"), ("high", "L2", "high"), ("Normal", "L3", "normal"),
     ("low", "L4", "low"), ("l4", "L4", "low")],
)  # fmt: skip
def test_mm41_to_mm45_severities_in_zendesk(simulator: Simulator, stated: str, severity: str, priority: str) -> None:
    answer = simulator.run(mattermost(signed(ENTERPRISE), severity=stated))
    assert (answer["severity"], answer["priority"]) == (severity, priority)


def test_mm40_mm45_an_l1_on_staging_is_an_l4_and_the_receipt_shows_both(simulator: Simulator) -> None:
    """G-07: the customer's word is kept apart from the severity that we run with."""
    answer = simulator.run(mattermost(signed(ENTERPRISE), severity="L1", environment="staging"))
    assert (answer["severity"], answer["severity_stated"], answer["priority"]) == ("L4", "L1", "low")
    assert answer["severity_because"]["capped_from"] == "L1"
    assert "the customer stated L1; Staging is not production" in answer["note"]


def test_an_email_runs_as_l3_and_the_customer_is_asked(simulator: Simulator) -> None:
    """MM-45 with the escalation picture: until they answer, the ticket runs as L3; who gets no promise is not asked."""
    asked = simulator.run(mattermost(OF_PREMIER, channel="email", at=local("2026-11-18 10:00")))
    assert (asked["severity"], asked["severity_stated"], asked["ask_severity"]) == ("L3", None, True)
    assert due(asked) == local("2026-11-18 18:00")
    assert "until the customer answers" in asked["note"]
    unknown = simulator.run(mattermost(OF_PREMIER, channel="email", sender="eve@initech.example"))
    assert unknown["ask_severity"] is False and "until the customer answers" not in unknown["note"]


def test_mm30_a_colleague_gets_the_enterprise_promise_and_the_agent_reads_why(simulator: Simulator) -> None:
    line = mattermost(signed(PREMIER, contacts=THREE), sender=DEE, severity="L2", at=local("2026-11-18 10:00"))
    answer = simulator.run(line)
    assert answer["entitlement"]["bought"] == PREMIER
    assert due(answer) == local("2026-11-18 18:00")
    assert "dee@acme.example is none of the 3 named contacts (MM-30" in answer["note"]
    assert "ask a named contact at once" in answer["note"]


def test_mm31_a_contact_who_is_not_on_the_companys_domain_is_no_named_contact(simulator: Simulator) -> None:
    outside = "ana@consulting.example"
    line = mattermost(signed(PREMIER, addresses=[outside], contacts=[outside]), sender=outside)
    answer = simulator.run(line)
    assert (answer["entitlement"]["outcome"], answer["entitlement"]["plan"]) == ("not_named_contact", None)
    assert "MM-31" in failed_rules(answer)


def test_mm30_enterprise_asks_nobody_to_be_registered(simulator: Simulator) -> None:
    line = mattermost(signed(ENTERPRISE, contacts=[BEN]), sender="support@acme.example")
    assert outcome_of(simulator, line) == "entitled"


def test_mm35_premier_goes_to_the_seniors_and_a_chosen_group_stays(simulator: Simulator) -> None:
    assert simulator.run(mattermost(OF_PREMIER))["group"] == "Senior Support"
    assert simulator.run(mattermost(signed(ENTERPRISE)))["group"] is None
    assert simulator.run(mattermost(OF_PREMIER, group="Berlin"))["group"] is None


def test_mh06_the_sales_form_has_no_severity_no_target_and_the_billing_queue(simulator: Simulator) -> None:
    """MH-06, MM-35: entitlement is still looked up, and a technical problem gets the hint to use the other form."""
    line = mattermost(OF_PREMIER, form="sales", severity="L1", subject="LDAP sync fails, nobody can log in with LDAP")
    answer = simulator.run(line)
    assert (answer["severity"], answer["priority"], answer["targets"]) == (None, None, [])
    assert answer["effects"]["charge"] is False and answer["effects"]["priority"] is False
    assert {"organization", "contract", "form"} <= {check["check"] for check in answer["entitlement"]["because"]}
    assert any("technical form" in flag for flag in answer["flags"])
    assert answer["group"] and answer["group"] != "Senior Support"


def test_mh06_a_sales_question_gets_no_hint(simulator: Simulator) -> None:
    answer = simulator.run(mattermost(OF_PREMIER, form="sales", subject="A quote for 200 more seats, please"))
    assert answer["flags"] == []


def test_mh04_a_category_of_another_form_is_flagged_and_left_empty(simulator: Simulator) -> None:
    kept = simulator.run(mattermost(OF_PREMIER, category="ad/ldap"))
    assert kept["category"] == "AD/LDAP"
    wrong = simulator.run(mattermost(OF_PREMIER, category="Warranty"))
    assert wrong["category"] is None and any('"Warranty"' in flag for flag in wrong["flags"])


# -- G-14 ----------------------------------------------------------------------------------------------------------


def test_g14_a_service_that_the_plan_lacks_is_flagged_and_premier_has_it(simulator: Simulator) -> None:
    """MM-37: flags and explains, never closes: the promise stands."""
    wish = {"subject": "Can we have a screen sharing session?"}
    enterprise, premier = (simulator.run(mattermost(c, **wish)) for c in (signed(ENTERPRISE), OF_PREMIER))
    assert any("Screen sharing" in flag for flag in enterprise["flags"])
    assert enterprise["entitlement"]["outcome"] == "entitled" and enterprise["targets"]
    assert premier["flags"] == []


def test_g14_an_inclusion_wins(simulator: Simulator) -> None:
    """MM-38: an administrator who writes about an end user is covered."""
    user = simulator.run(mattermost(signed(ENTERPRISE), description="I forgot my password."))
    admin = simulator.run(mattermost(signed(ENTERPRISE), description="One of our users says: I forgot my password."))
    assert any("end users" in flag for flag in user["flags"])
    assert admin["flags"] == []


# -- Rockstor ------------------------------------------------------------------------------------------------------


def test_rs10_email_zulip_and_mastodon_are_the_channels(simulator: Simulator) -> None:
    outcomes = {
        channel: outcome_of(simulator, rockstor(bought_pack(), channel=channel))
        for channel in ("email", "zulip", "mastodon", "portal", "hotline", "api")
    }
    in_plan = {channel for channel, outcome in outcomes.items() if outcome == "entitled"}
    assert in_plan == {"email", "zulip", "mastodon"}


def test_rs12_rs13_two_business_days_whatever_the_severity_without_portugals_holidays(simulator: Simulator) -> None:
    """Before Easter 2027: Good Friday, 26 March, does not count; Monday, 29 March, does."""
    dues = {
        due(simulator.run(rockstor(bought_pack(start="2026-04-01"), severity=s, at=local("2027-03-25 10:00", LISBON))))
        for s in ("high", "normal", "low")
    }
    assert dues == {local("2027-03-30 10:00", LISBON)}


def test_rs02_nothing_is_charged_where_the_subscription_is_missing(simulator: Simulator) -> None:
    answer = simulator.run(rockstor(bought_pack(prerequisite_met=False)))
    assert answer["effects"]["charge"] is False and answer["targets"] == []
    assert "Stable Channel" in answer["note"]


def test_rs02_what_is_not_told_is_not_checked(simulator: Simulator) -> None:
    assert outcome_of(simulator, rockstor(bought_pack(prerequisite_met=None))) == "entitled"


def test_rs15_no_word_in_the_text_opens_or_closes_anything(simulator: Simulator) -> None:
    """RS-15: commercial support is never inferred from the text, since it costs the customer money."""
    plain = simulator.run(rockstor(bought_pack(), subject="A question"))
    asks = simulator.run(rockstor(bought_pack(), subject="I ask for commercial support"))
    assert plain["effects"] == asks["effects"]


# -- G-01, G-03 ----------------------------------------------------------------------------------------------------


def test_g01_an_unknown_channel_and_an_unknown_form_are_flagged_and_never_refused(simulator: Simulator) -> None:
    answer = simulator.run(mattermost(signed(ENTERPRISE), channel="fax", form="feedback", severity="L3"))
    assert answer["entitlement"]["outcome"] == "entitled" and answer["targets"]
    assert {"fax", "feedback"} <= {word for flag in answer["flags"] for word in flag.split('"')}


def test_g03_a_ticket_that_staff_logged_is_its_requesters(simulator: Simulator) -> None:
    answer = simulator.run(mattermost(OF_PREMIER, submitter="staff", severity="L1"))
    assert answer["entitlement"]["outcome"] == "entitled"
    assert "staff logged" in answer["entitlement"]["because"][0]["says"]


def test_g03_f37_an_address_that_cannot_be_read_proves_nothing(simulator: Simulator) -> None:
    answer = simulator.run(mattermost(OF_PREMIER, sender="ana@acme.example <eve@initech.example>"))
    assert answer["entitlement"]["outcome"] == "unverified_sender"
