"""Tickets: /tickets."""

from __future__ import annotations

from ..call import Answer, Call
from ..paging import listing
from ..people import present_user
from ..refusals import not_found
from ..routes import Routes
from ..table import Row
from ..tickets.shape import present, via
from ..tickets.write import create_ticket, delete_ticket, update_ticket
from .idempotency import once
from .organizations import present_organization

routes = Routes()


@routes.get("/tickets")
def every(call: Call) -> Row:
    rows = call.account.all("tickets")
    if call.query.get("external_id"):
        rows = call.account.find("tickets", "external_id", call.query["external_id"])
    page = listing(call, "tickets", [row for row in rows if row["status"] != "deleted"], "tickets")
    return with_tickets(call, page, page["tickets"])


@routes.get("/tickets/show_many")
def show_many(call: Call) -> Row:
    found = [call.account.get("tickets", ticket_id) for ticket_id in sorted(set(call.ids()))]
    tickets = [row for row in found if row and row["status"] != "deleted"]
    return with_tickets(call, {"count": len(tickets), "next_page": None, "previous_page": None}, tickets)


@routes.get("/tickets/<int:ticket_id>")
def show(call: Call, ticket_id: int) -> Row:
    ticket = live(call, ticket_id)
    return {"ticket": present(call.account, ticket), **side_loads(call, [ticket])}


@routes.post("/tickets")
def create(call: Call) -> Answer:
    return once(call, lambda: _create(call))


@routes.put("/tickets/<int:ticket_id>")
def update(call: Call, ticket_id: int) -> Row:
    ticket, audit = update_ticket(call.desk, call.actor, live(call, ticket_id), call.part("ticket"), via("api"))
    return {"ticket": present(call.account, ticket), "audit": audit}


@routes.delete("/tickets/<int:ticket_id>")
def delete(call: Call, ticket_id: int) -> Answer:
    delete_ticket(call.desk, live(call, ticket_id))
    return Answer(None, 204)


def live(call: Call, ticket_id: int) -> Row:
    """The ticket, or a 404 when it never was or is deleted."""
    ticket = call.row("tickets", ticket_id)
    if ticket["status"] == "deleted":
        raise not_found()
    return ticket


def with_tickets(call: Call, page: Row, tickets: list[Row]) -> Row:
    """`page` with these tickets as the API shows them, and what `include` asks for."""
    return {**page, "tickets": [present(call.account, row) for row in tickets], **side_loads(call, tickets)}


def side_loads(call: Call, tickets: list[Row]) -> Row:
    """Users, organizations and last audits of the tickets, where `include` names them."""
    wanted, loaded = call.includes(), {}
    if "users" in wanted:
        names = ("requester_id", "submitter_id", "assignee_id")
        ids = {row[name] for row in tickets for name in names} | {id_ for row in tickets for id_ in row["email_cc_ids"]}
        loaded["users"] = [present_user(call.account, call.row("users", id_)) for id_ in sorted(ids - {None})]
    if "organizations" in wanted:
        ids = {row["organization_id"] for row in tickets} - {None}
        found = [call.account.get("organizations", id_) for id_ in sorted(ids)]
        loaded["organizations"] = [present_organization(call, row) for row in found if row]
    if "last_audits" in wanted:
        audits = [call.account.find("audits", "ticket_id", row["id"]) for row in tickets]
        loaded["last_audits"] = [rows[-1] for rows in audits if rows]
    return loaded


def _create(call: Call) -> Answer:
    ticket, audit = create_ticket(call.desk, call.actor, call.part("ticket"), via("api"))
    body = {"ticket": present(call.account, ticket), "audit": audit}
    return Answer(body, 201, {"Location": ticket["url"]})
