"""P1: webhooks accepted durably, beside a `hello` on a server of the same settings in the same run."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import psutil

from bench.figures import Figure, at_most, median, tell
from bench.load import closed_loop, open_loop, post
from bench.stage import WEBHOOK_SECRET, Stage, answers, free_ports, staged
from integration.adapters.signature import sign

ROUNDS = 5
SECONDS = 3.0
CONNECTIONS = 8
OFFERED, OFFERED_SECONDS = 50.0, 20.0
BODY_BYTES = 2048
_TICKETS = itertools.count(1_000_000)


def envelope(ticket: int) -> bytes:
    """An event of 2 KB about a ticket that nobody has heard of: the dearest case, two new rows."""
    body = {"type": "zen:event-type:ticket.created", "id": str(uuid.uuid4()), "detail": {"id": str(ticket)}}
    bare = len(json.dumps(body | {"event": {"text": ""}}))
    return json.dumps(body | {"event": {"text": "x" * (BODY_BYTES - bare)}}).encode()


def webhook(_: int) -> bytes:
    """A signed delivery that was never sent before."""
    body, stamp = envelope(next(_TICKETS)), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {"X-Zendesk-Webhook-Signature": sign(WEBHOOK_SECRET, stamp, body)}
    return post("/webhooks/zendesk", body, headers | {"X-Zendesk-Webhook-Signature-Timestamp": stamp})


def hello(number: int) -> bytes:
    """The same bytes for the reference, signature and all: the client's part costs both alike."""
    return webhook(number).replace(b"/webhooks/zendesk", b"/hello", 1)


def processor_seconds(stage: Stage, name: str) -> float:
    """What a server and its workers have used so far."""
    master = psutil.Process(stage.supervisor.pids()[name])
    times = [each.cpu_times() for each in (master, *master.children())]
    return sum(each.user + each.system for each in times)


def measure(stage: Stage, name: str, port: int, make: Callable[[int], bytes]) -> tuple[float, float]:
    """Requests a second, and the server's processor seconds for each of them."""
    before, began = processor_seconds(stage, name), time.monotonic()
    rate = closed_loop(port, make, SECONDS, CONNECTIONS)
    return rate, (processor_seconds(stage, name) - before) / (rate * (time.monotonic() - began))


def run() -> list[Figure]:
    """The ratio, turn by turn so that a busy machine hurts both alike, and the latency at a steady offer."""
    tell(f"intake: {ROUNDS} rounds of {SECONDS:g} s each, then {OFFERED:g}/s for {OFFERED_SECONDS:g} s ...")
    with staged() as stage:
        port = free_ports(1)[0]
        stage.start_other("hello", ["gunicorn", "-c", "gunicorn.conf.py", "bench.hello:app"], PORT=str(port))
        stage.wait(lambda: answers(f"http://127.0.0.1:{port}/"), "the reference")
        theirs, ours = [], []
        for _ in range(ROUNDS):
            theirs.append(measure(stage, "hello", port, hello))
            ours.append(measure(stage, "web", stage.port, webhook))
        waits = open_loop(stage.port, webhook, OFFERED_SECONDS, OFFERED)
    return [*_ratios(theirs, ours), _steady(waits)]


def _ratios(theirs: list[tuple[float, float]], ours: list[tuple[float, float]]) -> list[Figure]:
    ratio = median([our / their for (their, _), (our, _) in zip(theirs, ours, strict=True)])
    rates = f"{median([rate for rate, _ in ours]):.0f}/s against {median([rate for rate, _ in theirs]):.0f}/s"
    cost = median([their / our for (_, their), (_, our) in zip(theirs, ours, strict=True)])
    each = f"{median([cpu for _, cpu in ours]) * 1e3:.2f} ms against {median([cpu for _, cpu in theirs]) * 1e3:.2f} ms"
    return [
        Figure(
            "P1 webhooks accepted durably / hello, same server settings",
            f"{ratio:.2f} ({rates})",
            ">= 0.15",
            ratio >= 0.15,
        ),
        Figure("P1 the same by the servers' processor time", f"{cost:.2f} ({each})"),
    ]


def _steady(waits: list[float]) -> Figure:
    p99 = at_most(0.99, waits)
    value = f"median {median(waits) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, worst {max(waits) * 1e3:.1f} ms"
    return Figure(f"P1 answer to a webhook, {OFFERED:g}/s offered", value, "p99 <= 100 ms", p99 <= 0.1)
