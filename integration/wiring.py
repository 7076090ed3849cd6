"""The composition root: real parts by the settings, once per process and after the fork. Tests make their own."""

from __future__ import annotations

import base64
import hashlib
import threading
from functools import cache
from pathlib import Path
from typing import Any

from integration import config
from integration.adapters import address
from integration.adapters.catalogue_file import CatalogueError, load_book
from integration.adapters.queue import NoQueue, RedisNudge
from integration.adapters.vault import Vault, VaultError, load_or_make_key
from integration.clock import Clock, database_clock
from integration.config import Settings
from integration.domain.book import Book
from integration.services.parts import Parts
from integration.services.ports import Nudge, Zendesk
from integration.store.engine import Store

#: The client that the local sandbox knows; a real account names its own.
SANDBOX_CLIENT = ("deskward", "sandbox-secret")


class LazyZendesk:
    """Loads zenpy when Zendesk is first asked: the web process never does, and stays small."""

    def __init__(self, settings: Settings, store: Store, vault: Vault) -> None:
        self._made_from = (settings, store, vault)
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._client is None:
            self._client = _zendesk(*self._made_from)
        return getattr(self._client, name)


def _zendesk(settings: Settings, store: Store, vault: Vault) -> Zendesk:
    from integration.adapters.zendesk import TokenEndpoint, TokenSource, ZendeskClient

    client_id, client_secret = SANDBOX_CLIENT
    client_id = settings.zendesk_oauth_client_id or client_id
    client_secret = settings.zendesk_oauth_client_secret or client_secret
    fetch = TokenEndpoint(settings.zendesk_subdomain, settings.zendesk_address)
    tokens = TokenSource(store, vault, settings.account, client_id, client_secret, fetch)
    return ZendeskClient(settings.zendesk_subdomain, tokens, settings.zendesk_address)


def _vault(settings: Settings) -> Vault:
    if settings.secret_key is None:
        return Vault(load_or_make_key(config.VAR / "secret.key"))
    return Vault(base64.urlsafe_b64encode(hashlib.sha256(settings.secret_key.encode()).digest()))


def _nudge(settings: Settings) -> Nudge:
    return RedisNudge(settings.redis_url) if settings.redis_url else NoQueue()


@cache
def plans(folder: Path) -> Book:
    """The plan catalogues of a folder, read once in a process: the worker reads them before it forks."""
    return load_book([folder])


def make_parts(
    settings: Settings, clock: Clock = database_clock, zendesk: Zendesk | None = None, book: Book | None = None
) -> Parts:
    """All parts of one process; given ones are taken. Raises CatalogueError for a catalogue that cannot be read."""
    store = Store(settings.database_url, clock)
    vault = _vault(settings)
    return Parts(
        settings=settings,
        store=store,
        book=book or load_book([settings.catalogue_dir]),
        zendesk=zendesk or LazyZendesk(settings, store, vault),
        nudge=_nudge(settings),
        addresses=address.AddressBook(),
        vault=vault,
    )


#: Why parts cannot be made although each setting is well written: a plan catalogue, the key, or a folder.
CANNOT_START = (CatalogueError, VaultError, OSError)
_ONCE = threading.Lock()


def parts() -> Parts:
    """The parts of this process, made at first use; also where several threads are the first."""
    with _ONCE:
        return _parts()


@cache
def _parts() -> Parts:
    settings = config.load()
    return make_parts(settings, book=plans(settings.catalogue_dir))


def why(error: Exception) -> str:
    """A reason for which nothing can start, in words for the one who started it."""
    if isinstance(error, CatalogueError):
        return f"the plan catalogues cannot be used:\n{error}"
    return f"{error}; look at SECRET_KEY, DATABASE_URL and the folder {config.VAR}"
