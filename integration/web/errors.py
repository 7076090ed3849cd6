"""Errors of every route, in one shape of JSON: {"error": {"code", "message"}}. Nothing of the request is echoed."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()
#: Zendesk sends a call again only where it is told to wait for less than a minute.
RETRY = {"Retry-After": "5"}
#: Headers that are part of an answer's meaning: which methods there are, how to sign in, when to come back.
MEANT = ("Allow", "WWW-Authenticate", "Retry-After")


def error(status: int, what: str, says: str) -> tuple[Response, int]:
    """The one shape of error."""
    return jsonify({"error": {"code": what, "message": says}}), status


def http_error(problem: HTTPException) -> Any:
    """A refusal in JSON, with the headers that belong to it."""
    status = problem.code or 500
    body, _ = error(status, problem.name.lower().replace(" ", "_"), problem.description or problem.name)
    meant = [(name, value) for name, value in problem.get_headers() if name in MEANT]
    return body, status, [*meant, *([("WWW-Authenticate", "Bearer")] if status == 401 else [])]


def database_error(problem: SQLAlchemyError) -> Any:
    """The database is down: 503, so that a caller tries again."""
    log.error("the database does not answer", error=type(problem).__name__)
    body, status = error(503, "database_down", "the database does not answer; try again")
    return body, status, RETRY


def register(app: Flask) -> None:
    """Answer every error of every route."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SQLAlchemyError, database_error)
