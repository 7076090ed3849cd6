"""Is this mailbox one person's, or a function's that many people read? (MM-32, F40)"""

from __future__ import annotations

import re
from functools import lru_cache

# From this length on a word is hardly a name or a syllable of one ("it", "hr" and "dev" are).
_CLEAR = 4
_SEPARATORS = re.compile(r"[._\-]+")
_CLOSING_NUMBER = re.compile(r"[0-9]+$")


def is_shared_local(local: str, words: frozenset[str]) -> bool:
    """True when the part before the @ names a function; `words` are the functions' names, lower case.

    A +tag and closing numbers do not count. Shared are: a word itself ("support", "support2", "no-reply"); words
    alone, joined or apart ("it-support", "support.team", "itsupport"); a clear word of four letters or more that
    leads ("support-emea", "helpdesk.berlin") or that ends after a hyphen or underscore ("acme-support"). A word after
    a dot alone does not ("anna.office"): that is how people are written, first name first.
    """
    name = _CLOSING_NUMBER.sub("", local.partition("+")[0].casefold()).strip("._-")
    known = _plain(words)
    parts = [_CLOSING_NUMBER.sub("", part) for part in _SEPARATORS.split(name)]
    if _joined("".join(parts), known) or all(part in known for part in parts):
        return True
    return _led_or_ended(name, parts, known)


@lru_cache(maxsize=32)
def _plain(words: frozenset[str]) -> frozenset[str]:
    """The words without separators: "no-reply" and "noreply" are one."""
    return frozenset(filter(None, (_SEPARATORS.sub("", word.casefold()) for word in words)))


def _joined(whole: str, known: frozenset[str]) -> bool:
    """Whether the text is one word, or words and nothing else, one of them clear, so that no name is taken apart."""
    if whole in known:
        return True
    reached: dict[int, bool] = {0: False}  # end of the words so far -> whether a clear one was among them
    for start in range(len(whole)):
        if start not in reached:
            continue
        for end in range(start + 1, len(whole) + 1):
            word = whole[start:end]
            if word in known:
                reached[end] = reached.get(end, False) or reached[start] or len(word) >= _CLEAR
    return reached.get(len(whole), False)


def _led_or_ended(name: str, parts: list[str], known: frozenset[str]) -> bool:
    clear = {word for word in known if len(word) >= _CLEAR}
    if parts[0] in clear:
        return True
    return parts[-1] in clear and not name.removesuffix(parts[-1]).endswith(".")
