"""A town at the present hour: processes of their own share its databases, and they ask the real time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from integration.store.engine import Store
from integration.store.tables import metadata
from tests.jobs import valkey
from tests.scenarios.conftest import CONTRACTS
from tests.scenarios.town import Town, settle_in


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A running installation on SQLite, with customers."""
    url = f"sqlite:///{tmp_path}/deskward.db"
    store = Store(url)
    with store.write() as (connection, _):
        metadata.create_all(connection)
    store.close()
    town, leave = settle_in(url, CONTRACTS, at=datetime.now(UTC).replace(microsecond=0))
    yield town
    leave()


@pytest.fixture(scope="session")
def _valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey.running(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def queue_url(_valkey: str) -> str:
    """A real and empty Valkey."""
    with Redis.from_url(_valkey) as client:
        client.flushall()
    return _valkey
