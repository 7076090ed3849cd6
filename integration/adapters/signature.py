"""Proof that a webhook came from Zendesk: HMAC-SHA256 over the timestamp header followed by the raw body.

Only the timestamp and the body are covered, never the id headers, so a signature proves who wrote the body and when,
and nothing about which delivery it is (F05).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

Reason = Literal["missing", "malformed", "stale", "wrong"]

TOLERANCE = timedelta(minutes=5)

# ASCII digits only: "\d" would let other scripts' digits through to int().
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_SIGNATURE = re.compile(rb"[A-Za-z0-9+/]{43}=")

_SAYS: dict[Reason, str] = {
    "missing": "the signature or its timestamp is missing; both X-Zendesk-Webhook-Signature headers are needed",
    "malformed": "the signature must be base64 of 32 bytes and its timestamp ISO 8601, such as 2026-01-01T00:00:00Z",
    "stale": "the signature is genuine, but its timestamp is too far from the present; compare the clocks",
    "wrong": "the signature fits none of the live secrets; compare ZENDESK_WEBHOOK_SECRETS with the webhook's secret",
}


class SignatureError(Exception):
    """A request whose origin is not proved. `reason` is missing, malformed, stale or wrong: each one is a 401 (F08)."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(_SAYS[reason])
        self.reason: Reason = reason


def verify(
    secrets: Sequence[str],
    timestamp: str | None,
    signature: str | None,
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Return when the request is genuine and fresh, else raise SignatureError.

    `secrets` are the live signing secrets (two of them while one is rotated), `timestamp` and `signature` the two
    headers as received, `body` the raw bytes, which may be empty (F09), `now` an aware time. A timestamp exactly
    `tolerance` away, before or after, still counts (F06). "stale" is only said of a genuine signature, so an alarm
    on clock skew cannot be rung by a stranger.
    """
    if not timestamp or not signature:
        raise SignatureError("missing")
    signed = signed_at(timestamp)
    given = signature.encode("ascii", "replace")  # comparing str would raise TypeError for a non-ASCII header (F08)
    if not _SIGNATURE.fullmatch(given):
        raise SignatureError("malformed")
    if not _fits_any(secrets, timestamp, given, body):
        raise SignatureError("wrong")
    if abs(now - signed) > tolerance:
        raise SignatureError("stale")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The base64 signature Zendesk would send; the key is the secret's own characters, not base64-decoded.

    Raises ValueError for an empty secret, with which anybody could sign.
    """
    if not secret:
        raise ValueError("a webhook secret is empty; copy the signing secret from the webhook in Zendesk")
    message = timestamp.encode() + body
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode("ascii")


def signed_at(timestamp: str) -> datetime:
    """The timestamp header as an aware UTC time, to the microsecond; SignatureError("malformed") when it is none."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureError("malformed")
    try:
        return datetime.fromisoformat(timestamp).astimezone(UTC)  # cuts nanoseconds, which datetime cannot hold
    except (ValueError, OverflowError):
        raise SignatureError("malformed") from None


def _fits_any(secrets: Sequence[str], timestamp: str, given: bytes, body: bytes) -> bool:
    """Compare with every secret, without stopping at the first that fits, so the time taken tells nothing."""
    fits = False
    for secret in filter(None, secrets):
        fits |= hmac.compare_digest(sign(secret, timestamp, body).encode("ascii"), given)
    return fits
