"""Triggers and their categories."""

from __future__ import annotations

from ..call import Answer, Call, Desk
from ..paging import listing
from ..refusals import invalid
from ..routes import Routes
from ..rules.actions import is_known as known_action
from ..rules.conditions import OPERATORS
from ..rules.conditions import is_known as known_field
from ..shapes import base, required
from ..table import Row

routes = Routes()
_WRITABLE = ("title", "active", "position", "description", "category_id")


@routes.get("/triggers")
def every(call: Call) -> Row:
    wanted = call.query.get("category_id")
    rows = [row for row in call.account.all("triggers") if not wanted or row["category_id"] == wanted]
    return listing(call, "triggers", sorted(rows, key=lambda row: (row["position"], row["id"])), "triggers")


@routes.get("/triggers/<int:row_id>")
def show(call: Call, row_id: int) -> Row:
    return {"trigger": call.row("triggers", row_id)}


@routes.post("/triggers")
def create(call: Call) -> Answer:
    given = call.part("trigger")
    title = required(given, "title", "Title")
    position = max((row["position"] for row in call.account.all("triggers")), default=0) + 1
    blank: Row = {"title": title, "active": True, "default": False, "position": position, "description": None}
    blank |= {"conditions": {"all": [], "any": []}, "actions": [], "category_id": _first_category(call.desk)}
    row = _changed(call, base(call.desk, "triggers") | blank, {"actions": [], **given})
    return Answer({"trigger": row}, 201, {"Location": row["url"]})


@routes.put("/triggers/<int:row_id>")
def update(call: Call, row_id: int) -> Row:
    """Conditions and actions are replaced as a whole when either is given."""
    return {"trigger": _changed(call, call.row("triggers", row_id), call.part("trigger"))}


@routes.delete("/triggers/<int:row_id>")
def delete(call: Call, row_id: int) -> Answer:
    call.row("triggers", row_id)
    call.account.drop("triggers", row_id)
    return Answer(None, 204)


@routes.get("/trigger_categories")
def categories(call: Call) -> Row:
    return listing(call, "trigger_categories", call.account.all("trigger_categories"), "trigger_categories")


@routes.post("/trigger_categories")
def create_category(call: Call) -> Answer:
    given = call.part("trigger_category")
    row = {"id": str(call.account.next_id()), "name": required(given, "name", "Name")}
    row |= {"position": given.get("position", len(call.account.all("trigger_categories")) + 1)}
    row |= {"created_at": call.desk.stamp, "updated_at": call.desk.stamp}
    return Answer({"trigger_category": call.account.put("trigger_categories", row)}, 201)


@routes.delete("/trigger_categories/<row_id>")
def delete_category(call: Call, row_id: str) -> Answer:
    call.row("trigger_categories", row_id)
    if any(row["category_id"] == row_id for row in call.account.all("triggers")):
        raise invalid("base", "Category: still has triggers")
    call.account.drop("trigger_categories", row_id)
    return Answer(None, 204)


def _changed(call: Call, row: Row, given: Row) -> Row:
    new = {**row, **{name: given[name] for name in _WRITABLE if name in given}, "updated_at": call.desk.stamp}
    if {"conditions", "all", "any", "actions"} & set(given):
        conditions = given.get("conditions") or {"all": given.get("all"), "any": given.get("any")}
        new["conditions"] = {"all": conditions.get("all") or [], "any": conditions.get("any") or []}
        new["actions"] = given.get("actions") or []
        _check(call, new)
    new |= {"raw_title": new["title"], "category_id": str(new["category_id"])}
    if call.account.get("trigger_categories", new["category_id"]) is None:
        raise invalid("category_id", f"Category: {new['category_id']} does not exist", "RecordNotFound")
    return call.account.put("triggers", new)


def _check(call: Call, row: Row) -> None:
    """What the sandbox could not evaluate it refuses, so that no trigger is silently dead."""
    if not row["actions"]:
        raise invalid("actions", "Actions: at least one is needed", "BlankValue")
    for condition in [*row["conditions"]["all"], *row["conditions"]["any"]]:
        name, operator = str(condition.get("field")), condition.get("operator", "is")
        if not known_field(name) or operator not in OPERATORS:
            raise invalid("conditions", f"Conditions: {name} {operator} is not a condition that can be evaluated")
    for action in row["actions"]:
        _check_action(call, action)


def _check_action(call: Call, action: Row) -> None:
    name, value = str(action.get("field")), action.get("value")
    if not known_action(name):
        raise invalid("actions", f"Actions: {name} is not an action that can be done")
    if name == "notification_webhook" and not (
        isinstance(value, list) and len(value) == 2 and call.account.get("webhooks", value[0])
    ):
        raise invalid("actions", "Actions: notification_webhook needs [id of an existing webhook, body]")


def _first_category(desk: Desk) -> str:
    return str(min(desk.account.all("trigger_categories"), key=lambda row: row["position"])["id"])
