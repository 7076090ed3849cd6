"""The web process as the Procfile starts it: what only a real server shows (F08, F10, F12)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.adapters.signature import sign
from integration.config import ROOT
from integration.store.engine import Store
from integration.store.migrate import migrate

pytestmark = pytest.mark.xdist_group("servers")
SECRET = "signed over a socket"
BODY = b'{"ticket_id": 7}'
PATH = b"/webhooks/zendesk"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a running gunicorn with one worker."""
    folder = Path(tempfile.mkdtemp(prefix="deskward-web-"))
    store = Store(f"sqlite:///{folder}/deskward.db")
    migrate(store)
    store.close()
    given = {
        "ZENDESK_SUBDOMAIN": "sandbox",
        "DATABASE_URL": f"sqlite:///{folder}/deskward.db",
        "ZENDESK_WEBHOOK_SECRETS": SECRET,
        "SECRET_KEY": "of the tests",
        "WEB_CONCURRENCY": "1",
    }
    path = f"{folder}/web.sock"
    argv = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"unix:{path}", "wsgi:app"]
    with subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **given}, stderr=subprocess.DEVNULL) as server:
        try:
            while not answers(path):
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"gunicorn ended with {server.wait(0.05)}")
            yield path
        finally:
            server.terminate()
            server.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def answers(path: str) -> bool:
    with suppress(OSError):
        return status(talk(path, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200
    return False


def talk(path: str, *sent: bytes, half_closed: bool = False) -> bytes:
    """Send bytes as they are and read until the server hangs up or says nothing more."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(path)
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in sent:
                line.sendall(part)
            if half_closed:
                line.shutdown(socket.SHUT_WR)
        heard = b""
        with suppress(ConnectionResetError):
            while part := line.recv(65536):
                heard += part
        return heard


def status(heard: bytes) -> int:
    return int(heard.split(b" ", 2)[1])


def head(body: bytes = BODY, *more: bytes) -> bytes:
    """The beginning of a signed call, without a length."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        b"POST " + PATH + b" HTTP/1.1",
        b"Host: deskward",
        b"Connection: close",
        b"X-Zendesk-Webhook-Signature: " + sign(SECRET, now, body).encode(),
        b"X-Zendesk-Webhook-Signature-Timestamp: " + now.encode(),
        *more,
    ]
    return b"\r\n".join(lines) + b"\r\n"


def chunked(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked"


def test_a_call_with_a_length_is_taken(door: str) -> None:
    length = f"Content-Length: {len(BODY)}".encode()
    assert status(talk(door, head(BODY, length), b"\r\n", BODY)) == 200


def test_a_call_in_chunks_is_taken(door: str) -> None:
    assert status(talk(door, head(BODY, CHUNKED), b"\r\n", *map(chunked, [BODY[:5], BODY[5:], b""]))) == 200


def test_f10_chunks_without_an_end_are_413_and_are_not_all_taken(door: str) -> None:
    """100 MiB are offered; the server hangs up long before."""
    endless = (chunked(b" " * 65536) for _ in range(1600))
    heard = talk(door, head(BODY, CHUNKED), b"\r\n", *endless)
    assert heard == b"" or status(heard) == 413


def test_f10_a_length_beyond_the_limit_is_413_before_the_body_comes(door: str) -> None:
    assert status(talk(door, head(BODY, b"Content-Length: 100000000"), b"\r\n", half_closed=True)) == 413


@pytest.mark.parametrize(
    ("name", "lines", "body"),
    [
        ("more announced than sent", [b"Content-Length: 16"], BODY[:9]),
        ("less announced than sent", [b"Content-Length: 5"], BODY),
        ("two lengths", [b"Content-Length: 16", b"Content-Length: 17"], BODY),
        ("no number", [b"Content-Length: many"], BODY),
        ("below nought", [b"Content-Length: -1"], BODY),
        ("a length and chunks", [b"Content-Length: 16", CHUNKED], chunked(BODY) + chunked(b"")),
        ("broken chunks", [CHUNKED], b"zz\r\n" + BODY),
        ("chunks that break off", [CHUNKED], b"ff\r\n" + BODY),
        ("no body at all", [], b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_f10_a_length_that_lies_is_refused_and_never_5xx(door: str, name: str, lines: list[bytes], body: bytes) -> None:
    heard = talk(door, head(BODY, *lines), b"\r\n", body, half_closed=True)
    assert 400 <= status(heard) < 500, heard


def test_f08_bytes_that_are_no_text_in_a_header_are_401(door: str) -> None:
    """The framework's own comparison of two texts would fail on these with an exception."""
    lines = b"POST " + PATH + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n"
    strange = (
        b"X-Zendesk-Webhook-Signature: \xff\xfe\xc3\xbc\r\nX-Zendesk-Webhook-Signature-Timestamp: \xe2\x82\xac\r\n"
    )
    heard = talk(door, lines, strange, b"\r\n{}", half_closed=True)
    assert status(heard) in (400, 401), heard


def test_the_headers_of_every_answer_are_there_over_http_too(door: str) -> None:
    heard = talk(door, b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").lower()
    assert b"content-security-policy: default-src 'none'" in heard
    assert b"x-content-type-options: nosniff" in heard
