"""/healthz, /readyz and /metrics: what stands still is named, and what does not matter fails nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from integration.services.poll import CURSOR
from integration.store import cursors, switches, work
from integration.store.tables import ticket_work
from tests.web.edge import Edge


def ready(edge: Edge) -> tuple[int, dict[str, str]]:
    answer = edge.app.test_client().get("/readyz")
    assert answer.json["status"] == ("ok" if answer.status_code == 200 else "failing")
    return answer.status_code, answer.json["checks"]


def polled(edge: Edge) -> None:
    with edge.parts.store.write() as (connection, now):
        cursors.move(connection, edge.parts.account, CURSOR, "here", now)


def wanted(edge: Edge, ticket: str, account: str | None = None) -> None:
    with edge.parts.store.write() as (connection, now):
        work.want(connection, account or edge.parts.account, ticket, now)


def test_a_fresh_installation_is_ready(edge: Edge) -> None:
    assert ready(edge) == (
        200,
        {
            "database": "ok",
            "zendesk": "ok: not polled yet",
            "work": "ok: 0 open, oldest 0 s, 0 parked",
            "queue": "ok",
        },
    )


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (5, 503)])
def test_an_installation_that_has_never_polled_fails_after_five_minutes(edge: Edge, minutes: int, status: int) -> None:
    """The clock process does not run, or Zendesk never answered: lost webhooks stay lost."""
    edge.hands.move(minutes=minutes)
    code, checks = ready(edge)
    assert code == status
    assert ("never polled" in checks["zendesk"]) == (status == 503)


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (5, 503)])
def test_f16_a_poll_that_stands_still_is_named(edge: Edge, minutes: int, status: int) -> None:
    polled(edge)
    edge.hands.move(minutes=minutes)
    code, checks = ready(edge)
    assert code == status
    assert f"{minutes * 60} s" in checks["zendesk"]


def test_f32_a_zendesk_that_does_not_accept_us_is_named(edge: Edge) -> None:
    polled(edge)
    with edge.parts.store.write() as (connection, now):
        switches.throw(connection, switches.REFUSED, "401 from tickets.json", "drain", now)
    assert ready(edge)[0] == 503
    assert ready(edge)[1]["zendesk"] == "refuses us: 401 from tickets.json"


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (5, 503)])
def test_work_that_nobody_does_is_named_with_its_age(edge: Edge, minutes: int, status: int) -> None:
    wanted(edge, "7")
    edge.hands.move(minutes=minutes)
    polled(edge)
    code, checks = ready(edge)
    assert code == status
    assert checks["work"].endswith(f"1 open, oldest {minutes * 60} s, 0 parked")


def test_a_parked_ticket_is_counted_and_does_not_stop_the_rest(edge: Edge) -> None:
    wanted(edge, "7")
    with edge.parts.store.write() as (connection, now):
        connection.execute(update(ticket_work).values(parked_at=now))
    edge.hands.move(hours=1)
    polled(edge)
    assert ready(edge) == (200, ready(edge)[1] | {"work": "ok: 0 open, oldest 0 s, 1 parked"})


def test_what_another_account_left_behind_is_not_our_backlog(edge: Edge) -> None:
    """An installation that tried the sandbox first and then went to its real account."""
    wanted(edge, "7", account="another")
    edge.hands.move(hours=1)
    polled(edge)
    assert ready(edge)[1]["work"] == "ok: 0 open, oldest 0 s, 0 parked"


def test_f15_a_queue_that_is_down_is_said_and_fails_nothing(
    make_edge: Callable[..., Edge], sqlite_url: str, tmp_path: Path
) -> None:
    edge = make_edge(sqlite_url, redis_url=f"unix://{tmp_path}/none.sock")
    assert (ready(edge)[0], ready(edge)[1]["queue"]) == (200, "down: the clock process works alone")


def test_a_database_without_our_tables_is_named_with_what_makes_them(
    make_edge: Callable[..., Edge], tmp_path: Path
) -> None:
    code, checks = ready(make_edge(f"sqlite:///{tmp_path}/empty.db"))
    assert code == 503
    assert "flask release" in checks["database"]


def test_f14_a_database_that_is_down_is_503_and_the_process_is_alive_all_the_same(
    make_edge: Callable[..., Edge],
) -> None:
    edge = make_edge("postgresql://nobody@127.0.0.1:1/none")
    assert ready(edge)[0] == 503
    assert edge.app.test_client().get("/metrics").status_code == 503
    assert edge.app.test_client().get("/healthz").json == {"status": "ok"}


def figures(edge: Edge) -> dict[str, float]:
    answer = edge.app.test_client().get("/metrics")
    assert answer.mimetype == "text/plain"
    return {name: float(value) for name, value in re.findall(r"^(\S+) (\S+)$", answer.text, re.MULTILINE)}


def test_the_figures_are_prometheus_text_of_this_desk_alone(edge: Edge) -> None:
    wanted(edge, "7"), wanted(edge, "8", account="another")
    edge.hands.move(seconds=90)
    found = figures(edge)
    assert found["deskward_open_tickets"] == 1
    assert found["deskward_parked_tickets"] == 0
    assert found["deskward_oldest_open_seconds"] == 90


def test_every_webhook_is_counted_by_what_became_of_it(edge: Edge) -> None:
    def taken(status: str) -> float:
        return figures(edge).get(f'deskward_webhooks_total{{status="{status}"}}', 0)

    before: dict[str, Any] = {status: taken(status) for status in ("taken", "known", "wrong", "malformed")}
    edge.ticket(7, invocation="x"), edge.ticket(7, invocation="x"), edge.post(b"{}"), edge.post(b"{}", secret="no")
    assert {status: taken(status) - before[status] for status in before} == dict.fromkeys(before, 1)
