"""Two customers claim one sender: nobody guesses, and a person's choice counts."""

from __future__ import annotations

import pytest

from tests.scenarios.town import Town

pytestmark = pytest.mark.xdist_group("stories")

TWO_CLAIMS = """\
reference,organization,plan,status,start,end,domains
MM-20,Vireo Group,mattermost/enterprise,active,2026-01-01,2027-12-31,vireo.example
MM-21,Vireo Ventures,mattermost/professional,active,2026-01-01,2027-12-31,vireo.example
"""


def organization(town: Town, name: str) -> int:
    made = town.api("organizations.json", "POST", organization={"name": name})
    return int(made["organization"]["id"])


def test_the_agent_sets_the_organization_and_the_ticket_is_decided_for_that_customer(town: Town) -> None:
    """G-15, G-06, F34: ambiguous until a person decides, in the way in which agents do that in Zendesk."""
    town.import_contracts(TWO_CLAIMS)
    group, ventures = organization(town, "Vireo Group"), organization(town, "Vireo Ventures")
    number = town.mail("jo@vireo.example")
    town.work()
    assert town.ticket(number)["entitlement"] == "ambiguous"
    member = {"user_id": town.ticket(number)["requester_id"]}
    for each in (group, ventures):
        town.api("organization_memberships.json", "POST", organization_membership={**member, "organization_id": each})
    town.control("agent-edit", ticket_id=number, ticket={"organization_id": group})
    town.work()
    assert (town.ticket(number)["entitlement"], town.ticket(number)["plan"]) == ("entitled", "mattermost/enterprise")
    town.agent_sets(number, environment="production")
    town.work()
    assert town.ticket(number)["plan"] == "mattermost/enterprise"


def test_zendesks_own_mapping_at_creation_is_no_choice(town: Town) -> None:
    """Zendesk maps a domain that two hold to the alphabetically first; that decides nothing."""
    town.import_contracts(TWO_CLAIMS)
    for name in ("Vireo Group", "Vireo Ventures"):
        town.api("organizations.json", "POST", organization={"name": name, "domain_names": ["vireo.example"]})
    number = town.mail("jo@vireo.example")
    town.work()
    assert town.ticket(number)["organization_id"] is not None
    assert town.ticket(number)["entitlement"] == "ambiguous"
    town.agent_sets(number, environment="production")
    town.work()
    assert town.ticket(number)["entitlement"] == "ambiguous"
