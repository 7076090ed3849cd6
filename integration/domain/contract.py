"""A contract: an organization's plan, with start and end, and how its people are recognised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from integration.domain.catalogue import Catalogue, IdentifyBy, Plan
from integration.domain.ticket import Asker, Mailbox

STATUSES = ("trial", "active", "suspended", "ended")
#: A last day beyond this one ("9999-12-31" for never) is taken for it: no calendar goes further.
LAST_DAY = date(9999, 12, 28)


class Standing(StrEnum):
    """Where a contract stands at one instant, best first."""

    IN_FORCE = "in force"
    IN_GRACE = "in grace"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True)
class DomainClaim:
    """A domain that a contract holds, exactly or with all its sub-domains."""

    domain: str
    subdomains: bool = False

    def covers(self, domain: str) -> bool:
        """True for the domain itself, and for a sub-domain (on a label boundary) where those are included."""
        return domain == self.domain or (self.subdomains and domain.endswith("." + self.domain))

    def __str__(self) -> str:
        return ("*." if self.subdomains else "") + self.domain


@dataclass(frozen=True, slots=True)
class NamedContact:
    """A person whom the customer assigned. `key` is the person (plus-tags and case removed), `since` inclusive."""

    key: str
    address: str
    since: datetime | None = None
    until: datetime | None = None

    def is_current(self, at: datetime) -> bool:
        """True from `since` on, before `until`."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract as it was known when the decision was taken. What is None is not checked.

    `anybody`: a hypothetical contract that says nothing of whom it matches, so that is not checked either.
    `start` and `end` are local days of the vendor's zone, both inclusive (G-11). `contacts` is ordered oldest first.
    """

    id: str
    organization: str
    plan: str
    start: date
    end: date | None = None
    purchased: date | None = None
    status: str = "active"
    product: str | None = None
    source: str | None = None
    domains: tuple[DomainClaim, ...] = ()
    addresses: tuple[str, ...] = ()
    zendesk_organization: int | None = None
    order_reference: str | None = None
    prerequisite_met: bool | None = None
    contacts: tuple[NamedContact, ...] | None = None
    renews: str | None = None
    reference: str | None = None
    organization_name: str = ""
    version: int = 1
    anybody: bool = False

    @property
    def names_anybody(self) -> bool:
        """False where the contract says nothing of whom it matches, so that it belongs to its whole organization."""
        return bool(self.domains or self.addresses)


@dataclass(frozen=True, slots=True)
class Found:
    """How an asker was recognised: by what, through which value, how exactly (higher is more exact)."""

    by: str
    value: str
    exactness: tuple[int, int]
    mailbox: Mailbox | None = None


def day_ends(day: date, zone: str) -> datetime:
    """The instant at which a local day is over (the next local midnight)."""
    return day_starts(_days_after(day, 1), zone)


def day_starts(day: date, zone: str) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone))


def _days_after(day: date, days: int) -> date:
    return LAST_DAY if days >= (LAST_DAY - day).days else day + timedelta(days=days)


def anniversary(bought: date, years: int) -> date:
    """The day of a purchase some years later, which still counts; 29 February falls on 28 February (RS-07)."""
    year = min(bought.year + years, LAST_DAY.year)
    try:
        return bought.replace(year=year)
    except ValueError:
        return bought.replace(year=year, day=28)


def standing(contract: Contract, catalogue: Catalogue, at: datetime) -> Standing:
    """Where the contract stands at `at`: the last day counts whole, in the vendor's zone, then grace (G-11).

    Grace is for a renewal that is late; a contract that somebody ended by its status has none.
    """
    if contract.status == "suspended":
        return Standing.SUSPENDED
    if at < day_starts(contract.start, catalogue.timezone):
        return Standing.NOT_STARTED
    if contract.status == "ended":
        return Standing.ENDED
    if contract.end is None or at < day_ends(contract.end, catalogue.timezone):
        return Standing.IN_FORCE
    return Standing.IN_GRACE if at < grace_ends(contract, catalogue) else Standing.ENDED


def grace_ends(contract: Contract, catalogue: Catalogue) -> datetime:
    """The end of the days of grace after the last day (G-11); the contract must have an end."""
    if contract.end is None:
        raise ValueError(f"contract {contract.id} has no end, so it has no grace")
    return day_ends(_days_after(contract.end, catalogue.grace_days), catalogue.timezone)


def recognise(contract: Contract, asker: Asker, ways: Iterable[IdentifyBy], at: datetime) -> Found | None:
    """The most exact way in which this contract recognises the asker (G-15), among those the channel allows."""
    return max(ways_in(contract, asker, ways, at), key=lambda each: each.exactness, default=None)


def ways_in(contract: Contract, asker: Asker, ways: Iterable[IdentifyBy], at: datetime) -> list[Found]:
    """Every way in which this contract recognises the asker, among those the channel allows."""
    found = [each for way in ways for each in _ways[way](contract, asker, at)]
    return [*found, Found("assumption", "that it is theirs", (-1, 0))] if contract.anybody else found


def _by_address(contract: Contract, asker: Asker, at: datetime) -> list[Found]:
    return [Found("address", m.address, (3, 0), m) for m in asker.mailboxes if m.address in contract.addresses]


def _by_contact(contract: Contract, asker: Asker, at: datetime) -> list[Found]:
    current = {contact.key for contact in contract.contacts or () if contact.is_current(at)}
    return [Found("contact", m.address, (2, 0), m) for m in asker.mailboxes if m.key in current]


def _by_domain(contract: Contract, asker: Asker, at: datetime) -> list[Found]:
    return [
        Found("domain", str(claim), (1, len(claim.domain)), mailbox)
        for mailbox in asker.mailboxes
        for claim in contract.domains
        if claim.covers(mailbox.domain)
    ]


def _by_membership(contract: Contract, asker: Asker, at: datetime) -> list[Found]:
    if contract.zendesk_organization is None or contract.zendesk_organization not in asker.memberships:
        return []
    return [Found("membership", contract.organization_name or contract.organization, (0, 0))]


_ways = {"address": _by_address, "contact": _by_contact, "domain": _by_domain, "membership": _by_membership}


class Refused(ValueError):
    """A contract that the rules refuse; `rule` is the id, the message says what would be right."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{message} ({rule})")
        self.rule = rule


def refuse_unsellable(contract: Contract, catalogue: Catalogue, plan: Plan, renewed: Contract | None) -> None:
    """Raise Refused where the plan was not for sale to this buyer at the purchase date (RL-02, RS-01, RC-03)."""
    sale, bought = plan.sale, contract.purchased or contract.start
    rule = next(iter(sale.rules), "G-15")
    if sale.since and bought < sale.since:
        raise Refused(rule, f"{contract.plan} is sold since {sale.since}; purchased {bought} is before it")
    if sale.stopped_from and bought >= sale.stopped_from and not _is_renewal(contract, sale.renewals, renewed):
        hint = " A renewal must name an older contract of the same plan." if sale.renewals else ""
        raise Refused(rule, f"{contract.plan} is not sold since {sale.stopped_from}; purchased {bought}.{hint}")
    if sale.sources and contract.source is not None and contract.source not in sale.sources:
        allowed = " or ".join(sale.sources)
        raise Refused(rule, f'{contract.plan} is sold by {allowed} only; source "{contract.source}" may not carry it')


def _is_renewal(contract: Contract, allowed: bool, renewed: Contract | None) -> bool:
    """G-11: a renewal names the contract it renews; another plan is a new purchase."""
    return allowed and contract.renews is not None and renewed is not None and renewed.plan == contract.plan
