"""Who can have an address in a domain: anybody, or the people of one organization (G-15, F39)?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from publicsuffixlist import PublicSuffixList

from integration.domain.ticket import MailboxKind

DomainClass = MailboxKind

DATA = Path(__file__).resolve().parent.parent / "data"


class DomainFacts:
    """Tells free-mail, disposable and public-suffix domains from ordinary ones, by lists that a person can review.

    A sub-domain of a free-mail or disposable domain is one too: whoever may have an address below gmail.com was let
    in by Gmail, not by an employer. `ordinary` names exceptions to that, with all below them.
    """

    def __init__(self, free_mail: Collection[str], disposable: Collection[str], ordinary: Collection[str] = ()) -> None:
        self._free_mail = frozenset(free_mail)
        self._disposable = frozenset(disposable)
        self._ordinary = frozenset(ordinary)

    @classmethod
    def shipped(cls, also_free_mail: Collection[str] = (), ordinary: Collection[str] = ()) -> DomainFacts:
        """The lists in adapters/data, with what a catalogue adds or takes away (domains as normalise_domain gives)."""
        free_mail = read_list(DATA / "free_mail_domains.txt")
        return cls({*free_mail, *also_free_mail}, read_list(DATA / "disposable_domains.txt"), ordinary)

    def classify(self, domain: str) -> DomainClass:
        """Judge a domain as `normalise_domain` gives it; case and a closing dot do not matter, a bare TLD is public."""
        name = domain.strip().removesuffix(".").lower()
        for level in _levels(name):  # the longest name decides
            if level in self._ordinary:
                return "ordinary"
            if level in self._free_mail:
                return "free_mail"
            if level in self._disposable:
                return "disposable"
        return "public_suffix" if _public_suffixes().is_public(name) else "ordinary"


def read_list(path: Path) -> frozenset[str]:
    """The domains of a file, one a line; # starts a comment."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line)


def _levels(name: str) -> Iterator[str]:
    """mail.acme.example, acme.example, example."""
    while name:
        yield name
        name = name.partition(".")[2]


@cache
def _public_suffixes() -> PublicSuffixList:
    """The list inside the package; read at first need, since it costs tens of milliseconds and some megabytes."""
    return PublicSuffixList()
