"""P2: tickets decided and written per second by one worker process, beside a worker that only writes.

The reference is RQ's fork worker too, with zenpy imported before the fork: each of its jobs sends one update of the
same size and does nothing else.
"""

from __future__ import annotations

import sys
import time

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from bench.figures import Figure, tell
from bench.reference_worker import JOB, QUEUE
from bench.stage import Stage, customers_client, staged
from demo.customers import Desk
from integration.adapters.queue import QUEUE as OURS
from integration.adapters.queue import RedisNudge

TICKETS = 500
JOBS = 200
MOST_SECONDS = 240.0
PUT = "PUT /api/v2/tickets/{ticket_id}"


def create(stage: Stage, tickets: int) -> list[str]:
    """A backlog: tickets that are there, with their webhooks delivered and nobody at work."""
    made = [stage.mail(f"person{number % 50}@halden.example", number) for number in range(tickets)]
    stage.wait(lambda: not stage.file.undelivered(), "delivered webhooks", MOST_SECONDS)
    return made


def queue_of(stage: Stage, name: str) -> Queue:
    return Queue(name, connection=Redis.from_url(stage.redis_url), serializer=JSONSerializer)


def until_written(stage: Stage, updates: int) -> None:
    """Wait until Zendesk was sent so many updates; what is asked is not counted as a call."""
    end = time.monotonic() + MOST_SECONDS
    while stage.calls().get(PUT, 0) < updates:
        if time.monotonic() > end:
            raise TimeoutError(f"{stage.calls().get(PUT, 0)} of {updates} updates within {MOST_SECONDS:g} s")
        time.sleep(0.02)


def ours(stage: Stage) -> float:
    """Tickets a second, from the hint on which the worker, already there, begins."""
    made = create(stage, TICKETS)
    queue = queue_of(stage, OURS)
    queue.empty()  # the hints that came with the webhooks
    stage.start("worker")
    stage.wait(lambda: Worker.count(queue=queue) == 1, "the worker")
    stage.forget_calls()
    began = time.monotonic()
    RedisNudge(stage.redis_url)()
    until_written(stage, TICKETS)
    taken = time.monotonic() - began
    missing = set(made) - stage.file.written(made)
    if missing:
        raise RuntimeError(f"{len(missing)} tickets were not written, one of them is #{missing.pop()}")
    return TICKETS / taken


def reference(stage: Stage) -> float:
    """Updates a second of the worker that only writes."""
    queue = queue_of(stage, QUEUE)
    desk = Desk(stage.sandbox_url, customers_client())
    token = str(desk.http.headers["Authorization"]).partition(" ")[2]
    place = {"ZENPY_FORCE_NETLOC": f"127.0.0.1:{stage.sandbox_port}", "ZENPY_FORCE_SCHEME": "http"}
    stage.start_other("reference", [sys.executable, "-m", "bench.reference_worker"], **place)
    stage.wait(lambda: Worker.count(queue=queue) == 1, "the reference")
    stage.forget_calls()
    began = time.monotonic()
    for number in range(JOBS):
        queue.enqueue(JOB, 1 + number, token, result_ttl=0)
    until_written(stage, JOBS)
    return JOBS / (time.monotonic() - began)


def run() -> list[Figure]:
    """Both rates in one run, on the same sandbox, and their ratio."""
    tell(f"backlog: {TICKETS} tickets for our worker, then {JOBS} updates by the reference ...")
    with staged() as stage:
        our_rate, their_rate = ours(stage), reference(stage)
    ratio = our_rate / their_rate
    value = f"{ratio:.2f} ({our_rate:.0f}/s against {their_rate:.0f}/s)"
    return [Figure(f"P2 one worker, backlog of {TICKETS} / fork worker with one zenpy PUT", value, ">= 3", ratio >= 3)]
