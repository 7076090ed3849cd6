"""One sandbox for all tests of a file, an account of its own for each test."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from sandbox.server import Handle, start
from tests.sandbox.zendesk import Account, Hands, Receiver, receiving


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    handle = start()
    yield handle
    handle.stop()


@pytest.fixture
def desk(running: Handle, request: pytest.FixtureRequest) -> Iterator[Account]:
    """A new account, signed in."""
    yield Account(running, f"acme-{zlib.crc32(request.node.name.encode())}").sign_in()
    running.settle()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def timed(hands: Hands) -> Iterator[Account]:
    """An account on a sandbox whose clock is `hands`."""
    handle = start(clock=hands)
    yield Account(handle, "sandbox").sign_in()
    handle.stop()
