"""The state of all accounts: in memory to work on, in SQLite to survive; written before an answer leaves.

Only the rows that a request changed are written, so that a thousand tickets cost a thousand small writes.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .account import Account
from .table import Row

_SCHEMA = """
create table if not exists accounts (number integer primary key, name text not null unique);
create table if not exists rows (account integer not null, kind text not null, id text not null, body text not null,
                                 primary key (account, kind, id)) without rowid;
"""
_FIRST_ACCOUNT = 10_000_001


class Store:
    """All accounts. Use it only inside `with store.change():`, one thread at a time."""

    def __init__(self, path: str | Path) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        # A power cut may lose the last moments of a sandbox, a killed process may not: NORMAL is enough and fast.
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _SCHEMA)
        self._changes: list[tuple[Account, str, Any, Row | None]] = []
        self._accounts: dict[str, Account] = {}
        self._load()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Everything inside happens together: on an exception nothing of it stays, neither in memory nor on disk."""
        with self._lock:
            try:
                yield
                self._write_down()
            except BaseException:
                self._undo()
                raise
            finally:
                self._changes.clear()

    def account(self, name: str) -> Account:
        """The account `name`, made empty at first use."""
        if name in self._accounts:
            return self._accounts[name]
        number = _FIRST_ACCOUNT + len(self._accounts)
        self._db.execute("insert into accounts values (?, ?)", (number, name))
        return self._open(name, number)

    def accounts(self) -> list[Account]:
        return list(self._accounts.values())

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _open(self, name: str, number: int) -> Account:
        self._accounts[name] = Account(name, number, lambda *change: self._changes.append(change))
        return self._accounts[name]

    def _load(self) -> None:
        by_number = {
            number: self._open(name, number)
            for number, name in self._db.execute("select number, name from accounts order by number").fetchall()
        }
        for number, kind, body in self._db.execute("select account, kind, body from rows"):
            row = json.loads(body)
            by_number[number].table(kind).set(row["id"], row)
        for account in by_number.values():
            account.sort()

    def _write_down(self) -> None:
        touched = {(account.number, kind, key): account.get(kind, key) for account, kind, key, _ in self._changes}
        if not touched:
            return
        kept = [(*where[:2], str(where[2]), json.dumps(row)) for where, row in touched.items() if row is not None]
        gone = [(*where[:2], str(where[2])) for where, row in touched.items() if row is None]
        self._db.execute("begin immediate")
        self._db.executemany("insert or replace into rows values (?, ?, ?, ?)", kept)
        self._db.executemany("delete from rows where account = ? and kind = ? and id = ?", gone)
        self._db.execute("commit")

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")
        for account, kind, key, old in reversed(self._changes):
            account.table(kind).set(key, old)
