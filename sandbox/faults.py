"""Faults on purpose, drawn from a seed so that a bad run can be run again."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

from .limits import TICKET_PUT
from .refusals import Refused, bad_request, conflict, too_many_requests

KINDS = ("429", "500", "503", "conflict", "timeout_before", "timeout_after")


@dataclass(frozen=True)
class Plan:
    """Shares between 0 and 1. `on` names the calls that `rate` breaks; a time-out is held open for `hold_seconds`."""

    seed: int = 0
    webhook_lost: float = 0.0
    webhook_doubled: float = 0.0
    webhook_shuffled: bool = False
    rate: dict[str, float] = field(default_factory=dict)
    on: tuple[str, ...] = (TICKET_PUT,)
    hold_seconds: float = 0.0


def read_plan(given: dict[str, Any]) -> Plan:
    """The plan that a request asks for. Raises 400 naming what is wrong with it."""
    unknown = set(given) - set(Plan.__dataclass_fields__)
    if unknown:
        raise bad_request(f"unknown faults {sorted(unknown)}; known are {sorted(Plan.__dataclass_fields__)}")
    rate = given.get("rate", {})
    if set(rate) - set(KINDS):
        raise bad_request(f"unknown rates {sorted(set(rate) - set(KINDS))}; known are {list(KINDS)}")
    shares = [*rate.values(), given.get("webhook_lost", 0), given.get("webhook_doubled", 0)]
    if not all(isinstance(share, (int, float)) and 0 <= share <= 1 for share in shares) or sum(rate.values()) > 1:
        raise bad_request("every share must be a number from 0 to 1, and those of 'rate' together at most 1")
    return Plan(**{**given, "on": tuple(given.get("on", Plan.on))})


class Faults:
    """The plan in force and the dice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.set(Plan())

    def set(self, plan: Plan) -> None:
        with self._lock:
            self.plan = plan
            self._dice = random.Random(plan.seed)

    def draw(self, kind: str) -> str | None:
        """The fault that befalls this call (method and path template), or None."""
        if not self.plan.rate or (kind not in self.plan.on and "*" not in self.plan.on):
            return None
        with self._lock:
            ball = self._dice.random()
        for name in KINDS:
            ball -= self.plan.rate.get(name, 0.0)
            if ball < 0:
                return name
        return None

    def copies(self) -> int:
        """How many times one webhook is delivered: 0 lost, 1, or 2 doubled."""
        with self._lock:
            if self._dice.random() < self.plan.webhook_lost:
                return 0
            return 2 if self._dice.random() < self.plan.webhook_doubled else 1

    def delay(self) -> float:
        """Seconds that a webhook waits: none, or up to half a second when order is to be mixed up."""
        with self._lock:
            return self._dice.random() * 0.5 if self.plan.webhook_shuffled else 0.0

    def coin(self) -> bool:
        with self._lock:
            return self._dice.random() < 0.5


def refusal_for(fault: str | None) -> Refused | None:
    """The error answer that this fault means; None for the faults that are no answer."""
    if fault == "429":
        return too_many_requests(1)
    if fault in ("500", "503"):
        headers = {"Retry-After": "1"} if fault == "503" else {}
        return Refused(int(fault), {"error": "InternalError", "description": "a fault of the sandbox's plan"}, headers)
    return conflict("another update was under way (a fault of the sandbox's plan)") if fault == "conflict" else None
