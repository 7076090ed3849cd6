"""A file's data as a `Catalogue`, or every place where it does not fit the types of domain/catalogue.py, in words.

The domain's dataclasses are the schema; pydantic reads them, and what it says is turned into a person's language here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from integration.adapters.catalogue_file.source import Source
from integration.domain.catalogue import Catalogue, Span, Targets
from integration.domain.catalogue_check.finding import Finding, Path, nearest

_DATE_KEY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)\Z")
_SHOWN = 60
_LENGTH_HINT = 'write "30 min", "4 h", "2 business days" or "next business day"'


def read_catalogue(source: Source) -> Catalogue | list[Finding]:
    """The typed catalogue, or what keeps the data from being one (unknown keys included)."""
    try:
        return _adapter().validate_python(source.data)
    except ValidationError as error:
        told = [finding for part in error.errors(include_url=False) for finding in _findings(source.data, part)]
        return list(dict.fromkeys(told))


@cache
def _adapter() -> TypeAdapter[Catalogue]:
    return TypeAdapter(Catalogue)


def _findings(data: Any, error: Any) -> Iterator[Finding]:
    path, held = _place(data, error["loc"])
    kind = error["type"]
    if kind == "value_error" and _type_at(path) is Targets:
        yield from _bad_lengths(path, held)
    elif kind == "missing":
        path = (*path, error["loc"][-1])
        yield Finding(path, f'"{path[-1]}" is missing', f"add it: {describe(_type_at(path))}")
    elif kind == "unexpected_keyword_argument":
        known = _keys(_type_at(path[:-1]))
        yield Finding(path, f'"{path[-1]}" is not known here', nearest(str(path[-1]), known, "known keys"))
    elif error["loc"][-1:] == ("[key]",) or kind == "invalid_key":
        yield Finding(path, f"{_quoted(path[-1])} cannot be a name here", _key_hint(_type_at(path[:-1])))
    elif not _other_branch(error):
        yield Finding(path, _wrong(error), _right(_type_at(path), held))


def _place(data: Any, loc: tuple[Any, ...]) -> tuple[Path, Any]:
    """The path of keys and positions that exist in the data; marks that pydantic adds on the way are left out."""
    path: list[str | int] = []
    for step in loc:
        step = _dated(step)
        if isinstance(data, Mapping):
            key = next((key for key in data if str(key) == str(step)), None)
            if key is None:
                continue
            path, data = [*path, str(key)], data[key]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path, data = [*path, step], data[step]
    return tuple(path), data


def _dated(step: Any) -> Any:
    found = _DATE_KEY.match(step) if isinstance(step, str) else None
    return date(*map(int, found.groups())).isoformat() if found else step


def _other_branch(error: Any) -> bool:
    """Where a text or a mapping may stand, only the branch that was meant is worth telling."""
    tag = error["loc"][-1] if error["loc"] else ""
    written_as_mapping = isinstance(error["input"], Mapping)
    return (tag == "str" and written_as_mapping) or (tag == "dict[str,str]" and not written_as_mapping)


def _bad_lengths(path: Path, row: Mapping[str, Any]) -> Iterator[Finding]:
    for severity, text in row["within"].items():
        try:
            Span.parse(text)
        except ValueError:
            yield Finding((*path, "within", severity), f'"{text}" is no length of time', _LENGTH_HINT)


def _wrong(error: Any) -> str:
    given = error["input"]
    if given is None:
        return "nothing is written here"
    if error["type"] == "literal_error":
        return f"{_quoted(given)} is not one of the known values"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{_quoted(given)} does not fit here"


def _right(kind: Any, given: Any) -> str:
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if choices:
        return nearest(str(given), choices, "known values")
    hint = f"write {describe(kind)}"
    if kind is str and isinstance(given, int | float | date):
        return f'{hint}, in quotes: "{given}"'
    if get_origin(kind) is tuple and isinstance(given, str | int):
        return f"{hint}, in brackets: [{given}]"
    return hint


def _key_hint(kind: Any) -> str:
    if get_origin(kind) is not None and get_args(kind)[:1] == (date,):
        return "write a date such as 2026-04-19"
    return "write a name; put a number in quotes"


def describe(kind: Any) -> str:
    """A type in words: "a list of text", "a date such as 2026-04-19", "names, each with a title, …"."""
    simple = {str: "a text", int: "a whole number", bool: "true or false", date: "a date such as 2026-04-19"}
    if kind in simple:
        return simple[kind]
    if is_dataclass(kind):
        return f"a mapping with {', '.join(_needed(kind)) or 'any of ' + ', '.join(_keys(kind))}"
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return f"one of {', '.join(map(str, inner))}"
    if origin is tuple:
        return f"a list, each item {describe(_solid(inner[0]))}"
    if origin in (Union, UnionType):
        return " or ".join(describe(part) for part in inner if part is not NoneType)
    return f"names, each with {describe(_solid(inner[1]))}" if len(inner) == 2 else "what the schema says"


def _needed(kind: Any) -> list[str]:
    return [f.name for f in fields(kind) if f.init and f.default is MISSING and f.default_factory is MISSING]


def _keys(kind: Any) -> list[str]:
    return [field.name for field in fields(kind) if field.init] if is_dataclass(kind) else []


def _type_at(path: Path) -> Any:
    """The declared type of a place in the file (None where the path leaves the schema)."""
    kind: Any = Catalogue
    for step in path:
        if isinstance(kind, type) and is_dataclass(kind):
            kind = _hints(kind).get(str(step))
        else:
            mapped = _branch(kind, isinstance(step, str))
            inner = get_args(mapped)
            kind = (inner[1] if isinstance(step, str) else inner[0]) if len(inner) == 2 else None
        kind = _solid(kind)
    return kind


def _solid(kind: Any) -> Any:
    """`X | None` is X here: a person is told what to write, not that nothing may be written."""
    parts = [part for part in get_args(kind) if part is not NoneType]
    return parts[0] if get_origin(kind) in (Union, UnionType) and len(parts) == 1 else kind


def _branch(kind: Any, by_name: bool) -> Any:
    if get_origin(kind) not in (Union, UnionType):
        return kind
    return next(
        (part for part in get_args(kind) if (get_origin(part) is not tuple) == by_name and get_args(part)), None
    )


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _quoted(value: Any) -> str:
    text = str(value)
    return f'"{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"}"'
