"""The mails that triggers sent."""

from __future__ import annotations

from ..call import Call
from ..routes import Routes
from ..table import Row

routes = Routes()


@routes.control("GET", "/outbox")
def outbox(call: Call) -> Row:
    """Every mail, oldest first; of one ticket with ?ticket_id=."""
    wanted = call.query.get("ticket_id")
    return {"mails": [row for row in call.account.all("mails") if not wanted or str(row["ticket_id"]) == wanted]}
