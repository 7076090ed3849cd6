"""Playing the agent, and the customer who replies."""

from __future__ import annotations

from ..call import Answer, Call
from ..refusals import bad_request, not_found
from ..routes import Routes
from ..table import Row
from ..tickets.shape import Via, present, via
from ..tickets.write import create_ticket, customer_touch, update_ticket
from .customer import fields, flags, made, person, ticket_fields

routes = Routes()
CHANNELS = ("web", "phone", "voicemail")


@routes.control("POST", "/agent-ticket")
def agent_ticket(call: Call) -> Answer:
    """An agent files a ticket for a customer, who called, left a message, or asked in some other way."""
    given = fields(call, "requester")
    requester = person(call, given["requester"], given.get("name"), given, verified=False)
    agent = human_agent(call)
    new = ticket_fields(given, requester) | {"submitter_id": agent["id"]}
    new["comment"]["public"] = bool(given.get("public", True))
    return made(call, create_ticket(call.desk, agent, new, _via(given, requester)))


@routes.control("POST", "/reply")
def reply(call: Call) -> Answer:
    """The customer or an agent answers; a customer's answer to a closed ticket becomes a follow-up."""
    given = fields(call, "ticket_id", "body")
    ticket = ticket_of(call, given["ticket_id"])
    if given.get("as", "customer") == "agent":
        return reply_as_agent(call, ticket, given)
    return reply_as_customer(call, ticket, given)


@routes.control("POST", "/agent-edit")
def agent_edit(call: Call) -> Answer:
    """A human agent changes fields in the web interface."""
    given = fields(call, "ticket_id", "ticket")
    ticket = ticket_of(call, given["ticket_id"])
    return done(call, update_ticket(call.desk, human_agent(call), ticket, given["ticket"], via("web")))


def reply_as_agent(call: Call, ticket: Row, given: Row) -> Answer:
    """A public answer, or an internal note when `public` is false; `status` in the same step."""
    change = {"comment": {"body": given["body"], "public": bool(given.get("public", True))}}
    if given.get("status"):
        change["status"] = given["status"]
    return done(call, update_ticket(call.desk, human_agent(call), ticket, change, via("web")))


def reply_as_customer(call: Call, ticket: Row, given: Row) -> Answer:
    """By mail from the requester, or from another address under `from`."""
    author = call.row("users", ticket["requester_id"])
    if given.get("from"):
        author = person(call, given["from"], given.get("name"), {}, verified=False)
    came_via = via("email", source_from={"address": author["email"], "name": author["name"]})
    comment = {"body": given["body"], "public": True}
    if ticket["status"] == "closed":
        new = {"subject": f"Re: {ticket['subject']}", "requester_id": author["id"], "comment": comment}
        new["via_followup_source_id"] = ticket["id"]
        return made(call, create_ticket(call.desk, author, new, came_via, flags(given)))
    change = {"comment": comment, **customer_touch(ticket, author)}
    return done(call, update_ticket(call.desk, author, ticket, change, came_via, flags(given)))


def human_agent(call: Call) -> Row:
    """The first agent who is a person, never the service user."""
    return next(row for row in call.account.all("users") if row["role"] == "agent")


def ticket_of(call: Call, ticket_id: object) -> Row:
    """The ticket of a control request. Raises 400 for an id that is no number, 404 for one that is not there."""
    if not str(ticket_id).isdigit():
        raise bad_request(f"ticket_id must be a number, not {ticket_id!r}")
    ticket = call.row("tickets", int(str(ticket_id)))
    if ticket["status"] == "deleted":
        raise not_found()
    return ticket


def done(call: Call, written: tuple[Row, Row]) -> Answer:
    ticket, audit = written
    return Answer({"ticket": present(call.account, ticket), "audit": audit})


def _via(given: Row, requester: Row) -> Via:
    channel = given.get("channel", "web")
    if channel not in CHANNELS:
        raise bad_request(f"channel must be one of {', '.join(CHANNELS)}, not {channel!r}")
    if channel == "web":
        return via("web")
    caller = {"formatted_phone": requester["phone"], "phone": requester["phone"], "name": requester["name"]}
    return via("voice", source_from=caller, rel="voicemail" if channel == "voicemail" else "inbound")
