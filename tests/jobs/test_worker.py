"""The worker process, as the Procfile starts it, with a real Valkey and a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from integration.adapters.queue import QUEUE, RedisNudge
from integration.config import ROOT
from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("servers")


def worker(town: Town, queue_url: str) -> subprocess.CompletedProcess[str]:
    """Run the worker until the queue is empty."""
    settings = town.parts.settings
    given = {
        "ZENDESK_SUBDOMAIN": "sandbox",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": queue_url,
        "ZENDESK_BASE_URL": town.sandbox.url,
        "SECRET_KEY": str(settings.secret_key),
    }
    argv = [sys.executable, "-m", "jobs.worker", "--burst"]
    return subprocess.run(argv, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, timeout=60)


def test_a_ticket_comes_in_and_the_worker_that_was_hinted_at_writes_it_back(town: Town, queue_url: str) -> None:
    """Webhook, one hint in Valkey, a forked job, one update: the whole trip through three processes."""
    town.parts.nudge = RedisNudge(queue_url)
    number = town.mail("lou@globex.example")
    assert town.sandbox.settle(30)
    with Redis.from_url(queue_url) as client:
        queue = Queue(QUEUE, connection=client, serializer=JSONSerializer)
        assert queue.count == 1
        done = worker(town, queue_url)
        assert done.returncode == 0, done.stderr
        assert (queue.count, FailedJobRegistry(queue=queue).count) == (0, 0), done.stderr
    assert town.ticket(number)["plan"] == "mattermost/enterprise"
    assert len(town.notes(number)) == 1


def test_without_a_queue_the_worker_says_so_and_stands_by(tmp_path: Path) -> None:
    """A platform starts every line of the Procfile; one that ended would be started again for ever."""
    given = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    argv = [sys.executable, "-m", "jobs.worker"]
    with subprocess.Popen(argv, cwd=ROOT, env=given, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "the clock process does the work alone" in process.stderr.readline()
        assert process.poll() is None
        process.terminate()
