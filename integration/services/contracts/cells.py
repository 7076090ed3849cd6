"""The texts of cells as values. Every reader raises a ValueError that says what is wrong and what would be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from integration.domain.nearest import did_you_mean

SOURCES = ("sales", "self-service", "partner", "migration")
#: Days outside these years are typing errors; a contract without end has an empty cell.
YEARS = (1990, 2199)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


def day(text: str) -> date:
    """A date such as 2026-12-31."""
    try:
        found = date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f'"{text}" is no date; write it as 2026-12-31')
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f'"{text}" is not between {YEARS[0]} and {YEARS[1]}; leave the cell empty for "without end"')
    return found


def yes_or_no(text: str) -> bool:
    """yes, no, true, false, 1 or 0."""
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise ValueError(f'"{text}" is neither; write yes or no, or leave it empty where nobody knows')


def words(text: str) -> list[str]:
    """A list, separated by blanks, commas or semicolons."""
    return [word for word in re.split(r"[\s,;]+", text) if word]


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """A reader for one of some words, whatever their case."""

    def read(text: str) -> str:
        if text.casefold() in known:
            return text.casefold()
        hint = did_you_mean(text, known)
        raise ValueError(f'"{text}" is unknown; write {", ".join(known[:-1])} or {known[-1]}. {hint}'.rstrip(" "))

    return read


def line_of_text(most: int) -> Callable[[str], str]:
    """A reader for one line of text of at most `most` characters; inner blanks become single spaces."""

    def read(text: str) -> str:
        tidy = unicodedata.normalize("NFC", " ".join(text.split()))
        if any(unicodedata.category(each).startswith("C") for each in tidy):
            raise ValueError(f"{tidy!r} holds a character that cannot be seen; type it anew")
        if len(tidy) > most:
            raise ValueError(f"{len(tidy)} characters are too many; at most {most} fit")
        return tidy

    return read


def zendesk_id(text: str) -> str:
    """The number of a Zendesk organization, as digits."""
    if text.isascii() and text.isdigit() and 0 < len(text.lstrip("0")) <= 18:
        return text.lstrip("0")
    raise ValueError(f'"{text}" is no Zendesk organization id; write the number from its address, such as 360012345678')
