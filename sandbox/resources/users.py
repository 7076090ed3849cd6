"""Users: /users, with the trap that an unauthenticated /users/me answers 200."""

from __future__ import annotations

from ..call import Answer, Call
from ..paging import listing
from ..people import add_identity, join, new_user, normalized, present_user, user_by_email
from ..refusals import invalid
from ..routes import Routes
from ..table import Row

routes = Routes()
_WRITABLE = [
    "name",
    "phone",
    "external_id",
    "role",
    "tags",
    "alias",
    "details",
    "notes",
    "suspended",
    "verified",
    "user_fields",
    "time_zone",
    "locale",
]


@routes.get("/users/me", open=True)
def me(call: Call) -> Row:
    """The token's user; without a token the anonymous user, whose id is null, and still a 200."""
    if call.user is not None:
        return {"user": present_user(call.account, call.user)}
    nobody = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
    return {"user": {**nobody, "verified": False, "active": False, "organization_id": None, "tags": []}}


@routes.get("/users")
def every(call: Call) -> Row:
    roles = set(call.query.getlist("role") + call.query.getlist("role[]"))
    users = [row for row in call.account.all("users") if not roles or row["role"] in roles]
    return _listed(call, users, "users")


@routes.get("/users/show_many")
def show_many(call: Call) -> Row:
    found = [call.account.get("users", user_id) for user_id in sorted(set(call.ids()))]
    users = [present_user(call.account, row) for row in found if row]
    return {"users": users, "count": len(users), "next_page": None, "previous_page": None}


@routes.get("/users/search")
def search(call: Call) -> Row:
    """By external_id, or by a query that is an address or a part of a name."""
    text = call.query.get("query", "").removeprefix("email:").strip('"').lower()
    if call.query.get("external_id"):
        return _listed(
            call, call.account.find("users", "external_id", call.query["external_id"].lower()), "users/search"
        )
    owner = user_by_email(call.account, text)
    named = [row for row in call.account.all("users") if text and text in row["name"].lower()]
    return _listed(call, [owner] if owner else named, "users/search")


@routes.get("/users/<int:user_id>")
def show(call: Call, user_id: int) -> Row:
    return {"user": present_user(call.account, call.row("users", user_id))}


@routes.post("/users")
def create(call: Call) -> Answer:
    return _made(call, new_user(call.desk, call.part("user")))


@routes.post("/users/create_or_update")
def create_or_update(call: Call) -> Answer:
    """Match by address or external id: 200 for a known user, 201 for a new one."""
    given = call.part("user")
    by_external = call.account.find("users", "external_id", str(given.get("external_id")).lower())
    known = user_by_email(call.account, given.get("email")) or (by_external[0] if by_external else None)
    if known is None:
        return _made(call, new_user(call.desk, given))
    return Answer({"user": present_user(call.account, change_user(call, known, given))})


@routes.put("/users/<int:user_id>")
def update(call: Call, user_id: int) -> Row:
    return {"user": present_user(call.account, change_user(call, call.row("users", user_id), call.part("user")))}


@routes.get("/users/<int:user_id>/identities")
def identities(call: Call, user_id: int) -> Row:
    call.row("users", user_id)
    return listing(
        call, "identities", call.account.find("identities", "user_id", user_id), f"users/{user_id}/identities"
    )


@routes.post("/users/<int:user_id>/identities")
def add(call: Call, user_id: int) -> Answer:
    given, user = call.part("identity"), call.row("users", user_id)
    type_, value = str(given.get("type") or "email"), str(given.get("value") or "")
    value = normalized(value) or "" if type_ == "email" else value
    if not value or (type_ == "email" and user_by_email(call.account, value)):
        raise invalid("value", f"Value: {value!r} is blank or belongs to a user already", "DuplicateValue")
    row = add_identity(call.desk, user["id"], type_, value, primary=False, verified=bool(given.get("verified")))
    return Answer({"identity": row}, 201)


def change_user(call: Call, user: Row, given: Row) -> Row:
    """Update the writable keys; another address becomes a further identity, another organization a membership."""
    row = {**user, **{name: given[name] for name in _WRITABLE if name in given}, "updated_at": call.desk.stamp}
    row["user_fields"] = {**user["user_fields"], **(given.get("user_fields") or {})}
    row = call.account.put("users", row)
    email = normalized(given.get("email"))
    owner = user_by_email(call.account, email)
    if owner is not None and owner["id"] != user["id"]:
        raise invalid("email", f"Email: {email} is already being used by another user", "DuplicateValue")
    if email and owner is None:
        add_identity(call.desk, user["id"], "email", email, primary=user["email"] is None, verified=False)
    organization_id = given.get("organization_id")
    if organization_id and organization_id != user["organization_id"]:
        row = join(call.desk, row, organization_id, default=True)
    return row


def _made(call: Call, user: Row) -> Answer:
    return Answer({"user": present_user(call.account, user)}, 201, {"Location": user["url"]})


def _listed(call: Call, users: list[Row], path: str) -> Row:
    return listing(call, "users", [present_user(call.account, row) for row in users], path)
