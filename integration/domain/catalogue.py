"""The plan catalogue as values: what a vendor sells, and every rule of it that data can carry.

One YAML file per vendor is read into one `Catalogue` (adapters/catalogue_file.py); the types here are the schema of
that file, defined once. The engine reads these values and never mentions a vendor by name.

Anything that states a rule may carry `rules` (ids of catalogue/rules.yaml), `source` ("document § place", where the
document is a key of `documents`) and `decision` (why we chose, where a document is silent or two disagree).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Metric = Literal["first_reply", "next_reply", "update", "resolution"]
Kind = Literal["promise", "goal"]
Priority = Literal["urgent", "high", "normal", "low"]
IdentifyBy = Literal["address", "domain", "membership", "contact"]
TargetOf = Literal["plan", "fallback", "none"]

METRICS: tuple[Metric, ...] = ("first_reply", "next_reply", "update", "resolution")

#: Every entitlement outcome there is (rulebook section 7). The catalogue gives each its effects.
OUTCOMES: tuple[str, ...] = (
    "entitled",
    "entitled_lower_plan",
    "in_grace",
    "unknown_domain",
    "free_mail",
    "ambiguous",
    "not_named_contact",
    "shared_mailbox",
    "over_contact_limit",
    "channel_not_in_plan",
    "contract_ended",
    "contract_not_started",
    "contract_suspended",
    "product_not_covered",
    "prerequisite_missing",
    "form_without_entitlement",
    "unverified_sender",
)

Strings = tuple[str, ...]
_SPAN = re.compile(r"(\d{1,6})\s*(min|h|business days?)\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """A promised length: elapsed covered time, N business days (RC-34), or the next business day's close (G-16)."""

    elapsed: timedelta | None = None
    business_days: int = 0

    @property
    def next_business_day(self) -> bool:
        return self.elapsed is None and self.business_days == 0

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read "30 min", "4 h", "2 business days" or "next business day"; ValueError says what would be right."""
        if text.strip() == "next business day":
            return cls()
        found = _SPAN.match(text.strip())
        if not found or int(found[1]) == 0:
            raise ValueError(f'"{text}" is no length; write "30 min", "4 h", "2 business days" or "next business day"')
        amount, unit = int(found[1]), found[2]
        if unit.startswith("business"):
            return cls(business_days=amount)
        return cls(elapsed=timedelta(minutes=amount if unit == "min" else amount * 60))


@dataclass(frozen=True)
class Document:
    """A source document: what it is called, where it stood, and when we read it."""

    title: str
    address: str = ""
    read_on: date | None = None


@dataclass(frozen=True)
class Holidays:
    """Public holidays by country (ISO code) and optional subdivision, with observed days where the law shifts them."""

    country: str
    subdivision: str | None = None
    observed: bool = True


@dataclass(frozen=True)
class Calendar:
    """Weekly hours in one zone: lines such as "always", "mon-fri 09:00-17:00" or "mon 09:00 to fri 17:00"."""

    title: str
    timezone: str
    hours: Strings
    holidays: Holidays | None = None
    closed: tuple[date, ...] = ()
    breaks: Mapping[date, Strings] = field(default_factory=dict)
    shifts: Mapping[date, Strings] = field(default_factory=dict)
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Severity:
    """Business impact as the documents define it. `reads` lists Zendesk priorities that mean this severity."""

    title: str
    priority: Priority
    definition: str
    reads: tuple[Priority, ...] = ()
    examples: Strings = ()
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Environment:
    """Where the trouble is. `cap` is the highest severity it can carry (none: no cap)."""

    title: str
    cap: str | None = None
    source: str = ""
    rules: Strings = ()


@dataclass(frozen=True)
class Match:
    """One way to recognise a channel (G-04); every fact that is given must agree, lower case."""

    via: str | None = None
    rel: str | None = None
    recipient: str | None = None
    brand: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Channel:
    """A way to ask. `severity` is the default where the customer stated none; `ask` sends the severity question."""

    title: str
    match: tuple[Match, ...]
    identify_by: tuple[IdentifyBy, ...]
    contacts_only: bool = True
    severity: str | None = None
    ask: bool = False
    expects_severity: str | None = None
    answered_by_call: bool = False
    receipt_hint: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class FormField:
    """A field of a form as the customer sees it; `when` says when it matters."""

    title: str
    says: str = ""
    when: str = ""


@dataclass(frozen=True)
class Category:
    """A category the form offers; `terms` are words and phrases of its scorer ("ldap^3" weighs three)."""

    name: str
    terms: Strings = ()


@dataclass(frozen=True)
class Form:
    """A ticket form. `entitlement` false: no severity, no target, no charge, whoever asks (MH-06)."""

    title: str
    zendesk_ids: tuple[int, ...] = ()
    entitlement: bool = True
    group: str | None = None
    fields: tuple[FormField, ...] = ()
    categories: tuple[Category, ...] = ()
    wrong_form_hint: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Targets:
    """One metric's targets by severity. `within` maps a severity to a length; `source` may differ per severity."""

    metric: Metric
    within: Mapping[str, str]
    source: str | Mapping[str, str]
    kind: Kind = "promise"
    business_days_in: str | None = None
    rules: Strings = ()
    decision: str = ""
    spans: Mapping[str, Span] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", {name: Span.parse(text) for name, text in self.within.items()})

    def source_of(self, severity: str) -> str:
        """The document and place that gave this severity's number."""
        return self.source if isinstance(self.source, str) else self.source[severity]


@dataclass(frozen=True)
class Sale:
    """When and by whom a plan can be bought; `stopped_from` is the first day on which a purchase is refused."""

    since: date | None = None
    stopped_from: date | None = None
    renewals: bool = False
    sources: Strings = ()
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Contacts:
    """Who of the customer may ask. `limit` none: as many as are registered. `others` is the plan colleagues get."""

    limit: int | None = None
    individual: bool = False
    company_domain: bool = False
    others: str | None = None
    others_note: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Service:
    """Something else the plan brings; shown on the contract and in the agent's note."""

    title: str
    source: str = ""
    rules: Strings = ()


@dataclass(frozen=True)
class IncidentTerms:
    """How incidents are bought and counted. `expected_price_minor` (minor units of `currency`) is an expectation."""

    valid_for_years: int
    currency: str
    expected_price_minor: int | None
    counts: Strings
    not_counted: Strings
    refundable: bool
    opened_by: Strings
    when_empty: Literal["hold", "flag"]
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Prerequisite:
    """What a customer must hold before this plan means anything."""

    title: str
    source: str = ""
    rules: Strings = ()


@dataclass(frozen=True)
class Plan:
    """What is sold. `rank` orders the vendor's ladder (higher is more); `coverage` maps a severity to a calendar."""

    title: str
    rank: int
    channels: Strings
    coverage: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[Targets, ...] = ()
    includes: Strings = ()
    sale: Sale = Sale()
    prerequisite: Prerequisite | None = None
    contacts: Contacts | None = None
    escalation: Mapping[str, str] = field(default_factory=dict)
    incidents: IncidentTerms | None = None
    services: tuple[Service, ...] = ()
    group: str | None = None
    family: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class EscalationStep:
    """Who is told, how many minutes after the step before it; `repeat_minutes` until somebody answers."""

    tell: Strings
    after_minutes: int
    repeat_minutes: int | None = None
    by: Strings = ()


@dataclass(frozen=True)
class EscalationPolicy:
    """The ladder of one kind of ticket; it runs at every hour of its coverage."""

    title: str
    steps: tuple[EscalationStep, ...]
    starts: str = ""
    stops: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Scope:
    """Work that a plan includes or leaves out (G-14); `terms` flag it in a ticket's text, never more than a flag."""

    says: str
    terms: Strings = ()
    plans: Strings = ()
    except_plans: Strings = ()
    instead: str = ""
    source: str = ""
    rules: Strings = ()


@dataclass(frozen=True)
class Effects:
    """What follows from an outcome, and nothing else does (G-01). `template` goes out only if switched on."""

    target: TargetOf
    note: str
    priority: bool = True
    page: bool = False
    charge: bool = False
    tag: str | None = None
    template: str | None = None
    rules: Strings = ()


@dataclass(frozen=True)
class Template:
    """A text for the customer, sent by a trigger of Zendesk's and never as a comment of ours (G-02)."""

    subject: str
    body: str


@dataclass(frozen=True)
class Status:
    """A ticket status in this vendor's words; `waiting_on` names who is expected to act."""

    title: str
    zendesk: str
    waiting_on: str = ""
    source: str = ""
    rules: Strings = ()


@dataclass(frozen=True)
class Practice:
    """A rule of the desk that is text and numbers rather than a structure: reopen windows, surveys, updates."""

    says: str
    value: str = ""
    source: str = ""
    rules: Strings = ()
    decision: str = ""


@dataclass(frozen=True)
class Intake:
    """How a ticket is known to be this vendor's when no contract says so: brand names and recipient addresses."""

    brands: Strings = ()
    recipients: Strings = ()


@dataclass(frozen=True)
class Catalogue:
    """One vendor's plans and rules. Plan ids are "<vendor>/<plan>" everywhere outside this object (RL-11).

    `rule_of` names, for each check of the entitlement decision, this vendor's rule ids shown beside the general ones.
    """

    vendor: str
    title: str
    timezone: str
    documents: Mapping[str, Document]
    calendars: Mapping[str, Calendar]
    staffed: str
    severities: Mapping[str, Severity]
    environments: Mapping[str, Environment]
    channels: Mapping[str, Channel]
    forms: Mapping[str, Form]
    plans: Mapping[str, Plan]
    outcomes: Mapping[str, Effects]
    unstated_severity: str
    intake: Intake = Intake()
    default_form: str | None = None
    products: Strings = ()
    default_plan: str | None = None
    grace_days: int = 14
    shared_mailboxes: Strings = ()
    own_domains: Strings = ()
    also_free_mail: Strings = ()
    escalation_policies: Mapping[str, EscalationPolicy] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)
    inclusions: tuple[Scope, ...] = ()
    exclusions: tuple[Scope, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)
    practices: tuple[Practice, ...] = ()
    rule_of: Mapping[str, Strings] = field(default_factory=dict)
    rules: Strings = ()

    def severity_ids(self) -> Strings:
        """Severity ids, most severe first (the order of the file)."""
        return tuple(self.severities)

    def is_higher(self, one: str, other: str) -> bool:
        """True where `one` is the more severe of two severities."""
        order = self.severity_ids()
        return order.index(one) < order.index(other)


def _refuse_unknown_keys() -> None:
    """Make a typing error in a hand-edited file an error: the reader honours this mark on each class (extra keys)."""
    for value in list(globals().values()):
        if isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
            value.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]


_refuse_unknown_keys()
