"""The poll: webhooks may be lost, so the incremental export is read too, and what it shows newer than we know is
looked at (F07, F16, F33). It asks for work; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from integration.services import facts
from integration.services.parts import Parts
from integration.store import cursors, switches, work
from integration.store import tickets as rows

CURSOR = "incremental tickets"
#: Zendesk withholds the last minute of an export, and refuses a start within it.
WITHHELD = timedelta(minutes=1, seconds=5)
MOST_PAGES = 20


def poll(parts: Parts) -> int:
    """Read the export to its end (at most MOST_PAGES a call); returns how many tickets were found to look at."""
    with parts.store.read() as (connection, now):
        cursor = cursors.read(connection, parts.account, CURSOR) or None
        since = min(_start(parts, connection, now), now - WITHHELD)
    found = 0
    for _ in range(MOST_PAGES):
        page = parts.zendesk.exported_tickets(cursor, since)
        with parts.store.write() as (connection, now):
            found += _want_newer(parts, connection, page.tickets, now)
            # Also where there is no cursor yet: /readyz wants to know when we last asked.
            cursors.move(connection, parts.account, CURSOR, page.cursor or cursor or "", now)
        if page.at_end or not page.cursor or page.cursor == cursor:
            break
        cursor = page.cursor
    if found:
        parts.nudge()
    return found


def _start(parts: Parts, connection: Any, now: datetime) -> datetime:
    """Where the first poll begins: tickets older than this are left to a backfill."""
    return parts.settings.active_since or switches.installed_at(connection) or now - timedelta(hours=1)


def _want_newer(parts: Parts, connection: Any, exported: Sequence[Mapping[str, Any]], now: datetime) -> int:
    wanted = 0
    for ticket in exported:
        number, updated = str(ticket["id"]), str(ticket["updated_at"])
        known = rows.known(connection, parts.account, number)
        if known is not None and known.zendesk_updated_at >= facts.instant_of(updated):
            continue
        row = {
            "account": parts.account,
            "key": f"poll:{number}:{updated}",
            "kind": "poll",
            "event": "export",
            "ticket": number,
            "body": "",
            "received_at": now,
        }
        if work.record_delivery(connection, row):
            work.want(connection, parts.account, number, now)
            wanted += 1
    return wanted
