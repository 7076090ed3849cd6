"""How a resource file names its endpoints: method, path, handler, and who may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Route:
    """One endpoint. `open` ones need no token; `quiet` ones are the sandbox's own, never counted, limited or broken."""

    method: str
    path: str
    handler: Handler
    open: bool = False
    quiet: bool = False


class Routes(list[Route]):
    """The endpoints of one file. Handlers take a Call and the path's parts and return an Answer or a plain body."""

    def add(self, method: str, path: str, *, open: bool = False, quiet: bool = False) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.append(Route(method, path, handler, open, quiet))
            return handler

        return register

    def get(self, path: str, *, open: bool = False) -> Callable[[Handler], Handler]:
        return self.add("GET", "/api/v2" + path, open=open)

    def post(self, path: str) -> Callable[[Handler], Handler]:
        return self.add("POST", "/api/v2" + path)

    def put(self, path: str) -> Callable[[Handler], Handler]:
        return self.add("PUT", "/api/v2" + path)

    def patch(self, path: str) -> Callable[[Handler], Handler]:
        return self.add("PATCH", "/api/v2" + path)

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        return self.add("DELETE", "/api/v2" + path)

    def control(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """An endpoint that Zendesk does not have, under /sandbox."""
        return self.add(method, "/sandbox" + path, open=True, quiet=True)
