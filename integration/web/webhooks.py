"""The webhook edge does five things: read raw bytes, verify, parse, commit one row, nudge. Then it answers 200."""

from __future__ import annotations


from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from integration.adapters import signature, strict_json
from integration.clock import monotonic
from integration.services import intake
from integration.services.parts import Parts
from integration.web import metrics
from integration.web.auth import rule

log = structlog.get_logger()
webhooks = Blueprint("webhooks", __name__)
MOST_BYTES = 256 * 1024
#: The stored signing secret is read again after so many seconds, so that a rotation needs no restart (F17).
SECRET_SECONDS = 30.0


@webhooks.post("/webhooks/zendesk")
@rule("signed")
def zendesk() -> tuple[Response, int] | tuple[Response, int, dict[str, str]]:
    """Take one call of Zendesk's: 200, 400, 401, 413, or 503 with Retry-After; never a 500 (F08-F15)."""
    if (request.content_length or 0) > MOST_BYTES:
        return _answer(413, "too_large", f"at most {MOST_BYTES} bytes")
    raw = request.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return _answer(413, "too_large", f"at most {MOST_BYTES} bytes")
    parts: Parts = current_app.extensions["deskward"]()
    try:
        _verify(parts, raw)
        delivery = intake.read_delivery(
            strict_json.loads(raw), raw, request.headers.get("X-Zendesk-Webhook-Invocation-Id")
        )
        is_new = intake.receive(parts, delivery, raw)
    except signature.SignatureError as error:
        return _answer(401, error.reason, str(error))
    except (strict_json.BadJson, intake.BadDelivery) as error:
        return _answer(400, "malformed", str(error))
    except SQLAlchemyError as error:
        log.error("a webhook found the database away", error=type(error).__name__)
        body, status = _answer(503, "database_down", "try again")
        return body, status, {"Retry-After": "5"}
    if is_new:
        parts.nudge()
    return _answer(200, "taken" if is_new else "known", "")


def _answer(status: int, what: str, says: str) -> tuple[Response, int]:
    metrics.DELIVERIES.labels(what).inc()
    return jsonify({"status": what, "says": says} if says else {"status": what}), status


def _verify(parts: Parts, raw: bytes) -> None:
    signature.verify(
        _live_secrets(parts),
        request.headers.get("X-Zendesk-Webhook-Signature-Timestamp"),
        request.headers.get("X-Zendesk-Webhook-Signature"),
        raw,
        current_app.extensions["deskward_now"](),
    )


def _live_secrets(parts: Parts) -> tuple[str, ...]:
    """The secrets of the settings and the one that provisioning stored."""
    held: dict[str, Any] = current_app.extensions.setdefault("deskward_secret", {"until": 0.0, "value": None})
    if monotonic() > held["until"]:
        held["value"] = parts.secret("webhook_secret")
        held["until"] = monotonic() + (SECRET_SECONDS if held["value"] else 1.0)
    return (*parts.settings.zendesk_webhook_secrets, *([held["value"]] if held["value"] else []))
