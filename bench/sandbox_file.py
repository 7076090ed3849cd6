"""The sandbox's state, read from its file: no call is counted for it and no request waits for it.

The sandbox commits a change before it answers, so that what stands here was seen by Zendesk at that moment.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

REVISION = "Deskward revision"
#: The table's key begins with the account; without it every look would read the whole file.
_OURS = "account in (select number from accounts)"


class SandboxFile:
    """Reads, from any one thread at a time; raises LookupError where our fields were not made yet."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
        self._revision = self._field(REVISION)

    def close(self) -> None:
        self._db.close()

    def written(self, tickets: Iterable[str]) -> set[str]:
        """Those of `tickets` that carry our fields: each of our updates sets the revision."""
        wanted = list(tickets)
        marks = ",".join("?" * len(wanted))
        asked = f"""select id from rows where {_OURS} and kind = 'tickets' and id in ({marks})
                    and json_extract(body, '$._custom."{self._revision}"') is not null"""
        return {row[0] for row in self._db.execute(asked, wanted)} if wanted else set()

    def undelivered(self) -> int:
        """Webhooks that are stored and neither delivered nor given up."""
        asked = f"select count(*) from rows where {_OURS} and kind = 'invocations' and body like ?"
        return int(self._db.execute(asked, ('%"status": "pending"%',)).fetchone()[0])

    def _field(self, title: str) -> int:
        for (body,) in self._db.execute(f"select body from rows where {_OURS} and kind = 'ticket_fields'"):
            row = json.loads(body)
            if row["title"] == title:
                return int(row["id"])
        raise LookupError(f"the sandbox has no ticket field {title!r}; `flask provision apply` makes it")
