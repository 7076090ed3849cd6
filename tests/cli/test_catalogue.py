"""`flask catalogue`: what a person who edits a plan, and one who sells it, gets to see."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from integration.adapters.catalogue_file import SHIPPED, load_book
from integration.cli.catalogue import catalogue
from integration.cli.plan_table import plan_table

BOOK = load_book()
PLANS = list(BOOK.plan_ids())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(catalogue, [str(argument) for argument in arguments])


class Slip(NamedTuple):
    """A mistake of the hand: `wrong` is written for `right`; the check points at `line` (first text of that line)."""

    vendor: str
    right: str
    wrong: str
    line: str
    says: str
    hint: str


SLIPS = {
    "no YAML": Slip(
        "rockstor",
        "\nplans:\n",
        "\nplans: {\n",
        "    title: Incident",
        "is not YAML",
        "Check the indentation",
    ),
    "a tab": Slip("mattermost", "\nplans:\n", "\nplans:\n\tx: y\n", "\tx: y", "is not YAML", "Check the indentation"),
    "a key twice": Slip(
        "mattermost",
        "grace_days: 14",
        "grace_days: 14\nvendor: x",
        "vendor: x",
        '"vendor" is written twice',
        "Keep one",
    ),
    "a date that never was": Slip(
        "rockstor",
        "2026-04-19\n      source",
        "2026-04-31\n      source",
        "      stopped_from",
        "no such date",
        "2026-04-19",
    ),
    "an unknown key": Slip(
        "mattermost",
        "    rank: 3",
        "    rang: 3",
        "    rang: 3",
        '"rang" is not known here',
        'Did you mean "rank"?',
    ),
    "a key that is missing": Slip(
        "mattermost",
        "    title: Mattermost Premier Support\n",
        "",
        "  premier:",
        '"title" is missing',
        "Add it: a text",
    ),
    "a number for a text": Slip(
        "mattermost",
        "title: Mattermost\n",
        "title: 365\n",
        "title: 365",
        '"365" does not fit',
        'in quotes: "365"',
    ),
    "a text for a list": Slip(
        "mattermost",
        "    hours: [always]",
        "    hours: always",
        "    hours: always",
        '"always" does not fit',
        "[always]",
    ),
    "a word for a number": Slip(
        "mattermost",
        "      limit: 3",
        "      limit: three",
        "      limit: three",
        '"three" does not fit',
        "a whole number",
    ),
    "a value that is not one of the known": Slip(
        "mattermost",
        "    priority: urgent",
        "    priority: urgnt",
        "    priority: urgnt",
        '"urgnt"',
        'mean "urgent"?',
    ),
    "a length of time": Slip(
        "mattermost",
        "{L1: 1 h, L2",
        "{L1: 1 hour, L2",
        "        within: {L1: 1 hour",
        '"1 hour" is no length',
        '"4 h"',
    ),
    "hours that are none": Slip(
        "mattermost",
        "[mon-fri 09:00-17:00]",
        "[mon-fri 9-17]",
        "    hours: [mon-fri 9",
        '"9-17"',
        "09:00-17:00",
    ),
    "a day that is none": Slip(
        "mattermost",
        "[mon-fri 09:00",
        "[mon-friday 09:00",
        "    hours: [mon-frid",
        '"friday" is no day',
        'mean "fri"?',
    ),
    "hours that overlap": Slip(
        "mattermost",
        "[mon-fri 09:00-17:00]",
        "[mon-fri 09:00-17:00, wed 16:00-20:00]",
        "    hours: [mon-fri 09",
        "wed 16:00-17:00 is open on another line too",
        "Write each hour once",
    ),
    "a calendar that never opens": Slip(
        "mattermost",
        "[mon-fri 09:00-17:00]",
        "[]",
        "    hours: []",
        "is never open",
        "Give it weekly hours",
    ),
    "a zone that is none": Slip(
        "rockstor",
        "    timezone: Europe/Lisbon",
        "    timezone: Lisbon",
        "    timezone: Lisbon",
        'no time zone "Lisbon"',
        'mean "Europe/Lisbon"?',
    ),
    "a country without holidays": Slip(
        "mattermost",
        "country: US",
        "country: USA",
        "    holidays: {",
        'country "USA"',
        'Did you mean "US"?',
    ),
    "a vendor in another's file": Slip(
        "rockstor",
        "vendor: rockstor",
        "vendor: rockstar",
        "vendor: rockstar",
        '"rockstar" in a file',
        "rockstar.yaml",
    ),
    "an unknown calendar": Slip(
        "mattermost",
        "{L1: 24x7, L2",
        "{L1: 24/7, L2",
        "    coverage: {L1: 24/7",
        'no calendar "24/7"',
        'mean "24x7"?',
    ),
    "an unknown severity": Slip(
        "mattermost",
        "unstated_severity: L3",
        "unstated_severity: L5",
        "unstated_sev",
        'no severity "L5"',
        "L1, L2, L3, L4",
    ),
    "a severity without coverage": Slip(
        "mattermost",
        "24x5, L4: 24x5}\n    group",
        "24x5}\n    group",
        "        within: {L1: 1 h",
        "L4 has a target but",
        "L4",
    ),
    "an unknown channel": Slip(
        "mattermost",
        "[portal, email]\n    includes: [mattermost/e",
        "[portal, emial]\n    includes: [mattermost/e",
        "    channels: [portal, emial]",
        'no channel "emial"',
        'Did you mean "email"?',
    ),
    "an unknown plan": Slip(
        "mattermost",
        "[mattermost/enterprise]",
        "[mattermost/enterprize]",
        "    includes: [mattermost/enterprize",
        'no plan "mattermost/enterprize"',
        'Did you mean "mattermost/enterprise"?',
    ),
    "an unknown escalation policy": Slip(
        "mattermost",
        "escalation: {L1: premier-24x7",
        "escalation: {L1: premier",
        "    escalation: {L1: premier,",
        'no escalation policy "premier"',
        'Did you mean "premier-24x7"?',
    ),
    "an unknown template": Slip(
        "mattermost",
        "template: use_portal",
        "template: portal",
        "    template: portal",
        'no template "portal"',
        "use_portal",
    ),
    "an unknown document": Slip(
        "mattermost",
        "source: mattermost-support § Level 1\n",
        "source: matermost-support § Level 1\n",
        "    source: matermost",
        'no document "matermost-support"',
        'Did you mean "mattermost-support"?',
    ),
    "an outcome without effects": Slip(
        "mattermost",
        "  free_mail:\n",
        "  free_male:\n",
        "outcomes:",
        'the outcome "free_mail" has no effects',
        "G-01",
    ),
    "an environment's cap": Slip(
        "mattermost",
        "    cap: L4",
        "    cap: low",
        "    cap: low",
        'no severity "low"',
        "L1, L2, L3, L4",
    ),
    "a limit that lets nobody ask": Slip(
        "mattermost",
        "      limit: 3",
        "      limit: 0",
        "      limit: 0",
        "lets nobody ask",
        "1 or more",
    ),
    "sales that stop before they begin": Slip(
        "rockstor",
        "      stopped_from: 2026-04-19",
        "      since: 2026-05-01\n      stopped_from: 2026-04-19",
        "      stopped_from",
        "before they began on 2026-05-01",
        "in order",
    ),
    "a form that is two": Slip(
        "mattermost",
        "[360000852671]",
        "[360000640492]",
        "    zendesk_ids: [360000640492]@2",
        'form "technical" already',
        "one form",
    ),
    "a term that nobody can read": Slip(
        "mattermost",
        "- name: Desktop",
        "- name: Desktop\n        terms: [desk^x]\n      - name: Elsewhere",
        "        terms: [desk^x]",
        '"desk^x" is no term',
        "after ^",
    ),
    "a category twice": Slip(
        "mattermost",
        "- name: Database",
        "- name: Desktop",
        "      - name: Desktop@2",
        '"Desktop" is listed twice',
        "once",
    ),
    "a priority that two severities read": Slip(
        "mattermost",
        "reads: [high]",
        "reads: [high, urgent]",
        "    reads: [high, urgent]",
        "read by L1 already",
        "exactly one",
    ),
    "a number without a source": Slip(
        "mattermost",
        "          L1: mattermost-support § Level 1, response time, Premier\n",
        "",
        "        within: {L1: 1 h",
        "L1 names no document",
        '"<document> § <place>"',
    ),
    "two sources that disagree": Slip(
        "rocketchat",
        "    contacts: *contacts\n    escalation",
        "      - {metric: first_reply, within: {high: 1 h}, source: rocketchat-plans § x}\n"
        "    contacts: *contacts\n    escalation",
        "      - {metric: first_reply",
        "first_reply of high is 1 h here and 2 h in targets 1",
        "add a decision",
    ),
    "an own domain for an address": Slip(
        "mattermost",
        "[mattermost.com, ",
        "[support@mattermost.com, ",
        "own_domains:",
        "is no domain",
        "example.com",
    ),
    "a rule nobody knows": Slip(
        "mattermost",
        "rules: [MM-40]",
        "rules: [MM-400]",
        "    rules: [MM-400]",
        'no rule "MM-400"',
        'Did you mean "MM-40"?',
    ),
    "hours nobody staffs (G-13)": Slip(
        "mattermost",
        "escalation: {L1: premier-24x7, L2",
        "escalation: {L2",
        "    coverage: {L1: 24x7",
        "G-13",
        '"escalation"',
    ),
    "a higher plan that is later (G-08)": Slip(
        "rocketchat",
        "{high: 30 min, medium",
        "{high: 3 h, medium",
        "        within: {high: 3 h",
        "mission-critical is later than plus: first_reply of high",
        "names G-08",
    ),
    "a target too long for its coverage": Slip(
        "rockstor",
        "high: 2 business days, n",
        "high: 300 business days, n",
        "        within: {high: 300",
        "holds in a year",
        "Shorten",
    ),
}


def slip_in(folder: Path, slip: Slip) -> Path:
    """A copy of the vendor's file with the mistake in it."""
    text = (SHIPPED / f"{slip.vendor}.yaml").read_text(encoding="utf-8")
    assert slip.right in text, f"the shipped file has no {slip.right!r} to get wrong any more"
    file = folder / f"{slip.vendor}.yaml"
    file.write_text(text.replace(slip.right, slip.wrong, 1), encoding="utf-8")
    return file


def line_number(file: Path, mark: str) -> int:
    """The number of the first line that begins with the mark; "mark@2" is the second such line."""
    text, _, nth = mark.partition("@")
    found = [number for number, line in enumerate(file.read_text("utf-8").splitlines(), 1) if line.startswith(text)]
    return found[int(nth or 1) - 1]


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_of_the_hand_is_told_with_its_line_and_what_would_be_right(kind: str, tmp_path: Path) -> None:
    slip = SLIPS[kind]
    file = slip_in(tmp_path, slip)
    result = run("check", file)
    assert result.exit_code == 1, result.output
    here = f"{file}:{line_number(file, slip.line)}: "
    told = [line for line in result.output.splitlines() if line.startswith(here) and slip.says in line]
    assert told, result.output
    assert slip.hint in told[0], told[0]


def test_the_path_is_told_in_words(tmp_path: Path) -> None:
    file = slip_in(tmp_path, SLIPS["a length of time"])
    assert ": plans › premier › targets 1 › within › L1: " in run("check", file).output


def test_all_mistakes_are_told_in_one_run_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = slip_in(tmp_path, SLIPS["an environment's cap"])
    file.write_text(file.read_text("utf-8").replace("limit: 3", "limit: 0"), "utf-8")
    lines = [int(found) for found in re.findall(r"mattermost\.yaml:(\d+):", run("check", file).output)]
    assert len(lines) >= 2
    assert lines == sorted(lines)


def test_the_shipped_catalogues_pass_and_end_with_the_rules_they_carry_and_lack() -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    for vendor in ("mattermost", "rocketchat", "rocketchat-legacy", "rockstor"):
        assert re.search(rf"/{vendor}\.yaml: ok \(version [0-9a-f]{{12}}\)", "/" + result.output.replace("\\", "/"))
    carried = result.output.split("rockstor.yaml carries")[1]
    assert "RS-13" in carried
    assert "it lacks: none" in carried


def test_a_rule_that_the_index_expects_and_the_file_lost_is_listed_as_lacking(tmp_path: Path) -> None:
    file = tmp_path / "rockstor.yaml"
    file.write_text((SHIPPED / "rockstor.yaml").read_text("utf-8").replace("RS-07", "RS-08"), "utf-8")
    assert "it lacks: RS-07" in run("check", file).output


def test_a_single_file_is_checked_together_with_its_siblings(tmp_path: Path) -> None:
    """The legacy plans fall back to rocketchat/standard, which is another file's plan."""
    legacy = Path(shutil.copy(SHIPPED / "rocketchat-legacy.yaml", tmp_path))
    assert 'there is no plan "rocketchat/standard"' in run("check", legacy).output
    shutil.copy(SHIPPED / "rocketchat.yaml", tmp_path)
    result = run("check", legacy)
    assert result.exit_code == 0, result.output
    assert "rocketchat.yaml" not in result.output


def test_json_for_programs_has_every_problem_with_file_and_line(tmp_path: Path) -> None:
    file = slip_in(tmp_path, SLIPS["an unknown channel"])
    result = run("check", "--json", file)
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert found["ok"] is False
    (problem,) = found["files"][0]["problems"]
    assert problem["line"] == line_number(file, "    channels: [portal, emial]")
    assert set(problem) == {"file", "line", "where", "says", "right"}
    assert "MM-30" in found["files"][0]["carries"]


def test_a_file_that_is_not_there_ends_with_2_and_its_name(tmp_path: Path) -> None:
    result = run("check", tmp_path / "acme.yaml")
    assert result.exit_code == 2
    assert "acme.yaml" in result.output


def test_a_folder_without_a_catalogue_is_refused_by_name(tmp_path: Path) -> None:
    result = run("check", "--folder", tmp_path)
    assert result.exit_code == 1
    assert "there is no catalogue here" in result.output


# -- show and list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_fits_a_hundred_columns_and_names_a_document_for_every_number(plan: str) -> None:
    page = "\n".join(plan_table(BOOK, plan))
    assert max(map(len, page.splitlines())) <= 100
    numbers = page.partition("Where the numbers come from\n")[2].partition("\n\n")[0]
    for entry in re.findall(r"^(?:First|Next|Updates).*(?:\n    (?!Decided).*)*", numbers, re.MULTILINE):
        assert " § " in " ".join(entry.split()), entry


def test_premier_as_a_salesperson_reads_it() -> None:
    output = run("show", "premier").output
    assert "up to 3 named contacts, a person each, no shared mailbox, on the company's domain" in output
    assert re.search(r"L1 Urgent +urgent +1 h +2 h +4 h \(goal\) +24x7", output)
    assert re.search(r"L4 Low +low +24 h +24 h +- +24x5", output)
    assert "Where mattermost/enterprise is due earlier, that first reply counts (G-08)." in output
    assert re.search(r"24x5 +mon 09:00 to fri 17:00, America/Los_Angeles", output)
    assert "Self-help resources, from mattermost/professional" in " ".join(output.split())


def test_an_incident_pack_as_a_salesperson_reads_it() -> None:
    output = " ".join(run("show", "rockstor/incident").output.split())
    assert "not sold from 2026-04-19 on" in output
    assert "EUR 99.00 expected; the order's price counts" in output
    assert "1 year from the day of purchase; what is left is not refunded" in output


def test_a_name_that_two_plans_share_is_asked_back_rl11() -> None:
    result = run("show", "enterprise")
    assert result.exit_code == 2
    assert '"enterprise" could be mattermost/enterprise or rocketchat-legacy/enterprise' in result.output


def test_an_unknown_plan_ends_with_2_and_the_list() -> None:
    result = run("show", "platinum")
    assert result.exit_code == 2
    assert 'there is no plan "platinum"' in result.output
    assert all(plan in result.output for plan in PLANS)


def test_list_shows_every_plan_and_each_version() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert all(plan in result.output for plan in PLANS)
    assert all(version in result.output for version in BOOK.versions.values())


def test_show_refuses_a_broken_catalogue_with_its_line(tmp_path: Path) -> None:
    file = slip_in(tmp_path, SLIPS["an unknown calendar"])
    result = run("show", "premier", "--folder", tmp_path)
    assert result.exit_code == 1
    assert f"{file}:{line_number(file, '    coverage: {L1: 24/7')}: " in result.output
