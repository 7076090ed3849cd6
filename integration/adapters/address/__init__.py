"""E-mail addresses and domains: read into one form (F36, F42), and told apart by who can have one (G-15)."""

from __future__ import annotations

from integration.adapters.address.domain_facts import DomainClass, DomainFacts
from integration.adapters.address.reading import Address, BadAddress, normalise, normalise_domain

__all__ = ["Address", "AddressBook", "BadAddress", "DomainClass", "DomainFacts", "normalise", "normalise_domain"]


class AddressBook:
    """All that services ask about addresses, in one part. Without `facts` it judges by the lists that ship."""

    def __init__(self, facts: DomainFacts | None = None) -> None:
        self._facts = facts or DomainFacts.shipped()

    def normalise(self, raw: str) -> Address:
        """See reading.normalise; raises BadAddress, a ValueError."""
        return normalise(raw)

    def normalise_domain(self, raw: str) -> str:
        """See reading.normalise_domain; raises BadAddress, a ValueError."""
        return normalise_domain(raw)

    def classify(self, domain: str) -> DomainClass:
        """See DomainFacts.classify."""
        return self._facts.classify(domain)
