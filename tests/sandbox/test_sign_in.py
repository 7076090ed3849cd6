"""Who is let in: tokens by client credentials, and the trap of the anonymous user."""

from __future__ import annotations

from sandbox.server import Handle
from tests.sandbox.zendesk import GRANT, Account, Hands


def test_the_token_acts_as_the_service_user(desk: Account) -> None:
    me = desk.api("GET", "users/me.json")["user"]
    assert (me["name"], me["role"], me["verified"]) == ("Deskward", "admin", True)


def test_a_wrong_secret_is_an_invalid_client(running: Handle) -> None:
    answer = Account(running, "wrong").ask("POST", "/oauth/tokens", GRANT | {"client_secret": "guess"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_without_a_token_nothing_is_shown_but_users_me_says_200(running: Handle) -> None:
    """Zendesk's trap: a health check that only looks at the status takes nobody for somebody."""
    nobody = Account(running, "nobody")
    assert nobody.api("GET", "tickets.json", expect=401) == {"error": "Couldn't authenticate you"}
    me = nobody.api("GET", "users/me.json")["user"]
    assert (me["id"], me["name"]) == (None, "Anonymous user")


def test_f32_a_token_ends_when_it_said_it_would(timed: Account, hands: Hands) -> None:
    told = timed.ask("POST", "/oauth/tokens", GRANT | {"expires_in": 300}).json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 300)
    timed.http.headers["Authorization"] = f"Bearer {told['access_token']}"
    hands.move(299)
    timed.api("GET", "tickets.json")
    hands.move(1)
    assert timed.api("GET", "tickets.json", expect=401)["error"] == "invalid_token"


def test_a_lifetime_that_zendesk_does_not_allow_is_refused(running: Handle) -> None:
    answer = Account(running, "short").ask("POST", "/oauth/tokens", GRANT | {"expires_in": 299})
    assert (answer.status_code, "expires_in" in answer.json()["details"]) == (422, True)


def test_the_host_names_the_account(running: Handle) -> None:
    made = Account(running, "unused")
    made.http.headers["Host"] = "globex.zendesk.com"
    user = made.sign_in().api("GET", "users/me.json")["user"]
    assert user["url"].startswith("https://globex.zendesk.com/api/v2/users/")


def test_a_client_of_its_own_can_be_added(running: Handle) -> None:
    desk = Account(running, "second-client")
    desk.happens("clients", client_id="other", client_secret="s", user={"name": "Person", "role": "admin"})
    token = desk.ask("POST", "/oauth/tokens", GRANT | {"client_id": "other", "client_secret": "s"}).json()
    desk.http.headers["Authorization"] = f"Bearer {token['access_token']}"
    assert desk.api("GET", "users/me.json")["user"]["name"] == "Person"
