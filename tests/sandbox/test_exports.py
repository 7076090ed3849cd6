"""The incremental export by cursor, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import start
from sandbox.times import epoch
from sandbox.world import Settings
from tests.sandbox.zendesk import Account, Hands, Json

EXPORT = "incremental/tickets/cursor.json"


@pytest.fixture
def quick(hands: Hands) -> Iterator[Account]:
    handle = start(clock=hands, settings=Settings(quick_export=True))
    yield Account(handle, "sandbox").sign_in()
    handle.stop()


def ids(page: Json) -> list[int]:
    return [ticket["id"] for ticket in page["tickets"]]


def test_f33_the_last_minute_is_withheld(timed: Account, hands: Hands) -> None:
    start_time = epoch(hands.now) - 60
    ticket = timed.mail()
    assert ids(timed.api("GET", f"{EXPORT}?start_time={start_time}")) == []
    hands.move(59)
    assert ids(timed.api("GET", f"{EXPORT}?start_time={start_time}")) == []
    hands.move(1)
    page = timed.api("GET", f"{EXPORT}?start_time={start_time}")
    assert (ids(page), page["end_of_stream"]) == ([ticket["id"]], True)
    assert page["tickets"][0]["generated_timestamp"] == start_time + 60


def test_people_are_side_loaded_last_audits_are_not(timed: Account, hands: Hands) -> None:
    timed.mail()
    hands.move(60)
    page = timed.api("GET", f"{EXPORT}?start_time=0&include=users,last_audits")
    assert [user["name"] for user in page["users"]] == ["Ana"]
    assert "last_audits" not in page


def test_a_start_within_the_last_minute_is_refused(timed: Account, hands: Hands) -> None:
    error = timed.api("GET", f"{EXPORT}?start_time={epoch(hands.now) - 59}", expect=422)
    assert "start_time" in error["details"]
    timed.api("GET", EXPORT, expect=400)
    timed.api("GET", f"{EXPORT}?cursor=nonsense", expect=400)


def test_the_cursor_leads_through_all_changes_and_then_to_new_ones(timed: Account, hands: Hands) -> None:
    tickets = [timed.mail()["id"] for _ in range(5)]
    hands.move(100)
    timed.change(tickets[0], priority="high")
    hands.move(60)
    page = timed.api("GET", f"{EXPORT}?start_time=0&per_page=2")
    seen = ids(page)
    while not page["end_of_stream"]:
        page = timed.api("GET", f"{EXPORT}?cursor={page['after_cursor']}&per_page=2")
        seen += ids(page)
    assert seen == [*tickets[1:], tickets[0]]
    assert ids(timed.api("GET", f"{EXPORT}?cursor={page['after_cursor']}")) == []
    timed.change(tickets[3], priority="high")
    hands.move(60)
    assert ids(timed.api("GET", f"{EXPORT}?cursor={page['after_cursor']}")) == [tickets[3]]


def test_a_quick_export_withholds_nothing_and_loses_nothing_within_a_second(quick: Account, hands: Hands) -> None:
    """The change that comes after the page, in the same second, is on the next page."""
    tickets = [quick.mail()["id"] for _ in range(2)]
    page = quick.api("GET", f"{EXPORT}?start_time={epoch(hands.now)}")
    assert ids(page) == tickets
    quick.change(tickets[0], priority="high")
    assert ids(quick.api("GET", f"{EXPORT}?cursor={page['after_cursor']}")) == [tickets[0]]


def test_f27_a_deleted_ticket_is_told_as_deleted(timed: Account, hands: Hands) -> None:
    ticket = timed.mail()
    timed.api("DELETE", f"tickets/{ticket['id']}.json", expect=204)
    hands.move(60)
    (row,) = timed.api("GET", f"{EXPORT}?start_time=0")["tickets"]
    assert row["status"] == "deleted"
