"""What a ticket is about: the form's own value where there is one, else a careful reading of its words (MH-04, MH-05).

The reading counts words that the catalogue names for each category, shows which of them decided, and abstains where
the words are few or point two ways: an empty category costs a glance, a wrong one sends the ticket to the wrong people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from integration.domain.plain_words import own_text, words
from integration.domain.term_index import Hit, TermIndex

#: The least confidence (0 to 1) that is enough for a suggestion.
THRESHOLD = 0.5
#: How many times the runner-up's points the best must have.
MARGIN = 1.25
# Points of doubt against which every category has to stand up: two points alone make a confidence of a half.
_DOUBT = 2.0
_SUBJECT_COUNTS = 2.0
_REASONS = 5


@dataclass(frozen=True, slots=True)
class CategoryText:
    """The customer's own words."""

    subject: str
    description: str


@dataclass(frozen=True, slots=True)
class CategoryTerms:
    """A category and the words and phrases that speak for it; "ldap^3" weighs three, without a number it is one."""

    name: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """A category, or None for an abstention; `because` names the words that decided, or why none did.

    `confidence` (0 to 1) is the best category's share of all doubt, also where it was too small for a suggestion.
    """

    category: str | None
    confidence: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """One term's points for one category, and where it stood."""

    points: float
    says: str


def check(value: str | None, categories: Iterable[str]) -> str | None:
    """The name in `categories` that a form's value means, whatever its case and spaces; None where there is none."""
    wanted = _plain(value or "")
    return next((name for name in categories if _plain(name) == wanted), None)


def suggest(
    text: CategoryText,
    categories: Sequence[CategoryTerms],
    threshold: float = THRESHOLD,
    margin: float = MARGIN,
) -> CategorySuggestion:
    """The category that the text speaks of; the same text and terms always give the same answer.

    Each term counts once in the subject, double, and once in the description; a term that several categories share
    counts less for each. ValueError for a term that cannot be read, which `catalogue check` finds first.
    """
    marks = _marks(text, tuple(categories))
    totals = [sum(mark.points for mark in each) for each in marks]
    ranked = sorted(range(len(categories)), key=lambda number: (-totals[number], number))
    if not ranked or not totals[ranked[0]]:
        return CategorySuggestion(None, 0.0, ("no word in it speaks for a category",))
    best, second = ranked[0], totals[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = round(totals[best] / (totals[best] + second + _DOUBT), 3)
    if totals[best] < margin * second:
        close = f"its words speak for {categories[best].name} and for {categories[ranked[1]].name} alike"
        return CategorySuggestion(None, confidence, (close,))
    if confidence < threshold:
        weak = f"too few words speak for {categories[best].name}"
        return CategorySuggestion(None, confidence, (weak, *_because(marks[best])))
    return CategorySuggestion(categories[best].name, confidence, _because(marks[best]))


def _plain(value: str) -> str:
    return "".join(value.casefold().split())


@lru_cache(maxsize=16)
def _index(categories: tuple[CategoryTerms, ...]) -> TermIndex:
    """Made once for each list of a catalogue, not for each ticket."""
    return TermIndex([category.terms for category in categories])


def _marks(text: CategoryText, categories: tuple[CategoryTerms, ...]) -> list[list[_Mark]]:
    """Per category, what speaks for it."""
    index = _index(categories)
    marks: list[list[_Mark]] = [[] for _ in categories]
    for place, body, times in (
        ("subject", text.subject, _SUBJECT_COUNTS),
        ("description", own_text(text.description), 1.0),
    ):
        for hit in _once(index.find(words(body))):
            for number, points in index.points(hit.key).items():
                marks[number].append(_Mark(points * times * hit.counts, f'"{hit.written}" in the {place}'))
    return marks


def _once(hits: Iterable[Hit]) -> list[Hit]:
    """Each term once, its best writing: a word that is said ten times says no more."""
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.key not in best or hit.counts > best[hit.key].counts:
            best[hit.key] = hit
    return list(best.values())


def _because(marks: list[_Mark]) -> tuple[str, ...]:
    strongest = sorted(marks, key=lambda mark: -mark.points)[:_REASONS]
    return tuple(mark.says for mark in strongest)
