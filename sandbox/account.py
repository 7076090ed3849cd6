"""One Zendesk account: its rows, and where its ids come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .lookups import new_table
from .table import Row, Table

Journal = Callable[["Account", str, Any, Row | None], None]


class Account:
    """Every row of one account. All changes go through `put` and `drop`, which the store writes down and can undo."""

    def __init__(self, name: str, number: int, journal: Journal) -> None:
        self.name = name
        self.number = number
        self.base_url = f"https://{name}.zendesk.com"
        self._journal = journal
        self._tables: dict[str, Table] = {}

    def table(self, kind: str) -> Table:
        """The table of this kind, made empty at first use."""
        if kind not in self._tables:
            self._tables[kind] = new_table(kind)
        return self._tables[kind]

    def get(self, kind: str, key: Any) -> Row | None:
        return self.table(kind).rows.get(key)

    def all(self, kind: str) -> list[Row]:
        return list(self.table(kind).rows.values())

    def find(self, kind: str, lookup: str, value: Any) -> list[Row]:
        return self.table(kind).find(lookup, value)

    def put(self, kind: str, row: Row) -> Row:
        """Store `row` under its own id, in place of an older one."""
        self._journal(self, kind, row["id"], self.table(kind).set(row["id"], row))
        return row

    def drop(self, kind: str, key: Any) -> None:
        self._journal(self, kind, key, self.table(kind).set(key, None))

    def counted(self, name: str) -> int:
        """The next number of the counter `name`: 1, 2, 3, ... also across restarts."""
        value = (self.get("counters", name) or {"value": 0})["value"] + 1
        self.put("counters", {"id": name, "value": value})
        return int(value)

    def next_id(self) -> int:
        """A new id; larger than 32 bits and different between accounts, as Zendesk's are."""
        return self.number * 1_000_000 + self.counted("id")

    def sort(self) -> None:
        """Bring the rows back into the order of their ids after loading them from disk."""
        for kind, table in self._tables.items():
            rows = sorted(table.rows.values(), key=lambda row: (str(type(row["id"])), row["id"]))
            self._tables[kind] = new_table(kind)
            for row in rows:
                self._tables[kind].set(row["id"], row)

    def url(self, path: str) -> str:
        """The address under which Zendesk would publish `path`, e.g. `tickets/1`."""
        return f"{self.base_url}/api/v2/{path}.json"

    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are, for people who debug."""
        return {kind: len(table.rows) for kind, table in sorted(self._tables.items())}
