"""Users, their identities and the organizations they belong to, apart from HTTP."""

from __future__ import annotations

from typing import Any

from .account import Account
from .call import Desk
from .refusals import invalid
from .table import Row

STAFF = ("agent", "admin")


def new_user(desk: Desk, given: Row) -> Row:
    """Create a user with its first identity, mapped to an organization by domain when none is given.

    Raises 422 without a name, or for an address or external id that another user has.
    """
    if not str(given.get("name") or "").strip():
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    email = normalized(given.get("email"))
    _refuse_taken(desk.account, email, given.get("external_id"))
    user = desk.account.put("users", _blank_user(desk, given))
    if email:
        add_identity(desk, user["id"], "email", email, primary=True, verified=user["verified"])
    organization_id = user["organization_id"] or (mapped_organization_id(desk.account, email) if email else None)
    if organization_id:
        user = join(desk, user, organization_id, default=True)
    return user


def normalized(email: Any) -> str | None:
    """An address as Zendesk keeps it: lower case, no blanks round it."""
    return str(email).strip().lower() if email else None


def user_by_email(account: Account, email: str | None) -> Row | None:
    """The user who owns this address as primary or further identity."""
    found = account.find("identities", "value", normalized(email)) if email else []
    emails = [identity for identity in found if identity["type"] == "email"]
    return account.get("users", emails[0]["user_id"]) if emails else None


def mapped_organization_id(account: Account, email: str) -> int | None:
    """Zendesk's domain mapping: of the organizations that list the domain, the alphabetically first."""
    owners = account.find("organizations", "domain", email.rpartition("@")[2].lower())
    return min(owners, key=lambda row: row["name"].lower())["id"] if owners else None


def add_identity(desk: Desk, user_id: int, type_: str, value: str, *, primary: bool, verified: bool) -> Row:
    """File one more address (or number) under a user."""
    new_id = desk.account.next_id()
    row = {
        "id": new_id,
        "url": desk.account.url(f"users/{user_id}/identities/{new_id}"),
        "user_id": user_id,
        "type": type_,
        "value": value,
        "verified": verified,
        "primary": primary,
        "undeliverable_count": 0,
        "deliverable_state": "deliverable",
        "verification_method": "low" if verified else "none",
        "created_at": desk.stamp,
        "updated_at": desk.stamp,
    }
    return desk.account.put("identities", row)


def join(desk: Desk, user: Row, organization_id: int, *, default: bool) -> Row:
    """Make the user a member; the default membership is also the user's `organization_id`."""
    organization = desk.account.get("organizations", organization_id)
    if organization is None:
        raise invalid("organization_id", f"Organization: {organization_id} does not exist", "RecordNotFound")
    new_membership(desk, user, organization, default=default)
    return desk.account.put("users", {**user, "organization_id": organization_id}) if default else user


def new_membership(desk: Desk, user: Row, organization: Row, *, default: bool) -> Row:
    """Raises 422 when the user is a member already."""
    account = desk.account
    mine = account.find("memberships", "user_id", user["id"])
    if any(row["organization_id"] == organization["id"] for row in mine):
        raise invalid("user_id", "User has already been taken", "DuplicateValue")
    if default:
        for row in mine:
            account.put("memberships", {**row, "default": None})
    new_id = account.next_id()
    row = {
        "id": new_id,
        "url": account.url(f"organization_memberships/{new_id}"),
        "user_id": user["id"],
        "organization_id": organization["id"],
        "organization_name": organization["name"],
        "default": True if default else None,
        "view_tickets": True,
        "created_at": desk.stamp,
        "updated_at": desk.stamp,
    }
    return account.put("memberships", row)


def present_user(account: Account, user: Row) -> Row:
    """The user as the API shows it, `verified` when any of the identities is."""
    identities = account.find("identities", "user_id", user["id"])
    return {**user, "verified": user["verified"] or any(row["verified"] for row in identities)}


def _refuse_taken(account: Account, email: str | None, external_id: Any) -> None:
    if email and user_by_email(account, email):
        raise invalid("email", f"Email: {email} is already being used by another user", "DuplicateValue")
    if external_id and account.find("users", "external_id", str(external_id).lower()):
        raise invalid("external_id", f"External: {external_id} has already been taken", "DuplicateValue")


def _blank_user(desk: Desk, given: Row) -> Row:
    new_id, role = desk.account.next_id(), given.get("role") or "end-user"
    if role not in ("end-user", *STAFF):
        raise invalid("role", f"Role: {role!r} is not one of end-user, agent, admin")
    staff = role in STAFF
    return {
        "id": new_id,
        "url": desk.account.url(f"users/{new_id}"),
        "name": str(given["name"]).strip(),
        "email": normalized(given.get("email")),
        "created_at": desk.stamp,
        "updated_at": desk.stamp,
        "time_zone": "UTC",
        "iana_time_zone": "Etc/UTC",
        "phone": given.get("phone"),
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-US",
        "organization_id": given.get("organization_id"),
        "role": role,
        "role_type": 4 if role == "admin" else None,
        "custom_role_id": None,
        "verified": bool(given.get("verified") or staff),
        "external_id": given.get("external_id"),
        "tags": list(given.get("tags") or []),
        "alias": given.get("alias"),
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "two_factor_auth_enabled": False,
        "signature": None,
        "details": given.get("details"),
        "notes": given.get("notes"),
        "moderator": staff,
        "ticket_restriction": None if staff else "requested",
        "only_private_comments": False,
        "restricted_agent": not staff,
        "suspended": bool(given.get("suspended")),
        "default_group_id": None,
        "report_csv": role == "admin",
        "user_fields": dict(given.get("user_fields") or {}),
    }
