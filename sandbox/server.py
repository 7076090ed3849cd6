"""Running a sandbox, in a program of its own or inside a test."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .account import Account
from .app import build
from .store import Store
from .times import Clock, utc_now
from .world import Settings, World


def start(
    data: str | Path = ":memory:",
    port: int = 0,
    clock: Clock | None = None,
    *,
    host: str = "127.0.0.1",
    settings: Settings | None = None,
) -> Handle:
    """Start a sandbox in background threads. `port` 0 takes a free one. Raises OSError when the port is taken.

    `data` is a SQLite file (made when missing) or ":memory:"; `clock` returns an aware datetime, by default the real
    time.
    """
    listening = _listen(host, port)
    world = World(Store(data), clock or utc_now, settings or Settings())
    return Handle(world, listening)


class Handle:
    """A running sandbox."""

    def __init__(self, world: World, listening: socket.socket) -> None:
        self.world = world
        self.host, self.port = listening.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        self._server = ThreadedWSGIServer(self.host, self.port, build(world), _Handler, fd=listening.fileno())
        listening.close()
        # The argument is how often it looks whether to stop, so that a test does not wait half a second for that.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._thread.start()
        world.deliveries.start()
        world.resume()

    def account(self, name: str = "sandbox") -> Account:
        """The account's rows, for tests to look at; made and seeded at first use."""
        with self.world.store.change():
            return self.world.account(name)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until every webhook is delivered or given up; False when that took longer than `timeout` seconds."""
        return self.world.deliveries.settled(timeout)

    def stop(self) -> None:
        """Answer nothing more and close the file."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.world.deliveries.stop()
        self.world.store.close()


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class _Handler(WSGIRequestHandler):
    """No delay between headers and body, no access log."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: /sandbox/calls counts."""
