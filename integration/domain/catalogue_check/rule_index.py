"""Which rules of the rule index a catalogue carries, which it lacks, and which ids it names that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integration.domain.catalogue import Catalogue
from integration.domain.catalogue_check.finding import Finding, Path, nearest
from integration.domain.catalogue_check.walk import parts


@dataclass(frozen=True)
class RuleEntry:
    """One entry of catalogue/rules.yaml: the rule in a sentence, who carries it, and what keeps it (data or engine)."""

    says: str
    carried_by: tuple[str, ...] = ()
    kept_by: Literal["data", "engine"] = "data"


def carried_rules(catalogue: Catalogue) -> tuple[str, ...]:
    """Every rule id that stands in a `rules` list or in `rule_of`, each once, in the order of the ids."""
    return tuple(sorted({rule for _, rule in _rules(catalogue)}, key=rule_order))


def lacking_rules(catalogue: Catalogue, index: Mapping[str, RuleEntry]) -> tuple[str, ...]:
    """The rules that the index expects of this vendor's file and that it does not carry."""
    carried = set(carried_rules(catalogue))
    expected = (rule for rule, entry in index.items() if catalogue.vendor in entry.carried_by)
    return tuple(sorted((rule for rule in expected if rule not in carried), key=rule_order))


def check_rule_ids(catalogue: Catalogue, index: Mapping[str, RuleEntry]) -> Iterator[Finding]:
    """Findings about rule ids that the index does not have (nothing is said without an index)."""
    for path, rule in _rules(catalogue) if index else ():
        if rule not in index:
            hint = nearest(rule, _same_family(rule, index), "rules of that family")
            yield Finding(path, f'there is no rule "{rule}" in the rule index', hint)


def rule_order(rule: str) -> tuple[str, int, str]:
    """RC-2 before RC-10."""
    family, _, number = rule.partition("-")
    return family, int(number) if number.isdigit() else 0, rule


def _same_family(rule: str, index: Mapping[str, Any]) -> Sequence[str]:
    family = rule.partition("-")[0]
    return [known for known in index if known.partition("-")[0] == family] or list(index)


def _rules(catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    for path, part in parts(catalogue):
        for position, rule in enumerate(getattr(part, "rules", ())):
            yield (*path, "rules", position), rule
    for name, rules in catalogue.rule_of.items():
        for position, rule in enumerate(rules):
            yield ("rule_of", name, position), rule
