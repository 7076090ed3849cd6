"""Every dataclass inside a catalogue with the path that leads to it, for rules that hold anywhere in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from integration.domain.catalogue_check.finding import Path


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The value itself when it is a dataclass, and every dataclass below it, depth first, in the file's order."""
    if is_dataclass(value):
        yield path, value
        for field in fields(value):
            if field.init:
                yield from parts(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from parts(inner, (*path, str(key)))
    elif isinstance(value, tuple):
        for position, inner in enumerate(value):
            yield from parts(inner, (*path, position))
