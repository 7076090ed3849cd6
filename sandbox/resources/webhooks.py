"""Webhooks: /webhooks, their signing secret, invocations and attempts. These addresses carry no `.json` in Zendesk."""

from __future__ import annotations

import base64
import secrets

from ..call import Answer, Call
from ..hooks.ulid import ulid
from ..refusals import invalid
from ..routes import Routes
from ..shapes import required, visible
from ..table import Row

routes = Routes()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BY_TRIGGER = "conditional_ticket_events"
_ONE = "/webhooks/<row_id>"
_WRITABLE = [
    "name",
    "status",
    "endpoint",
    "http_method",
    "request_format",
    "subscriptions",
    "description",
    "authentication",
]


@routes.get("/webhooks")
def every(call: Call) -> Row:
    return {"webhooks": [_shown(row) for row in call.account.all("webhooks")], "meta": {"has_more": False}}


@routes.post("/webhooks")
def create(call: Call) -> Answer:
    given, now = call.part("webhook"), call.desk.stamp
    row: Row = {"id": ulid(call.desk.now), "created_at": now, "created_by": str(call.actor["id"]), "status": "active"}
    row |= {"http_method": "POST", "request_format": "json", "subscriptions": [], "_secret": _new_secret()}
    return Answer({"webhook": _shown(_changed(call, row, {"name": None, "endpoint": None, **given}))}, 201)


@routes.get(_ONE)
def show(call: Call, row_id: str) -> Row:
    return {"webhook": _shown(call.row("webhooks", row_id))}


@routes.put(_ONE)
def replace(call: Call, row_id: str) -> Answer:
    _changed(call, call.row("webhooks", row_id), call.part("webhook"))
    return Answer(None, 204)


@routes.patch(_ONE)
def patch(call: Call, row_id: str) -> Answer:
    _changed(call, call.row("webhooks", row_id), call.part("webhook"))
    return Answer(None, 204)


@routes.delete(_ONE)
def delete(call: Call, row_id: str) -> Answer:
    call.row("webhooks", row_id)
    call.account.drop("webhooks", row_id)
    return Answer(None, 204)


@routes.get(_ONE + "/signing_secret")
def secret(call: Call, row_id: str) -> Row:
    return _secret_body(call.row("webhooks", row_id))


@routes.post(_ONE + "/signing_secret")
def reset_secret(call: Call, row_id: str) -> Answer:
    row = call.account.put("webhooks", {**call.row("webhooks", row_id), "_secret": _new_secret()})
    return Answer(_secret_body(row), 201)


@routes.get(_ONE + "/invocations")
def invocations(call: Call, row_id: str) -> Row:
    """Latest first; `status` is pending, success, terminated, or lost (only the sandbox knows of lost ones)."""
    call.row("webhooks", row_id)
    rows = call.account.find("invocations", "webhook_id", row_id)[::-1]
    return {"invocations": [visible(row) for row in rows], "meta": {"has_more": False}}


@routes.get(_ONE + "/invocations/<invocation_id>/attempts")
def attempts(call: Call, row_id: str, invocation_id: str) -> Row:
    call.row("webhooks", row_id)
    call.row("invocations", invocation_id)
    return {"attempts": call.account.find("attempts", "invocation_id", invocation_id), "meta": {"has_more": False}}


def _changed(call: Call, row: Row, given: Row) -> Row:
    new = {**row, **{name: given[name] for name in _WRITABLE if name in given}}
    if "custom_headers" in given:
        merged = {**row.get("custom_headers", {}), **(given["custom_headers"] or {})}
        new["custom_headers"] = {name: value for name, value in merged.items() if value is not None}
    new |= {"name": required(new, "name", "Name"), "endpoint": required(new, "endpoint", "Endpoint")}
    _check(new)
    if call.account.get("webhooks", row["id"]):
        new |= {"updated_at": call.desk.stamp, "updated_by": str(call.actor["id"])}
    return call.account.put("webhooks", new)


def _check(row: Row) -> None:
    if row["http_method"] not in METHODS:
        raise invalid("http_method", f"http_method: {row['http_method']!r} is not one of {', '.join(METHODS)}")
    if not str(row["endpoint"]).startswith(("http://", "https://")):
        raise invalid("endpoint", f"endpoint: {row['endpoint']!r} is not an http or https address")
    subscriptions = row["subscriptions"] or []
    if not subscriptions or (BY_TRIGGER in subscriptions and len(subscriptions) > 1):
        raise invalid(
            "subscriptions", f"subscriptions: either [{BY_TRIGGER!r}] alone, or a list of zen:event-type names"
        )
    if BY_TRIGGER not in subscriptions and (row["http_method"], row["request_format"]) != ("POST", "json"):
        raise invalid("http_method", "an event-subscribed webhook must be POST with request_format json")


def _shown(row: Row) -> Row:
    """Credentials are never given back, except a user name."""
    shown = visible(row)
    if shown.get("authentication"):
        kept = {key: value for key, value in shown["authentication"].get("data", {}).items() if key == "username"}
        shown["authentication"] = {**shown["authentication"], "data": kept}
    return shown


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _secret_body(row: Row) -> Row:
    return {"signing_secret": {"algorithm": "SHA256", "secret": row["_secret"]}}
