"""What was decided on a ticket and why: the decision in force, its inputs, its history, and what Zendesk is owed."""

from __future__ import annotations

from typing import Any

from integration.services.parts import Parts
from integration.services.records import instant
from integration.store import tickets as rows
from integration.store import work


def explain(parts: Parts, ticket: str) -> dict[str, Any] | None:
    """Everything about a ticket's decision; None where it was never decided."""
    with parts.store.read() as (connection, _):
        decisions = rows.all_decisions(connection, parts.account, ticket)
        if not decisions:
            return None
        owed = rows.owed(connection, parts.account, ticket)
        sent = rows.sent_values(connection, parts.account, ticket)
        overrides = rows.standing_overrides(connection, parts.account, ticket)
        open_work = work.is_open(connection, parts.account, ticket)
    last = decisions[-1]
    return {
        "ticket": ticket,
        "decision": last.number,
        "decided_at": instant(last.decided_at),
        "mode": last.mode,
        **last.answer,
        "question": last.question,
        "overrides": [
            {"field": o.field, "value": o.value, "reason": o.reason, "by": o.by, "at": instant(o.at)} for o in overrides
        ],
        "written": sent,
        "owed": {"fields": dict(owed.fields), "notes": list(owed.notes)},
        "waiting_to_be_looked_at": open_work,
        "history": [
            {"decision": d.number, "decided_at": instant(d.decided_at), "outcome": d.outcome, "plan": d.plan,
             "severity": d.severity, "first_reply_due": instant(d.first_reply_due)}
            for d in decisions
        ],
    }  # fmt: skip
