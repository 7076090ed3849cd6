"""The token for Zendesk (F32): one fetch for all processes, renewed in time, never in the clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, select

from integration.adapters.vault import Vault
from integration.adapters.zendesk import TokenEndpoint, TokenSource
from integration.services.ports import NotAllowed, RefusedByZendesk, RetryLater, UnknownOutcome
from integration.store.engine import Store
from integration.store.tables import metadata, secrets
from tests.adapters.http_double import Reply, serving

KEY = Fernet.generate_key()
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Office:
    """A database with a clock that the test moves, and a token endpoint that counts."""

    def __init__(self, url: str) -> None:
        self.now = START
        self.url = url
        self.store = Store(url, self.clock)
        metadata.create_all(self.store.engine)
        self.questions: list[Mapping[str, Any]] = []
        self.failure: Exception | None = None

    def clock(self, _connection: Connection) -> datetime:
        return self.now

    def fetch(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        self.questions.append(question)
        if self.failure:
            raise self.failure
        return {"access_token": f"token-{len(self.questions)}", "token_type": "bearer", "expires_in": 7200}

    def source(self, **changes: Any) -> TokenSource:
        """A source as another process would have it, with a connection pool of its own."""
        given = {"vault": Vault(KEY), "fetch": self.fetch, "pause": self.pass_time, **changes}
        return TokenSource(Store(self.url, self.clock), account="acme", client_id="id", client_secret="hush", **given)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def stored(self) -> Any:
        with self.store.read() as (connection, _now):
            return connection.execute(select(secrets)).one()

    def lease_for_another(self, seconds: float) -> None:
        """Some other process is just fetching."""
        with self.store.write() as (connection, now):
            connection.execute(secrets.update().values(lease_until=now + timedelta(seconds=seconds)))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(f"sqlite:///{tmp_path}/desk.sqlite3")
    yield made
    made.store.close()


def test_a_token_is_fetched_once_with_the_client_credentials_and_shared(office: Office) -> None:
    assert [office.source().token() for _ in range(3)] == ["token-1"] * 3
    assert office.questions == [
        {
            "grant_type": "client_credentials",
            "client_id": "id",
            "client_secret": "hush",
            "scope": "read write",
            "expires_in": 7200,
        }
    ]


def test_f73_the_database_never_sees_the_token_in_the_clear(office: Office) -> None:
    token = office.source().token()
    assert token not in str(office.stored())


def test_it_is_renewed_a_minute_before_its_end_and_not_earlier(office: Office) -> None:
    source = office.source()
    source.token()
    office.now = START + timedelta(seconds=7200 - 61)
    assert source.token() == "token-1"
    office.now = START + timedelta(seconds=7200 - 60)
    assert source.token() == "token-2"


def test_eight_processes_at_once_fetch_one_token(office: Office) -> None:
    """Seven find the lease taken and wait; the one that holds it answers only when all seven have seen that."""
    waiting, done = Semaphore(0), Event()

    def wait(_seconds: float) -> None:
        waiting.release()
        done.wait(10)

    def slow_fetch(question: Mapping[str, Any]) -> Mapping[str, Any]:
        assert all(waiting.acquire(timeout=10) for _ in range(7)), "the others did not wait"
        return office.fetch(question)

    def process() -> str:
        token = office.source(fetch=slow_fetch, pause=wait).token()
        done.set()
        return token

    with ThreadPoolExecutor(8) as pool:
        tokens = [job.result() for job in [pool.submit(process) for _ in range(8)]]
    assert (set(tokens), len(office.questions)) == ({"token-1"}, 1)


def test_a_process_that_looked_just_before_another_finished_does_not_fetch_again(office: Office) -> None:
    """Between its look and its claim the other has fetched, stored and given the lease back."""

    class Slow(Vault):
        def decrypt(self, text: str) -> str:
            if len(office.questions) == 1:
                assert office.source().token() == "token-2"
            return super().decrypt(text)

    office.source().token()
    office.now = START + timedelta(hours=3)
    assert office.source(vault=Slow(KEY)).token() == "token-2"
    assert len(office.questions) == 2


def test_while_another_process_renews_the_old_token_still_serves(office: Office) -> None:
    office.source().token()
    office.now = START + timedelta(seconds=7200 - 30)
    office.lease_for_another(20)
    assert office.source().token() == "token-1"
    assert len(office.questions) == 1


def test_a_process_that_died_while_fetching_holds_nobody_up_for_long(office: Office) -> None:
    office.source().token()
    office.now = START + timedelta(hours=3)
    office.lease_for_another(5)
    assert office.source().token() == "token-2"
    assert START + timedelta(hours=3, seconds=5) <= office.now < START + timedelta(hours=3, seconds=6)


def test_waiting_for_another_process_ends(office: Office) -> None:
    office.source().token()
    office.now = START + timedelta(hours=3)
    office.lease_for_another(3600)
    with pytest.raises(RetryLater, match="another process"):
        office.source().token()


def test_a_slow_process_whose_lease_ran_out_does_not_overwrite_the_newer_token(office: Office) -> None:
    """It fetches, loses its lease, another fetches and stores, and only then its own answer arrives (F65)."""

    def overtaken(question: Mapping[str, Any]) -> Mapping[str, Any]:
        office.now += timedelta(seconds=31)
        office.source().token()
        return {"access_token": "late", "expires_in": 7200}

    assert office.source(fetch=overtaken).token() == "late"
    assert office.source().token() == "token-1"


def test_a_token_that_was_not_accepted_is_replaced_once_for_all_who_complain(office: Office) -> None:
    one, other = office.source(), office.source()
    failed = one.token()
    assert [one.replace(failed), other.replace(failed), one.token()] == ["token-2"] * 3


def test_a_token_that_was_not_accepted_is_not_given_out_while_another_process_fetches(office: Office) -> None:
    failed = office.source().token()
    office.lease_for_another(3600)
    with pytest.raises(RetryLater):
        office.source().replace(failed)


@pytest.mark.parametrize("refusal", [NotAllowed("401"), RefusedByZendesk("400")])
def test_wrong_credentials_name_the_settings_to_correct(office: Office, refusal: Exception) -> None:
    office.failure = refusal
    with pytest.raises(NotAllowed, match="ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET") as caught:
        office.source().token()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("failure", [RetryLater("429", 40.0), UnknownOutcome("no answer")])
def test_a_fetch_that_failed_leaves_the_way_free_for_the_next(office: Office, failure: Exception) -> None:
    office.failure = failure
    with pytest.raises(RetryLater):
        office.source().token()
    office.failure = None
    assert office.source().token() == "token-2"
    assert office.now == START


@pytest.mark.parametrize("answer", [{}, {"access_token": None}, {"access_token": ""}, {"access_token": 5}])
def test_an_answer_without_a_token_is_no_token(office: Office, answer: dict[str, Any]) -> None:
    with pytest.raises(RetryLater, match="access_token"):
        office.source(fetch=lambda _question: answer).token()


def test_a_shorter_life_than_asked_for_is_believed(office: Office) -> None:
    office.source(fetch=lambda _question: {"access_token": "brief", "expires_in": 300}).token()
    assert office.stored().expires_at == START + timedelta(seconds=300)


def test_a_stored_token_that_our_key_does_not_open_is_told_and_can_be_dropped(office: Office) -> None:
    office.source().token()
    stranger = office.source(vault=Vault(Fernet.generate_key()))
    with pytest.raises(NotAllowed, match="restore the key file"):
        stranger.token()
    stranger.forget()
    assert stranger.token() == "token-2"


def test_no_transaction_is_open_while_zendesk_is_asked(office: Office) -> None:
    def writes_meanwhile(question: Mapping[str, Any]) -> Mapping[str, Any]:
        office.lease_for_another(30)  # would find the database locked
        return office.fetch(question)

    assert office.source(fetch=writes_meanwhile).token() == "token-1"


def test_accounts_have_tokens_of_their_own(office: Office) -> None:
    office.source().token()
    other = TokenSource(office.store, Vault(KEY), "other", "id", "hush", office.fetch)
    assert other.token() == "token-2"


def test_the_endpoint_posts_json_without_authorization() -> None:
    with serving(Reply(200, {"access_token": "t", "expires_in": 7200})) as double:
        assert TokenEndpoint("acme", double.url)({"grant_type": "client_credentials"})["access_token"] == "t"
    method, path, headers, body = double.requests[0]
    assert (method, path, body) == ("POST", "/oauth/tokens", b'{"grant_type": "client_credentials"}')
    assert headers["Host"] == "acme.zendesk.com"
    assert "Authorization" not in headers


@pytest.mark.parametrize(("status", "error"), [(401, NotAllowed), (400, RefusedByZendesk), (500, UnknownOutcome)])
def test_the_endpoint_raises_the_ports_errors(status: int, error: type[Exception]) -> None:
    with serving(Reply(status, {"error": "invalid_client"})) as double, pytest.raises(error):
        TokenEndpoint("acme", double.url)({})
    assert double.count("POST") == 1
