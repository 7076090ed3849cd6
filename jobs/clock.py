"""The clock process: every second it looks for work that nobody has claimed, hands it to a worker, and after two
seconds does it itself (queue down, workers busy or dead: the same answer). It also polls Zendesk for lost webhooks."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import traceback
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from integration import config, lifeline, wiring
from integration.clock import monotonic
from integration.services import poll, sweep
from integration.services.drain import drain
from integration.services.parts import Parts
from integration.services.ports import NotAllowed, ZendeskError

log = structlog.get_logger()
TICK_SECONDS = 1.0
UNCLAIMED = timedelta(seconds=2)


class Clock:
    """One tick a second until stopped. A failing tick is logged and the next one comes all the same."""

    def __init__(self, parts: Parts, every: float = TICK_SECONDS) -> None:
        self.parts = parts
        self.every = every
        self.stopping = threading.Event()
        self._next_poll = 0.0

    def run(self) -> None:
        """Tick until `stopping` is set."""
        while not self.stopping.is_set():
            started = monotonic()
            try:
                self.tick()
            except SQLAlchemyError as error:
                log.error("the database does not answer", error=type(error).__name__)
            except Exception as error:  # whatever it was, the deadlines of all other tickets still need a clock
                log.error("a tick failed", error=repr(error), trace=traceback.format_exc(limit=-5))
            self.stopping.wait(max(self.every / 20, self.every - (monotonic() - started)))

    def tick(self) -> None:
        """Look for unclaimed work and for what the poll shows."""
        sweep.reopen_owing(self.parts)
        if sweep.has_unclaimed(self.parts, timedelta(0)):
            self.parts.nudge()
        while sweep.has_unclaimed(self.parts, UNCLAIMED) and not self.stopping.is_set():
            if not drain(self.parts).claimed:
                break  # another process was faster
        if monotonic() >= self._next_poll:
            self._next_poll = monotonic() + self.parts.settings.poll_seconds
            self._poll()

    def _poll(self) -> None:
        try:
            found = poll.poll(self.parts)
        except NotAllowed as error:
            log.error("Zendesk does not accept us", error=str(error))
        except ZendeskError as error:
            log.warning("the poll found Zendesk away", error=str(error))
        else:
            if found:
                log.info("the poll found tickets that no webhook told of", tickets=found)


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    lifeline.arm()
    try:
        parts = wiring.parts()
    except config.BadSettings as error:
        print(config.cannot_start(error), file=sys.stderr)
        return 1
    except wiring.CANNOT_START as error:
        print(f"Deskward cannot start: {wiring.why(error)}", file=sys.stderr)
        return 1
    logging.basicConfig(level=parts.settings.log_level, format="%(levelname)s %(name)s %(message)s")
    clock = Clock(parts)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: clock.stopping.set())
    clock.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
