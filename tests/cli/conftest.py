"""The fixtures of commands: parts on a SQLite file, with tables or without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.cli import context
from integration.config import Settings
from integration.domain.book import Book
from integration.services.parts import Parts
from integration.wiring import make_parts
from tests.cli.typed import Run, runner
from tests.scenarios.town import Hands

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def empty_parts(tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """The parts of a command at noon, on a database that was never migrated."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/deskward.sqlite3", secret_key="of the tests")
    made = make_parts(settings, clock=Hands(NOON), book=book)
    monkeypatch.setattr(context, "parts", lambda: made)
    yield made
    made.store.close()


@pytest.fixture
def unmigrated(empty_parts: Parts) -> Run:
    """Commands on a database that was never migrated."""
    return runner(empty_parts)


@pytest.fixture
def typed(unmigrated: Run) -> Run:
    """Commands on a database after `flask release`."""
    assert unmigrated("release").exit_code == 0
    return unmigrated
