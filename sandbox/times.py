"""Instants as Zendesk writes them: ISO 8601 in UTC with a Z, whole seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`moment` in Zendesk's form; its one-second resolution is deliberate, clients must live with it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """The instant that `text` names. Raises ValueError when it is not ISO 8601."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, as `generated_timestamp` and `start_time` count."""
    return int(moment.timestamp())
