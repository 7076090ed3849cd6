"""The open work: asked for, claimed under a lease with a fence, closed, postponed, parked. On both databases."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from integration.store import work
from integration.store.engine import Store
from integration.store.tables import ticket_work
from integration.store.work import LEASE, MOST_ATTEMPTS, Claim

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DESK = "acme"


def want(store: Store, *tickets: str, at: datetime = NOW, account: str = DESK, **more: Any) -> None:
    with store.write() as (connection, _):
        for ticket in tickets:
            work.want(connection, account, ticket, at, **more)


def claim(store: Store, at: datetime = NOW, most: int = 50, account: str = DESK) -> list[Claim]:
    with store.write() as (connection, _):
        return work.claim(connection, account, at, most)


def row(store: Store, ticket: str = "7") -> Any:
    with store.read() as (connection, _):
        return connection.execute(select(ticket_work).where(ticket_work.c.ticket == ticket)).one()


def finish(store: Store, claimed: Claim) -> None:
    with store.write() as (connection, _):
        work.finish(connection, claimed)


def postpone(store: Store, claimed: Claim, due: datetime, counts: bool = True, error: str = "broken") -> None:
    with store.write() as (connection, _):
        work.postpone(connection, claimed, due, error, counts)


def test_a_ticket_that_is_wanted_is_claimed_once_and_closed(store: Store) -> None:
    want(store, "7")
    [mine] = claim(store)
    assert claim(store) == []
    finish(store, mine)
    assert row(store).is_open is False
    assert claim(store, NOW + 2 * LEASE) == []


def test_the_oldest_come_first_and_no_more_than_asked_for(store: Store) -> None:
    for number in range(5):
        want(store, str(number), at=NOW - number * SECOND)
    assert [each.ticket for each in claim(store, most=2)] == ["4", "3"]
    assert [each.ticket for each in claim(store, most=9)] == ["2", "1", "0"]


def test_what_is_due_later_is_not_claimed_before(store: Store) -> None:
    want(store, "7", due_at=NOW + SECOND)
    assert claim(store) == []
    assert len(claim(store, NOW + SECOND)) == 1


def test_an_account_sees_only_its_own_work(store: Store) -> None:
    want(store, "7", account="another", at=NOW - 10 * SECOND)
    assert claim(store) == []
    with store.read() as (connection, _):
        assert work.unclaimed_since(connection, DESK, NOW, SECOND) is False
        assert work.unclaimed_since(connection, "another", NOW, SECOND) is True
        assert work.backlog(connection, DESK).open == 0
        assert work.is_open(connection, DESK, "7") is False


# -- F65: the fence ----------------------------------------------------------------------------------------------------


def test_f65_a_lease_that_ran_out_is_taken_over_and_the_stale_worker_changes_nothing(store: Store) -> None:
    want(store, "7")
    [stale] = claim(store)
    assert claim(store, NOW + LEASE) == []
    [fresh] = claim(store, NOW + LEASE + SECOND)
    assert fresh.fence == stale.fence + 1
    before = row(store)
    finish(store, stale)
    postpone(store, stale, NOW)
    with store.write() as (connection, _):
        assert work.renew(connection, stale, NOW + 2 * LEASE) is False
    assert row(store) == before
    finish(store, fresh)
    assert row(store).is_open is False


def test_f65_a_worker_that_gave_a_ticket_back_is_stale_too_once_another_took_it(store: Store) -> None:
    want(store, "7")
    [first] = claim(store)
    postpone(store, first, NOW, counts=False)
    [second] = claim(store)
    finish(store, first)
    assert row(store).is_open is True
    finish(store, second)


def test_a_lease_that_is_renewed_is_not_taken_over(store: Store) -> None:
    want(store, "7")
    [mine] = claim(store)
    with store.write() as (connection, _):
        assert work.renew(connection, mine, NOW + LEASE) is True
    assert claim(store, NOW + LEASE + SECOND) == []
    assert len(claim(store, NOW + 2 * LEASE + SECOND)) == 1


def test_f65_claimers_at_the_same_moment_never_share_a_ticket(store: Store) -> None:
    """Eight of them, sixty tickets, seven at a time: each ticket is taken by exactly one."""
    want(store, *map(str, range(60)))
    start = threading.Barrier(8)

    def take(_: int) -> list[str]:
        start.wait(timeout=30)
        mine: list[str] = []
        while claimed := claim(store, most=7):
            mine += [each.ticket for each in claimed]
        return mine

    with ThreadPoolExecutor(8) as threads:
        taken = Counter(ticket for mine in threads.map(take, range(8)) for ticket in mine)
    # On PostgreSQL a claimer passes over rows that another one is just claiming; nobody may be left without.
    taken.update(each.ticket for each in claim(store))
    assert taken == Counter(map(str, range(60)))


def test_wanting_one_ticket_from_eight_sides_at_once_counts_each_of_them(store: Store) -> None:
    """The first insert wins, the others count one up: none is lost and none fails."""
    start = threading.Barrier(8)

    def ask(_: int) -> None:
        start.wait(timeout=30)
        for _ in range(5):
            want(store, "7")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))
    assert row(store).wanted == 40


# -- what was asked meanwhile ------------------------------------------------------------------------------------------


def test_what_is_asked_for_after_the_claim_stays_open_and_due(store: Store) -> None:
    """The ticket may have been read before the change that this call tells of."""
    want(store, "7")
    [mine] = claim(store)
    want(store, "7", at=NOW + SECOND)
    finish(store, mine)
    assert (row(store).is_open, row(store).done, row(store).wanted) == (True, 1, 2)
    [again] = claim(store, NOW + SECOND)
    finish(store, again)
    assert row(store).is_open is False


def test_the_age_of_open_work_is_that_of_the_first_who_asked(store: Store) -> None:
    want(store, "7")
    want(store, "7", at=NOW + 60 * SECOND)
    assert row(store).open_since == NOW
    [mine] = claim(store, NOW + 60 * SECOND)
    finish(store, mine)
    want(store, "7", at=NOW + 90 * SECOND)
    assert row(store).open_since == NOW + 90 * SECOND


# -- F66: failing, parking ---------------------------------------------------------------------------------------------


def test_f66_a_ticket_that_fails_five_times_is_parked_with_its_last_error(store: Store) -> None:
    want(store, "7")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        [mine] = claim(store)
        assert mine.attempts == attempt - 1
        postpone(store, mine, NOW, error=f"attempt {attempt}")
    assert claim(store, NOW + timedelta(days=1)) == []
    with store.read() as (connection, _):
        assert work.parked(connection, DESK) == [("7", "attempt 5")]
        assert work.parked(connection, "another") == []
        assert work.unclaimed_since(connection, DESK, NOW + timedelta(days=1), SECOND) is False
        assert work.is_open(connection, DESK, "7") is True
        assert work.backlog(connection, DESK) == work.Backlog(0, None, 1)


def test_f66_an_absent_zendesk_parks_nothing_however_long_it_is_away(store: Store) -> None:
    want(store, "7")
    for _ in range(3 * MOST_ATTEMPTS):
        [mine] = claim(store)
        postpone(store, mine, NOW, counts=False)
    assert (row(store).parked_at, row(store).attempts) == (None, 0)


def test_f66_whoever_asks_for_a_parked_ticket_gives_it_five_more_attempts(store: Store) -> None:
    want(store, "7")
    for _ in range(MOST_ATTEMPTS):
        postpone(store, claim(store)[0], NOW)
    want(store, "7", at=NOW + SECOND)
    [mine] = claim(store, NOW + SECOND)
    assert mine.attempts == 0


def test_f66_new_events_do_not_give_a_failing_ticket_more_attempts(store: Store) -> None:
    want(store, "7")
    for _ in range(MOST_ATTEMPTS):
        postpone(store, claim(store)[0], NOW)
        assert row(store).parked_at is not None or want(store, "7") is None
    assert row(store).parked_at is not None


def test_a_success_forgets_the_failures_before_it(store: Store) -> None:
    want(store, "7")
    postpone(store, claim(store)[0], NOW)
    finish(store, claim(store)[0])
    assert (row(store).attempts, row(store).last_error) == (0, None)


def test_an_error_of_any_length_is_kept_as_far_as_it_helps(store: Store) -> None:
    want(store, "7")
    postpone(store, claim(store)[0], NOW, error="x" * 100_000)
    assert len(row(store).last_error) == 2000


# -- what the clock and /readyz ask ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "found"), [(1.9, False), (2.0, True), (60.0, True)])
def test_work_is_unclaimed_once_it_was_due_for_two_seconds(store: Store, age: float, found: bool) -> None:
    want(store, "7", at=NOW - timedelta(seconds=age))
    with store.read() as (connection, _):
        assert work.unclaimed_since(connection, DESK, NOW, 2 * SECOND) is found


def test_work_under_a_lease_is_claimed_until_two_seconds_after_it_ran_out(store: Store) -> None:
    want(store, "7")
    claim(store)
    ages = {LEASE: False, LEASE + 2 * SECOND: False, LEASE + 3 * SECOND: True}
    with store.read() as (connection, _):
        assert {age: work.unclaimed_since(connection, DESK, NOW + age, 2 * SECOND) for age in ages} == ages


def test_the_backlog_is_counted_with_its_oldest(store: Store) -> None:
    want(store, "1", at=NOW - 60 * SECOND)
    want(store, "2", "3")
    with store.write() as (connection, _):
        connection.execute(update(ticket_work).where(ticket_work.c.ticket == "3").values(parked_at=NOW))
    with store.read() as (connection, _):
        assert work.backlog(connection, DESK) == work.Backlog(2, NOW - 60 * SECOND, 1)


def delivery(key: str, account: str = DESK) -> dict[str, object]:
    return {
        "account": account,
        "key": key,
        "kind": "trigger",
        "event": "",
        "ticket": "7",
        "body": "",
        "received_at": NOW,
    }


def test_f01_a_delivery_is_new_once_for_each_account(store: Store) -> None:
    with store.write() as (connection, _):
        keys = [("a", DESK), ("a", DESK), ("b", DESK), ("a", "another")]
        assert [work.record_delivery(connection, delivery(*each)) for each in keys] == [True, False, True, True]
