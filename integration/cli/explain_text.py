"""A decision as text for a terminal: what, why (failed checks on top), when, and what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def text(found: Mapping[str, Any]) -> str:
    """The explanation; `--json` shows every input in full."""
    return "\n".join(_lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    granted = found["entitlement"]
    yield f"Ticket {found['ticket']}, decision {found['decision']} of {found['decided_at']}, mode {found['mode']}"
    yield f"  {granted['outcome']}, plan {granted['plan'] or '-'}, contract {granted['contract'] or '-'}"
    stated = found["severity_stated"] or "-"
    yield f"  severity {found['severity'] or '-'} (stated {stated}), priority {found['priority'] or '-'}"
    yield f"  category {found['category'] or '-'}"
    yield "Because"
    for check in sorted(granted["because"], key=lambda each: each["passed"]):
        yield f"  {'✓' if check['passed'] else '✗'} {check['check']:<13} {check['says']}  [{check['rule']}]"
    yield f"  · severity      {found['severity_because']['says']}  [{', '.join(found['severity_because']['rules'])}]"
    for flag in found["flags"]:
        yield f"  ! {flag}"
    yield "Targets"
    for target in found["targets"] or ():
        due = target["deadline"] or (f"met {target['fulfilled_at']}" if target["fulfilled_at"] else "not started")
        yield f"  {target['metric']:<12} {target['kind']:<8} {target['within']:<18} in {target['coverage']:<15} {due}"
        yield f"  {'':<12} {target['source']}"
    if not found["targets"]:
        yield "  none"
    yield "Inputs"
    for name, value in found["question"]["ticket"].items():
        yield f"  {name:<16} {_short(value)}"
    yield f"  {'asker':<16} {_short(found['question']['asker'])}"
    for each in found["question"]["contracts"]:
        terms = f"{each['plan']}, {each['start']} to {each['end'] or 'no end'}"
        yield f"  {'contract':<16} {each['reference']} version {each['version']}: {terms}"
    yield f"  {'catalogue':<16} {found['catalogue']} {found['catalogue_version']}"
    for each in found["overrides"]:
        yield f"  {'override':<16} {each['field']} = {each['value']} by {each['by']}: {each['reason']}"
    yield f"Written  {_short(found['written'])}"
    owed = found["owed"]
    if owed["fields"] or owed["notes"]:
        yield f"Owed     {_short(owed)}"


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = " ".join(shown.split())
    return shown if len(shown) <= 200 else shown[:199] + "…"
