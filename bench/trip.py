"""How long a ticket takes from its creation to its written fields, with the queue and without it.

Tickets arrive as mails at a steady pace. The time starts when Zendesk has answered that the ticket is there, and ends
when our fields stand in the sandbox's file, which is looked at every 10 ms.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from bench.figures import Figure, at_most, median, tell
from bench.stage import Stage, staged

TICKETS = 200
A_SECOND = 5.0
LOOK_SECONDS = 0.01
MOST_SECONDS = 60.0
#: Customers of the example contracts, so that the decision has something to find.
DOMAINS = ("halden.example", "lumen.example", "vireo.example", "northwind.example", "stranger.example")


class Watch:
    """Notes for each ticket how long it took until it was written; a thread of its own looks."""

    def __init__(self, stage: Stage) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = stage
        self._waiting: dict[str, float] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def expect(self, ticket: str) -> None:
        """The ticket is there now."""
        self._waiting[ticket] = time.monotonic()

    def all_written(self) -> bool:
        return not self._waiting

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            written = self._stage.file.written(list(self._waiting))
            now = time.monotonic()
            for ticket in written:
                self.seconds[ticket] = now - self._waiting.pop(ticket)


def senders() -> Iterator[str]:
    """Addresses, each of which writes five times in the end; so a fifth is seen for the first time."""
    people = [f"person{number}@{DOMAINS[number % len(DOMAINS)]}" for number in range(TICKETS // 5)]
    while True:
        yield from people


def send(stage: Stage, watch: Watch, tickets: int, a_second: float) -> None:
    """Let the tickets arrive, one every 1/`a_second` seconds, whatever became of those before."""
    began = time.monotonic()
    for number, sender in zip(range(tickets), senders(), strict=False):
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        watch.expect(stage.mail(sender, number))


def times(stage: Stage, tickets: int = TICKETS, a_second: float = A_SECOND) -> list[float]:
    """Seconds from creation to written fields, one for each ticket; GaveUp where one is never written."""
    watch = Watch(stage)
    try:
        send(stage, watch, tickets, a_second)
        stage.wait(watch.all_written, "a written ticket", MOST_SECONDS)
    finally:
        watch.stop()
    return list(watch.seconds.values())


def run() -> list[Figure]:
    """The figures of both ways."""
    found = []
    for label, queue, names in (("queue up", True, ("worker", "clock")), ("no queue, clock alone", False, ("clock",))):
        tell(f"trip, {label}: {TICKETS} tickets at {A_SECOND:g}/s ...")
        with staged(*names, queue=queue) as stage:
            stage.warm()
            taken = times(stage)
        value = f"median {median(taken):.2f} s, p99 {at_most(0.99, taken):.2f} s, worst {max(taken):.2f} s"
        found.append(Figure(f"ticket created to fields written, {label}, {A_SECOND:g}/s, {TICKETS} tickets", value))
    return found
