"""The agent's pages: every ticket, and one ticket with its fields and its conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from flask import Response, make_response, redirect, render_template

from ..call import Answer, Call
from ..control.agent import human_agent, reply_as_agent, reply_as_customer, ticket_of
from ..paging import whole_number
from ..refusals import Refused
from ..routes import Handler, Routes
from ..table import Row
from ..tickets.fields import PRIORITIES, STATUSES
from ..tickets.shape import via
from ..tickets.write import update_ticket
from .view import PER_PAGE, conversation, facts, headline, list_row, listed_fields

routes = Routes()
_TICKETS = "/agent/tickets"


def _page(method: str, path: str) -> Callable[[Handler], Handler]:
    return routes.add(method, path, open=True, quiet=True)


@_page("GET", "/")
def home(call: Call) -> Answer:
    return _to(_TICKETS)


@_page("GET", _TICKETS)
def tickets(call: Call) -> Answer:
    """The newest tickets first, fifty a page."""
    rows = [row for row in call.account.all("tickets") if row["status"] != "deleted"][::-1]
    number = whole_number(call, "page", 1)
    shown, fields = rows[(number - 1) * PER_PAGE : number * PER_PAGE], listed_fields(call)
    return _html(
        "tickets.html",
        title=headline(Counter(row["status"] for row in rows)),
        fields=[field["title"].removeprefix("Deskward ") for field in fields],
        rows=[list_row(call, row, fields) for row in shown],
        older=number + 1 if number * PER_PAGE < len(rows) else None,
        newer=number - 1 if number > 1 else None,
    )


@_page("GET", _TICKETS + "/<int:ticket_id>")
def ticket(call: Call, ticket_id: int) -> Answer:
    return _ticket_page(call, ticket_of(call, ticket_id), {}, None)


@_page("POST", _TICKETS + "/<int:ticket_id>/customer")
def as_customer(call: Call, ticket_id: int) -> Answer:
    """The requester answers by mail."""
    row = ticket_of(call, ticket_id)
    return _spoken(call, row, "customer", lambda given: reply_as_customer(call, row, given))


@_page("POST", _TICKETS + "/<int:ticket_id>/agent")
def as_agent(call: Call, ticket_id: int) -> Answer:
    """An agent answers or leaves an internal note, and may set the status in the same step."""
    row = ticket_of(call, ticket_id)
    return _spoken(
        call, row, "agent", lambda given: reply_as_agent(call, row, given | {"public": given.get("as") != "note"})
    )


@_page("POST", _TICKETS + "/<int:ticket_id>/priority")
def priority(call: Call, ticket_id: int) -> Answer:
    """An agent changes the priority."""
    row, given = ticket_of(call, ticket_id), call.body or {}
    try:
        update_ticket(call.desk, human_agent(call), row, {"priority": given.get("priority")}, via("web"))
    except Refused as refused:
        return _ticket_page(call, row, {}, ("priority", _words(refused)))
    return _to(row)


def _spoken(call: Call, row: Row, who: str, say: Callable[[Row], Answer]) -> Answer:
    """Add what was typed to the conversation; what cannot be added is shown again with the reason."""
    given = call.body or {}
    if not str(given.get("body") or "").strip():
        return _ticket_page(call, row, {who: given}, (who, "Write something first: an empty message is not sent."))
    try:
        answer = say(given)
    except Refused as refused:
        return _ticket_page(call, row, {who: given}, (who, _words(refused)))
    return _to(answer.body["ticket"])


def _ticket_page(call: Call, row: Row, typed: Row, error: tuple[str, str] | None) -> Answer:
    page = _html(
        "ticket.html",
        title=f"#{row['id']} {row['subject'] or '(no subject)'}",
        ticket=row,
        facts=facts(call, row),
        conversation=conversation(call, row),
        typed=typed,
        error=error,
        statuses=[status for status in STATUSES if status != "new"],
        priorities=PRIORITIES,
    )
    page.body.status_code = 422 if error else 200
    return page


def _words(refused: Refused) -> str:
    details = refused.body.get("details") or {}
    found = [item["description"] for items in details.values() for item in items]
    return "; ".join(found) or str(refused.body.get("description") or refused.body)


def _html(template: str, **values: object) -> Answer:
    return Answer(make_response(render_template(template, **values)))


def _to(where: str | Row) -> Answer:
    """After a form, back to the page that shows what became of it."""
    path = where if isinstance(where, str) else f"{_TICKETS}/{where['id']}"
    response = redirect(path, 303)
    assert isinstance(response, Response), "Flask's redirect is a Flask response"
    return Answer(response)
