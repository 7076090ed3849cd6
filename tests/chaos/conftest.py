"""The same town for tests that kill, stall and poison."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.conftest import CONTRACTS
from tests.scenarios.town import Town, settle_in


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    """A running installation with four customers, on each kind of database."""
    town, leave = settle_in(database_url, CONTRACTS)
    yield town
    leave()
