"""Bearer tokens of the API: how one is made, and what is kept of it."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A token that nobody can guess."""
    return "dw_" + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
