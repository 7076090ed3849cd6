"""Rows of one kind in memory, with look-ups by other keys than the id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]
KeysOf = Callable[[Row], Iterable[Any]]


class Table:
    """Rows by id in the order of first appearance. Rows are values: change one by setting a new dictionary."""

    def __init__(self, lookups: dict[str, KeysOf]) -> None:
        self.rows: dict[Any, Row] = {}
        self._keys_of = lookups
        self._found: dict[str, dict[Any, dict[Any, None]]] = {name: {} for name in lookups}

    def set(self, key: Any, row: Row | None) -> Row | None:
        """Put `row` in the place of the one under `key` (None removes it) and return what was there."""
        old = self.rows.get(key)
        if old is not None:
            self._forget(key, old)
        if row is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = row
            self._remember(key, row)
        return old

    def find(self, lookup: str, value: Any) -> list[Row]:
        """Every row that `lookup` files under `value`."""
        return [self.rows[key] for key in self._found[lookup].get(value, ())]

    def _remember(self, key: Any, row: Row) -> None:
        for name, keys_of in self._keys_of.items():
            for value in keys_of(row):
                self._found[name].setdefault(value, {})[key] = None

    def _forget(self, key: Any, row: Row) -> None:
        for name, keys_of in self._keys_of.items():
            for value in keys_of(row):
                self._found[name].get(value, {}).pop(key, None)
