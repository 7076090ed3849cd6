"""One request from the wire to the answer: who asks, whether they may, what breaks on purpose, then the handler."""

from __future__ import annotations

import json
import re
import socket
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Request, Response

from .call import Answer, Call, Desk
from .faults import refusal_for
from .limits import limits_for
from .refusals import Refused, bad_request, invalid_token, too_many_requests, unauthenticated
from .routes import Route
from .table import Row
from .times import parse
from .world import World

DEFAULT_ACCOUNT = "sandbox"
_PARTS = re.compile(r"<(?:\w+:)?(\w+)>")
_held = threading.Event()


@dataclass(frozen=True)
class Endpoint:
    """A route, ready to be called by Flask."""

    world: World
    route: Route

    @property
    def template(self) -> str:
        """The kind of call, for counting and limits: `PUT /api/v2/tickets/{ticket_id}`."""
        return self.route.method + " " + _PARTS.sub(r"{\1}", self.route.path)

    def __call__(self, request: Request, parts: dict[str, Any]) -> Response:
        world, template = self.world, self.template
        if self.route.quiet:
            return self._answer(request, parts, None)
        world.calls.add(template)
        fault = world.faults.draw(template)
        if fault == "timeout_before":
            return self._never(request)
        answer = self._answer(request, parts, fault)
        return self._never(request) if fault == "timeout_after" else answer

    def _answer(self, request: Request, parts: dict[str, Any], fault: str | None) -> Response:
        headers: dict[str, str] = {}
        name = account_name(request)
        outgoing: list[str] = []
        try:
            with self.world.store.change():
                desk = self.world.desk(name)
                answer = self._handle(request, desk, parts, fault, headers)
                outgoing = desk.outgoing
        except Refused as refused:
            answer = Answer(refused.body, refused.status, refused.headers)
        self.world.deliveries.send(name, outgoing)
        return to_response(answer, headers)

    def _handle(
        self, request: Request, desk: Desk, parts: dict[str, Any], fault: str | None, headers: dict[str, str]
    ) -> Answer:
        if self.route.quiet:
            refuse_foreign_page(request)
        user = None
        if self.route.path.startswith("/api/"):
            user = authenticate(desk, request, may_be_nobody=self.route.open)
        if not self.route.quiet:
            self._limit(request, desk, user, headers)
        refusal = refusal_for(fault)
        if refusal is not None:
            raise refusal
        call = Call(self.world, desk, user, request.args, read_body(request), request.headers, self.template)
        result = self.route.handler(call, **parts)
        return result if isinstance(result, Answer) else Answer(result)

    def _limit(self, request: Request, desk: Desk, user: Row | None, headers: dict[str, str]) -> None:
        asked = limits_for(self.template, request.path, user["id"] if user else None)
        told, wait = self.world.limits.take(desk.account.name, asked, desk.now)
        headers.update(told)
        if wait is not None:
            raise too_many_requests(wait)

    def _never(self, request: Request) -> Response:
        """Leave the client without an answer: hold the line for as long as the plan says, then cut it."""
        _held.wait(self.world.faults.plan.hold_seconds)
        line = request.environ.get("werkzeug.socket")
        if line is not None:
            line.shutdown(socket.SHUT_RDWR)
        return Response(status=503)


def account_name(request: Request) -> str:
    """`acme` for a request to acme.zendesk.com or with the header X-Sandbox-Account: acme, else `sandbox`."""
    host = request.host.partition(":")[0].lower()
    if host.endswith(".zendesk.com"):
        return host.partition(".")[0]
    return request.headers.get("X-Sandbox-Account", DEFAULT_ACCOUNT).lower()


def authenticate(desk: Desk, request: Request, *, may_be_nobody: bool) -> Row | None:
    """The user of the bearer token. Raises 401 without one, unless nobody is fine, and for a bad or expired one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        if may_be_nobody:
            return None
        raise unauthenticated()
    known = desk.account.get("tokens", token.strip())
    if known is None or parse(known["expires_at"]) <= desk.now:
        raise invalid_token()
    return desk.account.get("users", known["user_id"])


def refuse_foreign_page(request: Request) -> None:
    """What needs no token must not be posted by a page of another site that is open in the same browser."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        raise Refused(403, {"error": "Forbidden", "description": f"this is not a page of {origin}"})


def read_body(request: Request) -> Any:
    """The JSON body, or the fields of a page's form; None for an empty one. Raises 400 for anything else."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    raw = request.get_data()
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError as error:
        raise bad_request(f"the body is not JSON: {error}", "InvalidJSON") from error


def to_response(answer: Answer, headers: dict[str, str]) -> Response:
    if isinstance(answer.body, Response):
        return answer.body
    empty = answer.body is None
    body = b"" if empty else json.dumps(answer.body, ensure_ascii=False).encode()
    response = Response(body, answer.status, content_type=None if empty else "application/json; charset=utf-8")
    response.headers.update({**headers, **answer.headers, "X-Zendesk-API-Version": "v2"})
    return response
