"""The parts that a process is made of, handed to services whole. Made in wiring; tests replace single parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from integration.config import Settings
from integration.domain.book import Book
from integration.domain.contract import Contract
from integration.domain.ticket import Mailbox
from integration.services.desk_schema import FieldSpec, fields
from integration.services.ports import Nudge, Vault, Zendesk
from integration.services.ports_addresses import Addresses, read_mailbox
from integration.store import candidates, secrets
from integration.store.engine import Store


@dataclass
class Parts:
    """Settings, the database, the plan catalogues, Zendesk and the queue of one process (made after a fork)."""

    settings: Settings
    store: Store
    book: Book
    zendesk: Zendesk
    nudge: Nudge
    addresses: Addresses
    vault: Vault

    @property
    def account(self) -> str:
        return self.settings.account

    def to_mailbox(self, raw: str) -> Mailbox | None:
        """The mailbox behind an address; None where it is none."""
        try:
            return read_mailbox(self.addresses, raw)
        except ValueError:
            return None

    def contracts_of(self, organization: str) -> tuple[Contract, ...] | None:
        """The contracts of a stored organization, by its name; None where there is no such organization."""
        with self.store.read() as (connection, _):
            return candidates.of_organization(connection, self.account, organization)

    def keep_secret(self, name: str, value: str) -> None:
        """Keep a secret of the account, encrypted."""
        with self.store.write() as (connection, _):
            secrets.keep(connection, self.account, name, self.vault.encrypt(value))

    def secret(self, name: str) -> str | None:
        """A kept secret of the account, or None."""
        with self.store.read() as (connection, _):
            value = secrets.kept(connection, self.account, name)
        return self.vault.decrypt(value) if value else None

    @cached_property
    def specs(self) -> Mapping[str, FieldSpec]:
        """The custom fields that the loaded catalogues need."""
        return fields(self.book)
