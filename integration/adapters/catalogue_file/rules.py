"""The rule index, catalogue/rules.yaml: every rule id with its sentence and who carries it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from integration.adapters.catalogue_file.problem import CatalogueError
from integration.adapters.catalogue_file.source import Source, read_source
from integration.domain.book import Rule
from integration.domain.catalogue_check import Finding, RuleEntry

RULES_FILE = "rules.yaml"
_SHAPE = "write says: a sentence, carried_by: [vendors], kept_by: data or engine"


def read_rules(file: Path) -> dict[str, RuleEntry]:
    """The index of one file; CatalogueError with the lines that are wrong."""
    source = read_source(file)
    try:
        return _adapter().validate_python(source.data)
    except ValidationError as error:
        findings = [_finding(part["loc"], part["msg"]) for part in error.errors(include_url=False)]
        raise CatalogueError(source.problems(findings)) from None


def rules_of(index: Mapping[str, RuleEntry]) -> dict[str, Rule]:
    """The sentences as the engine shows them."""
    return {name: Rule(name, entry.says) for name, entry in index.items()}


def unknown_carriers(source: Source, index: Mapping[str, RuleEntry], vendors: set[str]) -> list[Finding]:
    """Entries that expect a rule of a vendor without a catalogue."""
    right = f"the catalogues are: {', '.join(sorted(vendors))}"
    return [
        Finding((name, "carried_by", position), f'there is no catalogue "{vendor}"', right)
        for name, entry in index.items()
        for position, vendor in enumerate(entry.carried_by)
        if vendor not in vendors
    ]


def _finding(loc: tuple[str | int, ...], says: str) -> Finding:
    return Finding(tuple(loc), says[:1].lower() + says[1:], _SHAPE)


@cache
def _adapter() -> TypeAdapter[dict[str, RuleEntry]]:
    return TypeAdapter(dict[str, RuleEntry])
