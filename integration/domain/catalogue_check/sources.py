"""Every number names the document it came from, and where two disagree somebody has decided.

A source is written "document § place", the document being a key of `documents`; several are separated by ";". What
stands in brackets is a remark. A number of our own has a `decision` in place of a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from integration.domain.catalogue import (
    Calendar,
    Catalogue,
    Contacts,
    Environment,
    EscalationPolicy,
    IncidentTerms,
    Practice,
    Sale,
    Severity,
    Targets,
)
from integration.domain.catalogue_check.finding import Finding, Path, nearest
from integration.domain.catalogue_check.walk import parts

_REMARK = re.compile(r"\([^()]*\)")
_SOURCE_HINT = 'add source: "<document> § <place>", or decision: why this number was chosen'


def check_sources(catalogue: Catalogue) -> Iterator[Finding]:
    """Findings about numbers without a source, unknown documents, and sources that disagree without a decision."""
    for path, part in parts(catalogue):
        for place, text in _sources(path, part):
            yield from _documents(catalogue, place, text)
        if not getattr(part, "decision", ""):
            yield from _unsourced(path, part)
        if isinstance(part, Targets) and not part.decision:
            yield from _two_documents(path, part)
    for name, plan in catalogue.plans.items():
        yield from _stated_twice(("plans", name, "targets"), plan.targets)


def documents_in(source: str) -> tuple[str, ...]:
    """The document keys that a source names, in its order."""
    return tuple(text.partition("§")[0].strip() for text in _REMARK.sub("", source).split(";") if text.strip())


def _sources(path: Path, part: Any) -> Iterator[tuple[Path, str]]:
    source = getattr(part, "source", "")
    if isinstance(source, Mapping):
        for key, text in source.items():
            yield (*path, "source", key), text
    elif source:
        yield (*path, "source"), source


def _documents(catalogue: Catalogue, path: Path, source: str) -> Iterator[Finding]:
    for document in documents_in(source):
        if document not in catalogue.documents:
            yield Finding(
                path, f'there is no document "{document}"', nearest(document, catalogue.documents, "documents")
            )
    if "§" not in source:
        yield Finding(path, f'"{source}" does not say where in the document', 'write "<document> § <place>"')


def _unsourced(path: Path, part: Any) -> Iterator[Finding]:
    what = _number_of(part)
    # A mapping of sources is looked at with the names: the engine looks up each severity in it.
    if what and not part.source:
        yield Finding(path, f"{what} names no document", _SOURCE_HINT)


def _number_of(part: Any) -> str:
    """What kind of number or fact a part states that needs a source; nothing when it needs none."""
    needs = {
        Targets: "a target",
        Severity: "the definition of a severity",
        Calendar: "a calendar's hours",
        EscalationPolicy: "an escalation policy",
        IncidentTerms: "the terms of incidents",
    }
    if isinstance(part, Environment) and part.cap:
        return "a cap"
    if isinstance(part, Contacts) and part.limit is not None:
        return "a limit of contacts"
    if isinstance(part, Sale) and (part.since or part.stopped_from):
        return "a date of sale"
    if isinstance(part, Practice) and any(map(str.isdigit, part.value)):
        return "a number"
    return needs.get(type(part), "")


def _two_documents(path: Path, row: Targets) -> Iterator[Finding]:
    for place, text in _sources(path, row):
        named = dict.fromkeys(documents_in(text))
        if len(named) > 1:
            says = f"two documents are named for one number ({', '.join(named)}) and nothing says which stands"
            yield Finding(place, says, "add a decision: what each says, and why this number stands")


def _stated_twice(path: Path, rows: tuple[Targets, ...]) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], tuple[int, Targets]] = {}
    for position, row in enumerate(rows):
        for severity in row.within:
            earlier = first.setdefault((row.metric, row.kind, severity), (position, row))
            if earlier[1] is not row and not (row.decision or earlier[1].decision):
                yield _twice((*path, position, "within", severity), row, severity, earlier)


def _twice(path: Path, row: Targets, severity: str, earlier: tuple[int, Targets]) -> Finding:
    position, other = earlier
    if row.spans[severity] == other.spans[severity]:
        says = f"{row.metric} of {severity} is stated in targets {position + 1} already"
        return Finding(path, says, "keep one of the two, and name both documents in its source and decision")
    numbers = f"{row.within[severity]} here and {other.within[severity]} in targets {position + 1}"
    says = f"{row.metric} of {severity} is {numbers}"
    return Finding(path, says, "two sources disagree: keep one number and add a decision that says why it stands")
