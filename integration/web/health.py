"""Whether we live, whether we are of use, and the figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from integration.services.parts import Parts
from integration.services.poll import CURSOR
from integration.store import cursors, switches, work
from integration.web import metrics
from integration.web.auth import rule

health = Blueprint("health", __name__)
#: Work older than this, or a poll silent for longer, means that something stands still.
STALE = timedelta(minutes=5)


@health.get("/healthz")
@rule("public")
def healthz() -> Response:
    """The process answers; it looks at nothing else."""
    return jsonify({"status": "ok"})


@health.get("/readyz")
@rule("public")
def readyz() -> tuple[Response, int]:
    """Database, queue, Zendesk and the oldest unfinished work. 503 where tickets would not be decided in time.

    A queue that is down is said and does not count: the clock process does the work (F15).
    """
    parts: Parts = current_app.extensions["deskward"]()
    try:
        with parts.store.read() as (connection, now):
            checks = {"database": "ok", **_zendesk(parts, connection, now), **_work(parts, connection, now)}
            checks |= _writes(connection)
    except SQLAlchemyError as error:
        checks = {"database": f"down, or not migrated (`flask release`): {type(error).__name__}"}
    checks["queue"] = "ok" if parts.nudge.is_up() else "down: the clock process works alone"
    failing = [name for name, says in checks.items() if name != "queue" and not str(says).startswith("ok")]
    return jsonify({"status": "failing" if failing else "ok", "checks": checks}), 503 if failing else 200


def _zendesk(parts: Parts, connection: Connection, now: datetime) -> dict[str, str]:
    refused = switches.read(connection, "zendesk_refused")
    if refused:
        return {"zendesk": f"refuses us: {refused}"}
    moved = cursors.moved_at(connection, parts.account, CURSOR)
    if moved is None:
        first = switches.installed_at(connection) or now
        return {"zendesk": "ok: not polled yet" if now - first < STALE else "never polled; does the clock process run?"}
    age = int((now - moved).total_seconds())
    return {"zendesk": f"ok: polled {age} s ago" if now - moved < STALE else f"not polled for {age} s"}


def _writes(connection: Connection) -> dict[str, str]:
    """The kill switch is somebody's wish and no failure, but it must not be forgotten."""
    stopped = switches.thrown(connection, switches.WRITES, "off")
    return {"writes": f"ok: off since {stopped.at:%Y-%m-%d %H:%M} UTC, by {stopped.by}"} if stopped else {}


def _work(parts: Parts, connection: Connection, now: datetime) -> dict[str, str]:
    backlog = work.backlog(connection, parts.account)
    age = now - backlog.oldest if backlog.oldest else timedelta(0)
    says = f"{backlog.open} open, oldest {int(age.total_seconds())} s, {backlog.parked} parked"
    return {"work": f"ok: {says}" if age < STALE else f"late: {says}"}


@health.get("/metrics")
@rule("public")
def figures() -> Any:
    """Prometheus' text; holds no customer's data."""
    parts: Parts = current_app.extensions["deskward"]()
    try:
        with parts.store.read() as (connection, now):
            text = metrics.text(work.backlog(connection, parts.account), now)
            return Response(text, mimetype="text/plain; version=0.0.4")
    except SQLAlchemyError:
        return Response("# the database is down\n", status=503, mimetype="text/plain")
