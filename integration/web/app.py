"""The Flask app: blueprints, headers, and the parts that it is given or makes at first use (after the fork)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Flask, Response

from integration import wiring
from integration.clock import machine_now
from integration.services.parts import Parts
from integration.web import api, auth, errors, health, pages, webhooks

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(parts: Callable[[], Parts] = wiring.parts, now: Callable[[], datetime] = machine_now) -> Flask:
    """The app. `parts` is called at the first request that needs them; `now` judges the age of signatures."""
    app = Flask(__name__)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # a method that no view names has no auth rule either
    app.url_map.merge_slashes = False  # it would redirect "//" to whatever Host header the caller sent (F86)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order of a decision is for reading
    app.extensions["deskward"] = parts
    app.extensions["deskward_now"] = now
    for blueprint in (webhooks.webhooks, health.health, api.api, pages.pages):
        app.register_blueprint(blueprint)
    errors.register(app)
    app.after_request(_headers)
    auth.refuse_unmarked(app)
    return app


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def quiet_logs(level: str) -> None:
    """One JSON line per event (F77), and no library's debugging, which prints payloads."""
    logging.basicConfig(level=level, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
    )
    for name in ("zenpy", "urllib3", "rq", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
