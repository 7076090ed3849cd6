"""The reference for the worker: RQ's fork worker, zenpy imported before the fork, one update per job.

zenpy is pointed at the sandbox by ZENPY_FORCE_NETLOC and ZENPY_FORCE_SCHEME, which Deskward itself refuses.
"""

from __future__ import annotations

import logging
import os
import sys

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket

from integration import lifeline

QUEUE = "reference"
JOB = "bench.reference_worker.write"
#: As long as a receipt of ours.
NOTE = "One line of a note, of about the length that our own have.\n" * 10


def write(ticket: int, token: str) -> None:
    """One update with a priority and an internal note."""
    client = Zenpy(subdomain="sandbox", oauth_token=token)
    client.tickets.update(Ticket(id=ticket, priority="normal", comment=Comment(body=NOTE, public=False)))


def main() -> int:
    """Serve the queue until told to stop."""
    lifeline.arm()
    logging.basicConfig(level=logging.WARNING)
    connection = Redis.from_url(os.environ["REDIS_URL"])
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    Worker([queue], connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")
    return 0


if __name__ == "__main__":
    sys.exit(main())
