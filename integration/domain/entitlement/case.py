"""What the checks of the entitlement walk have in hand, and the words in which each says what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Channel, Effects, Form, Plan
from integration.domain.contract import Contract, Found, Standing, standing
from integration.domain.ticket import Asker, Ticket


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was asked: its name, whether it held, its rules, and what was seen, in a plain sentence."""

    name: str
    passed: bool
    rules: tuple[str, ...]
    says: str
    source: str = ""
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The answer. `plan` is the plan whose promise applies (full id) or None; `bought` is the contract's own plan."""

    outcome: str
    plan: str | None
    effects: Effects
    because: tuple[Check, ...]
    contract: Contract | None = None
    bought: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What the checks have in hand. Each gives back what it found (None: it had nothing to look at) and the case.

    `contract`, `plan` and `found` fill as they go; `contracts` narrows to those that could cover the asker, and `kin`
    to all of the same customer.
    """

    ticket: Ticket
    asker: Asker
    contracts: tuple[Contract, ...]
    kin: tuple[Contract, ...]
    catalogue: Catalogue
    book: Book
    at: datetime
    channel: Channel | None
    form: Form | None
    found: Found | None = None
    contract: Contract | None = None
    plan_id: str | None = None
    positive: str = "entitled"

    @property
    def plan(self) -> Plan | None:
        return self.book.of_plan(self.plan_id)[1] if self.plan_id else None

    def standing_of(self, contract: Contract) -> Standing:
        """Where a contract stood when the ticket was created (F43)."""
        return standing(contract, self.book.of_plan(contract.plan)[0], self.at)


def rules_of(case: Case, name: str, *general: str) -> tuple[str, ...]:
    """The vendor's own rule ids for a check, then the general ones."""
    known = case.plan_id or (case.contract.plan if case.contract else None)
    home = case.book.of_plan(known)[0] if known else case.catalogue
    return tuple(dict.fromkeys((*home.rule_of.get(name, ()), *general)))


def yes(name: str, rules: tuple[str, ...], says: str, source: str = "") -> Check:
    """A check that held."""
    return Check(name, True, rules, says, source)


def no(name: str, rules: tuple[str, ...], says: str, outcome: str, source: str = "") -> Check:
    """A check that failed, and the outcome that it names where it is the first."""
    return Check(name, False, rules, says, source, outcome)
