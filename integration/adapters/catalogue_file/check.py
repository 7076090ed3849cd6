"""Everything that can be proved of catalogue files before they are used, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integration.adapters.catalogue_file.load import Reading, book_of, catalogue_files, read_files, rules_file
from integration.adapters.catalogue_file.problem import CatalogueError, Problem, shown
from integration.adapters.catalogue_file.rules import read_rules, unknown_carriers
from integration.adapters.catalogue_file.source import read_source
from integration.domain.book import Book
from integration.domain.catalogue_check import RuleEntry, carried_rules, check_catalogue, lacking_rules


@dataclass(frozen=True)
class FileReport:
    """What the check says of one file; `version` and the rule ids are empty where it could not be read."""

    file: str
    vendor: str
    version: str
    problems: tuple[Problem, ...]
    carries: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For JSON output."""
        return {
            "file": self.file,
            "vendor": self.vendor,
            "version": self.version,
            "problems": [problem.as_dict() for problem in self.problems],
            "carries": list(self.carries),
            "lacks": list(self.lacks),
        }


def check_files(files: Sequence[Path]) -> list[FileReport]:
    """A report for each of the files (or of the files in the given folders), the rule index first where it is wrong.

    Each file is checked together with its siblings, since plans may refer to each other. CatalogueError for a path
    that is not there.
    """
    wanted = catalogue_files(files)
    together = list(dict.fromkeys([*catalogue_files([file.parent for file in wanted if _has_siblings(file)]), *wanted]))
    readings = read_files(together)
    index, index_reports = _index(together, readings)
    book = book_of(readings, index)
    return [*index_reports, *(_report(reading, book, index) for reading in readings if reading.file in wanted)]


def _has_siblings(file: Path) -> bool:
    return file.suffix == ".yaml"


def _index(files: Sequence[Path], readings: Sequence[Reading]) -> tuple[dict[str, RuleEntry], list[FileReport]]:
    file = rules_file(files)
    if file is None:
        return {}, []
    try:
        index = read_rules(file)
    except CatalogueError as error:
        return {}, [FileReport(shown(file), "", "", error.problems)]
    if any(reading.catalogue is None for reading in readings) or all(file.parent != each.parent for each in files):
        return index, []  # without all its catalogues, nothing can be said of who carries what
    source = read_source(file)
    vendors = {reading.catalogue.vendor for reading in readings if reading.catalogue}
    problems = source.problems(unknown_carriers(source, index, vendors))
    return index, [FileReport(shown(file), "", source.version, tuple(problems))] if problems else []


def _report(reading: Reading, book: Book, index: dict[str, RuleEntry]) -> FileReport:
    catalogue = reading.catalogue
    if catalogue is None or reading.source is None:
        return FileReport(shown(reading.file), reading.file.stem, "", reading.problems)
    checked = reading
    if book.catalogues.get(catalogue.vendor) is catalogue:
        checked = reading.with_problems(check_catalogue(catalogue, book, index))
    return FileReport(
        shown(reading.file),
        catalogue.vendor,
        reading.source.version,
        tuple(dict.fromkeys(checked.problems)),
        carried_rules(catalogue),
        lacking_rules(catalogue, index),
    )
