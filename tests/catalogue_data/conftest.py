"""The shipped catalogues, read once."""

from __future__ import annotations

import pytest

from integration.adapters.catalogue_file import load_book
from integration.domain.book import Book


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book()
