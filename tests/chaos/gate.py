"""A gate on the way from Deskward to Zendesk, for the faults that Zendesk's own sandbox does not play.

It passes every call on, unless a test closes it: then it answers in Zendesk's place, before or after the call took
effect there, or it lets the caller wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

MAINTENANCE = "<html><body><h1>We will be back soon</h1></body></html>"


@dataclass(frozen=True)
class Closed:
    """How the gate answers calls: `status` with a web page, for calls whose method is in `methods`.

    `after`: Zendesk gets the call all the same. `hold`: seconds that the caller waits for the answer.
    """

    status: int = 200
    methods: tuple[str, ...] = ("PUT",)
    after: bool = False
    hold: float = 0.0
    json: Any = None


class Gate:
    """Stands in front of one address. `closed` None lets everything through; `met` counts what it answered itself.

    `at_write`: what happens in the world, once, just before the next update passes.
    """

    def __init__(self) -> None:
        self.closed: Closed | None = None
        self.at_write: Callable[[], None] | None = None
        self.met = 0
        self._behind = ""
        self._session = requests.Session()
        self._release = threading.Event()

    def __call__(self, address: str) -> str:
        """Stand in front of `address`; returns the gate's own."""
        self._behind = address
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Let everybody go and close."""
        self._release.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        request, closed = Request(environ), self.closed
        if request.method == "PUT" and self.at_write is not None:
            happens, self.at_write = self.at_write, None
            happens()
        if closed is None or request.method not in closed.methods:
            return self._pass_on(request)(environ, start)
        self.met += 1
        if closed.after:
            self._pass_on(request)
        self._release.wait(closed.hold)
        if closed.json is not None:
            return Response(closed.json, closed.status, content_type="application/json")(environ, start)
        return Response(MAINTENANCE, closed.status, content_type="text/html")(environ, start)

    def _pass_on(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers if name in ("Authorization", "Content-Type")}
        url = self._behind + request.full_path
        got = self._session.request(request.method, url, headers=headers, data=request.get_data(), timeout=10)
        kept = {name: value for name, value in got.headers.items() if name in ("Content-Type", "Retry-After")}
        return Response(got.content, got.status_code, kept)


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing."""
