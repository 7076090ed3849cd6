"""What the rules need to know of a ticket and of the person who asks: facts, already read and normalised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

MailboxKind = Literal["ordinary", "free_mail", "disposable", "public_suffix"]
Submitter = Literal["requester", "staff"]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One e-mail address, normalised. `key` is the person behind it: no plus-tag, no case (F42)."""

    address: str
    local: str
    domain: str
    key: str
    kind: MailboxKind = "ordinary"


@dataclass(frozen=True, slots=True)
class ChosenOrganization:
    """The Zendesk organization that a person put on the ticket after we had looked at it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as it is proved (G-03).

    `mailboxes`: for e-mail the address the message came from, for the portal the verified identities, for a ticket
    that staff logged the requester's. `memberships`: Zendesk organization ids. `flagged`: Zendesk doubts the sender.
    `chosen`: what a person says where several customers claim the asker (G-15).
    `known_organization`: an organization of ours that this person belongs to, whether or not it has a contract.
    """

    mailboxes: tuple[Mailbox, ...]
    memberships: tuple[int, ...] = ()
    flagged: bool = False
    known_organization: str | None = None
    chosen: ChosenOrganization | None = None

    @property
    def name(self) -> str:
        """The address to show for this person."""
        return self.mailboxes[0].address if self.mailboxes else "nobody whose address is verified"


@dataclass(frozen=True, slots=True)
class ByPerson:
    """Values that a person set after us (G-05), or by an override with a reason; they stand."""

    severity: str | None = None
    priority: str | None = None
    category: str | None = None
    plan: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The facts of one ticket. Times are aware; `stated_severity` and `category` are as the customer gave them."""

    id: str
    created_at: datetime
    channel: str
    form: str | None = None
    subject: str = ""
    description: str = ""
    stated_severity: str | None = None
    environment: str | None = None
    category: str | None = None
    product: str | None = None
    submitter: Submitter = "requester"
    voicemail: bool = False
    requester_is_staff: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierPromise:
    """The first-reply promise of the decision before this one, which a new one may only shorten fairly (G-09).

    `plan` is the plan whose promise applied. All are None where that decision promised nothing.
    """

    plan: str | None = None
    severity: str | None = None
    started_at: datetime | None = None
    deadline: datetime | None = None
