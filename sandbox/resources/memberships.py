"""Who belongs to which organization: /organization_memberships, also below users and organizations."""

from __future__ import annotations

from ..call import Answer, Call
from ..paging import listing
from ..people import join
from ..people import new_membership as enrol
from ..refusals import invalid
from ..routes import Routes
from ..table import Row

routes = Routes()


@routes.get("/organization_memberships")
def every(call: Call) -> Row:
    return listing(call, "organization_memberships", call.account.all("memberships"), "organization_memberships")


@routes.get("/users/<int:user_id>/organization_memberships")
def of_user(call: Call, user_id: int) -> Row:
    call.row("users", user_id)
    rows = call.account.find("memberships", "user_id", user_id)
    return listing(call, "organization_memberships", rows, f"users/{user_id}/organization_memberships")


@routes.get("/organizations/<int:row_id>/organization_memberships")
def of_organization(call: Call, row_id: int) -> Row:
    call.row("organizations", row_id)
    rows = call.account.find("memberships", "organization_id", row_id)
    return listing(call, "organization_memberships", rows, f"organizations/{row_id}/organization_memberships")


@routes.post("/organization_memberships")
def create(call: Call) -> Answer:
    """A user's first membership is the default one."""
    given = call.part("organization_membership")
    user = call.account.get("users", given.get("user_id"))
    organization = call.account.get("organizations", given.get("organization_id"))
    if user is None or organization is None:
        name = "user_id" if user is None else "organization_id"
        raise invalid(name, f"{name}: {given.get(name)} does not exist", "RecordNotFound")
    if given.get("default") or not call.account.find("memberships", "user_id", user["id"]):
        join(call.desk, user, organization["id"], default=True)
        row = call.account.find("memberships", "user_id", user["id"])[-1]
    else:
        row = enrol(call.desk, user, organization, default=False)
    return Answer({"organization_membership": row}, 201)
