"""Zendesk's token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .transport import Wire


class TokenEndpoint:
    """POST /oauth/tokens of one account: what `TokenSource` fetches with. Arguments as of `Wire`.

    Called with the JSON question, returns the JSON answer. Raises the port's errors, and ValueError for a bad address.
    """

    def __init__(self, subdomain: str, base_url: str | None = None, **options: Any) -> None:
        self._connect: Callable[[], Wire] = lambda: Wire(subdomain, None, base_url, **options)
        self._connect().close()  # a bad address is told when the parts are put together, not when the token runs out

    def __call__(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        # A session per call: the endpoint is asked once in two hours, by any thread.
        with self._connect() as wire:
            answer: dict[str, Any] = wire.post(f"https://{wire.host}/oauth/tokens", json=dict(question)).json()
        return answer
