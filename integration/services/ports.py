"""What services need from outside, as narrow protocols. Real parts and test twins meet them in wiring alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class ZendeskError(Exception):
    """Something between us and Zendesk; each kind below carries the one fact that its catcher needs."""


class RetryLater(ZendeskError):
    """Nothing took effect, or it was a read: try again after `seconds` (F18, F19)."""

    def __init__(self, message: str, seconds: float = 5.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class TooMany(RetryLater):
    """We asked too often (429): no call of ours is welcome before `seconds` are over (F18)."""


class Conflict(ZendeskError):
    """The ticket changed since we read it (409): read again, decide again (F21)."""


class Gone(ZendeskError):
    """The thing is not there any more (404, 410; F27)."""


class RefusedByZendesk(ZendeskError):
    """Zendesk will not take this request however often it is sent (400, 422); the message says why."""


class NotAllowed(ZendeskError):
    """Our access is not accepted (401, 403): stop sending, keep what is owed, tell a person (F32)."""


class UnknownOutcome(ZendeskError):
    """A write was sent and no answer came: read before anything is sent again (F20)."""


@dataclass(frozen=True, slots=True)
class TicketRead:
    """One ticket as read, JSON as Zendesk gives it, with the users and organizations that came in the same call.

    `audit` is the ticket's last audit where it came along (its metadata carries the sender flags of the comment).
    """

    ticket: Mapping[str, Any]
    users: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    organizations: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    audit: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TicketWrite:
    """One guarded update. `custom_fields` by Zendesk field id; `guard` is the `updated_at` that we read."""

    ticket: int
    guard: str
    priority: str | None = None
    group_id: int | None = None
    custom_fields: Mapping[int, Any] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page of the incremental ticket export; `cursor` continues after it, `at_end` says that nothing more waits."""

    tickets: Sequence[Mapping[str, Any]]
    cursor: str
    at_end: bool


class Zendesk(Protocol):
    """The calls that Deskward makes. Every method may raise the errors above and no others."""

    def whoami(self) -> Mapping[str, Any]:
        """The user behind our token (never the anonymous one: NotAllowed instead)."""

    def tickets(self, ids: Sequence[int]) -> Sequence[TicketRead]:
        """Up to 100 tickets in one call, with users, organizations and last audits; those that are gone are missing."""

    def update_ticket(self, write: TicketWrite) -> Mapping[str, Any]:
        """One PUT with safe_update; returns the ticket as it is now."""

    def identities(self, user: int) -> Sequence[Mapping[str, Any]]:
        """A user's identities with `type`, `value` and `verified`."""

    def audits(self, ticket: int) -> Sequence[Mapping[str, Any]]:
        """A ticket's audits, oldest first."""

    def comments(self, ticket: int) -> Sequence[Mapping[str, Any]]:
        """A ticket's comments, oldest first."""

    def exported_tickets(self, cursor: str | None, since: datetime) -> ExportPage:
        """A page of tickets changed after the cursor, or since an instant where there is no cursor yet."""

    def listing(self, kind: str) -> Sequence[Mapping[str, Any]]:
        """All objects of a kind: ticket_fields, ticket_forms, brands, groups, webhooks, triggers, trigger_categories,
        organizations, organization_fields."""

    def create(self, kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create one object of a kind as above; returns it."""

    def signing_secret(self, webhook: str) -> str:
        """The secret with which Zendesk signs a webhook's calls."""


class Nudge(Protocol):
    """Wakes a worker. A hint only: it may fail, be lost, doubled or late (S2)."""

    def __call__(self) -> bool:
        """True where the hint was handed over."""

    def is_up(self) -> bool:
        """True where the queue answers."""


class Vault(Protocol):
    """Keeps secrets unreadable in the database."""

    def encrypt(self, text: str) -> str:
        """The text, unreadable without our key."""

    def decrypt(self, text: str) -> str:
        """The text again; an error that says so where the key is another one."""
