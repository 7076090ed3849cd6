"""How often each endpoint was called: the number that Deskward's own claims are checked against."""

from __future__ import annotations

import threading
from collections import Counter


class CallCounts:
    """Calls by method and path template since the last reset; refused and broken calls count too."""

    def __init__(self) -> None:
        self._counter: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, kind: str) -> None:
        with self._lock:
            self._counter[kind] += 1

    def reset(self) -> None:
        with self._lock:
            self._counter.clear()

    def as_dict(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counter.items()))
