"""The port's promises, kept against the sandbox: a second program that was written from Zendesk's documents alone.

Each test is a small story of one support desk; the client is the real one, with a real token from the real endpoint.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from integration.adapters.vault import Vault
from integration.adapters.zendesk import TokenEndpoint, TokenSource, Wire, ZendeskClient
from integration.services.ports import (
    Conflict,
    Gone,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TicketWrite,
    UnknownOutcome,
    Zendesk,
)
from integration.store.engine import Store
from integration.store.tables import metadata
from sandbox.server import Handle, start

PUT = "PUT /api/v2/tickets/{ticket_id}"


class Story:
    """A sandbox, what happens in one of its accounts by other hands, and our client."""

    def __init__(self, sandbox: Handle, store: Store, account: str = "acme") -> None:
        self.sandbox = sandbox
        self.store = store
        self.account = account
        self.zendesk: Zendesk = self.client("sandbox-secret")

    def client(self, secret: str) -> ZendeskClient:
        endpoint = TokenEndpoint(self.account, self.sandbox.url)
        self.tokens = TokenSource(self.store, Vault(KEY), self.account, "deskward", secret, endpoint)
        wire = Wire(self.account, self.tokens, self.sandbox.url, timeout=(1.0, 5.0))
        return ZendeskClient(self.account, self.tokens, self.sandbox.url, wire)

    def happens(self, what: str, **body: Any) -> dict[str, Any]:
        """Something that a customer, an agent or bad luck does."""
        headers = {"X-Sandbox-Account": self.account}
        answer = requests.post(f"{self.sandbox.url}/sandbox/{what}", json=body, headers=headers, timeout=5)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def mail(self, **changes: Any) -> dict[str, Any]:
        given = {"from": "ada@customer.example", "name": "Ada", "subject": "Cluster down", "body": "It is down."}
        return dict(self.happens("inbound-mail", **{**given, **changes})["ticket"])

    def now(self, ticket: int) -> Any:
        (read,) = self.zendesk.tickets([ticket])
        return read.ticket

    def writes(self) -> int:
        calls = requests.get(f"{self.sandbox.url}/sandbox/calls", timeout=5).json()["calls"]
        return int(calls.get(PUT, 0))


KEY = Fernet.generate_key()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Handle]:
    running = start()
    yield running
    running.stop()


@pytest.fixture
def story(sandbox: Handle, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Story]:
    """An account of its own for each test, on one sandbox."""
    store = Store(f"sqlite:///{tmp_path}/desk.sqlite3")
    metadata.create_all(store.engine)
    told = Story(sandbox, store, f"acme-{zlib.crc32(request.node.name.encode())}")
    told.happens("calls/reset")
    yield told
    told.happens("faults")
    told.happens("limits", on=False)
    store.close()


def test_we_are_the_service_user(story: Story) -> None:
    me = story.zendesk.whoami()
    assert (me["name"], me["role"]) == ("Deskward", "admin")


def test_f32_wrong_credentials_are_told_by_the_names_of_their_settings(story: Story) -> None:
    with pytest.raises(NotAllowed, match="ZENDESK_OAUTH_CLIENT_SECRET"):
        story.client("wrong").whoami()


def test_f32_a_revoked_token_is_replaced_and_the_write_goes_through(story: Story) -> None:
    ticket = story.mail()
    story.zendesk.whoami()
    acme = story.sandbox.account(story.account)
    with story.sandbox.world.store.change():
        acme.drop("tokens", story.tokens.token())
    after = story.zendesk.update_ticket(TicketWrite(ticket["id"], ticket["updated_at"], priority="high"))
    assert after["priority"] == "high"


def test_tickets_are_read_together_with_people_and_audits_and_without_the_deleted(story: Story) -> None:
    story.zendesk.create("organizations", {"name": "Customer", "domain_names": ["customer.example"]})
    first, gone, second = story.mail(), story.mail(), story.mail(**{"from": "ben@else.example", "name": "Ben"})
    story.happens("agent-edit", ticket_id=first["id"], ticket={"priority": "low"})
    delete(story, gone["id"])
    reads = {read.ticket["id"]: read for read in story.zendesk.tickets([second["id"], gone["id"], first["id"]])}
    assert set(reads) == {first["id"], second["id"]}
    read = reads[first["id"]]
    assert read.users[read.ticket["requester_id"]]["email"] == "ada@customer.example"
    assert read.organizations[read.ticket["organization_id"]]["name"] == "Customer"
    assert read.audit and read.audit["ticket_id"] == first["id"]
    assert [event["field_name"] for event in read.audit["events"]] == ["priority"]


def test_one_update_writes_fields_and_one_internal_note(story: Story) -> None:
    plan = story.zendesk.create("ticket_fields", {"type": "text", "title": "Plan"})
    group = story.zendesk.listing("groups")[0]
    ticket = story.mail()
    write = TicketWrite(ticket["id"], ticket["updated_at"], "urgent", group["id"], {plan["id"]: "Premier"}, "Receipt.")
    after = story.zendesk.update_ticket(write)
    assert (after["priority"], after["group_id"]) == ("urgent", group["id"])
    assert {"id": plan["id"], "value": "Premier"} in after["custom_fields"]
    assert [(each["body"], each["public"]) for each in story.zendesk.comments(ticket["id"])] == [
        ("It is down.", True),
        ("Receipt.", False),
    ]
    assert len(story.zendesk.audits(ticket["id"])) == 2
    assert story.writes() == 1


def test_f21_a_stale_update_is_a_conflict_and_changes_nothing(story: Story) -> None:
    ticket = story.mail()
    with pytest.raises(Conflict):
        story.zendesk.update_ticket(TicketWrite(ticket["id"], "2020-01-01T00:00:00Z", priority="low", note="No."))
    assert story.now(ticket["id"])["priority"] is None
    assert len(story.zendesk.comments(ticket["id"])) == 1


def test_a_closed_ticket_refuses_and_says_so(story: Story) -> None:
    ticket = story.mail()
    story.happens("agent-edit", ticket_id=ticket["id"], ticket={"status": "closed"})
    with pytest.raises(RefusedByZendesk, match="closed"):
        story.zendesk.update_ticket(TicketWrite(ticket["id"], story.now(ticket["id"])["updated_at"], priority="low"))


@pytest.mark.parametrize("call", ["audits", "comments"])
def test_f27_what_is_not_there_is_gone(story: Story, call: str) -> None:
    with pytest.raises(Gone):
        getattr(story.zendesk, call)(999)
    with pytest.raises(Gone):
        story.zendesk.update_ticket(TicketWrite(999, "2026-11-01T10:00:00Z", priority="low"))


def test_f20_a_write_whose_answer_is_lost_is_unknown_and_a_read_tells(story: Story) -> None:
    ticket = story.mail()
    story.happens("faults", seed=1, rate={"timeout_after": 1.0})
    with pytest.raises(UnknownOutcome):
        story.zendesk.update_ticket(TicketWrite(ticket["id"], ticket["updated_at"], priority="high", note="Once."))
    story.happens("faults")
    assert story.now(ticket["id"])["priority"] == "high"
    assert [each["body"] for each in story.zendesk.comments(ticket["id"])] == ["It is down.", "Once."]
    assert story.writes() == 1


@pytest.mark.parametrize(
    ("fault", "error"), [("timeout_before", UnknownOutcome), ("500", UnknownOutcome), ("429", RetryLater)]
)
def test_f19_a_write_that_failed_is_not_repeated_in_secret(story: Story, fault: str, error: type[Exception]) -> None:
    ticket = story.mail()
    story.happens("faults", seed=1, rate={fault: 1.0})
    with pytest.raises(error):
        story.zendesk.update_ticket(TicketWrite(ticket["id"], ticket["updated_at"], priority="high"))
    assert story.writes() == 1


def test_f18_the_rate_limit_of_one_ticket_says_when_to_come_back(story: Story) -> None:
    ticket = story.mail()
    story.happens("limits", on=True)
    guard = ticket["updated_at"]
    with pytest.raises(RetryLater) as caught:
        for number in range(200):
            guard = story.zendesk.update_ticket(TicketWrite(ticket["id"], guard, note=str(number)))["updated_at"]
    assert 1 <= caught.value.seconds <= 600


def test_a_customers_identities_are_listed(story: Story) -> None:
    ticket = story.mail()
    (identity,) = story.zendesk.identities(ticket["requester_id"])
    assert (identity["type"], identity["value"]) == ("email", "ada@customer.example")
    assert identity["verified"] in (True, False)


def test_f33_the_export_finds_each_ticket_once_by_its_cursor(tmp_path: Path) -> None:
    """Two hours later, so that the last minute, which Zendesk withholds, is over."""
    clock = [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)]
    sandbox = start(clock=lambda: clock[0])
    store = Store(f"sqlite:///{tmp_path}/desk.sqlite3", lambda _connection: clock[0])
    metadata.create_all(store.engine)
    try:
        story = Story(sandbox, store)
        tickets = [story.mail()["id"] for _ in range(3)]
        with pytest.raises(RetryLater):
            story.zendesk.exported_tickets(None, clock[0])
        clock[0] += timedelta(minutes=10)
        page = story.zendesk.exported_tickets(None, clock[0] - timedelta(hours=1))
        assert [each["id"] for each in page.tickets] == tickets
        assert page.at_end
        assert story.zendesk.exported_tickets(page.cursor, clock[0]).tickets == []
    finally:
        store.close()
        sandbox.stop()


CREATED: dict[str, dict[str, Any]] = {
    "ticket_fields": {"type": "text", "title": "Plan"},
    "ticket_forms": {"name": "Incident", "ticket_field_ids": []},
    "trigger_categories": {"name": "Deskward"},
    "organizations": {"name": "Customer"},
    "organization_fields": {"type": "text", "key": "plan", "title": "Plan"},
    "webhooks": {
        "name": "Deskward",
        "endpoint": "http://127.0.0.1:9/webhooks/zendesk",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": ["conditional_ticket_events"],
        "status": "active",
    },
}


@pytest.mark.parametrize("kind", CREATED)
def test_what_is_created_is_listed(story: Story, kind: str) -> None:
    created = story.zendesk.create(kind, CREATED[kind])
    assert created["id"] in [each["id"] for each in story.zendesk.listing(kind)]


@pytest.mark.parametrize("kind", ["brands", "groups", "triggers"])
def test_every_other_kind_can_be_listed(story: Story, kind: str) -> None:
    assert isinstance(story.zendesk.listing(kind), list)


def test_a_long_list_comes_whole(story: Story) -> None:
    for number in range(105):
        story.zendesk.create("trigger_categories", {"name": f"Category {number}"})
    names = [each["name"] for each in story.zendesk.listing("trigger_categories")]
    assert (len(names), len(set(names))) == (106, 106)


def test_a_webhook_has_a_secret_and_a_trigger_can_use_it(story: Story) -> None:
    hook = story.zendesk.create("webhooks", CREATED["webhooks"])
    assert len(story.zendesk.signing_secret(hook["id"])) > 20
    category = story.zendesk.create("trigger_categories", {"name": "Deskward"})
    trigger = {
        "title": "Deskward: created",
        "category_id": category["id"],
        "conditions": {"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []},
        "actions": [{"field": "notification_webhook", "value": [hook["id"], '{"ticket_id": "{{ticket.id}}"}']}],
    }
    created = story.zendesk.create("triggers", trigger)
    assert (created["actions"], created["conditions"]) == (trigger["actions"], trigger["conditions"])


def delete(story: Story, ticket: int) -> None:
    headers = {"X-Sandbox-Account": story.account, "Authorization": f"Bearer {story.tokens.token()}"}
    requests.delete(f"{story.sandbox.url}/api/v2/tickets/{ticket}", headers=headers, timeout=5).raise_for_status()
