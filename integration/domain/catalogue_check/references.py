"""Every name in a catalogue that must be the name of something else: severities, calendars, channels, plans, …"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from integration.domain.catalogue import OUTCOMES, Catalogue, Plan, Targets
from integration.domain.catalogue_check.finding import Finding, Path, nearest


def check_references(catalogue: Catalogue, plan_ids: Sequence[str]) -> Iterator[Finding]:
    """Findings for names that lead nowhere. `plan_ids` are the full ids ("vendor/plan") of all loaded catalogues."""
    yield from _catalogue_names(catalogue, plan_ids)
    yield from _environment_caps(catalogue)
    yield from _channel_severities(catalogue)
    for name, plan in catalogue.plans.items():
        yield from _plan_names(catalogue, name, plan, plan_ids)
    yield from _scope_plans(catalogue, plan_ids)
    yield from _outcomes(catalogue)


def _known(path: Path, word: str | None, known: Collection[str], what: str) -> Iterator[Finding]:
    if word is not None and word not in known:
        yield Finding(path, f'there is no {_one(what)} "{word}"', nearest(word, known, what))


def _one(what: str) -> str:
    return {"severities": "severity", "escalation policies": "escalation policy"}.get(what, what.removesuffix("s"))


def _catalogue_names(catalogue: Catalogue, plan_ids: Sequence[str]) -> Iterator[Finding]:
    yield from _known(("staffed",), catalogue.staffed, catalogue.calendars, "calendars")
    yield from _known(("unstated_severity",), catalogue.unstated_severity, catalogue.severities, "severities")
    yield from _known(("default_form",), catalogue.default_form, catalogue.forms, "forms")
    yield from _known(("default_plan",), catalogue.default_plan, plan_ids, "plans")


def _environment_caps(catalogue: Catalogue) -> Iterator[Finding]:
    for name, environment in catalogue.environments.items():
        yield from _known(("environments", name, "cap"), environment.cap, catalogue.severities, "severities")


def _channel_severities(catalogue: Catalogue) -> Iterator[Finding]:
    for name, channel in catalogue.channels.items():
        for key in ("severity", "expects_severity"):
            yield from _known(("channels", name, key), getattr(channel, key), catalogue.severities, "severities")


def _plan_names(catalogue: Catalogue, name: str, plan: Plan, plan_ids: Sequence[str]) -> Iterator[Finding]:
    path: Path = ("plans", name)
    for position, channel in enumerate(plan.channels):
        yield from _known((*path, "channels", position), channel, catalogue.channels, "channels")
    for position, included in enumerate(plan.includes):
        yield from _known((*path, "includes", position), included, plan_ids, "plans")
    if plan.contacts:
        yield from _known((*path, "contacts", "others"), plan.contacts.others, plan_ids, "plans")
    yield from _by_severity(catalogue, (*path, "coverage"), plan.coverage, catalogue.calendars, "calendars")
    policies = catalogue.escalation_policies
    yield from _by_severity(catalogue, (*path, "escalation"), plan.escalation, policies, "escalation policies")
    for position, row in enumerate(plan.targets):
        yield from _target_names(catalogue, plan, (*path, "targets", position), row)


def _by_severity(
    catalogue: Catalogue, path: Path, mapping: Mapping[str, str], known: Mapping[str, object], what: str
) -> Iterator[Finding]:
    for severity, word in mapping.items():
        yield from _known((*path, severity), severity, catalogue.severities, "severities")
        yield from _known((*path, severity), word, known, what)


def _target_names(catalogue: Catalogue, plan: Plan, path: Path, row: Targets) -> Iterator[Finding]:
    yield from _known((*path, "business_days_in"), row.business_days_in, catalogue.calendars, "calendars")
    for severity in row.within:
        if severity not in catalogue.severities:
            yield from _known((*path, "within", severity), severity, catalogue.severities, "severities")
            continue
        if severity not in plan.coverage:
            says = f"{severity} has a target but no coverage, so its clock would never run"
            yield Finding((*path, "within", severity), says, f'name a calendar for {severity} under "coverage"')
        if not isinstance(row.source, str) and not row.source.get(severity, "").strip():
            right = f'add {severity}: "<document> § <place>" under "source"'
            yield Finding((*path, "within", severity), f"{severity} names no document", right)


def _scope_plans(catalogue: Catalogue, plan_ids: Sequence[str]) -> Iterator[Finding]:
    for part in ("inclusions", "exclusions"):
        for position, scope in enumerate(getattr(catalogue, part)):
            for key in ("plans", "except_plans"):
                for index, word in enumerate(getattr(scope, key)):
                    yield from _known((part, position, key, index), word, plan_ids, "plans")


def _outcomes(catalogue: Catalogue) -> Iterator[Finding]:
    for outcome in OUTCOMES:
        if outcome not in catalogue.outcomes:
            right = f'add "{outcome}" with target and note, and whether it pages or charges'
            yield Finding(("outcomes", outcome), f'the outcome "{outcome}" has no effects (G-01)', right)
    for outcome, effects in catalogue.outcomes.items():
        yield from _known(("outcomes", outcome), outcome, OUTCOMES, "outcomes")
        yield from _known(("outcomes", outcome, "template"), effects.template, catalogue.templates, "templates")
