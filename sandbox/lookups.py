"""Which kinds of row are looked up by something other than their id."""

from __future__ import annotations

from typing import Any

from .table import KeysOf, Row, Table


def _by(name: str) -> KeysOf:
    def keys(row: Row) -> list[Any]:
        return [] if row.get(name) is None else [row[name]]

    return keys


def _by_folded(name: str) -> KeysOf:
    def keys(row: Row) -> list[Any]:
        return [] if row.get(name) is None else [str(row[name]).lower()]

    return keys


def _domains(row: Row) -> list[str]:
    return [domain.lower() for domain in row["domain_names"]]


LOOKUPS: dict[str, dict[str, KeysOf]] = {
    "users": {"external_id": _by_folded("external_id"), "organization_id": _by("organization_id")},
    "identities": {"user_id": _by("user_id"), "value": _by_folded("value")},
    "memberships": {"user_id": _by("user_id"), "organization_id": _by("organization_id")},
    "organizations": {"name": _by_folded("name"), "external_id": _by_folded("external_id"), "domain": _domains},
    "tickets": {"external_id": _by("external_id"), "requester_id": _by("requester_id")},
    "audits": {"ticket_id": _by("ticket_id")},
    "invocations": {"webhook_id": _by("webhook_id")},
    "attempts": {"invocation_id": _by("invocation_id")},
}


def new_table(kind: str) -> Table:
    """An empty table for rows of this kind."""
    return Table(LOOKUPS.get(kind, {}))
