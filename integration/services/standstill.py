"""When Zendesk is not to be asked: it does not accept us (F32), or it told us to come back later (F18)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from integration.services.ports import NotAllowed, TooMany, ZendeskError
from integration.store import switches

#: After a refusal nothing is sent for so long; then one ticket tries whether we are accepted again.
REST = timedelta(seconds=60)
#: Zendesk counts an account's calls per minute, so that no pause of the account need be longer.
LONGEST_PAUSE = timedelta(seconds=60)
PAUSED = "zendesk_paused_until"


def how_many(connection: Connection, now: datetime, most: int) -> int:
    """How many tickets may be worked on: none while it stands still, one to try after a refusal, else `most`."""
    until = switches.read(connection, PAUSED)
    if until is not None and now < datetime.fromisoformat(until):
        return 0
    refused = switches.thrown_at(connection, switches.REFUSED)
    if refused is None:
        return most
    return 0 if now - refused < REST else 1


def begin(connection: Connection, error: ZendeskError, now: datetime) -> None:
    """Stand still where the error is about all of our access and not about one ticket."""
    if isinstance(error, NotAllowed):
        switches.throw(connection, switches.REFUSED, str(error), "drain", now)
    if isinstance(error, TooMany):
        until = now + min(timedelta(seconds=error.seconds), LONGEST_PAUSE)
        switches.throw(connection, PAUSED, until.isoformat(), "drain", now)


def is_about_all(error: Exception) -> bool:
    """True where no other ticket would fare better now."""
    return isinstance(error, NotAllowed | TooMany)
