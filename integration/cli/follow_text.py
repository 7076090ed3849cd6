"""One decided ticket as one readable line."""

from __future__ import annotations

from typing import Any

_MARKS = {"entitled": "ok ", "entitled_lower_plan": "ok ", "in_grace": "ok "}


def line(row: Any) -> str:
    """Number, outcome, plan, severity and priority, when the first reply is due, and what it is about."""
    due = _due(row)
    impact = f"{row.severity}/{row.priority}" if row.severity else "no severity"
    plan = row.plan or "-"
    mark = _MARKS.get(row.outcome, "?? ")
    again = f" (decision {row.number})" if row.number > 1 else ""
    return f"{mark}#{row.ticket:<5} {row.outcome:<24} {plan:<27} {impact:<14} {due:<36} {row.subject[:44]}{again}"


def _due(row: Any) -> str:
    if row.first_reply_due:
        return f"first reply due {row.first_reply_due:%a %d %b %H:%M} UTC"
    if any(target["fulfilled_at"] for target in row.answer["targets"]):
        return "first reply given on the phone"
    return "no target for the first reply" if row.plan else "no promise runs"
