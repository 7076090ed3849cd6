"""Triage: the whole decision on one ticket. One pure call: facts in, one explained decision out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from integration.domain import category as categories
from integration.domain import entitlement, scope, severity, sla
from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Form
from integration.domain.contract import Contract
from integration.domain.entitlement import Entitlement
from integration.domain.severity import SeverityDecision
from integration.domain.sla import Target
from integration.domain.ticket import Asker, ByPerson, EarlierPromise, Ticket


@dataclass(frozen=True, slots=True)
class CategoryDecision:
    """The category and where it came from: "form", "text", "person" or "" where there is none."""

    value: str | None
    origin: str = ""
    confidence: float = 0.0
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a decision depends on. `changed_at` is the moment of the change that asks for it (G-09)."""

    ticket: Ticket
    asker: Asker
    contracts: tuple[Contract, ...]
    catalogue: str
    person: ByPerson = field(default_factory=ByPerson)
    earlier: EarlierPromise | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What we hold of a ticket. Deadlines are UTC. `version` is the content hash of the catalogue that decided."""

    catalogue: str
    version: str
    entitlement: Entitlement
    severity: SeverityDecision
    category: CategoryDecision
    targets: tuple[Target, ...]
    group: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def first_reply(self) -> Target | None:
        """The first-reply target, where one applies."""
        return next((target for target in self.targets if target.metric == "first_reply"), None)

    @property
    def ask_severity(self) -> bool:
        """True where the customer should be asked how severe it is: a promise runs, and they stated nothing."""
        return self.severity.ask and self.entitlement.plan is not None

    @property
    def message(self) -> str | None:
        """The template of the one text to the customer that this decision asks for, if any (G-02)."""
        return SEVERITY_QUESTION if self.ask_severity else self.entitlement.effects.template


#: The template that asks the customer for a severity.
SEVERITY_QUESTION = "severity_question"


def triage(question: Question, book: Book) -> Decision:
    """Decide a ticket. Raises UnknownCatalogue or UnknownPlan for facts outside the catalogues."""
    asked = book.catalogue(question.catalogue)
    granted = entitlement.decide(question.ticket, question.asker, question.contracts, asked, book)
    granted = _overridden(granted, question.person, book)
    home = _home(granted, asked, book)
    rated = severity.decide(question.ticket, home, question.person)
    targets = _targets(question, granted, rated, book)
    sorted_in = _category(question, home)
    colleague = ("the requester is a colleague of ours and no customer (G-03)",)
    flags = (
        *(colleague if question.ticket.requester_is_staff else ()),
        *granted.flags,
        *rated.flags,
        *sorted_in.flags,
        *_scope_flags(question.ticket, granted, home),
    )
    return Decision(
        catalogue=home.vendor,
        version=book.versions.get(home.vendor, ""),
        entitlement=granted,
        severity=rated,
        category=sorted_in,
        targets=targets,
        group=_group(question.ticket, granted, home, book),
        flags=flags,
    )


def _home(granted: Entitlement, asked: Catalogue, book: Book) -> Catalogue:
    """The vendor whose words hold for this ticket: the contract's own, otherwise the one that was asked."""
    return book.of_plan(granted.bought)[0] if granted.bought else asked


def _overridden(granted: Entitlement, person: ByPerson, book: Book) -> Entitlement:
    """G-05: a plan that a person granted with a reason stands, and the checks stay visible below it."""
    if person.plan is None:
        return granted
    home, _ = book.of_plan(person.plan)
    reason = person.reasons.get("plan", "no reason given")
    check = entitlement.Check("override", True, ("G-05",), f"a person granted {book.title_of(person.plan)}: {reason}")
    return replace(
        granted,
        outcome="entitled",
        plan=person.plan,
        effects=home.outcomes["entitled"],
        because=(check, *granted.because),
    )


def _targets(question: Question, granted: Entitlement, rated: SeverityDecision, book: Book) -> tuple[Target, ...]:
    if granted.plan is None or rated.working is None:
        return ()
    ticket = question.ticket
    severity_there = _translate(rated.working, granted, book)
    targets = sla.choose(book, granted.plan, severity_there, ticket.created_at)
    # What the call has met already is no promise that a change could move.
    targets = _met_by_call(ticket, book.of_plan(granted.plan)[0], targets)
    return sla.improve(book, granted.plan, targets, question.earlier, question.changed_at or ticket.created_at)


def _translate(working: str, granted: Entitlement, book: Book) -> str:
    """The same severity in the vendor whose plan applies (a legacy customer who fell to a current plan)."""
    there = book.of_plan(granted.plan or "")[0]
    return working if working in there.severities else there.unstated_severity


def _met_by_call(ticket: Ticket, catalogue: Catalogue, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """RC-14: a call that an agent logged has had its first response, unless it is a voicemail."""
    channel = catalogue.channels.get(ticket.channel)
    if not (channel and channel.answered_by_call and ticket.submitter == "staff" and not ticket.voicemail):
        return targets
    return tuple(
        replace(
            t,
            deadline=None,
            fulfilled_at=ticket.created_at,
            note="answered by the call itself",
            rules=(*t.rules, *channel.rules),
        )
        if t.metric == "first_reply"
        else t
        for t in targets
    )


def _category(question: Question, home: Catalogue) -> CategoryDecision:
    """The form's value checked against that form's list; from the text where the field is empty (MH-04, MH-05)."""
    ticket, form = question.ticket, _form(question.ticket, home)
    if question.person.category:
        return CategoryDecision(question.person.category, "person", 1.0)
    if form is None or not form.categories:
        return CategoryDecision(None)
    if ticket.category:
        return _category_of_form(ticket.category, form)
    terms = tuple(categories.CategoryTerms(c.name, c.terms) for c in form.categories)
    found = categories.suggest(categories.CategoryText(ticket.subject, ticket.description), terms)
    return CategoryDecision(found.category, "text" if found.category else "", found.confidence, found.because)


def _category_of_form(value: str, form: Form) -> CategoryDecision:
    name = categories.check(value, [c.name for c in form.categories])
    if name is None:
        return CategoryDecision(None, flags=(f'"{value}" is no category of the form {form.title}',))
    return CategoryDecision(name, "form", 1.0)


def _form(ticket: Ticket, home: Catalogue) -> Form | None:
    return home.forms.get(ticket.form or home.default_form or "")


def _scope_flags(ticket: Ticket, granted: Entitlement, home: Catalogue) -> tuple[str, ...]:
    """G-14 exclusions, and the hint that a technical problem came through the wrong form (MH-06)."""
    form = _form(ticket, home)
    hints = (form.wrong_form_hint,) if form and form.wrong_form_hint and _looks_technical(ticket, home) else ()
    return (*scope.flags(ticket, granted.plan or granted.bought, home), *hints)


def _looks_technical(ticket: Ticket, home: Catalogue) -> bool:
    technical = home.forms.get(home.default_form or "")
    if technical is None:
        return False
    terms = tuple(categories.CategoryTerms(c.name, c.terms) for c in technical.categories)
    return categories.suggest(categories.CategoryText(ticket.subject, ticket.description), terms).category is not None


def _group(ticket: Ticket, granted: Entitlement, home: Catalogue, book: Book) -> str | None:
    """MM-35: the form's group, else the plan's; set only where the ticket has none."""
    if ticket.group:
        return None
    form = _form(ticket, home)
    if form and form.group:
        return form.group
    return book.of_plan(granted.plan)[1].group if granted.plan else None
