"""A real Valkey of a test's own: behind a socket in a folder of its own, on no port, gone with the test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from demo import valkey
from integration import lifeline


@contextmanager
def running(data: Path) -> Iterator[str]:
    """Start one; gives its REDIS_URL. It dies with this process, however this process ends."""
    folder = valkey.make_socket_folder(data)
    argv = lifeline.command(valkey.spec(data, folder).argv)
    environment = lifeline.children_environment(os.environ)
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as server:
        try:
            while not valkey.answers(folder):
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"Valkey ended with {server.wait(0.02)}")
            yield valkey.url(folder)
        finally:
            server.terminate()
            server.wait(10)
            valkey.clear_socket_folder(data)
