"""The words and phrases of all categories, ready to be found in a text, typing slips included."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from integration.domain.plain_words import Word, words

MAX_PHRASE = 4  # words
MAX_WEIGHT = 10.0
# Shorter words have too many neighbours that are words as well; longer ones are no words.
_SLIP_FROM, _SLIP_TO = 6, 40
_SLIP_COUNTS = 0.7
_TERM = re.compile(r"([^^]+?)\s*(?:\^\s*([0-9]+(?:\.[0-9]+)?))?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a text: its `key`, the words as `written`, and what it `counts` (1, less for a slip)."""

    key: str
    written: str
    counts: float


def parse_term(text: str) -> tuple[str, float]:
    """Read "ldap" (weight 1) or "ldap^3" into the term's key and weight; ValueError says what would be right."""
    found = _TERM.fullmatch(text.strip())
    parts = words(found[1]) if found else []
    weight = float(found[2] or 1) if found else 0.0
    if not parts or len(parts) > MAX_PHRASE or not 0 < weight <= MAX_WEIGHT:
        raise ValueError(
            f'"{text}" is no term; write one to {MAX_PHRASE} words, with a weight above 0 and up to '
            f'{MAX_WEIGHT:g} after ^ where it is not 1, such as "group sync^2"'
        )
    return _key(parts), weight


def _key(parts: Sequence[Word]) -> str:
    """Joined, so that "sign in", "sign-in" and "signin" are one."""
    return "".join(part.stem for part in parts)


class TermIndex:
    """Finds the terms of several lists in a text and says how much each list gains by them."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        for number, terms in enumerate(lists):
            for key, weight in map(parse_term, terms):
                self._weights[key][number] = max(weight, self._weights[key].get(number, 0.0))
        self._lists = len(lists)
        self._slips = _slips(key for key in self._weights if len(key) >= _SLIP_FROM)

    def points(self, key: str) -> dict[int, float]:
        """What a term is worth to each list that has it: its weight, less where many lists share it."""
        shares = self._weights[key]
        rarity = math.log((self._lists + 1) / len(shares)) / math.log(self._lists + 1)
        return {number: weight * rarity for number, weight in shares.items()}

    def find(self, text: Sequence[Word]) -> Iterator[Hit]:
        """The terms in a text from left to right, the longest first; a word belongs to one term only."""
        at = 0
        while at < len(text):
            length, hit = self._at(text[at : at + MAX_PHRASE])
            if hit:
                yield hit
            at += length

    def _at(self, ahead: Sequence[Word]) -> tuple[int, Hit | None]:
        for length in range(len(ahead), 0, -1):
            part = ahead[:length]
            if _key(part) in self._weights:
                return length, Hit(_key(part), " ".join(word.written for word in part), 1.0)
        meant = self._meant(ahead[0].stem)
        return 1, Hit(meant, ahead[0].written, _SLIP_COUNTS) if meant else None

    def _meant(self, stem: str) -> str | None:
        """The one term that a typing slip can stand for; None where there is none or more than one."""
        if not _SLIP_FROM <= len(stem) <= _SLIP_TO:
            return None
        near = {key for form in _shorter(stem) for key in self._slips.get(form, ())}
        same_start = {key for key in near if key[0] == stem[0]}
        return same_start.pop() if len(same_start) == 1 else None


def _slips(keys: Iterator[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        for form in _shorter(key):
            found[form].add(key)
    return {form: frozenset(each) for form, each in found.items()}


def _shorter(word: str) -> Iterator[str]:
    """The word and each form of it with one letter left out: two words one slip apart share one of these."""
    return chain([word], (word[:at] + word[at + 1 :] for at in range(len(word))))
