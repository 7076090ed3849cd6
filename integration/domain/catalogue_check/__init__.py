"""Checks of a plan catalogue beyond its schema: pure functions over (catalogue, book) that return findings.

`check_names` is what must hold before the engine may use a catalogue at all; `check_catalogue` is everything that
`flask catalogue check` proves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from integration.domain.book import Book
from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Catalogue
from integration.domain.catalogue_check.coverage import check_coverage, check_lengths
from integration.domain.catalogue_check.finding import Finding, Path, nearest, path_in_words
from integration.domain.catalogue_check.ladder import check_ladder
from integration.domain.catalogue_check.references import check_references
from integration.domain.catalogue_check.rule_index import RuleEntry, carried_rules, check_rule_ids, lacking_rules
from integration.domain.catalogue_check.sources import check_sources
from integration.domain.catalogue_check.values import check_values

__all__ = [
    "Finding",
    "Path",
    "RuleEntry",
    "carried_rules",
    "check_catalogue",
    "check_names",
    "lacking_rules",
    "nearest",
    "path_in_words",
]


def check_names(
    catalogue: Catalogue, plan_ids: Sequence[str], calendars: Mapping[str, BusinessCalendar]
) -> list[Finding]:
    """References, single values and lengths: quick, and enough for the engine to find everything it looks up."""
    return [
        *check_references(catalogue, plan_ids),
        *check_values(catalogue),
        *check_lengths(catalogue, calendars),
    ]


def check_catalogue(catalogue: Catalogue, book: Book, index: Mapping[str, RuleEntry]) -> list[Finding]:
    """Every check of one catalogue, together with those it refers to (the others in `book`)."""
    calendars = book.calendars[catalogue.vendor]
    return [
        *check_names(catalogue, list(book.plan_ids()), calendars),
        *check_rule_ids(catalogue, index),
        *check_sources(catalogue),
        *check_coverage(catalogue, book),
        # Deadlines can be compared once each of them can be worked out.
        *([] if any(check_lengths(catalogue, calendars)) else check_ladder(catalogue, book)),
    ]
