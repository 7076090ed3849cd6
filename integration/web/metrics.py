"""The figures of /metrics, in Prometheus' text. Counts are of this process; the backlog is of the database."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from integration.store.work import Backlog

REGISTRY = CollectorRegistry()
DELIVERIES = Counter("deskward_webhooks", "Webhook calls by what became of them", ["status"], registry=REGISTRY)
OPEN = Gauge("deskward_open_tickets", "Tickets that wait to be looked at", registry=REGISTRY)
PARKED = Gauge("deskward_parked_tickets", "Tickets given up after five failed attempts", registry=REGISTRY)
OLDEST = Gauge("deskward_oldest_open_seconds", "Age of the oldest ticket that waits", registry=REGISTRY)


def text(backlog: Backlog, now: datetime) -> bytes:
    """Everything, as Prometheus reads it."""
    OPEN.set(backlog.open)
    PARKED.set(backlog.parked)
    OLDEST.set((now - backlog.oldest).total_seconds() if backlog.oldest else 0)
    return generate_latest(REGISTRY)
