"""Requests over raw sockets: the client must cost little, since it shares the cores with the server it measures."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

#: Makes the next request as bytes, from its number.
MakeRequest = Callable[[int], bytes]
_END = b"\r\n\r\n"


class Refused(Exception):
    """The server gave another answer than 200; the message has its beginning."""


class Line:
    """One connection that is kept open, with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""

    def send(self, request: bytes) -> None:
        self._got = b""
        self.socket.sendall(request)

    def take_in(self) -> bool:
        """Read what is there; True when the answer is complete. Raises Refused and ConnectionError."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        self._got += piece
        head, found, body = self._got.partition(_END)
        if not found or len(body) < _length(head):
            return False
        if b" 200 " not in head[:16]:
            raise Refused(self._got[:200].decode(errors="replace"))
        return True

    def ask(self, request: bytes) -> None:
        """Send and wait for the whole answer."""
        self.send(request)
        while not self.take_in():
            pass

    def close(self) -> None:
        self.socket.close()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


def post(path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """A POST with a JSON body, as bytes."""
    lines = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in (lines | (headers or {})).items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


@contextmanager
def _lines(port: int, count: int) -> Iterator[list[Line]]:
    lines = [Line(port) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def closed_loop(port: int, make: MakeRequest, seconds: float, connections: int) -> float:
    """Requests answered per second when each connection sends the next one as soon as it has its answer."""
    with _lines(port, connections) as lines, selectors.DefaultSelector() as selector:
        for number, line in enumerate(lines):
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(make(number))
        done, began = 0, time.monotonic()
        while (spent := time.monotonic() - began) < seconds:
            for key, _ in selector.select(1.0):
                if key.data.take_in():
                    done += 1
                    key.data.send(make(done + connections))
        return done / spent


def open_loop(port: int, make: MakeRequest, seconds: float, a_second: float, threads: int = 16) -> list[float]:
    """Seconds from the moment at which a request was due to its answer; a late start counts as waiting, too."""
    mine = threading.local()
    began = time.monotonic() + 0.1
    opened: list[Line] = []

    def one(number: int) -> float:
        due = began + number / a_second
        time.sleep(max(0.0, due - time.monotonic()))
        if not hasattr(mine, "line"):
            mine.line = Line(port)
            opened.append(mine.line)
        mine.line.ask(make(number))
        return time.monotonic() - due

    try:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, range(int(seconds * a_second))))
    finally:
        for line in opened:
            line.close()
