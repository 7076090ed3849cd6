"""What a person wrote, as plain words: without quoted mail, signature and links; case, plurals and hyphens levelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: More words than this are a pasted log, and the question stands before it.
MAX_WORDS = 1500
_MAX_CHARACTERS = 40_000

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Matched against stripped lines of bounded length, so that no line can be made to match slowly.
_LONGEST_MARK = 250
_QUOTED = re.compile(r"on\b.{4,200}\bwrote:|am\b.{4,200}\bschrieb\b.*:", re.IGNORECASE)
_REST_IS_QUOTED = re.compile(r"-{3,} ?original message ?-{3,}|_{20,}", re.IGNORECASE)
_SIGNATURE = re.compile(r"--|(sent from my |get outlook for ).*", re.IGNORECASE)
_CLOSING = re.compile(
    r"((best|kind|warm|many) )?(regards|wishes|thanks|cheers|sincerely|thank you)[,.!]*", re.IGNORECASE
)
# Lines after "Kind regards" that are still a signature; more of them are a text that began with thanks.
_SIGNATURE_LINES = 6


# They come between the words of a phrase and mean nothing: "reset her password", "archive the channel".
_EMPTY = frozenset(
    {"a", "an", "the", "my", "our", "your", "his", "her", "its", "their", "this", "these", "that", "those"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as `written` (lower case) and its `stem`, the part that plural and tense leave alone."""

    written: str
    stem: str


def words(text: str) -> list[Word]:
    """The words of a text, in order; a hyphen parts two words; articles, links and addresses are none."""
    plain = unicodedata.normalize("NFKC", text[:_MAX_CHARACTERS]).casefold()
    pieces = (piece for piece in plain.split() if "://" not in piece and "@" not in piece[1:])
    found = [word for word in _WORD.findall(" ".join(pieces)) if word not in _EMPTY]
    return [Word(word, stem(word)) for word in found[:MAX_WORDS]]


def own_text(text: str) -> str:
    """The text without quoted mail and without the signature: what its writer says in it."""
    lines = list(_own_lines(text[:_MAX_CHARACTERS].splitlines()))
    return "\n".join(lines[: _closing(lines)])


def _own_lines(lines: list[str]) -> Iterator[str]:
    for line in map(str.strip, lines):
        if _is(_REST_IS_QUOTED, line) or _is(_SIGNATURE, line):
            return
        if line and not line.startswith(">") and not _is(_QUOTED, line):
            yield line


def _closing(lines: list[str]) -> int:
    """Where "Kind regards" and the signature start; the end, where there is no such line."""
    first = max(len(lines) - 1 - _SIGNATURE_LINES, 1)
    return next((at for at in range(first, len(lines)) if _is(_CLOSING, lines[at])), len(lines))


def _is(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST_MARK and pattern.fullmatch(line) is not None


def stem(word: str) -> str:
    """A word without plural and tense ("policies" is "policy", "crashed" is "crash"): crude, but always the same."""
    word = word.replace("’", "'").removesuffix("'s")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and _can_stand(word.removesuffix(ending)):
            return _undouble(word.removesuffix(ending))
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _can_stand(rest: str) -> bool:
    return len(rest) >= 3 and any(vowel in rest for vowel in "aeiouy")


def _undouble(rest: str) -> str:
    """ "dropp" is "drop"; "install" keeps its own double letter, and "sett" its distance from "set"."""
    twice = len(rest) > 4 and rest[-1] == rest[-2] and rest[-1] not in "lsz"
    return rest[:-1] if twice else rest
