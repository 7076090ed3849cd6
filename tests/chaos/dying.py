"""Parts that let a worker die, or sleep, at a point that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from integration.services.parts import Parts
from integration.services.ports import TicketRead
from integration.store.engine import Store


class Killed(BaseException):
    """The process is gone: no handler of ours may see this."""


class MortalStore(Store):
    """The real database of a worker that dies at its n-th commit, just before it or just after."""

    def __init__(self, store: Store, at: int, after: bool) -> None:
        self.__dict__.update(store.__dict__)
        self.at, self.after, self.commits = at, after, 0

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, datetime]]:
        self.commits += 1
        dies = self.commits == self.at
        with super().write() as unit:
            yield unit
            if dies and not self.after:
                raise Killed
        if dies:
            raise Killed


class Interrupted:
    """The real Zendesk; `before` and `after` happen around the first call of the method named."""

    def __init__(
        self, zendesk: Any, name: str, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
    ) -> None:
        self._zendesk, self._name = zendesk, name
        self._before, self._after = before, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._zendesk, name)
        return self._once(method) if name == self._name else method

    def _once(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Sequence[TicketRead] | Any:
            before, self._before = self._before, None
            if before:
                before()
            result = method(*args)
            after, self._after = self._after, None
            if after:
                after()
            return result

        return call


def dies() -> None:
    """End the worker here."""
    raise Killed


def worker(parts: Parts, name: str, **around: Callable[[], None]) -> Parts:
    """A second worker's parts: the same database, and a Zendesk around whose call `name` something happens."""
    return replace(parts, zendesk=Interrupted(parts.zendesk, name, **around))  # type: ignore[arg-type]
