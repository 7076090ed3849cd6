"""Addresses and domains, read and judged by a library that services do not see; wiring hands the reader in."""

from __future__ import annotations

from typing import Protocol

from integration.domain.ticket import Mailbox, MailboxKind


class AddressRead(Protocol):
    """One e-mail address, normalised. `mailbox_key` is the person: no plus-tag, no case (F42)."""

    @property
    def address(self) -> str: ...
    @property
    def local(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def mailbox_key(self) -> str: ...


class Addresses(Protocol):
    """What is asked about addresses. Both readers raise a ValueError that says what is wrong and what is right."""

    def normalise(self, raw: str) -> AddressRead:
        """The one address in `raw`, lower case, ASCII."""

    def normalise_domain(self, raw: str) -> str:
        """The domain in `raw`, lower case, ASCII, without a closing dot."""

    def classify(self, domain: str) -> MailboxKind:
        """What kind of domain this is (G-15): ordinary, free_mail, disposable or public_suffix."""


def read_mailbox(addresses: Addresses, raw: str) -> Mailbox:
    """An address as the rules need it; ValueError where it is none."""
    read = addresses.normalise(raw)
    return Mailbox(read.address, read.local, read.domain, read.mailbox_key, addresses.classify(read.domain))
