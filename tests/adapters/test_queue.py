"""The queue carries hints and nothing else (S2): one for a burst, readable by anybody, and its absence is no error."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from integration.adapters.queue import DRAIN, QUEUE, SPACING, NoQueue, RedisNudge, connect
from tests.jobs import valkey

pytestmark = pytest.mark.xdist_group("servers")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey.running(tmp_path_factory.mktemp("valkey")) as found:
        yield found


@pytest.fixture
def server(url: str) -> Iterator[Redis]:
    """An empty Valkey."""
    with Redis.from_url(url) as client:
        client.flushall()
        yield client


def hints(server: Redis) -> int:
    return Queue(QUEUE, connection=server, serializer=JSONSerializer).count


class Seconds:
    """A stopwatch that a test moves."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_burst_is_one_hint_each_fifty_milliseconds(url: str, server: Redis) -> None:
    seconds = Seconds()
    nudge = RedisNudge(url, seconds)
    seen = []
    for at in (0, 0, SPACING / 2, SPACING - 0.001, SPACING, SPACING + 0.001, 3 * SPACING):
        seconds.at = at
        assert nudge() is True
        seen.append(hints(server))
    assert seen == [1, 1, 1, 1, 2, 2, 3]


def test_the_first_hint_is_never_held_back(url: str, server: Redis) -> None:
    """A machine that has just started counts its seconds from nought."""
    seconds = Seconds()
    seconds.at = 0.0
    RedisNudge(url, seconds)()
    assert hints(server) == 1


def test_a_hint_names_the_job_and_carries_nothing(url: str, server: Redis) -> None:
    RedisNudge(url)()
    [job] = Queue(QUEUE, connection=server, serializer=JSONSerializer).jobs
    assert (job.func_name, job.args, job.kwargs) == (DRAIN, [], {})
    assert (job.timeout, job.ttl, job.result_ttl) == (120, 60, 0)


def test_f83_a_hint_is_json_so_that_who_writes_to_the_queue_cannot_make_us_run_a_pickle(
    url: str, server: Redis
) -> None:
    RedisNudge(url)()
    [job] = Queue(QUEUE, connection=server, serializer=JSONSerializer).jobs
    raw = server.hget(job.key, "data")
    assert json.loads(zlib.decompress(raw))[0] == DRAIN


def test_f63_an_emptied_queue_takes_the_next_hint(url: str, server: Redis) -> None:
    seconds = Seconds()
    nudge = RedisNudge(url, seconds)
    nudge()
    server.flushall()
    seconds.at += 1
    assert nudge() is True
    assert hints(server) == 1


def test_a_queue_that_is_full_loses_a_hint_and_no_more(url: str, server: Redis) -> None:
    """Out of memory and set to evict nothing, as it must be: writes are refused."""
    memory = server.config_get("maxmemory")["maxmemory"]
    server.config_set("maxmemory", "1")
    try:
        assert RedisNudge(url)() is False
    finally:
        server.config_set("maxmemory", memory)


@pytest.mark.parametrize(
    "address", ["redis://127.0.0.1:1/0", "unix:///nowhere/at/all.sock", "redis://no.such.host.invalid/0"]
)
def test_f15_a_queue_that_is_away_is_said_and_raises_nothing(address: str) -> None:
    nudge = RedisNudge(address)
    assert (nudge(), nudge.is_up()) == (False, False)


def test_a_queue_that_answers_is_up(url: str) -> None:
    assert RedisNudge(url).is_up() is True


def test_f15_a_webhook_waits_for_a_silent_queue_for_less_than_a_second() -> None:
    options = connect("redis://127.0.0.1:1/0").connection_pool.connection_kwargs
    assert options["socket_connect_timeout"] + options["socket_timeout"] < 1
    assert options["retry"].get_retries() == 0


def test_without_a_queue_every_hint_is_lost_and_nothing_else() -> None:
    assert (NoQueue()(), NoQueue().is_up()) == (False, False)
