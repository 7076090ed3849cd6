"""The start page: how the desk stands in one sentence, without any customer's data, and where to go from here."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from sqlalchemy.exc import SQLAlchemyError

from integration.services.parts import Parts
from integration.store import work
from integration.store.work import Backlog
from integration.web.auth import rule

pages = Blueprint("pages", __name__)


@pages.get("/")
@rule("public")
def start() -> str | tuple[str, int]:
    """State, modes and the next steps."""
    parts: Parts = current_app.extensions["deskward"]()
    try:
        with parts.store.read() as (connection, now):
            backlog, said_at = work.backlog(connection, parts.account), now
    except SQLAlchemyError:
        return render_template("start.html", title="The database does not answer", parts=parts, backlog=None), 503
    title = _sentence(backlog)
    return render_template("start.html", title=title, parts=parts, backlog=backlog, now=said_at)


def _sentence(backlog: Backlog) -> str:
    if backlog.parked:
        return f"{backlog.parked} ticket{'s' if backlog.parked > 1 else ''} could not be decided"
    if backlog.open:
        return f"{backlog.open} ticket{'s are' if backlog.open > 1 else ' is'} being looked at"
    return "Every ticket is decided"
