"""JSON from outside, read without a doubt: whatever the bytes are, the answer is a value or one BadJson.

Python's own reader takes NaN, lets the last of two equal keys win, and dies of deep nesting (F11, F12); each of these
is a way to make two readers of one body disagree, or to turn a bad request into a server error.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import NoReturn

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
# A number of our world fits in 64 bits; the length is looked at before Python tries to convert thousands of digits.
_INTEGERS = range(-(2**63), 2**63)
_MAX_NUMBER_LENGTH = 100
# The closing quote is optional so that an unclosed string is passed over once, not again from every quote in it.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


class BadJson(ValueError):
    """Bytes that are no JSON we accept. `reason` says why; `too_large` tells a 413 from a 400 (F10)."""

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.too_large = too_large


def loads(raw: bytes, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES) -> object:
    """Read one JSON document (RFC 8259) in UTF-8; BadJson for anything else, never another error.

    Refused besides bad syntax: a byte order mark, NaN and infinities (1e999 too), equal keys in one object, integers
    beyond 64 bits, lone surrogates, the character U+0000 (no database column takes it), more than `max_bytes` bytes,
    more than `max_depth` arrays and objects inside each other.
    """
    text = _text(raw, max_bytes)
    _check_depth(text, max_depth)
    try:
        value = _parse(text)
        if "\\u" in text:
            _check_characters(value)
    except RecursionError:  # only where a caller raised max_depth beyond what the stack holds
        raise BadJson("nested too deeply to be read") from None
    return value


def _text(raw: bytes, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise BadJson(f"{len(raw)} bytes; at most {max_bytes} are read", too_large=True)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"byte {error.start} is not UTF-8; send the body in UTF-8") from None
    if text.startswith("\ufeff"):
        raise BadJson("the body starts with a byte order mark; send plain UTF-8")
    return text


def _check_depth(text: str, max_depth: int) -> None:
    """Count nesting before parsing: the parser itself would recurse, and die, first (F11)."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in ("[", "{"):
            depth += 1
        elif found[0] in ("]", "}"):
            depth -= 1
        if depth > max_depth:
            raise BadJson(f"more than {max_depth} arrays and objects inside each other at character {found.start()}")


def _parse(text: str) -> object:
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_fraction
        )
    except json.JSONDecodeError as error:
        raise BadJson(f"no JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise BadJson(f"the key {_short(twice)} stands twice in one object; give each key once")
    return made


def _constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is no JSON number; use null where there is no value")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_NUMBER_LENGTH or int(digits) not in _INTEGERS:
        raise BadJson(f"the integer {_short(digits)} does not fit in 64 bits; send it as a string")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > _MAX_NUMBER_LENGTH or not math.isfinite(float(digits)):
        raise BadJson(f"the number {_short(digits)} is beyond what a float holds; send it as a string")
    return float(digits)


def _check_characters(value: object) -> None:
    """Escapes can spell what UTF-8 forbids: half a surrogate pair. Checked after parsing, when escapes are resolved."""
    try:
        written = json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise BadJson("half of a surrogate pair (\\ud800 to \\udfff); send the whole character") from None
    if rb"\u0000" in written.replace(rb"\\", b""):
        raise BadJson("the character U+0000 cannot be stored; leave it out")


def _short(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:37] + "...")
