"""Simulate: hypothetical tickets from JSON; whatever a line holds, it has an answer, and the others go on."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.address import AddressBook
from integration.adapters.catalogue_file import load_book
from integration.cli.simulate import simulate
from integration.domain.book import Book
from integration.services.simulate import Simulator
from tests.domain.stories import ANA, case, contract, due, examples, local, signed

SIMULATOR = Simulator(load_book(), AddressBook())
PREMIER, ENTERPRISE = "mattermost/premier", "mattermost/enterprise"
ANSWER = {"id", "entitlement", "severity", "priority", "category", "targets", "note", "error"}


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good line with one value changed; "-" takes it out."""
    line: dict[str, Any] = case("mattermost", signed(PREMIER, contacts=[ANA]), severity="L1")
    *way, last = path.split(".")
    where: Any = line
    for step in way:
        where = where[int(step) if step.isdigit() else step]
    if value == "-":
        where.pop(last)
    else:
        where[last] = value
    return line


# -- the answer ----------------------------------------------------------------------------------------------------


def test_an_answer_has_the_shape_that_is_promised() -> None:
    answer = SIMULATOR.run(changed("id", "first"))
    assert set(answer) >= ANSWER
    assert (answer["id"], answer["error"]) == ("first", None)
    assert {"outcome", "plan", "because"} <= set(answer["entitlement"])
    assert all({"check", "rule", "says", "passed"} <= set(check) for check in answer["entitlement"]["because"])
    assert all({"metric", "kind", "plan", "coverage", "deadline"} <= set(target) for target in answer["targets"])
    assert answer["targets"][0]["deadline"] == "2026-11-18T19:00:00Z"
    json.dumps(answer)


def test_the_same_line_has_the_same_answer_twice() -> None:
    line = changed("ticket.subject", "LDAP sync fails")
    before = copy.deepcopy(line)
    assert SIMULATOR.run(line) == SIMULATOR.run(line)
    assert line == before


def test_an_error_has_the_same_shape_and_no_answer() -> None:
    answer = SIMULATOR.run(changed("ticket.created_at", "yesterday"))
    assert set(answer) == ANSWER
    assert answer["id"] == "7"
    assert all(answer[name] is None for name in ANSWER - {"id", "error"})


WRONG = [
    ("ticket", "-", "ticket: an object is needed"),
    ("ticket", [], "ticket: an object is needed"),
    ("ticket.created_at", "-", "ticket.created_at: "),
    ("ticket.created_at", "2026-11-18T10:00:00", "has no zone; write it as 2026-11-18T10:00:00Z"),
    ("ticket.created_at", "18.11.2026", "write it as 2026-11-20T19:00:00-03:00"),
    ("ticket.created_at", "0001-01-01T00:00:00+14:00", "write a year from 1970 to 2999"),
    ("ticket.created_at", 5, "ticket.created_at: a text is needed, not 5"),
    ("ticket.channel", "-", "ticket.channel: it is missing; portal, email and hotline are examples"),
    ("ticket.from", "-", "ticket.from: name the address that asks"),
    ("ticket.submitter", "robot", "write requester or staff"),
    ("ticket.sender_flagged", "yes", "ticket.sender_flagged: write true or false"),
    ("ticket.severity", "blocker", '"blocker" is no severity of Mattermost; there are L1, L2, L3, L4'),
    ("catalogue", "matermost", 'there is no catalogue "matermost"; there are: mattermost, rocketchat'),
    ("catalogue", 7, "catalogue: name the vendor"),
    ("contracts", {}, "contracts: a list is needed"),
    ("contracts.0.plan", "mattermost/premium", 'there is no plan "mattermost/premium"; there are: '),
    ("contracts.0.start", "-", "contracts 0.start: name the first day"),
    ("contracts.0.start", "2026-02-30", 'contracts 0.start: "2026-02-30" is no date'),
    ("contracts.0.end", "2025-12-31", "contracts 0.end: 2025-12-31 is before the start 2026-01-01"),
    ("contracts.0.status", "paused", "write trial or active or suspended or ended"),
    ("contracts.0.domains", ["gmail.com"], "gmail.com is a free-mail domain and proves no customer"),
    ("contracts.0.domains", "acme.example", "contracts 0.domains: a list is needed"),
    ("contracts.0.domains", ["ana@acme.example"], "is an e-mail address; write only what follows the @"),
    ("contracts.0.contacts", ["ana"], "contracts 0.contacts 0: "),
    ("contracts.0.contacts", [{"address": ANA, "since": "today"}], "contracts 0.contacts 0.since: "),
    ("contracts.0.prerequisite_met", "yes", "write true or false"),
    ("organization", "Acme", None),
]


@pytest.mark.parametrize(
    ("path", "value", "says"), WRONG, ids=[f"{path}={str(value)[:24]}" for path, value, _ in WRONG]
)
def test_a_wrong_value_is_told_with_its_place_and_what_would_be_right(path: str, value: Any, says: str | None) -> None:
    error = SIMULATOR.run(changed(path, value))["error"]
    assert (says is None and error is None) or says in error


@pytest.mark.parametrize(
    "line", [None, 5, "ticket", [], {}, {"id": 1}, {"ticket": {}}, {"contracts": [5], "ticket": {}}]
)
def test_a_line_that_is_no_ticket_has_an_error(line: Any) -> None:
    assert SIMULATOR.run(line)["error"]


def test_a_mistyped_name_is_warned_about() -> None:
    """A typing error must not pass in silence: "enviroment" would cap nothing."""
    answer = SIMULATOR.run(changed("ticket.enviroment", "test"))
    assert answer["error"] is None
    assert answer["warnings"] == ['ticket: "enviroment" is not read. did you mean "environment"?']


# -- what is absent ----------------------------------------------------------------------------------------------------


def test_what_is_absent_is_not_checked() -> None:
    """Rulebook 7: no contacts, no product, no domains: nothing stands against the asker."""
    line = case("mattermost", signed(PREMIER, domains=None), sender="anybody@anywhere.example")
    assert SIMULATOR.run(line)["entitlement"]["outcome"] == "entitled"


def test_the_vendor_follows_from_the_contract_where_none_is_named() -> None:
    answer = SIMULATOR.run(changed("catalogue", "-"))
    assert answer["catalogue"] == "mattermost"


def test_rs07_a_pack_without_an_end_ends_with_its_anniversary() -> None:
    pack = signed("rockstor/incident", start="2026-01-05", purchased="2026-01-02", end=None)
    line = case("rockstor", pack, channel="email", at=local("2027-01-18 12:00", "Europe/Lisbon"))
    assert SIMULATOR.run(line)["entitlement"]["outcome"] == "contract_ended"


def test_a_stored_organization_brings_its_contracts(book: Book, addresses: AddressBook) -> None:
    """And one that is stored without any has the vendor's default plan (RC-30)."""
    stored = {"Acme": (contract(ENTERPRISE),), "Hooli": ()}
    simulator = Simulator(book, addresses, stored.get)
    line = case("mattermost", severity="L1") | {"organization": "Acme"}
    assert simulator.run(line)["entitlement"]["plan"] == ENTERPRISE
    known = case("rocketchat", severity="low") | {"organization": "Hooli"}
    assert simulator.run(known)["entitlement"]["plan"] == "rocketchat/standard"
    nobody = case("mattermost") | {"organization": "Nobody", "contracts": None}
    assert 'there is no organization "Nobody"' in simulator.run(nobody)["error"]


# -- whatever the line holds -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ODD = ["9999-12-31", "0001-01-01", "2026-11-18T10:00:00Z", "9999-12-31T23:59:59-12:00", "email", "a@b.co", "\ud800"]
ODD += ["rocketchat/plus", "rockstor/incident", "staff", "ended", "*.acme.example", "x" * 300, "\n", "sales", "L1"]
NEAR = st.sampled_from(ODD)
ANYTHING = JSON | NEAR | st.lists(NEAR, max_size=3)
PLACES = ["id", "catalogue", "contracts", "organization", "ticket"]
PLACES += [f"ticket.{name}" for name in ("id", "channel", "from", "submitter", "form", "severity", "environment")]
PLACES += [f"ticket.{name}" for name in ("category", "subject", "description", "created_at", "product", "voicemail")]
PLACES += [f"ticket.{name}" for name in ("sender_flagged", "group", "requester_role", "odd")]
PLACES += [f"contracts.0.{name}" for name in ("id", "reference", "organization", "plan", "start", "end", "purchased")]
PLACES += [f"contracts.0.{name}" for name in ("status", "product", "source", "domains", "addresses", "contacts")]
PLACES += [f"contracts.0.{name}" for name in ("prerequisite_met", "renews", "order_reference")]


def answered(answer: dict[str, Any]) -> bool:
    return set(answer) >= ANSWER and (answer["error"] is None) == (answer["entitlement"] is not None)


@examples(150)
@given(JSON)
def test_any_json_has_an_answer(line: Any) -> None:
    assert answered(SIMULATOR.run(line))


@examples(250)
@given(st.dictionaries(st.sampled_from(PLACES), ANYTHING, min_size=1, max_size=3))
def test_a_good_line_with_anything_anywhere_has_an_answer(changes: dict[str, Any]) -> None:
    line: dict[str, Any] = case("mattermost", signed(PREMIER, contacts=[ANA]), severity="L1")
    for path, value in sorted(changes.items(), reverse=True):  # the ticket's values before the ticket itself
        *way, last = path.split(".")
        where: Any = line
        for step in way:
            where = where[int(step) if step.isdigit() else step]
        where[last] = value
    assert answered(SIMULATOR.run(line))


# -- the command -------------------------------------------------------------------------------------------------------


def run(*lines: str | bytes) -> tuple[list[dict[str, Any]], str]:
    """`flask simulate -` with these lines: its answers, and what it says on standard error."""
    raw = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    result = CliRunner().invoke(simulate, ["-"], input=raw)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_an_error_on_one_line_does_not_stop_the_others() -> None:
    good = json.dumps(changed("id", "good"))
    bad = [b'{"id": 1', b"\xff\xfe", b'{"id": NaN}', b'{"a": 1, "a": 2}', b"[" * 50, b'"text"', b'{"id": "x"}']
    answers, said = run(good, *bad, "", good)
    assert [answer["error"] is None for answer in answers] == [True, *[False] * len(bad), True]
    assert answers[0] == answers[-1]
    assert all(set(answer) >= ANSWER for answer in answers)
    assert f'{len(bad)} of {len(bad) + 2} lines could not be decided; see their "error"' in said


def test_a_line_that_is_no_json_is_told_by_its_number() -> None:
    answers, _ = run("", json.dumps(changed("id", 1)), "{oops}")
    assert answers[1]["error"].startswith("line 3: ")


def test_no_line_no_answer() -> None:
    assert run("", "  ") == ([], "")


def test_answers_are_readable_text_and_the_right_ones() -> None:
    """Golden vector V2, through the command."""
    line = case("mattermost", signed(ENTERPRISE), severity="L1", at=local("2026-11-20 16:00"), subject="Größe ≠ groß")
    answers, said = run(json.dumps(line, ensure_ascii=False))
    assert due(answers[0]) == local("2026-11-23 12:00")
    assert said == ""


def test_a_file_that_is_not_there_is_an_error_of_the_command() -> None:
    result = CliRunner().invoke(simulate, ["no-such-file.jsonl"])
    assert result.exit_code == 2 and "no-such-file.jsonl" in result.output


def test_a_database_that_was_never_made_is_an_error_of_the_line_that_asks_it(tmp_path: Path) -> None:
    asks = case("mattermost") | {"organization": "Acme", "contracts": []}
    lines = "\n".join(json.dumps(each) for each in (asks, changed("id", "good")))
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "SECRET_KEY": "k" * 40}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "simulate", "-"],
        input=lines, capture_output=True, text=True, timeout=60, env={**os.environ, **settings},
    )  # fmt: skip
    bad, good = (json.loads(line) for line in done.stdout.splitlines())
    assert "the database cannot be used" in bad["error"] and "flask release" in bad["error"]
    assert good["entitlement"]["outcome"] == "entitled"


# -- what people write ---------------------------------------------------------------------------------------------


def test_a_requester_who_is_staff_is_flagged_and_decided_like_anybody_else() -> None:
    """G-03: the role is an input, and it is shown."""
    answer = SIMULATOR.run(changed("ticket.requester_role", "agent"))
    assert answer["flags"] == ["the requester is a colleague of ours and no customer (G-03)"]
    assert answer["entitlement"] == SIMULATOR.run(changed("id", 1))["entitlement"]


@pytest.mark.parametrize("form", [360000852671, "360000852671", "sales"])
def test_a_form_may_be_named_by_its_number_in_zendesk(form: object) -> None:
    """MH-01, MH-06."""
    answer = SIMULATOR.run(changed("ticket.form", form))
    assert answer["entitlement"]["outcome"] == "form_without_entitlement"


def test_a_sender_that_is_not_one_plain_address_proves_nothing_and_says_so() -> None:
    """F37: a line with a name in it may hide a second address; we do not pick one."""
    answer = SIMULATOR.run(changed("ticket.from", "Ana <ana@acme.example>"))
    assert answer["entitlement"]["outcome"] == "unverified_sender"
    assert "not one plain address" in answer["warnings"][0]


def test_a_known_customer_without_a_contract_gets_the_vendors_default_plan() -> None:
    """RC-30: written as an organization with an empty list of contracts."""
    ticket = {"channel": "portal", "from": "pia@hooli.example", "created_at": "2026-11-20T10:00:00Z"}
    line = {"id": 1, "catalogue": "rocketchat", "organization": "Hooli", "contracts": [], "ticket": ticket}
    granted = SIMULATOR.run(line)["entitlement"]
    assert (granted["outcome"], granted["plan"]) == ("entitled_lower_plan", "rocketchat/standard")


def test_strict_ends_with_one_where_a_line_could_not_be_decided() -> None:
    good, bad = json.dumps(changed("id", 1)), json.dumps(changed("ticket.channel", "-"))
    for options, lines, code in ((["--strict"], f"{good}\n{bad}", 1), (["--strict"], good, 0), ([], bad, 0)):
        assert CliRunner().invoke(simulate, ["-", *options], input=lines).exit_code == code
