"""The API under /api/v1: a bearer token on every call, JSON in and out, one shape of error."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request

from integration.adapters import strict_json
from integration.services import explain
from integration.services.parts import Parts
from integration.services.simulate import Simulator
from integration.web.auth import rule
from integration.web.errors import error

api = Blueprint("api", __name__, url_prefix="/api/v1")
MOST_BYTES = 4 * 1024 * 1024
MOST_TICKETS = 1000


@api.get("/tickets/<ticket>/decision")
@rule("token")
def decision(ticket: str) -> Response | tuple[Response, int]:
    """The decision in force on a ticket, every input it used, and what is owed to Zendesk."""
    parts: Parts = current_app.extensions["deskward"]()
    # A number is all that a ticket's id can be; anything else need not reach the database.
    found = explain.explain(parts, ticket) if ticket.isascii() and ticket.isdigit() and len(ticket) <= 18 else None
    if found is None:
        return error(404, "not_found", "no decision on a ticket of this number; it was not seen yet")
    return jsonify(found)


@api.post("/simulate")
@rule("token")
def simulate() -> Response | tuple[Response, int]:
    """Decide hypothetical tickets (one object, or a list of at most 1,000) and write nothing."""
    raw = request.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return error(413, "too_large", f"at most {MOST_BYTES} bytes")
    try:
        body = strict_json.loads(raw, max_bytes=MOST_BYTES)
    except strict_json.BadJson as problem:
        return error(400, "malformed", str(problem))
    lines = body if isinstance(body, list) else [body]
    if len(lines) > MOST_TICKETS:
        return error(413, "too_many", f"at most {MOST_TICKETS} tickets a call")
    simulator = _simulator()
    answers = [simulator.run(line) for line in lines]
    return jsonify(answers if isinstance(body, list) else answers[0])


def _simulator() -> Simulator:
    parts: Parts = current_app.extensions["deskward"]()
    return Simulator(parts.book, parts.addresses, parts.contracts_of)
