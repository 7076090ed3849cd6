"""Zendesk's rate limits and the headers that tell of them."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime
from math import ceil

ACCOUNT_PER_MINUTE = 700
TICKET_PUT = "PUT /api/v2/tickets/{ticket_id}"


@dataclass(frozen=True)
class Limit:
    """At most `most` calls in any `seconds`; `header` is the endpoint's own header, where it has one."""

    name: str
    most: int
    seconds: int
    header: str | None = None


ACCOUNT = Limit("account", ACCOUNT_PER_MINUTE, 60)
_TICKETS_UPDATE = Limit("tickets-update", 100, 60, "zendesk-ratelimit-tickets-update")
_ONE_TICKET = Limit("one ticket", 30, 600)
_INCREMENTAL = Limit("incremental", 10, 60, "zendesk-ratelimit-incremental-exports")


def limits_for(kind: str, path: str, user_id: int | None) -> list[tuple[Limit, str]]:
    """The limits that one call falls under, each with the bucket it takes from. `kind` is method and path template."""
    found = [(ACCOUNT, "")]
    if kind == TICKET_PUT:
        found += [(_TICKETS_UPDATE, ""), (_ONE_TICKET, f"{user_id} {path}")]
    if kind.startswith("GET /api/v2/incremental/"):
        found.append((_INCREMENTAL, ""))
    return found


class Limits:
    """Sliding windows over the sandbox's own clock. Off at first; the headers are honest either way."""

    def __init__(self) -> None:
        self.on = False
        self._taken: dict[tuple[str, str, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, account: str, asked: list[tuple[Limit, str]], now: datetime) -> tuple[dict[str, str], int | None]:
        """Count one call. Returns the headers to send, and the seconds to wait when the call must be refused."""
        moment, headers, wait = now.timestamp(), {}, None
        with self._lock:
            for limit, bucket in asked:
                taken = self._window(account, limit, bucket, moment)
                if self.on and len(taken) >= limit.most:
                    wait = max(wait or 1, ceil(taken[0] + limit.seconds - moment))
                else:
                    taken.append(moment)
                headers.update(_headers(limit, taken, moment))
        return headers, wait

    def reset(self) -> None:
        with self._lock:
            self._taken.clear()

    def _window(self, account: str, limit: Limit, bucket: str, moment: float) -> deque[float]:
        taken = self._taken[(account, limit.name, bucket)]
        while taken and taken[0] <= moment - limit.seconds:
            taken.popleft()
        return taken


def _headers(limit: Limit, taken: deque[float], moment: float) -> dict[str, str]:
    left = max(0, limit.most - len(taken))
    resets = max(0, ceil(taken[0] + limit.seconds - moment)) if taken else 0
    if limit is ACCOUNT:
        return {
            "X-Rate-Limit": str(limit.most),
            "X-Rate-Limit-Remaining": str(left),
            "ratelimit-limit": str(limit.most),
            "ratelimit-remaining": str(left),
            "ratelimit-reset": str(resets),
        }
    return {limit.header: f"total={limit.most}; remaining={left}; resets={resets}"} if limit.header else {}
