"""Organizations: /organizations."""

from __future__ import annotations

from ..call import Answer, Call
from ..paging import listing
from ..people import present_user
from ..refusals import bad_request, invalid
from ..routes import Routes
from ..shapes import base, required
from ..table import Row

routes = Routes()
_WRITABLE = ["details", "notes", "group_id", "shared_tickets", "shared_comments", "tags", "domain_names", "external_id"]


@routes.get("/organizations")
def every(call: Call) -> Row:
    return _listed(call, call.account.all("organizations"), "organizations")


@routes.get("/organizations/show_many")
def show_many(call: Call) -> Row:
    found = [call.account.get("organizations", row_id) for row_id in sorted(set(call.ids()))]
    rows = [present_organization(call, row) for row in found if row]
    return {"organizations": rows, "count": len(rows), "next_page": None, "previous_page": None}


@routes.get("/organizations/search")
def search(call: Call) -> Row:
    """By exact name or exact external id, without regard to case; one of the two."""
    given = [name for name in ("external_id", "name") if call.query.get(name)]
    if len(given) != 1:
        raise bad_request("give either external_id or name", "ParameterMissing")
    rows = call.account.find("organizations", given[0], call.query[given[0]].lower())
    return _listed(call, rows, "organizations/search")


@routes.get("/organizations/<int:row_id>")
def show(call: Call, row_id: int) -> Row:
    return {"organization": present_organization(call, call.row("organizations", row_id))}


@routes.get("/organizations/<int:row_id>/users")
def users(call: Call, row_id: int) -> Row:
    call.row("organizations", row_id)
    members = {row["user_id"] for row in call.account.find("memberships", "organization_id", row_id)}
    rows = [present_user(call.account, call.row("users", user_id)) for user_id in sorted(members)]
    return listing(call, "users", rows, f"organizations/{row_id}/users")


@routes.post("/organizations")
def create(call: Call) -> Answer:
    return _made(call, call.part("organization"))


@routes.post("/organizations/create_or_update")
def create_or_update(call: Call) -> Answer:
    """Match by id or external id, never by name: 200 for a known organization, 201 for a new one."""
    given = call.part("organization")
    by_external = call.account.find("organizations", "external_id", str(given.get("external_id")).lower())
    known = call.account.get("organizations", given.get("id")) or (by_external[0] if by_external else None)
    if known is None:
        return _made(call, given)
    return Answer({"organization": present_organization(call, _changed(call, known, given))})


@routes.put("/organizations/<int:row_id>")
def update(call: Call, row_id: int) -> Row:
    row = _changed(call, call.row("organizations", row_id), call.part("organization"))
    return {"organization": present_organization(call, row)}


@routes.delete("/organizations/<int:row_id>")
def delete(call: Call, row_id: int) -> Answer:
    call.row("organizations", row_id)
    for row in call.account.find("memberships", "organization_id", row_id):
        call.account.drop("memberships", row["id"])
    for user in call.account.find("users", "organization_id", row_id):
        call.account.put("users", {**user, "organization_id": None})
    call.account.drop("organizations", row_id)
    return Answer(None, 204)


def present_organization(call: Call, row: Row) -> Row:
    """Every organization shows every organization field, the empty ones as null."""
    empty = {field["key"]: None for field in call.account.all("organization_fields")}
    return {**row, "organization_fields": {**empty, **row["organization_fields"]}}


def _made(call: Call, given: Row) -> Answer:
    blank: Row = {
        "name": "",
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": None,
        "domain_names": [],
    }
    blank |= {"details": None, "notes": None, "group_id": None, "tags": [], "organization_fields": {}}
    row = _changed(call, base(call.desk, "organizations") | blank, {"name": None, **given})
    return Answer({"organization": present_organization(call, row)}, 201, {"Location": row["url"]})


def _changed(call: Call, row: Row, given: Row) -> Row:
    new = {**row, **{name: given[name] for name in _WRITABLE if name in given}, "updated_at": call.desk.stamp}
    if "name" in given:
        new["name"] = required(given, "name", "Name")
    new["domain_names"] = [str(domain).strip().lower() for domain in new["domain_names"] or []]
    new["organization_fields"] = {**row["organization_fields"], **(given.get("organization_fields") or {})}
    _refuse_taken(call, new)
    return call.account.put("organizations", new)


def _refuse_taken(call: Call, new: Row) -> None:
    for name, label in (("name", "Name"), ("external_id", "External")):
        owners = call.account.find("organizations", name, str(new[name]).lower()) if new[name] else []
        if any(owner["id"] != new["id"] for owner in owners):
            raise invalid(name, f"{label}: {new[name]} has already been taken", "DuplicateValue")
    if "|" in new["name"]:
        raise invalid("name", "Name: must not contain |")


def _listed(call: Call, rows: list[Row], path: str) -> Row:
    return listing(call, "organizations", [present_organization(call, row) for row in rows], path)
