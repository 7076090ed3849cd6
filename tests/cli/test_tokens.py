"""`flask token`: shown once, kept as a digest, revoked by name."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from integration.services.bearer import digest
from integration.services.parts import Parts
from integration.store import api_tokens
from integration.store.tables import api_tokens as table
from tests.cli.typed import Run, complaint


def is_live(parts: Parts, token: str) -> bool:
    with parts.store.read() as (connection, _):
        return api_tokens.is_live(connection, digest(token))


def test_a_token_is_printed_once_and_only_its_digest_is_kept(typed: Run, empty_parts: Parts) -> None:
    done = typed("token", "create", "--name", "monitoring")
    token = done.stdout.strip()
    assert re.fullmatch(r"dw_[A-Za-z0-9_-]{43}", token)
    assert is_live(empty_parts, token)
    with empty_parts.store.read() as (connection, _):
        [row] = connection.execute(select(table))
    assert token not in str(row)
    assert row.created_at == empty_parts.store.clock(None)  # type: ignore[arg-type]


def test_the_list_names_tokens_and_shows_none(typed: Run) -> None:
    token = typed("token", "create", "--name", "monitoring").stdout.strip()
    listed = typed("token", "list").stdout
    assert listed == "2026-11-20 12:00 UTC  monitoring\n"
    assert token not in listed


def test_without_tokens_the_list_says_what_makes_one(typed: Run) -> None:
    assert typed("token", "list").stdout == "There is no token; `flask token create --name NAME` makes one.\n"


def test_a_revoked_token_holds_no_longer_and_others_do(typed: Run, empty_parts: Parts) -> None:
    first = typed("token", "create", "--name", "one").stdout.strip()
    other = typed("token", "create", "--name", "two").stdout.strip()
    assert typed("token", "revoke", "one").stdout == "1 token(s) revoked.\n"
    assert (is_live(empty_parts, first), is_live(empty_parts, other)) == (False, True)
    assert complaint(typed("token", "revoke", "one")) == (
        'Error: no token named "one" holds; `flask token list` shows them'
    )


def test_run_again_nothing_is_made_and_the_old_token_holds(typed: Run, empty_parts: Parts) -> None:
    """`make run` asks for a token at each start; the one that somebody wrote down must go on working."""
    words = ("token", "create", "--name", "make run", "--show-once", "--if-absent")
    first, again = typed(*words), typed(*words)
    token = first.stdout.splitlines()[0]
    assert "shown once" in first.stdout
    assert (again.exit_code, "was shown when it was made" in again.stdout) == (0, True)
    assert "dw_" not in again.stdout
    assert is_live(empty_parts, token)


def test_two_tokens_of_one_name_both_hold_while_one_is_replaced(typed: Run, empty_parts: Parts) -> None:
    tokens = [typed("token", "create", "--name", "one").stdout.strip() for _ in range(2)]
    assert [is_live(empty_parts, each) for each in tokens] == [True, True]
    assert typed("token", "revoke", "one").stdout == "2 token(s) revoked.\n"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_is_none_is_refused(typed: Run, name: str) -> None:
    done = typed("token", "create", "--name", name)
    assert done.exit_code == 2
    assert "write 1 to 120 characters" in done.stderr
