"""Whom a contract matches (G-15): its domains, with or without sub-domains, and single addresses."""

from __future__ import annotations

from collections.abc import Callable

from integration.domain.catalogue import Catalogue
from integration.domain.contract import DomainClaim
from integration.services.contracts.cells import words
from integration.services.ports_addresses import Addresses
from integration.store.contracts import in_order

_WHY_NOT = {
    "free_mail": "is a free-mail domain and proves no customer; put single persons into the column addresses",
    "disposable": "is a domain of throw-away addresses and proves no customer; give the company's own domain",
    "public_suffix": "is a public suffix that belongs to nobody; give the company's own domain below it",
}


def domains_reader(addresses: Addresses, catalogue: Catalogue | None) -> Callable[[str], tuple[DomainClaim, ...]]:
    """A reader for a list such as "acme.example *.acme.example"; the vendor's own lists are asked where it is known."""

    def read(text: str) -> tuple[DomainClaim, ...]:
        claims = {_claim(addresses, catalogue, word) for word in words(text)}
        wide = {claim.domain for claim in claims if claim.subdomains}
        return in_order(claim for claim in claims if claim.subdomains or claim.domain not in wide)

    return read


def _claim(addresses: Addresses, catalogue: Catalogue | None, word: str) -> DomainClaim:
    wide = word.startswith("*.")
    claim = DomainClaim(addresses.normalise_domain(word[2:] if wide else word), wide)
    kind = addresses.classify(claim.domain)
    if catalogue and claim.domain in {each.casefold() for each in catalogue.also_free_mail}:
        kind = "free_mail"
    if kind in _WHY_NOT:
        raise ValueError(f"{claim.domain} {_WHY_NOT[kind]} (G-15)")
    own = _own(catalogue, claim)
    if own:
        raise ValueError(f"{claim} is the vendor's own ({own}); give the customer's domain (G-15)")
    return claim


def _own(catalogue: Catalogue | None, claim: DomainClaim) -> str | None:
    """The vendor's own domain that this claim would hold, or that it lies below."""
    for own in (each.casefold() for each in (catalogue.own_domains if catalogue else ())):
        if claim.covers(own) or DomainClaim(own, subdomains=True).covers(claim.domain):
            return own
    return None


def addresses_reader(addresses: Addresses) -> Callable[[str], tuple[str, ...]]:
    """A reader for a list of exact addresses; a single person's free-mail address is welcome (G-15)."""

    def read(text: str) -> tuple[str, ...]:
        return tuple(sorted({addresses.normalise(word).address for word in words(text)}))

    return read
