"""How Zendesk signs a webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over timestamp and raw body, keyed with the secret's own characters (not decoded)."""
    digest = hmac.new(secret.encode("ascii"), timestamp.encode("ascii") + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")
