"""zenpy, unchanged, against the sandbox: only its session's road is another one."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, CustomField, Organization, Ticket, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from tests.sandbox.zendesk import Account


class Road(HTTPAdapter):
    """Sends what is meant for Zendesk to the sandbox, and hands zenpy the request that it believes it made."""

    def __init__(self, sandbox: str) -> None:
        super().__init__()
        self._sandbox = sandbox

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        meant = request.copy()
        assert meant.url is not None
        host, _, path = meant.url.removeprefix("https://").partition("/")
        request.url = f"{self._sandbox}/{path}"
        request.headers["Host"] = host
        answer = super().send(request, *args, **options)
        answer.request, answer.url = meant, meant.url
        return answer


@pytest.fixture
def zenpy(desk: Account) -> Zenpy:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Road(desk.sandbox.url))
    session.headers["Authorization"] = str(desk.http.headers["Authorization"])
    session.authorized = True  # type: ignore[attr-defined]
    return Zenpy(subdomain=desk.name, session=session, disable_cache=True)


def test_zenpy_creates_shows_and_updates_a_ticket(zenpy: Zenpy, desk: Account) -> None:
    plan = desk.field("Plan")
    wanted = Ticket(
        subject="Help", comment=Comment(body="It broke."), requester=User(name="Ana", email="ana@a.example")
    )
    audit = zenpy.tickets.create(wanted)
    ticket = zenpy.tickets(id=audit.ticket.id)
    assert (ticket.subject, ticket.status, ticket.requester.email) == ("Help", "new", "ana@a.example")
    ticket.priority = "high"
    ticket.custom_fields = [CustomField(id=plan, value="premier")]
    ticket.comment = Comment(body="Only for us.", public=False)
    changed = zenpy.tickets.update(ticket)
    assert changed.ticket.priority == "high"
    assert desk.value(ticket.id, plan) == "premier"
    said = [(comment.body, comment.public) for comment in zenpy.tickets.comments(ticket=ticket.id)]
    assert said == [("It broke.", True), ("Only for us.", False)]
    assert [event["type"] for audit in zenpy.tickets.audits(ticket=ticket.id) for event in audit.events]


def test_zenpy_reads_many_at_once_and_page_by_page(zenpy: Zenpy, desk: Account) -> None:
    numbers = [desk.mail()["id"] for _ in range(5)]
    assert [ticket.id for ticket in zenpy.tickets(ids=numbers, include=["users"])] == numbers
    assert [ticket.id for ticket in zenpy.tickets(cursor_pagination=2)] == numbers


def test_zenpy_reads_the_export(zenpy: Zenpy, desk: Account) -> None:
    desk.mail()
    assert list(zenpy.tickets.incremental(start_time=0, paginate_by_time=False)) == []


def test_zenpy_knows_users_organizations_and_settings(zenpy: Zenpy) -> None:
    assert zenpy.users.me().name == "Deskward"
    made = zenpy.organizations.create(Organization(name="Acme", domain_names=["acme.example"]))
    ana = zenpy.users.create_or_update(User(name="Ana", email="ana@acme.example"))
    assert (ana.organization.id, zenpy.organizations(id=made.id).name) == (made.id, "Acme")
    assert [each.name for each in zenpy.groups()] == ["Support"]
    assert "Subject" in [each.title for each in zenpy.ticket_fields()]
    assert list(zenpy.webhooks.list()) == [] and list(zenpy.triggers()) == []


def test_zenpys_errors_are_zendesks(zenpy: Zenpy, desk: Account) -> None:
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets(id=99)
    with pytest.raises(APIException) as refused:
        zenpy.tickets.create(Ticket(subject="no words"))
    assert refused.value.response.status_code == 422
    ticket = zenpy.tickets(id=desk.mail()["id"])
    ticket.priority, ticket.safe_update, ticket.updated_stamp = "low", True, "2020-01-01T00:00:00Z"
    with pytest.raises(APIException) as conflict:
        zenpy.tickets.update(ticket)
    assert conflict.value.response.status_code == 409
