"""`flask release` and `flask writes`, and what every command says where there is no database to work on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration.cli import context
from integration.config import ROOT, Settings
from integration.services.parts import Parts
from integration.store import switches
from integration.wiring import make_parts
from tests.cli.typed import Run, complaint, runner


def test_a_release_makes_the_database_and_a_second_one_changes_nothing(unmigrated: Run) -> None:
    first, second = unmigrated("release"), unmigrated("release")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.startswith("The database is migrated to ")
    assert second.stdout.endswith("nothing to migrate.\n")


def test_a_release_onto_a_newer_database_is_refused_in_one_line(typed: Run, empty_parts: Parts) -> None:
    with empty_parts.store.write() as (connection, _):
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "a newer Deskward has been here" in complaint(typed("release"))


@pytest.mark.parametrize(
    "words",
    [
        ("token", "list"),
        ("token", "create", "--name", "x"),
        ("token", "revoke", "x"),
        ("writes", "off"),
        ("writes", "on"),
        ("ticket", "explain", "7"),
        ("ticket", "override", "7", "--severity", "L1", "--reason", "why", "--by", "me"),
        ("tickets", "parked"),
        ("tickets", "follow"),
        ("contracts", "show"),
        ("contacts", "list"),
    ],
    ids=" ".join,
)
def test_a_command_on_an_unmigrated_database_says_in_one_line_what_makes_it(
    unmigrated: Run, words: tuple[str, ...]
) -> None:
    said = complaint(unmigrated(*words))
    assert said.startswith("Error: the database cannot be used (no such table")
    assert "`flask release`" in said


@pytest.mark.parametrize("words", [("release",), ("token", "list"), ("writes", "off")], ids=" ".join)
def test_a_command_without_a_server_says_so_in_one_line(
    words: tuple[str, ...], empty_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", secret_key="of the tests")
    parts = make_parts(settings, book=empty_parts.book)
    monkeypatch.setattr(context, "parts", lambda: parts)
    assert "connection" in complaint(runner(parts)(*words))


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    """As a process of its own: the parts are made by the real wiring."""
    (tmp_path / "file").write_text("no folder")
    given = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/file/deskward.sqlite3", "SECRET_KEY": "x"}
    argv = [sys.executable, "-m", "flask", "--app", "wsgi", "release"]
    done = subprocess.run(argv, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith("Error: ") and str(tmp_path) in line and "DATABASE_URL" in line


# -- the kill switch ---------------------------------------------------------------------------------------------------


def may_write(parts: Parts) -> bool:
    with parts.store.read() as (connection, _):
        return switches.may_write(connection)


def test_the_kill_switch_is_thrown_and_taken_back_and_remembers_who(typed: Run, empty_parts: Parts) -> None:
    assert may_write(empty_parts)
    assert typed("writes", "off", "--by", "ana").stdout == "Deskward writes nothing to Zendesk now.\n"
    assert not may_write(empty_parts)
    with empty_parts.store.read() as (connection, _):
        [row] = connection.exec_driver_sql("SELECT value, \"by\" FROM switches WHERE name = 'writes'").all()
    assert tuple(row) == ("off", "ana")
    assert typed("writes", "on").stdout == "Deskward writes to Zendesk again.\n"
    assert may_write(empty_parts)


def test_a_second_throw_changes_nothing_and_is_no_error(typed: Run, empty_parts: Parts) -> None:
    assert [typed("writes", "off").exit_code for _ in range(2)] == [0, 0]
    assert not may_write(empty_parts)


def test_f32_allowing_writes_forgets_that_zendesk_refused_us(typed: Run, empty_parts: Parts) -> None:
    with empty_parts.store.write() as (connection, now):
        switches.throw(connection, switches.REFUSED, "401", "drain", now)
    typed("writes", "on")
    with empty_parts.store.read() as (connection, _):
        assert switches.read(connection, switches.REFUSED) is None


def test_a_name_too_long_for_its_column_is_refused_in_words(typed: Run, empty_parts: Parts) -> None:
    done = typed("writes", "off", "--by", "x" * 121)
    assert done.exit_code == 2
    assert "1 to 120 characters" in done.stderr
    assert may_write(empty_parts)


# -- tickets -----------------------------------------------------------------------------------------------------------


def test_a_ticket_that_was_never_seen_is_said_in_one_line(typed: Run) -> None:
    assert complaint(typed("ticket", "explain", "404")) == "Error: no decision on ticket 404: it was not seen yet"


@pytest.mark.parametrize("number", ["#7", "abc", "1.5", ""])
def test_what_is_no_number_is_said_in_one_line(typed: Run, number: str) -> None:
    done = typed("ticket", "explain", number)
    assert (done.exit_code, complaint(done)) == (2, f'Error: "{number}" is no ticket; give its number, such as 12345')


def test_without_parked_tickets_there_is_nothing_to_retry(typed: Run) -> None:
    assert typed("tickets", "parked", "--retry").stdout == "0 parked.\n"


# -- provisioning ------------------------------------------------------------------------------------------------------


def test_a_real_account_is_not_told_to_call_this_machine(
    typed: Run, empty_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without PUBLIC_URL the webhook would point at 127.0.0.1, and Zendesk would call itself."""
    empty_parts.settings = Settings.model_validate(empty_parts.settings.model_dump() | {"zendesk_subdomain": "acme"})
    for words in (("provision", "plan"), ("provision", "apply", "--yes")):
        assert complaint(typed(*words)).startswith("Error: PUBLIC_URL is not set")


def test_after_a_change_of_the_key_what_it_cannot_open_is_dropped(typed: Run, empty_parts: Parts) -> None:
    empty_parts.keep_secret("webhook_secret", "made with the key before")
    assert typed("provision", "forget-secrets").stdout.startswith("1 secret(s) dropped")
    assert empty_parts.secret("webhook_secret") is None
