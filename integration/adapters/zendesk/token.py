"""The token with which we speak to Zendesk: fetched once for all processes, kept encrypted, renewed in time (F32)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, delete, or_, select, update

from integration.services.ports import Gone, NotAllowed, RefusedByZendesk, RetryLater, ZendeskError
from integration.store.engine import Store
from integration.store.tables import secrets
from integration.store.upsert import upsert

NAME = "oauth_token"
LIFETIME_SECONDS = 7200
RENEWED_EARLY = timedelta(seconds=60)
#: Longer than a fetch can take (its time-outs end it before); after this another process may try.
LEASE = timedelta(seconds=30)
POLLS = 100
POLL_SECONDS = 0.1

#: Asks the token endpoint: JSON in, JSON out, the port's errors.
Fetch = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Tokens(Protocol):
    """Where a session gets its bearer token from."""

    def token(self) -> str:
        """A token that should be accepted now."""

    def replace(self, failed: str) -> str:
        """Another one, because this one was not accepted; the same where there is no other."""


class Cipher(Protocol):
    """Encrypts what the database keeps; `decrypt` raises ValueError where the key does not fit."""

    def encrypt(self, text: str) -> str: ...

    def decrypt(self, text: str) -> str: ...


class StaticToken:
    """A token that somebody gave us and that we cannot renew."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def replace(self, failed: str) -> str:
        return self._token


@dataclass(frozen=True, slots=True)
class _Held:
    """The stored token, and the instant at which it was looked at."""

    sealed: str
    token: str | None
    expires_at: datetime | None
    now: datetime

    def is_good_for(self, margin: timedelta) -> bool:
        return self.token is not None and self.expires_at is not None and self.now + margin < self.expires_at


class TokenSource:
    """OAuth client credentials of one account, shared by all processes through the database.

    One of them fetches under a lease in the token's row; the others go on with the old token while it lasts, or wait
    up to ten seconds. No transaction is open while Zendesk is asked. Raises NotAllowed where Zendesk does not accept
    the client or our key does not open the stored token, RetryLater where no token can be had just now.
    """

    def __init__(
        self,
        store: Store,
        vault: Cipher,
        account: str,
        client_id: str,
        client_secret: str,
        fetch: Fetch,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._vault = vault
        self._account = account
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._fetch = fetch
        self._sleep = pause
        self._row = and_(secrets.c.account == account, secrets.c.name == NAME)

    def token(self) -> str:
        """A token for the next request."""
        return self._obtain(failed=None)

    def replace(self, failed: str) -> str:
        """A token other than this one; fetched only while the stored one is still the one that failed."""
        return self._obtain(failed)

    def forget(self) -> None:
        """Drop the stored token, for example because the key that opens it is lost."""
        with self._store.write() as (connection, _now):
            connection.execute(delete(secrets).where(self._row))

    def _obtain(self, failed: str | None) -> str:
        for _ in range(POLLS):
            held = self._held()
            if held.token != failed and held.is_good_for(RENEWED_EARLY):
                return str(held.token)
            lease = self._claim(held)
            if lease is not None:
                return self._mint(lease)
            if held.token != failed and held.is_good_for(timedelta(0)):
                return str(held.token)
            self._sleep(POLL_SECONDS)
        raise RetryLater("another process is fetching the Zendesk token and has not finished")

    def _held(self) -> _Held:
        columns = select(secrets.c.value, secrets.c.expires_at).where(self._row)
        with self._store.read() as (connection, now):
            row = connection.execute(columns).one_or_none()
        if row is None or not row.value:
            return _Held("", None, None, now)
        return _Held(row.value, self._opened(row.value), row.expires_at, now)

    def _opened(self, sealed: str) -> str:
        try:
            return self._vault.decrypt(sealed)
        except ValueError as error:
            raise NotAllowed(f"the stored Zendesk token cannot be read: {error}") from error

    def _claim(self, held: _Held) -> datetime | None:
        """The end of our lease, None where another process holds one or has just stored another token."""
        blank = {"account": self._account, "name": NAME, "value": ""}
        with self._store.write() as (connection, now):
            upsert(connection, secrets, blank, key=["account", "name"])
            free = or_(secrets.c.lease_until.is_(None), secrets.c.lease_until <= now)
            ours = update(secrets).where(self._row, secrets.c.value == held.sealed, free)
            won = connection.execute(ours.values(lease_until=now + LEASE)).rowcount == 1
        return now + LEASE if won else None

    def _mint(self, lease: datetime) -> str:
        try:
            token, lifetime = self._fetched()
        except BaseException:
            self._release(lease)
            raise
        # Counted from before the fetch, so that our idea of its end is never later than Zendesk's.
        values = {"value": self._vault.encrypt(token), "expires_at": lease - LEASE + lifetime, "lease_until": None}
        with self._store.write() as (connection, _now):
            connection.execute(update(secrets).where(self._row, secrets.c.lease_until == lease).values(**values))
        return token

    def _release(self, lease: datetime) -> None:
        with self._store.write() as (connection, _now):
            connection.execute(
                update(secrets).where(self._row, secrets.c.lease_until == lease).values(lease_until=None)
            )

    def _fetched(self) -> tuple[str, timedelta]:
        question = {"grant_type": "client_credentials", **self._client, "scope": "read write"}
        try:
            answer = self._fetch({**question, "expires_in": LIFETIME_SECONDS})
        except (NotAllowed, RefusedByZendesk, Gone) as refusal:
            where = "check ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET"
            raise NotAllowed(f"Zendesk gives us no token; {where} ({refusal})") from refusal
        except RetryLater:
            raise
        except ZendeskError as unknown:
            # A token too many does no harm, so that an unknown outcome is simply tried again.
            raise RetryLater(f"no token from Zendesk just now ({unknown})") from unknown
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise RetryLater("Zendesk's token answer has no access_token")
        lasts = seconds if isinstance(seconds, int) and seconds > 0 else LIFETIME_SECONDS
        return token, timedelta(seconds=lasts)
