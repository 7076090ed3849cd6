"""Playing the customer: mails and portal requests that come in."""

from __future__ import annotations

from typing import Any

from ..call import Answer, Call
from ..people import new_user, normalized, user_by_email
from ..refusals import bad_request
from ..routes import Routes
from ..table import Row
from ..tickets.shape import present, via
from ..tickets.write import create_ticket

routes = Routes()
_MAYBE_SPOOFED, _AUTOMATIC = 14, 4
_FORM_KEYS = [
    "priority",
    "type",
    "tags",
    "custom_fields",
    "ticket_form_id",
    "brand_id",
    "group_id",
    "external_id",
    "via_followup_source_id",
]


@routes.control("POST", "/inbound-mail")
def inbound_mail(call: Call) -> Answer:
    """A mail to a support address becomes a ticket."""
    mail = fields(call, "from")
    sender = person(call, mail["from"], mail.get("name"), mail, verified=bool(mail.get("verified")))
    to = normalized(mail.get("to")) or f"support@{call.account.name}.zendesk.com"
    copied = [person(call, address, None, {}, verified=False) for address in mail.get("cc") or []]
    given = ticket_fields(mail, sender) | {"recipient": to, "email_cc_ids": [row["id"] for row in copied]}
    given["collaborator_ids"] = given["email_cc_ids"]
    given.setdefault("brand_id", brand_of(call, to))
    came_via = mail_via(mail, sender, to)
    return made(call, create_ticket(call.desk, sender, given, came_via, flags(mail)))


@routes.control("POST", "/portal-request")
def portal_request(call: Call) -> Answer:
    """A signed-in customer fills in a form of the help centre."""
    request = fields(call, "from")
    requester = person(call, request["from"], request.get("name"), request, verified=True)
    given = ticket_fields(request, requester)
    return made(call, create_ticket(call.desk, requester, given, via("web")))


def fields(call: Call, *needed: str) -> Row:
    """The body as an object. Raises 400 naming what is missing."""
    body = call.body if isinstance(call.body, dict) else {}
    missing = [name for name in needed if not body.get(name)]
    if missing:
        raise bad_request(f"the body must be a JSON object with {', '.join(missing)}")
    return body


def ticket_fields(given: Row, requester: Row) -> Row:
    """What a ticket is created with, from the words of a control request."""
    chosen = {name: given[name] for name in _FORM_KEYS if given.get(name) is not None}
    body = given.get("body") or given.get("subject") or "(no text)"
    return chosen | {"subject": given.get("subject"), "requester_id": requester["id"], "comment": {"body": body}}


def person(call: Call, address: Any, name: Any, given: Row, *, verified: bool) -> Row:
    """The user with this address, made when unknown; a known one becomes verified when this request proves it."""
    email = normalized(address)
    if not email or "@" not in email:
        raise bad_request(f"{address!r} is not a mail address")
    user = user_by_email(call.account, email)
    if user is None:
        made_up = email.partition("@")[0].replace(".", " ").title()
        known = {"organization_id": given["organization_id"]} if given.get("organization_id") else {}
        return new_user(call.desk, {"name": name or made_up, "email": email, "verified": verified, **known})
    return prove(call, user, email) if verified else user


def prove(call: Call, user: Row, email: str) -> Row:
    """Mark the address as the user's own."""
    for row in call.account.find("identities", "value", email):
        call.account.put("identities", {**row, "verified": True, "verification_method": "low"})
    return call.account.put("users", {**user, "verified": True})


def brand_of(call: Call, recipient: str) -> int:
    """The brand that the recipient address belongs to, else the default brand."""
    brands = call.account.all("brands")
    owner = next((row for row in brands if recipient in row["_support_addresses"]), None)
    return int((owner or next(row for row in brands if row["default"]))["id"])


def mail_via(mail: Row, sender: Row, to: str) -> Row:
    sent = normalized(mail["from"])
    source = {"address": sent, "name": mail.get("name") or sender["name"], "original_recipients": [to]}
    return via("email", source_from=source, to={"name": "Support", "address": to})


def flags(mail: Row) -> Row:
    """The audit metadata by which Zendesk marks a comment: 14 perhaps not sent by that user, 4 sent automatically."""
    found = [number for key, number in (("auto_reply", _AUTOMATIC), ("spoofed", _MAYBE_SPOOFED)) if mail.get(key)]
    if not found:
        return {}
    options = {str(number): {"trusted": number != _MAYBE_SPOOFED} for number in found}
    trusted = _MAYBE_SPOOFED not in found
    return {"flags": found, "flags_options": options, "trusted": trusted, "suspension_type_id": None}


def made(call: Call, written: tuple[Row, Row]) -> Answer:
    ticket, audit = written
    return Answer({"ticket": present(call.account, ticket), "audit": audit}, 201)
