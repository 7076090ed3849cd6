"""Setting a sandbox up: what an administrator would do by hand in Zendesk."""

from __future__ import annotations

from ..call import Answer, Call
from ..people import new_user
from ..routes import Routes
from ..shapes import brand, visible
from ..table import Row
from .customer import fields

routes = Routes()


@routes.control("POST", "/brands")
def put_brand(call: Call) -> Answer:
    """Make or change the brand of this sub-domain or name: {"name", "subdomain"?, "support_addresses": [...]}."""
    given = fields(call, "name")
    wanted = brand(call.desk, given)
    known = next((row for row in call.account.all("brands") if row["subdomain"] == wanted["subdomain"]), None)
    kept = {name: known[name] for name in ("id", "url", "created_at", "default")} if known else {}
    row = call.account.put("brands", {**wanted, **kept})
    return Answer({"brand": {**visible(row), "support_addresses": row["_support_addresses"]}}, 200 if known else 201)


@routes.control("POST", "/clients")
def put_client(call: Call) -> Answer:
    """Make or change an OAuth client: {"client_id", "client_secret", "user": {...}?}; a user of its own when given."""
    given = fields(call, "client_id", "client_secret")
    user = new_user(call.desk, given["user"]) if given.get("user") else call.account.all("users")[0]
    row = {"id": str(given["client_id"]), "secret": str(given["client_secret"]), "user_id": user["id"]}
    call.account.put("clients", row)
    return Answer({"client": {"client_id": row["id"], "user_id": row["user_id"]}}, 201)


@routes.control("GET", "/state")
def state(call: Call) -> Row:
    """Counts, for people who debug."""
    world = call.world
    return {
        "account": call.account.name,
        "account_id": call.account.number,
        "now": call.desk.stamp,
        "rows": call.account.counts(),
        "webhooks_unfinished": world.deliveries.unfinished(),
        "limits_on": world.limits.on,
        "faults": vars(world.faults.plan),
    }
