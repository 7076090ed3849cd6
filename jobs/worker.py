"""The worker process: RQ's fork worker with imports done before the fork and engines made after it."""

from __future__ import annotations

import logging
import os
import sys
import time

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from integration import config, lifeline, wiring
from integration.adapters.queue import QUEUE


def main() -> int:
    """Serve the queue until told to stop; with `--burst`, until it is empty.

    Without a queue the clock process does the work, and this one waits.
    """
    lifeline.arm()
    try:
        settings = config.load()
    except config.BadSettings as error:
        print(config.cannot_start(error), file=sys.stderr)
        return 1
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s %(message)s")
    if settings.redis_url is None:
        print("REDIS_URL is not set: the clock process does the work alone", file=sys.stderr)
        return _wait_for_ever()
    try:
        _prepare_before_fork(settings)
    except wiring.CANNOT_START as error:
        print(f"Deskward cannot start: {wiring.why(error)}", file=sys.stderr)
        return 1
    connection = Redis.from_url(settings.redis_url)
    _wait_for_queue(connection)
    worker = Forking(
        [Queue(QUEUE, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=60,
        maintenance_interval=30,
        job_monitoring_interval=5,
    )
    worker.work(burst="--burst" in sys.argv, logging_level=settings.log_level, with_scheduler=False)
    return 0


class Forking(Worker):
    """RQ's worker, whose forked child dies with it."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        lifeline.arm(parent=os.getppid())
        super().main_work_horse(job, queue)


def _prepare_before_fork(settings: config.Settings) -> None:
    """A forked job must not pay for importing zenpy and for reading the plans each time."""
    import integration.adapters.zendesk  # noqa: F401
    import jobs.work  # noqa: F401

    wiring.plans(settings.catalogue_dir)


def _wait_for_queue(connection: Redis) -> None:
    while True:
        try:
            connection.ping()
            return
        except RedisError:
            time.sleep(1)


def _wait_for_ever() -> int:
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
