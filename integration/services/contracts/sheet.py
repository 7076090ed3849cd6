"""A CSV file as spreadsheets write it: BOM or none, any line ends, comma, semicolon or tab, quoted cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.domain.nearest import did_you_mean
from integration.services.contracts.problem import ImportRefused, Problem

COLUMNS = (
    "reference",
    "organization",
    "zendesk_organization_id",
    "plan",
    "product",
    "source",
    "status",
    "start",
    "end",
    "purchased",
    "domains",
    "addresses",
    "prerequisite_met",
    "order_reference",
    "external_reference",
    "renews",
    "contacts",
)
REQUIRED = ("reference", "organization", "plan", "start")
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: where it stands, and its cells by column, without outer blanks; an absent column is an empty cell."""

    where: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows that could be cut into cells, and the problems of those that could not."""

    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...]


def read_sheet(name: str, raw: bytes) -> Sheet:
    """Cut a file into rows. `name` stands in every error; ImportRefused where not even the header can be used."""
    text = _decode(name, raw)
    first, _, _ = text.partition("\n")
    lines = _lines(name, text, max(DELIMITERS, key=lambda each: first.count(each)))
    rows, problems = [], []
    header: list[str] | None = None
    for where, cells in lines:
        if isinstance(cells, Problem):
            problems.append(cells)
        elif header is None:
            header = _header(where, cells)
        elif any(cells):
            row = _row(where, header, cells)
            problems.append(row) if isinstance(row, Problem) else rows.append(row)
    if header is None:
        refused = problems or [Problem(f"{name}:1", "", f"the file is empty; its first row names {_names(COLUMNS)}")]
        raise ImportRefused(refused)
    return Sheet(tuple(rows), tuple(problems))


def _decode(name: str, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ImportRefused([Problem(f"{name}:{line}", "", "this is no UTF-8; save the file as CSV UTF-8")]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ImportRefused([Problem(f"{name}:{line}", "", "this is no text; save the file as CSV UTF-8")])
    return text


def _lines(name: str, text: str, delimiter: str) -> Iterator[tuple[str, list[str] | Problem]]:
    """Each record with the line on which it begins; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        where = f"{name}:{begins}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield where, Problem(where, "", f"the row cannot be read ({error}); close every quoted cell with one quote")
            return
        yield where, [cell.strip() for cell in cells]
        begins = reader.line_num + 1


def _header(where: str, cells: list[str]) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", cell.casefold()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = [_unknown(where, name, shown) for name, shown in zip(names, cells, strict=False) if name not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1 and name in COLUMNS})
    problems += [Problem(where, name, "the column stands there twice; keep one") for name in twice]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        problems.append(Problem(where, "", f"no column {_names(missing)}; {_names(REQUIRED)} must be there"))
    if problems:
        raise ImportRefused(problems)
    return names


def _unknown(where: str, name: str, shown: str) -> Problem:
    if not shown:
        return Problem(where, "", f"a column has no name; the columns are {_names(COLUMNS)}")
    hint = did_you_mean(name, COLUMNS) or f"the columns are {_names(COLUMNS)}"
    return Problem(where, shown, f"there is no such column; {hint}")


def _row(where: str, header: list[str], cells: list[str]) -> SheetRow | Problem:
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    if len(cells) != len(header):
        says = f"the row has {len(cells)} cells, the header has {len(header)}; put a cell that holds commas in quotes"
        return Problem(where, "", says)
    return SheetRow(where, dict(zip(header, cells, strict=True)))


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)
