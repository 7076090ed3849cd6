"""The incremental export of tickets by cursor."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

from ..call import Call
from ..paging import whole_number
from ..refusals import bad_request, invalid
from ..routes import Routes
from ..table import Row
from ..times import epoch
from .tickets import with_tickets

routes = Routes()
WITHHELD_SECONDS = 60
MOST = 1000


@routes.get("/incremental/tickets/cursor")
def tickets(call: Call) -> Row:
    """Tickets changed since `start_time`, or after `cursor`, oldest change first; deleted ones with that status.

    The last minute is withheld, unless the sandbox runs with --quick-export.
    """
    since, after = (0, _position(call.query["cursor"])) if call.query.get("cursor") else (_start(call), 0)
    until = epoch(call.desk.now) - (0 if call.world.settings.quick_export else WITHHELD_SECONDS)
    rows = [
        row
        for row in call.account.all("tickets")
        if row["_seq"] > after and since <= row["generated_timestamp"] <= until
    ]
    rows.sort(key=lambda row: row["_seq"])
    size = min(whole_number(call, "per_page", MOST), MOST)
    shown = rows[:size]
    cursor = _cursor(shown[-1]) if shown else call.query.get("cursor")
    url = f"{call.account.url('incremental/tickets/cursor')}?{urlencode({'cursor': cursor, 'per_page': size})}"
    page = {"after_cursor": cursor, "after_url": url if cursor else None, "before_cursor": None, "before_url": None}
    page = with_tickets(call, page | {"end_of_stream": len(rows) <= size}, shown)
    page.pop("last_audits", None)  # Zendesk side-loads them everywhere but here
    return page


def _start(call: Call) -> int:
    """Raises 400 without a start, 422 for a start within the last minute."""
    if "start_time" not in call.query:
        raise bad_request("start_time or cursor is required", "ParameterMissing")
    start = whole_number(call, "start_time", 0, least=0)
    if start > epoch(call.desk.now) - WITHHELD_SECONDS and not call.world.settings.quick_export:
        raise invalid("start_time", "Too recent start_time. Use a start_time older than 1 minute", "InvalidValue")
    return start


def _cursor(row: Row) -> str:
    text = f"{row['generated_timestamp']}.0||{row['id']}|{row['_seq']}"
    return base64.b64encode(text.encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.encode(), validate=True).decode().rpartition("|")[2])
    except (ValueError, binascii.Error) as error:
        raise bad_request(f"not a cursor of this export: {cursor!r}", "InvalidCursor") from error
