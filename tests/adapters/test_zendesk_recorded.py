"""The client against Zendesk's own shapes, on cassettes written by hand: nothing here talks to a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import vcr

from integration.adapters.zendesk import StaticToken, TokenEndpoint, Wire, ZendeskClient
from integration.services.ports import (
    Conflict,
    Gone,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TicketWrite,
)

READ_AT = "2026-11-02T08:58:12Z"
HIGH = TicketWrite(ticket=7, guard=READ_AT, priority="high")
player = vcr.VCR(
    cassette_library_dir=str(Path(__file__).parent / "cassettes"),
    record_mode="none",
    match_on=["method", "scheme", "host", "path", "query", "body"],
    filter_headers=["authorization"],
)


@contextmanager
def recorded(name: str) -> Iterator[ZendeskClient]:
    """A client that hears the cassette; every exchange on it must have been played, once."""
    token = StaticToken("not-a-token")
    with player.use_cassette(f"{name}.yaml") as cassette:
        yield ZendeskClient("acme", token, session=Wire("acme", token, pause=unwanted_pause))
    assert cassette.all_played
    assert cassette.play_count == len(cassette)


def unwanted_pause(seconds: float) -> None:
    raise AssertionError(f"the client would sleep {seconds} s")


def test_tickets_come_with_their_people_and_each_with_its_own_last_audit() -> None:
    with recorded("show_many") as zendesk:
        first, second = zendesk.tickets([7, 8, 9, 7])
    assert [first.ticket["id"], second.ticket["id"]] == [7, 9]
    assert first.users[56001]["email"] == "ada@customer.example"
    assert first.organizations[46001]["domain_names"] == ["customer.example"]
    assert first.audit and first.audit["metadata"]["flags_options"] == {"15": {"trusted": False}}
    assert second.audit and second.audit["id"] == 66009


def test_f21_an_update_is_guarded_and_carries_fields_and_note_and_no_tags() -> None:
    """The cassette answers only to exactly this body."""
    note = "Severity 1 \u00b7 first reply due 09:28 UTC"
    write = TicketWrite(7, READ_AT, "urgent", 36040, {36010: "premier", 36011: None}, note)
    with recorded("update") as zendesk:
        after = zendesk.update_ticket(write)
    assert (after["priority"], after["updated_at"]) == ("urgent", "2026-11-02T09:00:00Z")


def test_f21_a_ticket_that_changed_meanwhile_is_a_conflict() -> None:
    with recorded("update_conflict") as zendesk, pytest.raises(Conflict, match="UpdateConflict"):
        zendesk.update_ticket(HIGH)


def test_a_refused_update_says_which_field_and_why() -> None:
    with recorded("update_invalid") as zendesk, pytest.raises(RefusedByZendesk, match="closed prevents ticket update"):
        zendesk.update_ticket(HIGH)


def test_f27_a_deleted_ticket_is_gone() -> None:
    with recorded("update_gone") as zendesk, pytest.raises(Gone):
        zendesk.update_ticket(HIGH)


@pytest.mark.parametrize(("cassette", "seconds"), [("update_busy", 41.0), ("update_busy_date", 90.0)])
def test_f18_a_rate_limit_says_when_to_come_back_in_seconds_or_by_a_date(cassette: str, seconds: float) -> None:
    with recorded(cassette) as zendesk, pytest.raises(RetryLater) as caught:
        zendesk.update_ticket(HIGH)
    assert caught.value.seconds == seconds


def test_f33_the_export_goes_on_from_its_cursor_until_nothing_waits() -> None:
    """Cursors have characters that mean something in a URL; the end keeps the cursor that we came with."""
    since = datetime.fromtimestamp(1793600000, UTC)
    with recorded("export") as zendesk:
        first = zendesk.exported_tickets(None, since)
        second = zendesk.exported_tickets(first.cursor, since)
        last = zendesk.exported_tickets(second.cursor, since)
    assert [[each["id"] for each in page.tickets] for page in (first, second, last)] == [[7], [9], []]
    assert [page.at_end for page in (first, second, last)] == [False, False, True]
    assert last.cursor == second.cursor


def test_identities_come_from_all_pages() -> None:
    with recorded("identities") as zendesk:
        found = zendesk.identities(56001)
    assert [(each["value"], each["verified"]) for each in found] == [
        ("ada@customer.example", True),
        ("+495550100", True),
        ("ada@old.example", False),
    ]


def test_comments_are_given_oldest_first_whatever_the_account_says() -> None:
    with recorded("comments") as zendesk:
        assert [(each["id"], each["public"]) for each in zendesk.comments(7)] == [(66002, True), (66020, False)]


def test_audits_in_the_older_shape_of_page_numbers_are_read_too() -> None:
    with recorded("audits") as zendesk:
        assert [each["id"] for each in zendesk.audits(7)] == [66001, 66030]


def test_a_list_that_knows_page_numbers_only_is_read_by_page_numbers() -> None:
    with recorded("offset_only") as zendesk:
        assert [each["name"] for each in zendesk.listing("ticket_forms")] == ["Default", "Hotline"]


def test_a_list_that_gives_a_cursor_but_no_link_is_followed() -> None:
    with recorded("webhooks") as zendesk:
        first, second = zendesk.listing("webhooks")
        assert zendesk.signing_secret(first["id"]) == "bm90LWEtc2VjcmV0"
    assert second["name"] == "Other"


def test_whoami_names_the_user_and_keeps_zendesks_session_token_out() -> None:
    with recorded("me") as zendesk:
        me = zendesk.whoami()
    assert (me["id"], me["role"]) == (56009, "admin")
    assert "authenticity_token" not in me


def test_the_anonymous_user_is_nobody() -> None:
    with recorded("me_anonymous") as zendesk, pytest.raises(NotAllowed, match="anonymous"):
        zendesk.whoami()


def test_f31_a_maintenance_page_with_status_200_is_no_answer() -> None:
    with recorded("me_html") as zendesk, pytest.raises(RetryLater):
        zendesk.whoami()


ASKED = {
    "grant_type": "client_credentials",
    "client_id": "deskward",
    "client_secret": "not-a-secret",
    "scope": "read write",
    "expires_in": 7200,
}


def test_a_token_is_given_for_client_credentials() -> None:
    with player.use_cassette("token.yaml"):
        assert TokenEndpoint("acme")(ASKED)["access_token"] == "not-a-token"


def test_f32_an_unknown_client_gets_none() -> None:
    with player.use_cassette("token_refused.yaml"), pytest.raises(NotAllowed, match="invalid_client"):
        TokenEndpoint("acme")(ASKED)
