"""OAuth tokens by client credentials: POST /oauth/tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ..call import Answer, Call
from ..refusals import Refused, bad_request, invalid
from ..routes import Routes
from ..times import stamp

routes = Routes()
DEFAULT_SECONDS = 1800
SHORTEST, LONGEST = 300, 172_800


@routes.add("POST", "/oauth/tokens", open=True)
def issue(call: Call) -> Answer:
    """A bearer token that acts as the user who owns the client. There is no refresh token: ask again."""
    if not isinstance(call.body, dict) or call.body.get("grant_type") != "client_credentials":
        raise bad_request("grant_type must be client_credentials, in a JSON body", "unsupported_grant_type")
    client = call.account.get("clients", call.body.get("client_id"))
    if client is None or not secrets.compare_digest(client["secret"], str(call.body.get("client_secret"))):
        text = "The client is unknown or its secret is wrong."
        raise Refused(401, {"error": "invalid_client", "error_description": text})
    seconds = _lifetime(call.body.get("expires_in"))
    token = {"id": secrets.token_hex(32), "user_id": client["user_id"], "client_id": client["id"]}
    ends = stamp(call.desk.now + timedelta(seconds=seconds))
    call.account.put("tokens", {**token, "expires_at": ends})
    scope = str(call.body.get("scope") or "read write")
    return Answer({"access_token": token["id"], "token_type": "bearer", "scope": scope, "expires_in": seconds})


def _lifetime(asked: object) -> int:
    if asked is None:
        return DEFAULT_SECONDS
    if not isinstance(asked, int) or not SHORTEST <= asked <= LONGEST:
        raise invalid("expires_in", f"expires_in must be a number of seconds from {SHORTEST} to {LONGEST}")
    return asked
