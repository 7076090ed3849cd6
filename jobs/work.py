"""The one job: drain what is due. It takes no arguments, because the database says what is to be done."""

from __future__ import annotations

from integration.clock import monotonic
from integration.services.drain import drain as drain_once
from integration.wiring import parts

#: A job goes on while there is work, for so long; what is left then is for the next one (below the job's time-out).
SECONDS = 60.0


def drain() -> None:
    """Work off what is due, batch after batch."""
    end = monotonic() + SECONDS
    while monotonic() < end and drain_once(parts()).claimed:
        pass
