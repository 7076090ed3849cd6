"""Users, identities, organizations and who belongs where."""

from __future__ import annotations

import pytest

from tests.sandbox.zendesk import Account, Json


def organization(desk: Account, name: str, **more: object) -> Json:
    return dict(desk.api("POST", "organizations.json", {"organization": {"name": name, **more}}, 201)["organization"])


def test_a_domain_on_two_organizations_maps_to_the_alphabetically_first(desk: Account) -> None:
    """F34: Zendesk decides what is ambiguous by the alphabet."""
    organization(desk, "Zeta", domain_names=["acme.example"])
    first = organization(desk, "alpha", domain_names=["Acme.Example"])
    ticket = desk.mail()
    assert ticket["organization_id"] == first["id"]
    user = desk.api("GET", f"users/{ticket['requester_id']}.json")["user"]
    assert user["organization_id"] == first["id"]
    (member,) = desk.api("GET", f"users/{user['id']}/organization_memberships.json")["organization_memberships"]
    assert (member["organization_name"], member["default"]) == ("alpha", True)


def test_a_sub_domain_is_another_domain(desk: Account) -> None:
    """F35."""
    organization(desk, "Acme", domain_names=["acme.example"])
    assert desk.mail(**{"from": "ana@eu.acme.example"})["organization_id"] is None


def test_names_and_external_ids_of_organizations_are_unique_without_regard_to_case(desk: Account) -> None:
    organization(desk, "Acme", external_id="C-1")
    for given in ({"name": " acme "}, {"name": "Other", "external_id": "c-1"}):
        error = desk.api("POST", "organizations.json", {"organization": given}, 422)
        assert error["error"] == "RecordInvalid"
        assert next(iter(error["details"].values()))[0]["error"] == "DuplicateValue"


def test_organizations_are_found_by_exact_name_or_external_id(desk: Account) -> None:
    acme = organization(desk, "Acme", external_id="C-1")
    for query in ("name=ACME", "external_id=c-1"):
        assert desk.api("GET", f"organizations/search.json?{query}")["organizations"] == [acme]
    assert desk.api("GET", "organizations/search.json?name=Acm")["organizations"] == []
    desk.api("GET", "organizations/search.json?name=a&external_id=b", expect=400)


def test_every_organization_shows_every_organization_field(desk: Account) -> None:
    desk.api("POST", "organization_fields.json", {"organization_field": {"key": "plan", "title": "Plan"}}, 201)
    acme = organization(desk, "Acme")
    assert acme["organization_fields"] == {"plan": None}
    body = {"organization": {"organization_fields": {"plan": "premier"}}}
    assert desk.api("PUT", f"organizations/{acme['id']}.json", body)["organization"]["organization_fields"] == {
        "plan": "premier"
    }


def test_create_or_update_of_an_organization_goes_by_external_id(desk: Account) -> None:
    given = {"organization": {"name": "Acme", "external_id": "C-1"}}
    made = desk.api("POST", "organizations/create_or_update.json", given, 201)["organization"]
    given["organization"]["name"] = "Acme Ltd"
    assert desk.api("POST", "organizations/create_or_update.json", given)["organization"]["id"] == made["id"]


def test_create_or_update_of_a_user_goes_by_address(desk: Account) -> None:
    given = {"user": {"name": "Ana", "email": "Ana@Acme.Example"}}
    made = desk.api("POST", "users/create_or_update.json", given, 201)["user"]
    assert made["email"] == "ana@acme.example"
    again = desk.api("POST", "users/create_or_update.json", {"user": {"name": "Anna", "email": "ana@acme.example"}})
    assert (again["user"]["id"], again["user"]["name"]) == (made["id"], "Anna")
    desk.api("POST", "users.json", given, 422)


def test_another_address_becomes_a_second_identity(desk: Account) -> None:
    user = desk.api("POST", "users.json", {"user": {"name": "Ana", "email": "ana@acme.example"}}, 201)["user"]
    changed = desk.api("PUT", f"users/{user['id']}.json", {"user": {"email": "ana@home.example"}})["user"]
    assert changed["email"] == "ana@acme.example"
    body = {"identity": {"type": "email", "value": "ana@work.example", "verified": True}}
    desk.api("POST", f"users/{user['id']}/identities.json", body, 201)
    listed = desk.api("GET", f"users/{user['id']}/identities.json")["identities"]
    assert [(each["value"], each["primary"], each["verified"]) for each in listed] == [
        ("ana@acme.example", True, False),
        ("ana@home.example", False, False),
        ("ana@work.example", False, True),
    ]
    desk.api("POST", f"users/{user['id']}/identities.json", body, 422)


def test_a_second_membership_of_the_same_organization_is_refused(desk: Account) -> None:
    acme = organization(desk, "Acme")
    user = desk.api("POST", "users.json", {"user": {"name": "Ana"}}, 201)["user"]
    body = {"organization_membership": {"user_id": user["id"], "organization_id": acme["id"]}}
    made = desk.api("POST", "organization_memberships.json", body, 201)["organization_membership"]
    assert made["default"] is True
    desk.api("POST", "organization_memberships.json", body, 422)
    below = f"organizations/{acme['id']}/organization_memberships.json"
    assert desk.api("GET", below)["organization_memberships"] == [made]


@pytest.mark.parametrize("path", ["users/show_many.json", "organizations/show_many.json", "tickets/show_many.json"])
def test_show_many_takes_a_hundred_ids_and_leaves_unknown_ones_out(desk: Account, path: str) -> None:
    name = path.partition("/")[0]
    assert desk.api("GET", f"{path}?ids=999999,999998")[name] == []
    desk.api("GET", f"{path}?ids={','.join(map(str, range(1, 102)))}", expect=400)
    desk.api("GET", f"{path}?ids=1,two", expect=422)


@pytest.mark.parametrize("path", ["users", "organizations", "tickets", "groups", "brands", "triggers", "ticket_forms"])
def test_what_is_not_there_is_a_404_in_zendesks_words(desk: Account, path: str) -> None:
    for suffix in ("", ".json"):
        error = desk.api("GET", f"{path}/9223372036854775807{suffix}", expect=404)
        assert error == {"error": "RecordNotFound", "description": "Not found"}
