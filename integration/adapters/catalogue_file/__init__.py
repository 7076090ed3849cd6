"""Plan catalogues on disk: reading them into a `Book`, and checking them for a person who edits them."""

from __future__ import annotations

from integration.adapters.catalogue_file.check import FileReport, check_files
from integration.adapters.catalogue_file.load import SHIPPED, load_book
from integration.adapters.catalogue_file.problem import CatalogueError, Problem

__all__ = ["SHIPPED", "CatalogueError", "FileReport", "Problem", "check_files", "load_book"]
