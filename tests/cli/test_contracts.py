"""`flask contracts` and `flask contacts`, as typed: what is printed, where, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration.adapters.address import AddressBook
from integration.cli import context
from integration.cli.contracts import contacts, contracts
from integration.domain.book import Book
from integration.services.ports import RetryLater
from integration.store.engine import Store
from integration.store.tables import metadata

DEMO = Path(__file__).parents[2] / "demo" / "contracts.csv"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Run = Callable[..., Result]


class Organizations:
    """Zendesk, as far as a pull asks it; or its absence."""

    down = False

    def listing(self, kind: str) -> list[dict[str, Any]]:
        if self.down:
            raise RetryLater("no answer from acme.zendesk.com")
        fields = {"support_plan": "vip"}
        acme = {"id": 11, "name": "Acme", "domain_names": ["acme.example"], "organization_fields": fields}
        return [acme | {"created_at": "2025-03-04T09:00:00Z"}]


@pytest.fixture
def parts(
    tmp_path: Path, book: Book, addresses: AddressBook, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    """A process of its own: an empty database, the shipped plans, and a noon in November."""
    store = Store(f"sqlite:///{tmp_path}/deskward.db", clock=lambda connection: NOW)
    metadata.create_all(store.engine)
    made = SimpleNamespace(store=store, book=book, addresses=addresses, account="desk", zendesk=Organizations())
    monkeypatch.setattr(context, "parts", lambda: made)
    yield made
    store.close()


@pytest.fixture
def run(parts: SimpleNamespace) -> Run:
    def typed(*words: str) -> Result:
        group = {"contracts": contracts, "contacts": contacts}[words[0]]
        result = CliRunner().invoke(group, list(words[1:]), catch_exceptions=False)
        assert "--json" in words or all(len(line) <= 100 for line in result.stdout.splitlines()), result.stdout
        return result

    return typed


@pytest.fixture
def loaded(run: Run) -> Run:
    assert run("contracts", "import", str(DEMO), "--by", "mara").exit_code == 0
    return run


def write(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "customers.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_the_example_customers_come_in_and_come_in_again_without_a_change(run: Run) -> None:
    first = run("contracts", "import", str(DEMO))
    assert first.exit_code == 0
    assert "new        MM-2026-001  Northwind Robotics: mattermost/premier, 2026-01-15 to 2029-01-14" in first.stdout
    assert "filled in: 1 year from the purchase (RS-07)" in " ".join(first.stdout.split())
    assert first.stdout.splitlines()[-1] == "20 new, 0 changed, 0 unchanged, 2 flagged"
    again = run("contracts", "import", str(DEMO))
    assert again.exit_code == 0
    assert again.stdout.splitlines()[-1] == "0 new, 0 changed, 20 unchanged, 2 flagged"


def test_the_examples_are_of_all_four_catalogues_and_of_every_standing(loaded: Run) -> None:
    found = json.loads(loaded("contracts", "show", "--json").stdout)
    assert {each["plan"].partition("/")[0] for each in found} == {
        "mattermost",
        "rocketchat",
        "rocketchat-legacy",
        "rockstor",
    }
    standings = {each["standing"].partition(" 2")[0] for each in found}
    assert standings == {
        "in force",
        "in force (trial)",
        "in grace until",
        "suspended",
        "ended",
        "starts on",
    }
    assert sum(bool(each["flags"]) for each in found) == 2


def test_a_dry_run_says_new_changed_and_unchanged_and_writes_nothing(loaded: Run, tmp_path: Path) -> None:
    header, first, second, *_ = DEMO.read_text().splitlines()
    path = write(tmp_path, header, first.replace("2029-01-14", "2030-01-14"), second, first.replace("MM-2026-001", "X"))
    tried = loaded("contracts", "import", path, "--dry-run")
    assert tried.exit_code == 0
    assert "changed    MM-2026-001  Northwind Robotics: end 2029-01-14 -> 2030-01-14" in tried.stdout
    assert "unchanged  MM-2026-002  Halden Shipyards" in tried.stdout
    assert "new        X  Northwind Robotics" in tried.stdout
    assert tried.stdout.splitlines()[-1].startswith("Nothing was changed (dry run). It would be: 1 new, 1 changed")
    assert "2029-01-14" in loaded("contracts", "show", "MM-2026-001").stdout
    assert loaded("contracts", "show", "X").exit_code == 1


def test_errors_go_to_standard_error_with_file_and_line_and_exit_code_1(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, "reference,organization,plan,start", "A-1,Acme,premium,soon", "A-2,Acme,mattermost/premier,")
    refused = run("contracts", "import", path)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        f'{path}:2: plan: there is no plan "premium"; did you mean "mattermost/premier"?',
        f'{path}:2: start: "soon" is no date; write it as 2026-12-31',
        f"{path}:3: start: the cell is empty; every contract has one",
        "Nothing was changed: 3 error(s) in 2 place(s).",
    ]
    assert "There are no contracts yet" in run("contracts", "show").stdout


def test_a_file_that_is_not_there_is_exit_code_2(run: Run) -> None:
    missing = run("contracts", "import", "nowhere.csv")
    assert missing.exit_code == 2
    assert "nowhere.csv" in missing.stderr


def test_a_long_file_tells_how_far_it_is(run: Run, tmp_path: Path) -> None:
    lines = [f"R-{number},Customer {number},mattermost/enterprise,2026-01-01" for number in range(1100)]
    done = run("contracts", "import", write(tmp_path, "reference,organization,plan,start", *lines))
    assert done.exit_code == 0
    assert done.stderr.splitlines() == ["500 of 1,100 rows read", "1,000 of 1,100 rows read"]


def test_all_contracts_are_a_line_each_and_flagged_ones_are_marked(loaded: Run) -> None:
    lines = loaded("contracts", "show").stdout.splitlines()
    assert lines[0].split() == ["REFERENCE", "CUSTOMER", "PLAN", "STANDING"]
    assert len(lines) == 1 + 20 + 1
    assert [line.split()[0] for line in lines if line.endswith("!")] == ["MM-2026-006", "MM-2026-007"]
    assert any("Fjordbank" in line and "in grace until 2026-11-29" in line for line in lines)


def test_a_long_name_is_cut_and_the_table_still_fits(run: Run, tmp_path: Path) -> None:
    row = f"{'R' * 60},{'Acme ' * 30},rocketchat/mission-critical,2026-01-01"
    run("contracts", "import", write(tmp_path, "reference,organization,plan,start", row))
    shown = run("contracts", "show")  # `run` asserts the width
    assert "…" in shown.stdout and "rocketchat/mission-critical" in shown.stdout


def test_one_contract_shows_all_that_is_known_of_it_rc07(loaded: Run) -> None:
    shown = " ".join(loaded("contracts", "show", "RC-2026-001").stdout.split())
    for part in (
        "RC-2026-001 · Terra Nova Clinics",
        "standing in force",
        "term 2026-02-01 to 2029-01-31, the last day included (America/Sao_Paulo); purchased 2026-01-25",
        "matches *.terranova.example",
        "services Account Manager, Dedicated Customer Success Manager",
        "contacts 2",
        "dr.lima@terranova.example since 2026-02-01 03:00 UTC, added by mara: import of contracts.csv",
    ):
        assert part in shown, part
    ambiguous = " ".join(loaded("contracts", "show", "Vireo Group").stdout.split())
    assert "! flag ambiguous: vireo.example is also held by Vireo Ventures (MM-2026-007)" in ambiguous


def test_the_history_says_what_changed_when_by_whom_and_why_f44(loaded: Run, tmp_path: Path) -> None:
    header, first, *_ = DEMO.read_text().splitlines()
    path = write(tmp_path, header, first.replace("2029-01-14", "2030-01-14"))
    loaded("contracts", "import", path, "--by", "otto", "--reason", "renegotiated")
    shown = " ".join(loaded("contracts", "show", "MM-2026-001", "--history").stdout.split())
    assert "1 recorded 2026-11-22 12:00 UTC by mara: import of contracts.csv; holds from 2026-01-15 08:00 UTC" in shown
    assert "2 recorded 2026-11-22 12:00 UTC by otto: renegotiated; holds from 2026-11-22 12:00 UTC" in shown
    assert shown.endswith("end 2029-01-14 -> 2030-01-14")
    (found,) = json.loads(loaded("contracts", "show", "MM-2026-001", "--json").stdout)
    assert found["history"][1]["changed"] == ["end 2029-01-14 -> 2030-01-14"]


def test_an_unknown_name_gets_the_nearest(loaded: Run) -> None:
    shown = loaded("contracts", "show", "Fjordbnk")
    assert shown.exit_code == 1
    assert 'there is no contract and no customer "Fjordbnk". did you mean "Fjordbank"?' in shown.stderr


def test_a_contact_is_added_refused_listed_and_ended_mm30(loaded: Run) -> None:
    refused = loaded("contacts", "add", "MM-2026-001", "dan@northwind.example")
    assert refused.exit_code == 1
    assert "Northwind Robotics has 3 of 3 named contacts: ana.silva@northwind.example, " in refused.stderr
    ended = loaded("contacts", "end", "MM-2026-001", "ben.okafor@northwind.example", "--by", "otto", "--why", "left")
    assert ended.stdout == "ben.okafor@northwind.example is no longer a named contact of MM-2026-001\n"
    words = ("--name", "Dan Diaz", "--by", "mara", "--why", "new lead", "--from", "2026-12-01")
    added = loaded("contacts", "add", "MM-2026-001", "dan@northwind.example", *words)
    assert added.exit_code == 0
    assert "from 2026-12-01 08:00 UTC on; seats taken: 3 of 3" in added.stdout
    listed = " ".join(loaded("contacts", "list", "Northwind Robotics").stdout.split())
    assert "dan@northwind.example (Dan Diaz) since 2026-12-01 08:00 UTC, added by mara: new lead" in listed
    assert "ended ben.okafor@northwind.example since 2026-01-15 08:00 UTC until 2026-11-22 12:00 UTC" in listed
    assert "ended by otto: left" in listed


def test_a_contact_that_never_started_is_shown_as_called_off(loaded: Run) -> None:
    loaded("contacts", "add", "MM-2026-004", "eva@castor.example", "--from", "2026-12-01")
    loaded("contacts", "end", "MM-2026-004", "eva@castor.example")
    listed = " ".join(loaded("contacts", "list", "MM-2026-004").stdout.split())
    assert "eva@castor.example was to start 2026-12-01 08:00 UTC and was called off 2026-11-22 12:00 UTC" in listed


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("contacts", "add", "MM-2026-002", "not an address"), 1, "not an address"),
        (("contacts", "add", "MM-2026-2", "a@halden.example"), 1, 'did you mean "MM-2026-002"?'),
        (("contacts", "add", "MM-2026-002", "a@halden.example", "--from", "soon"), 2, '"soon" is no date'),
        (("contacts", "end", "MM-2026-002", "a@halden.example"), 1, "its contacts are: nobody"),
        (("contacts", "list", "nope"), 1, 'there is no contract and no customer "nope"'),
        (("contracts", "pull"), 2, "--field"),
        (("contracts", "pull", "--field", "x", "--map", "gold"), 2, '"gold" is no VALUE=PLAN'),
        (("contracts", "pull", "--field", "x", "--map", "gold=platinum"), 2, "the plans are mattermost/"),
        (("contracts", "pull", "--field", "x", "--apply", "--dry-run"), 2, "give one of them"),
        (("contracts", "pull", "--field", "support_plan"), 1, '"vip" is no plan'),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(loaded: Run, words: tuple[str, ...], code: int, says: str) -> None:
    done = loaded(*words)
    assert done.exit_code == code
    assert says in done.stderr


def test_a_pull_is_tried_before_it_is_applied(run: Run) -> None:
    words = ("contracts", "pull", "--field", "support_plan", "--map", "vip=mattermost/enterprise")
    tried = run(*words)
    assert "new        zendesk-org-11  Acme: mattermost/enterprise, 2025-03-04 without end" in tried.stdout
    assert tried.stdout.splitlines()[-1] == "To write this: the same command with --apply"
    assert "There are no contracts yet" in run("contracts", "show").stdout
    assert run(*words, "--apply").stdout.splitlines()[-1] == "1 new, 0 changed, 0 unchanged, 0 flagged"
    assert "zendesk-org-11  Acme" in run("contracts", "show").stdout


def test_a_zendesk_that_does_not_answer_is_said(run: Run, parts: SimpleNamespace) -> None:
    parts.zendesk.down = True
    done = run("contracts", "pull", "--field", "support_plan")
    assert done.exit_code == 1
    assert "Zendesk: no answer from acme.zendesk.com" in done.stderr


def test_an_absent_database_is_said_in_one_line(run: Run, parts: SimpleNamespace, tmp_path: Path) -> None:
    parts.store = Store(f"sqlite:///{tmp_path}/empty.db")
    shown = run("contracts", "show")
    assert shown.exit_code == 1
    assert "flask release" in shown.stderr
