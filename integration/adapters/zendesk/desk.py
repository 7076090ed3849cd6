"""zenpy, tamed: it knows Zendesk's paths and objects, but keeps nothing, sleeps nowhere and logs little."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Ticket
from zenpy.lib.mapping import ZendeskObjectMapping
from zenpy.lib.response import ResponseHandler

from .address import refuse_redirection
from .pages import PAGE_SIZE
from .transport import TIMEOUT, Wire

#: The lists that zenpy can read and add to, and Zendesk's name for one of their objects.
KINDS = {
    "ticket_fields": "ticket_field",
    "ticket_forms": "ticket_form",
    "brands": "brand",
    "groups": "group",
    "webhooks": "webhook",
    "triggers": "trigger",
    "organizations": "organization",
    "organization_fields": "organization_field",
}

# Its debug lines print whole tickets; the root logger's level must not be able to turn them on.
logging.getLogger("zenpy").setLevel(logging.WARNING)


class PlainJson(ResponseHandler):  # type: ignore[misc]  # zenpy is untyped
    """Hands Zendesk's JSON on as it came.

    zenpy's own handlers would make objects that load further ones by themselves and share them through a cache.
    """

    @staticmethod
    def applies_to(api: Any, response: requests.Response) -> bool:
        return True

    def deserialize(self, response_json: Any) -> Any:
        return response_json

    def build(self, response: requests.Response) -> Any:
        return response.json() if response.content else {}


class Desk:
    """zenpy on our session, each call one request, JSON in and JSON out. One per thread, as its session.

    Raises ValueError where the environment redirects zenpy.
    """

    def __init__(self, subdomain: str, wire: Wire) -> None:
        refuse_redirection()
        zenpy = Zenpy(subdomain=subdomain, session=wire, timeout=TIMEOUT, disable_cache=True)
        for api in (zenpy.tickets, zenpy.users, zenpy.users.identities, *(getattr(zenpy, kind) for kind in KINDS)):
            api._response_handlers = (PlainJson,)
        self._zenpy = zenpy

    def me(self) -> Any:
        return self._zenpy.users.me()

    def show_many(self, ids: list[int]) -> Any:
        return self._zenpy.tickets(ids=ids, include=["users", "organizations", "last_audits"])

    def update(self, ticket: Mapping[str, Any]) -> Any:
        return self._zenpy.tickets.update(_filled(Ticket, ticket))

    def identities(self, user: int) -> Any:
        return self._zenpy.users.identities(id=user, cursor_pagination=PAGE_SIZE)

    def comments(self, ticket: int) -> Any:
        return self._zenpy.tickets.comments(ticket)

    def listing(self, kind: str) -> Any:
        if kind == "webhooks":
            return self._zenpy.webhooks.list(page_size=PAGE_SIZE)
        return getattr(self._zenpy, kind)(cursor_pagination=PAGE_SIZE)

    def create(self, kind: str, body: Mapping[str, Any]) -> Any:
        return getattr(self._zenpy, kind).create(_filled(ZendeskObjectMapping.class_mapping[KINDS[kind]], body))

    def signing_secret(self, webhook: str) -> Any:
        return self._zenpy.webhooks.show_secret(webhook)


def _filled(kind: Any, body: Mapping[str, Any]) -> Any:
    """A zenpy object that is sent as `body`: given to its constructor, what is None would be left out."""
    made = kind()
    for name, value in body.items():
        setattr(made, name, value)
    return made
