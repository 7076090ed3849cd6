"""The fixtures of the web edge."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration.config import Settings
from integration.domain.book import Book
from integration.services.bearer import digest
from integration.store import api_tokens, switches
from integration.store.engine import Store
from integration.store.tables import metadata
from integration.web.app import create_app
from integration.wiring import make_parts
from tests.scenarios.town import Hands, Nudged
from tests.web.edge import SECOND, SECRET, Edge

TOKEN = "dw_a-token-of-the-tests"


@pytest.fixture
def make_edge(book: Book) -> Iterator[Callable[..., Edge]]:
    """Makes a web edge on a database address; settings may differ from the usual ones."""
    made: list[Edge] = []

    def make(database_url: str, **settings: Any) -> Edge:
        hands, hints = Hands(datetime(2026, 11, 20, 10, 0, tzinfo=UTC)), Nudged()
        values = {"zendesk_webhook_secrets": (SECRET, SECOND), "secret_key": "kept by the tests"} | settings
        parts = make_parts(Settings(database_url=database_url, **values), clock=hands, zendesk=None, book=book)
        if parts.settings.redis_url is None:
            parts.nudge = hints
        app = create_app(lambda: parts, now=hands)
        made.append(Edge(app, parts, hands, hints))
        return made[-1]

    yield make
    for each in made:
        each.parts.store.close()


@pytest.fixture(scope="session")
def _a_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "deskward.db"
    store = Store(f"sqlite:///{path}")
    with store.write() as (connection, now):
        metadata.create_all(connection)
        api_tokens.add(connection, "tests", digest(TOKEN), now)
    store.close()
    return path


@pytest.fixture
def sqlite_url(_a_database: Path, tmp_path: Path) -> str:
    """A SQLite database with all tables and one API token."""
    return f"sqlite:///{shutil.copy(_a_database, tmp_path)}"


@pytest.fixture
def edge(make_edge: Callable[..., Edge], sqlite_url: str) -> Edge:
    """A web edge on SQLite."""
    made = make_edge(sqlite_url)
    with made.parts.store.write() as (connection, now):
        switches.mark_installed(connection, now)
    return made


@pytest.fixture
def both(make_edge: Callable[..., Edge], database_url: str) -> Edge:
    """A web edge, once on SQLite and once on PostgreSQL."""
    return make_edge(database_url)
