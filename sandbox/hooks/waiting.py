"""A queue whose items become ready after a delay."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class WaitingQueue(Generic[T]):
    """Hands items to worker threads when their delay is over; `settled` waits until none is left."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._unfinished = 0
        self._closed = False

    def put(self, item: T, delay: float = 0.0) -> None:
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + delay, next(self._order), item))
            self._unfinished += 1
            self._changed.notify_all()

    def get(self) -> T | None:
        """The next ready item, waiting for one; None once the queue is closed."""
        with self._changed:
            while not self._closed:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
        return None

    def done(self) -> None:
        """One item that `get` handed out is finished."""
        with self._changed:
            self._unfinished -= 1
            self._changed.notify_all()

    def settled(self, timeout: float) -> bool:
        """Wait until nothing is left to do; False when `timeout` seconds were not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, timeout)

    def unfinished(self) -> int:
        with self._changed:
            return self._unfinished

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
