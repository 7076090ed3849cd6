"""The queue: a Redis that carries hints and nothing else. A lost, doubled or late one does no harm (S2)."""

from __future__ import annotations

from collections.abc import Callable

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from integration.clock import monotonic

QUEUE = "deskward"
DRAIN = "jobs.work.drain"
JOB_SECONDS = 120
#: At most one hint per so many seconds and process: a burst of webhooks needs one drain, not one each.
SPACING = 0.05


def connect(url: str) -> Redis:
    """A client that gives up fast: a webhook must not wait for a queue that is down (F15)."""
    return Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.3, retry=Retry(NoBackoff(), 0))


class RedisNudge:
    """Enqueues the drain, at most once per SPACING."""

    def __init__(self, url: str, seconds: Callable[[], float] = monotonic) -> None:
        """`seconds`: a clock that never goes back."""
        self._redis = connect(url)
        self._seconds = seconds
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)
        self._last = float("-inf")

    def __call__(self) -> bool:
        now = self._seconds()
        if now - self._last < SPACING:
            return True
        self._last = now
        try:
            self._queue.enqueue(DRAIN, job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=3600, ttl=60)
        except RedisError:
            return False
        return True

    def is_up(self) -> bool:
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False


class NoQueue:
    """No queue at all: the clock process alone finds and does the work."""

    def __call__(self) -> bool:
        return False

    def is_up(self) -> bool:
        return False
