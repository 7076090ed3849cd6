"""The sandbox as a program: its port, its end, and that it does not outlive its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("servers")


@contextmanager
def program(*arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sandbox", "--data", ":memory:", *arguments]
    environment = {**os.environ, **variables}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_names_its_address_and_ends_on_term(tmp_path: Path) -> None:
    data = str(tmp_path / "deep" / "sandbox.sqlite3")
    with program("--port", "0", "--data", data, SANDBOX_CLIENT_SECRET="other") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        grant = {"grant_type": "client_credentials", "client_id": "deskward", "client_secret": "other"}
        assert requests.post(f"{url}/oauth/tokens", json=grant, timeout=5).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert Path(data).exists()


def test_a_taken_port_is_one_line_that_names_the_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with program(SANDBOX_PORT=port) as process:
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.count("\n") == 1 and port in errors and "SANDBOX_PORT" in errors


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "sandbox", "--data", ":memory:", "--port", "0"])
child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a kill of the parent is told by the kernel only on Linux")
def test_it_does_not_outlive_a_parent_that_was_killed() -> None:
    environment = {**os.environ, "DESKWARD_LIFELINE": "1"}
    pipes = {"stdout": subprocess.PIPE, "text": True}
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, env=environment, **pipes)  # type: ignore[call-overload]
    assert "http" in parent.stdout.readline()
    parent.kill()
    # The child holds the other end of the pipe: it is empty only when the child is gone too.
    assert parent.communicate(timeout=20)[0] == ""
