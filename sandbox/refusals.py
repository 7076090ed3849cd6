"""The answers that say no, in Zendesk's envelopes."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Ends a request with an error answer; whatever the request had changed so far is undone."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def not_found() -> Refused:
    return Refused(404, {"error": "RecordNotFound", "description": "Not found"})


def invalid(field: str, description: str, error: str = "InvalidValue") -> Refused:
    """422 about one field; `base` stands for the record itself."""
    details = {field: [{"description": description, "error": error}]}
    return Refused(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})


def bad_request(description: str, error: str = "BadRequest") -> Refused:
    return Refused(400, {"error": error, "description": description})


def unauthenticated() -> Refused:
    return Refused(401, {"error": "Couldn't authenticate you"})


def invalid_token() -> Refused:
    text = "The access token is unknown, was revoked or has expired."
    return Refused(401, {"error": "invalid_token", "error_description": text})


def conflict(description: str) -> Refused:
    return Refused(409, {"error": "UpdateConflict", "description": description})


def too_many_requests(retry_after: int) -> Refused:
    body = {"error": "TooManyRequests", "description": "Too many requests"}
    return Refused(429, body, {"Retry-After": str(retry_after)})
