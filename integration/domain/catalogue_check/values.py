"""Values that fit the schema and cannot be meant: limits below one, dates in the wrong order, names used twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

from integration.domain.catalogue import Catalogue, EscalationPolicy, Match, Plan, Priority
from integration.domain.catalogue_check.finding import Finding, Path, nearest
from integration.domain.term_index import parse_term

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+\Z")
_ADDRESS = re.compile(r"[^@\s]+@(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
_MOST_MINUTES = 7 * 24 * 60


def check_values(catalogue: Catalogue) -> Iterator[Finding]:
    """Findings about single values; no other part of the catalogue has to be right for them."""
    yield from _priorities(catalogue)
    yield from _channels(catalogue)
    yield from _forms(catalogue)
    yield from _category_terms(catalogue)
    yield from _domains(catalogue)
    for name, plan in catalogue.plans.items():
        yield from _plan(("plans", name), plan, catalogue)
    for name, policy in catalogue.escalation_policies.items():
        yield from _policy(("escalation_policies", name), policy)
    yield from _statuses(catalogue)
    if catalogue.grace_days < 0:
        yield Finding(("grace_days",), f"{catalogue.grace_days} days of grace", "write 0 for no grace (G-11)")


def _priorities(catalogue: Catalogue) -> Iterator[Finding]:
    """Every Zendesk priority means exactly one severity, and what we write is read back as what we meant (G-07)."""
    for priority in get_args(Priority):
        readers = [name for name, severity in catalogue.severities.items() if priority in severity.reads]
        if not readers:
            right = f'add {priority} to the "reads" of one severity'
            yield Finding(("severities",), f'no severity reads the Zendesk priority "{priority}"', right)
        for name in readers[1:]:
            says = f'the Zendesk priority "{priority}" is read by {readers[0]} already'
            yield Finding(("severities", name, "reads"), says, "let each priority be read by exactly one severity")
    for name, severity in catalogue.severities.items():
        if severity.priority not in severity.reads:
            says = f'we would write "{severity.priority}" and read it back as another severity'
            right = f'add {severity.priority} to the "reads" of {name}'
            yield Finding(("severities", name, "priority"), says, right)


def _channels(catalogue: Catalogue) -> Iterator[Finding]:
    seen: dict[Match, str] = {}
    for name, channel in catalogue.channels.items():
        if not channel.match:
            yield Finding(("channels", name, "match"), "nothing recognises this channel (G-04)", "add {via: …}")
        for position, match in enumerate(channel.match):
            path: Path = ("channels", name, "match", position)
            yield from _match(path, match)
            if match in seen:
                says = f'the channel "{seen[match]}" is recognised by the very same facts'
                yield Finding(path, says, "tell the two apart by recipient, brand or tag (G-04)")
            seen.setdefault(match, name)


def _match(path: Path, match: Match) -> Iterator[Finding]:
    facts = {key: value for key in Match.__dataclass_fields__ if (value := getattr(match, key)) is not None}
    if not facts:
        yield Finding(path, "this would match every ticket", "give at least one of via, rel, recipient, brand, tag")
    for key, value in facts.items():
        if not value or value != value.lower():
            yield Finding((*path, key), f'"{value}" can never match', f'write it in lower case: "{value.lower()}"')


def _category_terms(catalogue: Catalogue) -> Iterator[Finding]:
    """A term that the scorer cannot read would stop every ticket of its form."""
    for form, each in catalogue.forms.items():
        for place, category in enumerate(each.categories):
            for number, term in enumerate(category.terms):
                try:
                    parse_term(term)
                except ValueError as error:
                    says, _, right = str(error).partition("; ")
                    yield Finding(("forms", form, "categories", place, "terms", number), says, right)


def _forms(catalogue: Catalogue) -> Iterator[Finding]:
    owner: dict[int, str] = {}
    for name, form in catalogue.forms.items():
        for position, number in enumerate(form.zendesk_ids):
            if number in owner:
                says = f'the Zendesk form {number} is the form "{owner[number]}" already'
                yield Finding(("forms", name, "zendesk_ids", position), says, "give each Zendesk form to one form")
            owner.setdefault(number, name)
        yield from _categories(("forms", name, "categories"), [category.name for category in form.categories])


def _categories(path: Path, names: list[str]) -> Iterator[Finding]:
    times = Counter(name.casefold() for name in names)
    for position, name in enumerate(names):
        if times[name.casefold()] > 1 and name.casefold() in {other.casefold() for other in names[:position]}:
            yield Finding((*path, position), f'the category "{name}" is listed twice', "list each category once")


def _domains(catalogue: Catalogue) -> Iterator[Finding]:
    for key in ("own_domains", "also_free_mail"):
        for position, domain in enumerate(getattr(catalogue, key)):
            if not _DOMAIN.match(domain):
                right = 'write it in lower case without "@", such as example.com'
                yield Finding((key, position), f'"{domain}" is no domain', right)
    for position, domain in enumerate(catalogue.also_free_mail):
        if domain in catalogue.own_domains:
            says = f'"{domain}" is both our own domain and a free-mail domain (G-15)'
            yield Finding(("also_free_mail", position), says, "keep it in one of the two lists")
    for position, address in enumerate(catalogue.intake.recipients):
        if not _ADDRESS.match(address):
            right = "write it like support@example.com, the domain in lower case"
            yield Finding(("intake", "recipients", position), f'"{address}" is no address', right)


def _plan(path: Path, plan: Plan, catalogue: Catalogue) -> Iterator[Finding]:
    sale = plan.sale
    if sale.since and sale.stopped_from and sale.stopped_from < sale.since:
        says = f"sales stopped on {sale.stopped_from}, before they began on {sale.since}"
        yield Finding((*path, "sale", "stopped_from"), says, "put the two dates in order")
    contacts = plan.contacts
    if contacts and contacts.limit is not None and contacts.limit < 1:
        says = f"a limit of {contacts.limit} contacts lets nobody ask"
        yield Finding((*path, "contacts", "limit"), says, "write 1 or more, or leave it out for no limit")
    if contacts and contacts.individual and not any(map(str.strip, catalogue.shared_mailboxes)):
        says = "the plan demands individuals, but no word tells a shared mailbox (MM-32)"
        yield Finding(
            (*path, "contacts", "individual"), says, 'list words such as support, info under "shared_mailboxes"'
        )
    yield from _incident_terms(path, plan)


def _incident_terms(path: Path, plan: Plan) -> Iterator[Finding]:
    terms = plan.incidents
    if terms is None:
        return
    here = (*path, "incidents")
    if terms.valid_for_years < 1:
        yield Finding((*here, "valid_for_years"), "a pack would end on the day it is bought", "write 1 or more")
    if not _CURRENCY.match(terms.currency):
        right = "write its three capital letters, such as EUR"
        yield Finding((*here, "currency"), f'"{terms.currency}" is no currency', right)
    if terms.expected_price_minor is not None and terms.expected_price_minor < 0:
        yield Finding((*here, "expected_price_minor"), "a price below zero", "write it in minor units: 9900 is 99.00")


def _policy(path: Path, policy: EscalationPolicy) -> Iterator[Finding]:
    if not policy.steps:
        yield Finding((*path, "steps"), "the policy tells nobody", "add a step with tell and after_minutes")
    for position, step in enumerate(policy.steps):
        here = (*path, "steps", position)
        if not step.tell:
            yield Finding((*here, "tell"), "the step tells nobody", "name who is told, or remove the step")
        if not 0 <= step.after_minutes <= _MOST_MINUTES:
            says = f"{step.after_minutes} minutes after the step before it"
            yield Finding((*here, "after_minutes"), says, f"write 0 to {_MOST_MINUTES} (a week)")
        if step.repeat_minutes is not None and step.repeat_minutes < 1:
            says = f"repeated every {step.repeat_minutes} minutes"
            yield Finding((*here, "repeat_minutes"), says, "write 1 or more, or leave it out")


def _statuses(catalogue: Catalogue) -> Iterator[Finding]:
    for name, status in catalogue.statuses.items():
        if status.zendesk not in _STATUSES:
            says = f'"{status.zendesk}" is no Zendesk status'
            yield Finding(("statuses", name, "zendesk"), says, nearest(status.zendesk, _STATUSES, "statuses"))
