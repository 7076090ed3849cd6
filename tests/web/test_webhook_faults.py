"""Webhooks while something is away, and many at the same moment: faults F03, F14, F15, F17."""

from __future__ import annotations

import random
import socket
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event

from integration.adapters.vault import VaultError
from integration.store.engine import BUSY_TIMEOUT_MS, Store
from tests.web.edge import Edge


def test_f03_eight_zendesks_at_once_tell_of_the_same_calls_and_each_counts_once(both: Edge) -> None:
    """8 threads send the same 50 calls, each in an order of its own: 50 rows, 50 times "taken", 350 times "known"."""

    def send(seed: int) -> list[str]:
        order = random.Random(seed).sample(range(50), 50)
        return [both.ticket(1 + number % 5, invocation=f"01CALL{number}").json["status"] for number in order]

    with ThreadPoolExecutor(8) as threads:
        answers = [status for each in threads.map(send, range(8)) for status in each]
    assert (answers.count("taken"), answers.count("known")) == (50, 350)
    assert both.rows() == 50
    assert both.open_tickets() == dict.fromkeys("12345", 10)


# -- F14: the database is away -----------------------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        yield int(line.getsockname()[1])


def is_unavailable(edge: Edge) -> None:
    """Zendesk sends a call again only for a 503 with a Retry-After of less than a minute."""
    answer = edge.ticket(7)
    assert (answer.status_code, answer.json["status"]) == (503, "database_down")
    assert answer.headers["Retry-After"] == "5"
    assert edge.hints.hints == 0


# Zendesk waits ten seconds for an answer; pytest's own limit is that patience.
@pytest.mark.timeout(10, func_only=True)
def test_f14_a_database_server_that_is_down_is_503(make_edge: Callable[..., Edge], closed_port: int) -> None:
    is_unavailable(make_edge(f"postgresql://nobody@127.0.0.1:{closed_port}/none"))


@pytest.mark.timeout(10, func_only=True)
def test_f14_a_database_server_that_never_answers_is_503_in_time(
    make_edge: Callable[..., Edge], silent_port: int
) -> None:
    is_unavailable(make_edge(f"postgresql://nobody@127.0.0.1:{silent_port}/none"))


def impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 50")


def test_f14_a_sqlite_file_that_somebody_holds_is_503_and_taken_when_he_lets_go(edge: Edge, tmp_path: Path) -> None:
    edge.parts.store.close()
    event.listen(edge.parts.store.engine, "connect", impatient)
    with sqlite3.connect(tmp_path / "deskward.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        is_unavailable(edge)
        other.execute("ROLLBACK")
    other.close()
    assert edge.ticket(7).json == {"status": "taken"}
    assert BUSY_TIMEOUT_MS < 10_000


def test_f14_a_database_that_was_never_migrated_is_503(make_edge: Callable[..., Edge], tmp_path: Path) -> None:
    is_unavailable(make_edge(f"sqlite:///{tmp_path}/empty.db"))


def test_f14_a_full_disk_is_503_and_leaves_no_half_row(edge: Edge) -> None:
    """F70: the look cannot be asked for, so the delivery is not kept either."""
    with edge.parts.store.write() as (connection, _):
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON ticket_work BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    is_unavailable(edge)
    assert (edge.rows(), edge.open_tickets()) == (0, {})


def test_a_fault_of_our_own_is_503_because_zendesk_never_repeats_a_500(edge: Edge) -> None:
    """A signing secret that our key does not open: somebody must mend the key, and no call is lost until then."""
    edge.parts.keep_secret("webhook_secret", "a secret")
    edge.parts.vault = Locked()
    answer = edge.ticket(7)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


class Locked:
    """A vault whose key is another one."""

    def encrypt(self, text: str) -> str:
        return text

    def decrypt(self, text: str) -> str:
        raise VaultError("encrypted with another key")


# -- F15, F17 ----------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(10, func_only=True)
@pytest.mark.parametrize("kind", ["closed", "silent", "no socket"])
def test_f15_a_queue_that_is_down_costs_a_hint_and_nothing_else(
    make_edge: Callable[..., Edge], sqlite_url: str, kind: str, closed_port: int, silent_port: int, tmp_path: Path
) -> None:
    ports = {"closed": closed_port, "silent": silent_port}
    url = f"redis://127.0.0.1:{ports[kind]}/0" if kind in ports else f"unix://{tmp_path}/none.sock"
    edge = make_edge(sqlite_url, redis_url=url)
    assert edge.ticket(7).status_code == 200
    assert edge.open_tickets() == {"7": 1}
    assert edge.parts.nudge.is_up() is False


def test_f17_the_secret_that_provisioning_stored_is_live_without_a_restart(
    make_edge: Callable[..., Edge], sqlite_url: str
) -> None:
    edge = make_edge(sqlite_url, zendesk_webhook_secrets=())
    assert edge.post({"ticket_id": 1}, secret="from Zendesk").status_code == 401
    edge.parts.keep_secret("webhook_secret", "from Zendesk")
    a_second_passes(edge)
    assert edge.post({"ticket_id": 1}, secret="from Zendesk").status_code == 200


def test_f17_a_stored_secret_that_changes_refuses_no_call(make_edge: Callable[..., Edge], sqlite_url: str) -> None:
    edge = make_edge(sqlite_url, zendesk_webhook_secrets=("kept while it is rotated",))
    edge.parts.keep_secret("webhook_secret", "old")
    assert edge.post({"ticket_id": 1}, secret="old").status_code == 200
    edge.parts.keep_secret("webhook_secret", "new")
    a_second_passes(edge)
    sent = [edge.post({"ticket_id": 1}, secret=each).status_code for each in ("new", "kept while it is rotated", "old")]
    assert sent == [200, 200, 401]


def a_second_passes(edge: Edge) -> None:
    """The stored secret is read again at most once a second; here that second is over."""
    edge.app.extensions["deskward_secret"].read_at -= 1.0


def test_f14_a_connection_is_waited_for_less_long_than_zendesk_waits() -> None:
    store = Store("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert store.engine.pool.timeout() < 10
