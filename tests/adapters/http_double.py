"""A tiny HTTP server for the error matrix: it does what it is told, and remembers what reached it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """How one request is answered. `then`: "answer", "close" (the socket, no answer), "stall" or "half" (an answer)."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    then: str = "answer"

    @property
    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Double:
    """The server's script (the last reply is repeated) and its memory."""

    url: str
    replies: list[Reply]
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def count(self, method: str) -> int:
        return sum(1 for each in self.requests if each[0] == method)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: Double

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.double.requests.append((self.command, self.path, dict(self.headers), body))
        reply = self.double.next_reply()
        if reply.then == "stall" and not self.double.stop.wait(5):
            return self._answer(reply)  # a client that waits this long gets a good answer, and its test notices
        if reply.then in ("stall", "close"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(reply)

    do_GET = do_PUT = do_POST = _any

    def _answer(self, reply: Reply) -> None:
        raw = reply.raw
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if reply.then == "half" else raw)
        self.close_connection = reply.then == "half"

    def log_message(self, *args: Any) -> None:
        """Silence."""


@contextmanager
def serving(*replies: Reply) -> Iterator[Double]:
    """A server on a free port that gives these replies in turn."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        double = Double(f"http://127.0.0.1:{server.server_address[1]}", list(replies))
        handler.double = double  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield double
        finally:
            double.stop.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
