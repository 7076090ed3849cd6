"""Questions and decisions as JSON: what the decisions table, the API and `flask simulate` show, defined once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from integration.domain.entitlement import Check
from integration.domain.sla import Target
from integration.domain.triage import Decision, Question

_question = TypeAdapter(Question)


def question_json(question: Question) -> dict[str, Any]:
    """Every input of a decision."""
    return dict(_question.dump_python(question, mode="json"))


def question_from(value: dict[str, Any]) -> Question:
    """The question behind its JSON."""
    return _question.validate_json(json.dumps(value))


def digest(question: dict[str, Any]) -> str:
    """What a decision depends on, as a hash: only a change of these facts asks for a new decision (G-06)."""
    facts = {key: value for key, value in question.items() if key not in ("earlier", "changed_at")}
    ignored = ("subject", "description", "group")
    facts["ticket"] = {key: value for key, value in question["ticket"].items() if key not in ignored}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def instant(value: datetime | None) -> str | None:
    """A UTC instant ending in Z, to the second where it has no fraction."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def decision_json(decision: Decision, note: str) -> dict[str, Any]:
    """A decision for people and programs. Instants are UTC and end in Z."""
    granted, rated, chosen = decision.entitlement, decision.severity, decision.category
    first = decision.first_reply
    return {
        "entitlement": {
            "outcome": granted.outcome,
            "plan": granted.plan,
            "bought": granted.bought,
            "contract": granted.contract.reference or granted.contract.id if granted.contract else None,
            "because": [_check_json(check) for check in granted.because],
        },
        "severity": rated.working,
        "severity_stated": rated.stated,
        "severity_because": {"says": rated.because, "rules": list(rated.rules), "capped_from": rated.capped_from},
        "priority": rated.priority,
        "category": chosen.value,
        "category_because": {
            "from": chosen.origin,
            "confidence": round(chosen.confidence, 3),
            "says": list(chosen.because),
        },
        "targets": [_target_json(target) for target in decision.targets],
        "first_reply_due": instant(first.deadline) if first else None,
        "group": decision.group,
        "flags": list(decision.flags),
        "ask_severity": decision.ask_severity,
        "effects": {
            name: getattr(granted.effects, name) for name in ("target", "priority", "page", "charge", "template")
        },
        "note": note,
        "catalogue": decision.catalogue,
        "catalogue_version": decision.version,
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "check": check.name,
        "passed": check.passed,
        "rule": ", ".join(check.rules),
        "rules": list(check.rules),
        "says": check.says,
        "source": check.source,
    }


def _target_json(target: Target) -> dict[str, Any]:
    return {
        "metric": target.metric,
        "kind": target.kind,
        "plan": target.plan,
        "severity": target.severity,
        "within": target.within,
        "coverage": target.coverage,
        "zone": target.zone,
        "started_at": instant(target.started_at),
        "deadline": instant(target.deadline),
        "fulfilled_at": instant(target.fulfilled_at),
        "source": target.source,
        "rules": list(target.rules),
        "note": target.note,
    }
