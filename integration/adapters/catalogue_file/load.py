"""Catalogue files as one `Book`, refused as a whole when any of them cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from integration.adapters.catalogue_file.calendars import solve_calendars
from integration.adapters.catalogue_file.problem import CatalogueError, Problem, shown
from integration.adapters.catalogue_file.rules import RULES_FILE, read_rules, rules_of
from integration.adapters.catalogue_file.schema import read_catalogue
from integration.adapters.catalogue_file.source import Source, read_source
from integration.domain.book import Book
from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Catalogue
from integration.domain.catalogue_check import Finding, RuleEntry, check_names

SHIPPED = Path(__file__).resolve().parents[3] / "catalogue"


@dataclass(frozen=True)
class Reading:
    """What one file gave: a catalogue with its solved calendars, or the problems that keep it from being one."""

    file: Path
    source: Source | None = None
    catalogue: Catalogue | None = None
    calendars: dict[str, BusinessCalendar] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def with_problems(self, findings: Iterable[Finding]) -> Reading:
        """This reading with findings of later checks added, in the order of the file."""
        if self.source is None:
            return self
        found = [*self.problems, *self.source.problems(list(findings))]
        ordered = tuple(sorted(found, key=lambda problem: problem.line))
        return Reading(self.file, self.source, self.catalogue, self.calendars, ordered)


def load_book(paths: Sequence[Path] | None = None) -> Book:
    """The book of all catalogues in `paths` (files, or folders of *.yaml; default: the shipped ones).

    CatalogueError lists every mistake with file and line: a file that is no YAML or does not fit the schema, hours or
    names that cannot be right. The slower proofs (G-08, G-13, sources) are `flask catalogue check`'s.
    """
    files = catalogue_files(paths or [SHIPPED])
    readings = read_files(files)
    plan_ids = known_plans(readings)
    checked = [
        reading.with_problems(check_names(reading.catalogue, plan_ids, reading.calendars))
        if reading.catalogue
        else reading
        for reading in readings
    ]
    problems = [problem for reading in checked for problem in reading.problems]
    if problems:
        raise CatalogueError(problems)
    return book_of(readings, rule_index(files))


def catalogue_files(paths: Sequence[Path]) -> list[Path]:
    """The catalogue files that the paths mean; CatalogueError for a path that is not there or holds none."""
    files: list[Path] = []
    for path in paths:
        found = _in_folder(path) if path.is_dir() else [path] if path.is_file() else []
        if not found:
            says = "there is no catalogue here" if path.exists() else "there is no such file"
            right = "name a catalogue file, or a folder of them"
            raise CatalogueError([Problem(shown(path), 1, "the file", says, right)])
        files += [file for file in found if file not in files]
    return files


def _in_folder(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.yaml") if file.name != RULES_FILE)


def read_files(files: Iterable[Path]) -> list[Reading]:
    """One reading a file; a vendor that an earlier file describes already is a problem of the later one."""
    readings: list[Reading] = []
    owner: dict[str, Path] = {}
    for file in files:
        reading = _read(file)
        vendor = reading.catalogue.vendor if reading.catalogue else None
        if vendor in owner:
            says = f'"{vendor}" is described by {shown(owner[vendor])} already'
            reading = reading.with_problems([Finding(("vendor",), says, "keep one file for each vendor")])
        elif vendor:
            owner[vendor] = file
        readings.append(reading)
    return readings


def _read(file: Path) -> Reading:
    try:
        source = read_source(file)
    except CatalogueError as error:
        return Reading(file, problems=error.problems)
    result = read_catalogue(source)
    if not isinstance(result, Catalogue):
        return Reading(file, source).with_problems(result)
    calendars, findings = solve_calendars(result)
    if result.vendor != file.stem:
        says = f'the vendor is "{result.vendor}" in a file called {file.name}'
        right = f"name the file {result.vendor}.yaml, or the vendor {file.stem}"
        findings = [*findings, Finding(("vendor",), says, right)]
    return Reading(file, source, result, calendars).with_problems(findings)


def known_plans(readings: Iterable[Reading]) -> list[str]:
    """Full ids of the plans of all files that could be read."""
    read = [reading.catalogue for reading in readings if reading.catalogue]
    return [f"{catalogue.vendor}/{name}" for catalogue in read for name in catalogue.plans]


def book_of(readings: Iterable[Reading], index: dict[str, RuleEntry]) -> Book:
    """The book of the files that could be read, whatever later checks say of them."""
    kept = {reading.catalogue.vendor: reading for reading in readings if reading.catalogue}
    return Book(
        catalogues={vendor: reading.catalogue for vendor, reading in kept.items() if reading.catalogue},
        calendars={vendor: reading.calendars for vendor, reading in kept.items()},
        versions={vendor: reading.source.version for vendor, reading in kept.items() if reading.source},
        rules=rules_of(index),
    )


def rule_index(files: Sequence[Path]) -> dict[str, RuleEntry]:
    """The rule index beside the files, else the shipped one, else an empty one."""
    file = rules_file(files)
    return read_rules(file) if file else {}


def rules_file(files: Sequence[Path]) -> Path | None:
    """Where the rule index is: beside the catalogues, else with the shipped ones."""
    places = [*(file.parent for file in files), SHIPPED]
    return next((place / RULES_FILE for place in places if (place / RULES_FILE).is_file()), None)
