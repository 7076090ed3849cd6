"""What is kept: across restarts, across errors, and with many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.server import start
from sandbox.store import Store
from tests.sandbox.zendesk import Account, Receiver, call_webhook


def test_a_restart_keeps_everything(tmp_path: Path, receiver: Receiver) -> None:
    before = start(tmp_path / "s.sqlite3")
    desk = Account(before, "sandbox").sign_in()
    webhook = desk.webhook(receiver.url)
    desk.trigger([call_webhook(webhook, "{{ticket.id}}")], ("update_type", "is", "Create"))
    first, secret = desk.mail(), desk.secret(webhook)
    audits = desk.api("GET", f"tickets/{first['id']}/audits.json")
    before.stop()
    after = start(tmp_path / "s.sqlite3")
    try:
        desk.sandbox = after
        assert desk.ticket(first["id"]) == first
        assert desk.api("GET", f"tickets/{first['id']}/audits.json") == audits
        assert desk.secret(webhook) == secret
        assert desk.mail()["id"] == first["id"] + 1
        assert after.settle()
        assert sorted(each.body for each in receiver.received)[-1] == b"2"
    finally:
        after.stop()


def test_what_was_not_sent_is_sent_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    """Killed between the commit and the sending: the stored invocation goes out with the next start."""
    store = Store(tmp_path / "s.sqlite3")
    with store.change():
        account = store.account("sandbox")
        account.put("users", {"id": 1, "external_id": None, "organization_id": None})
        hook = {"id": "W", "http_method": "POST", "endpoint": receiver.url, "_secret": "s", "status": "active"}
        account.put("webhooks", hook)
        account.put("invocations", {"id": "I", "webhook_id": "W", "status": "pending", "_payload": "{}"})
    store.close()
    handle = start(tmp_path / "s.sqlite3")
    try:
        assert handle.settle()
        assert [each.body for each in receiver.received] == [b"{}"]
        row = handle.account().get("invocations", "I")
        assert row is not None and row["status"] == "success"
    finally:
        handle.stop()


KEYS = st.integers(1, 5)
CHANGES = st.lists(st.tuples(KEYS, st.one_of(st.none(), st.text(max_size=3))), max_size=8)


def _make(account: Any, changes: list[tuple[int, str | None]]) -> None:
    for key, value in changes:
        if value is None:
            account.drop("tickets", key)
        else:
            account.put("tickets", {"id": key, "external_id": value, "requester_id": key % 2})


@given(CHANGES, CHANGES)
def test_a_change_that_fails_leaves_nothing_behind(kept: list[Any], failed: list[Any]) -> None:
    """Rows, look-ups and counters are as if it had never begun."""
    store = Store(":memory:")
    with store.change():
        account = store.account("a")
        _make(account, kept)
    rows = account.table("tickets").rows.copy()
    with pytest.raises(ValueError, match="on purpose"), store.change():
        account.counted("ticket")
        _make(account, failed)
        raise ValueError("on purpose")
    assert account.table("tickets").rows == rows
    assert account.get("counters", "ticket") is None
    for requester in (0, 1):
        found = account.find("tickets", "requester_id", requester)
        assert sorted(row["id"] for row in found) == sorted(
            k for k, r in rows.items() if r["requester_id"] == requester
        )
    store.close()


def test_many_at_once_lose_nothing(desk: Account) -> None:
    def one(number: int) -> int:
        return int(Account(desk.sandbox, desk.name).mail(**{"from": f"u{number % 7}@acme.example"})["id"])

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(one, range(100)))
    assert sorted(made) == list(range(1, 101))
    assert desk.api("GET", "tickets.json?per_page=1")["count"] == 100
    assert len([user for user in desk.api("GET", "users.json")["users"] if user["role"] == "end-user"]) == 7


def test_accounts_do_not_see_each_other(desk: Account) -> None:
    other = Account(desk.sandbox, f"{desk.name}-other").sign_in()
    desk.mail()
    assert other.api("GET", "tickets.json")["tickets"] == []
    theirs = {user["id"] for user in other.api("GET", "users.json")["users"]}
    assert not theirs & {user["id"] for user in desk.api("GET", "users.json")["users"]}
    other.http.headers["X-Sandbox-Account"] = desk.name
    assert other.api("GET", "tickets.json", expect=401)["error"] == "invalid_token"
