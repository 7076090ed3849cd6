"""The webhook edge does five things: read raw bytes, verify, parse, commit one row, nudge. Then it answers 200."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from integration.adapters import signature, strict_json
from integration.clock import monotonic
from integration.services import intake
from integration.services.parts import Parts
from integration.web import metrics
from integration.web.auth import rule
from integration.web.errors import RETRY

log = structlog.get_logger()
webhooks = Blueprint("webhooks", __name__)
MOST_BYTES = 256 * 1024
#: The stored signing secret is read again after so many seconds, so that a rotation needs no restart (F17).
SECRET_SECONDS = 30.0
#: A signature that fits no secret has the stored one read again at once, but not more often than this.
REREAD_SECONDS = 1.0
Answer = tuple[Response, int] | tuple[Response, int, dict[str, str]]


@webhooks.post("/webhooks/zendesk")
@rule("signed")
def zendesk() -> Answer:
    """Take one call of Zendesk's: 200, 400, 401, 413, or 503 with Retry-After; never a 500 (F08-F15)."""
    too_large = (request.content_length or 0) > MOST_BYTES
    raw = b"" if too_large else _read()
    if raw is None:
        return _answer(400, "malformed", "the body broke off")
    if too_large or len(raw) > MOST_BYTES:
        return _answer(413, "too_large", f"at most {MOST_BYTES} bytes")
    try:
        return _take(current_app.extensions["deskward"](), raw)
    except signature.SignatureError as error:
        return _answer(401, error.reason, str(error))
    except (strict_json.BadJson, intake.BadDelivery) as error:
        return _answer(400, "malformed", str(error))
    except SQLAlchemyError as error:
        log.error("a webhook found the database away", error=type(error).__name__)
        return *_answer(503, "database_down", "try again"), RETRY
    except Exception as error:  # Zendesk never sends again what was answered with 500
        log.error("a webhook could not be taken", error=repr(error))
        return *_answer(503, "failed", "try again"), RETRY


def _read() -> bytes | None:
    """The raw body, of a too large one no more than shows it; None where it broke off or its chunks are broken."""
    try:
        return request.stream.read(MOST_BYTES + 1)
    except HTTPException:  # less came than was announced
        return None
    except Exception as error:  # each web server has errors of its own for this
        log.warning("a webhook's body could not be read", error=repr(error))
        return None


def _take(parts: Parts, raw: bytes) -> Answer:
    _verify(parts, raw)
    invocation = request.headers.get("X-Zendesk-Webhook-Invocation-Id")
    is_new = intake.receive(parts, intake.read_delivery(strict_json.loads(raw), raw, invocation), raw)
    if is_new:
        parts.nudge()
    return _answer(200, "taken" if is_new else "known", "")


def _answer(status: int, what: str, says: str) -> tuple[Response, int]:
    metrics.DELIVERIES.labels(what).inc()
    return jsonify({"status": what, "says": says} if says else {"status": what}), status


# -- who signed it -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Stored:
    """The signing secret that provisioning stored, and when it was read (monotonic seconds)."""

    value: str | None = None
    read_at: float = float("-inf")


def _verify(parts: Parts, raw: bytes) -> None:
    """Raise SignatureError unless one of the live secrets signed this; a secret just stored counts at once (F17)."""
    stored: _Stored = current_app.extensions.setdefault("deskward_secret", _Stored())
    _reread(parts, stored, SECRET_SECONDS if stored.value else REREAD_SECONDS)
    try:
        _check(parts, stored, raw)
    except signature.SignatureError as error:
        if error.reason != "wrong" or not _reread(parts, stored, REREAD_SECONDS):
            raise
        _check(parts, stored, raw)


def _check(parts: Parts, stored: _Stored, raw: bytes) -> None:
    signature.verify(
        (*parts.settings.zendesk_webhook_secrets, *([stored.value] if stored.value else [])),
        request.headers.get("X-Zendesk-Webhook-Signature-Timestamp"),
        request.headers.get("X-Zendesk-Webhook-Signature"),
        raw,
        current_app.extensions["deskward_now"](),
    )


def _reread(parts: Parts, stored: _Stored, at_age: float) -> bool:
    """Read the stored secret where it was read that long ago; True where it is another one now."""
    if monotonic() - stored.read_at < at_age:
        return False
    before, stored.value = stored.value, parts.secret("webhook_secret")
    stored.read_at = monotonic()
    return stored.value != before
