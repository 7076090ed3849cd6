"""Tickets, people and contracts in one line each, so that a test reads like the story of its ticket.

Two tellings: `question(...)` for the rules themselves, `case(...)` for the lines that `flask simulate` takes. In both
the customer is Acme (acme.example), Ana asks, and 2026 is the year of the contract, unless the story says otherwise.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings

from integration.adapters.address import AddressBook
from integration.domain.contract import Contract, DomainClaim, NamedContact
from integration.domain.ticket import Asker, ByPerson, EarlierPromise, Mailbox, Ticket
from integration.domain.triage import Decision, Question
from integration.services.ports_addresses import read_mailbox

PACIFIC = "America/Los_Angeles"
SAO_PAULO = "America/Sao_Paulo"
LISBON = "Europe/Lisbon"

ANA, BEN, CY, DEE = (f"{name}@acme.example" for name in ("ana", "ben", "cy", "dee"))
A_WEEKDAY = "2026-11-18T10:00:00-08:00"

_ADDRESSES = AddressBook()


def local(text: str, zone: str = PACIFIC, fold: int = 0) -> datetime:
    """The instant of a wall time such as "2026-11-20 16:00" of a zone, in UTC; `fold=1` is the second of two."""
    # In UTC, because two zones' times in a repeated hour are never equal in Python.
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def examples(count: int) -> settings:
    """Settings of a property that a busy machine cannot fail: nothing is timed."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- the rules themselves ------------------------------------------------------------------------------------------


def mailbox(address: str) -> Mailbox:
    """One address as the adapters hand it to the rules."""
    return read_mailbox(_ADDRESSES, address)


def asker(*addresses: str, flagged: bool = False, member_of: int | None = None, known: str | None = None) -> Asker:
    """Somebody with these proved addresses; `known` is an organization of ours, `member_of` one of Zendesk's."""
    members = (member_of,) if member_of else ()
    return Asker(tuple(mailbox(each) for each in addresses), members, flagged, known)


def contact(address: str, since: datetime | None = None, until: datetime | None = None) -> NamedContact:
    """A named contact, from and until."""
    found = mailbox(address)
    return NamedContact(found.key, found.address, since, until)


def contract(plan: str, domains: str = "acme.example", contacts: Any = None, **more: Any) -> Contract:
    """A contract of Acme's for 2026; `domains` as in "acme.example *.acme.test", `contacts` as addresses or people."""
    claims = [(each.removeprefix("*."), each.startswith("*.")) for each in domains.split()]
    people = None if contacts is None else tuple(contact(c) if isinstance(c, str) else c for c in contacts)
    facts = {"id": "1", "organization": "Acme", "start": date(2026, 1, 1), "end": date(2026, 12, 31)} | more
    return Contract(plan=plan, domains=tuple(DomainClaim(*c) for c in claims), contacts=people, **facts)


def ticket(at: datetime | str = A_WEEKDAY, channel: str = "portal", severity: str | None = None, **more: Any) -> Ticket:
    """A ticket of a Wednesday morning in the portal, of which nothing more is known."""
    created = datetime.fromisoformat(at) if isinstance(at, str) else at
    return Ticket("7", created, channel, stated_severity=severity, **more)


def question(
    *contracts: Contract,
    who: Asker | str = ANA,
    vendor: str | None = None,
    person: ByPerson | None = None,
    earlier: EarlierPromise | None = None,
    changed_at: datetime | None = None,
    **of_ticket: Any,
) -> Question:
    """All that a decision depends on; the vendor is that of the first contract."""
    person = person or ByPerson()
    asks = asker(who) if isinstance(who, str) else who
    vendor = vendor or contracts[0].plan.partition("/")[0]
    return Question(ticket(**of_ticket), asks, contracts, vendor, person, earlier, changed_at)


def promise_of(decision: Decision) -> EarlierPromise:
    """What the decision after this one remembers of it."""
    first = decision.first_reply
    if first is None:
        return EarlierPromise()
    return EarlierPromise(decision.entitlement.plan, first.severity, first.started_at, first.deadline)


# -- the lines of `flask simulate` ---------------------------------------------------------------------------------


def signed(plan: str, **more: Any) -> dict[str, Any]:
    """A contract of Acme's, as simulate reads it."""
    facts = {"plan": plan, "start": "2026-01-01", "end": "2026-12-31", "domains": ["acme.example"]}
    return {name: value for name, value in (facts | more).items() if value is not None}


def case(vendor: str, *contracts: dict[str, Any], at: datetime | str = A_WEEKDAY, **of_ticket: Any) -> dict[str, Any]:
    """A line: the vendor, the contracts there are, and the ticket. `sender` is its "from"."""
    created = at if isinstance(at, str) else at.isoformat()
    facts = {"channel": "portal", "from": of_ticket.pop("sender", ANA), "created_at": created}
    return {"id": "7", "catalogue": vendor, "contracts": list(contracts), "ticket": facts | of_ticket}


def failed_rules(answer: dict[str, Any]) -> set[str]:
    """The rules of the first check that did not hold; of all checks where all held."""
    checks = answer["entitlement"]["because"]
    failed = [check for check in checks if not check["passed"]][:1]
    return {rule for check in failed or checks for rule in check["rules"]}


def first_reply(answer: dict[str, Any]) -> dict[str, Any]:
    """The first-reply target of an answer."""
    return next(target for target in answer["targets"] if target["metric"] == "first_reply")


def due(answer: dict[str, Any]) -> datetime:
    """When the first reply is due."""
    return datetime.fromisoformat(first_reply(answer)["deadline"])
