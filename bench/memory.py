"""P9: resident memory of each process after 200 tickets, and again after more of them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

import psutil

from bench.figures import Figure, tell
from bench.stage import Stage, staged
from bench.trip import times

TICKETS, MORE = 200, 800
A_SECOND = 10.0
TARGET_MB = 180
LOOK_SECONDS = 0.05


class Scales:
    """The largest resident memory (bytes) seen of each kind of process; a forked job is gone when one asks later."""

    def __init__(self, stage: Stage) -> None:
        self.largest: dict[str, int] = defaultdict(int)
        self._pids = stage.supervisor.pids()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._weigh, name="scales", daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, int]:
        self._ending.set()
        self._thread.join()
        return dict(self.largest)

    def _weigh(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            for kind, process in self._processes():
                with suppress(psutil.Error):  # it has just ended
                    self.largest[kind] = max(self.largest[kind], process.memory_info().rss)

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        with suppress(psutil.Error):
            web, worker = psutil.Process(self._pids["web"]), psutil.Process(self._pids["worker"])
            yield "gunicorn's master", web
            yield from (("web worker", each) for each in web.children())
            yield "job worker", worker
            yield from (("job worker's forked job", each) for each in worker.children())
            yield "clock", psutil.Process(self._pids["clock"])


def weigh(stage: Stage, tickets: int) -> dict[str, int]:
    """The largest memory of each kind of process while so many tickets were worked off."""
    scales = Scales(stage)
    times(stage, tickets, A_SECOND)
    return scales.stop()


def run() -> list[Figure]:
    """One figure for each kind of process."""
    tell(f"memory: {TICKETS} tickets, then {MORE} more, at {A_SECOND:g}/s ...")
    with staged("worker", "clock") as stage:
        early, late = weigh(stage, TICKETS), weigh(stage, MORE)
    found = []
    for kind, size in early.items():
        megabytes, growth = size / 1e6, late.get(kind, size) / size - 1
        value = f"{megabytes:.0f} MB ({growth:+.1%} after {TICKETS + MORE} tickets)"
        met = megabytes <= TARGET_MB and growth <= 0.1
        found.append(Figure(f"P9 resident memory: {kind}", value, f"<= {TARGET_MB} MB, growth <= 10 %", met))
    return found
