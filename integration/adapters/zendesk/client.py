"""The calls that Deskward makes to Zendesk, in the words of the port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from integration.services.ports import (
    ExportPage,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TicketRead,
    TicketWrite,
    UnknownOutcome,
)

from .address import checked_base_url, host_of, refuse_redirection
from .desk import KINDS, Desk
from .pages import PAGE_SIZE, Row, all_rows, rows_of
from .token import Tokens
from .transport import Wire

MOST_TICKETS = 100


class ZendeskClient:
    """The port `Zendesk` over HTTP. Threads may share it: each gets a session of its own. Make it after a fork.

    `base_url` sends everything to a sandbox on this machine (another machine only with `allow_remote`); `session` is
    used instead of own ones, by one thread alone. Raises ValueError for an address or an environment that would carry
    our token elsewhere; every method raises the port's errors and no others.
    """

    def __init__(
        self,
        subdomain: str,
        token_source: Tokens,
        base_url: str | None = None,
        session: Wire | None = None,
        *,
        allow_remote: bool = False,
    ) -> None:
        refuse_redirection()
        host_of(subdomain)
        if base_url:
            checked_base_url(base_url, allow_remote)
        self._subdomain = subdomain
        self._connect: Callable[[], Wire] = lambda: (
            session or Wire(subdomain, token_source, base_url, allow_remote=allow_remote)
        )
        self._mine = threading.local()

    def whoami(self) -> Mapping[str, Any]:
        """The user behind our token, without Zendesk's session token. NotAllowed for the anonymous one."""
        user = _part(self._desk.me(), "user")
        if user.get("id") is None:
            # Zendesk answers 200 and "Anonymous user" to whom it does not know.
            raise NotAllowed("Zendesk does not know our token: it answers as to an anonymous user")
        return {key: value for key, value in user.items() if key != "authenticity_token"}

    def tickets(self, ids: Sequence[int]) -> Sequence[TicketRead]:
        """Up to 100 tickets in one call. Raises ValueError for more."""
        wanted = list(dict.fromkeys(ids))
        if len(wanted) > MOST_TICKETS:
            raise ValueError(f"{len(wanted)} tickets asked for in one call, at most {MOST_TICKETS} are possible")
        if not wanted:
            return []
        page = self._desk.show_many(wanted)
        users, organizations = _by_id(page, "users"), _by_id(page, "organizations")
        audits = {audit.get("ticket_id"): audit for audit in _side_loaded(page, "last_audits")}
        found = rows_of(page, "tickets")
        return [TicketRead(ticket, users, organizations, audits.get(ticket.get("id"))) for ticket in found]

    def update_ticket(self, write: TicketWrite) -> Mapping[str, Any]:
        """One guarded PUT, sent once. Never `tags`: it would overwrite the ticket's set."""
        return _part(self._desk.update(_body_of(write)), "ticket", write=True)

    def identities(self, user: int) -> Sequence[Row]:
        return self._rest(self._desk.identities(user), "identities", f"users/{user}/identities.json")

    def audits(self, ticket: int) -> Sequence[Row]:
        # Not by zenpy, which asks to include the object "None".
        path = f"tickets/{ticket}/audits.json"
        first = self._wire.read(path, {"page[size]": PAGE_SIZE})
        return _oldest_first(self._rest(first, "audits", path))

    def comments(self, ticket: int) -> Sequence[Row]:
        first = self._desk.comments(ticket)
        return _oldest_first(self._rest(first, "comments", f"tickets/{ticket}/comments.json"))

    def exported_tickets(self, cursor: str | None, since: datetime) -> ExportPage:
        """A page of the incremental export; `since` is aware, Zendesk wants it at least a minute old (else RetryLater).

        Not by zenpy, which puts a cursor into the URL unescaped and leaves out tickets that an AI agent holds.
        """
        params = {"cursor": cursor} if cursor else {"start_time": str(int(since.timestamp()))}
        page = self._wire.read("incremental/tickets/cursor.json", {**params, "support_type_scope": "all"})
        at_end = page.get("end_of_stream") is True
        after = page.get("after_cursor") or cursor or ""
        if not at_end and after in ("", cursor):
            raise RetryLater("Zendesk's ticket export makes no progress", 60.0)
        return ExportPage(rows_of(page, "tickets"), after, at_end)

    def listing(self, kind: str) -> Sequence[Row]:
        """All objects of a kind; ValueError for a kind that this client does not know."""
        path = f"{kind}.json" if kind != "webhooks" else kind
        try:
            first = self._first_page(kind, path)
        except RefusedByZendesk as refusal:
            if "Invalid attribute" not in str(refusal):
                raise
            first = self._wire.read(path, {"per_page": PAGE_SIZE})  # a list that knows page numbers only
        return self._rest(first, kind, path)

    def create(self, kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create one object of a kind; ValueError for a kind that this client does not know."""
        if kind == "trigger_categories":
            answer = self._wire.post(self._wire.url("trigger_categories.json"), json={"trigger_category": dict(body)})
            return _part(answer.json(), "trigger_category", write=True)
        _check_kind(kind)
        return _part(self._desk.create(kind, body), KINDS[kind], write=True)

    def signing_secret(self, webhook: str) -> str:
        secret = _part(self._desk.signing_secret(webhook), "signing_secret").get("secret")
        if not isinstance(secret, str) or not secret:
            raise RetryLater("Zendesk's answer has no signing secret")
        return secret

    def _first_page(self, kind: str, path: str) -> Mapping[str, Any]:
        if kind == "trigger_categories":  # zenpy does not know them
            return self._wire.read(path, {"page[size]": PAGE_SIZE})
        _check_kind(kind)
        page: Mapping[str, Any] = self._desk.listing(kind)
        return page

    def _rest(self, first: Mapping[str, Any], name: str, path: str) -> list[Row]:
        """All rows of a list from its first page on; the further ones not by zenpy, which follows links to any host."""
        return all_rows(first, name, lambda params: self._wire.read(path, params))

    @property
    def _wire(self) -> Wire:
        if not hasattr(self._mine, "wire"):
            self._mine.wire = self._connect()
        wire: Wire = self._mine.wire
        return wire

    @property
    def _desk(self) -> Desk:
        if not hasattr(self._mine, "desk"):
            self._mine.desk = Desk(self._subdomain, self._wire)
        desk: Desk = self._mine.desk
        return desk


def _body_of(write: TicketWrite) -> dict[str, Any]:
    body: dict[str, Any] = {"id": write.ticket, "safe_update": True, "updated_stamp": write.guard}
    if write.priority is not None:
        body["priority"] = write.priority
    if write.group_id is not None:
        body["group_id"] = write.group_id
    if write.custom_fields:
        body["custom_fields"] = [{"id": field, "value": value} for field, value in write.custom_fields.items()]
    if write.note is not None:
        body["comment"] = {"body": write.note, "public": False}
    return body


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        known = ", ".join(sorted([*KINDS, "trigger_categories"]))
        raise ValueError(f"Zendesk objects of kind {kind!r} are not known here; known are {known}")


def _part(answer: Any, name: str, write: bool = False) -> dict[str, Any]:
    """The object `name` of an answer. Without it a write's outcome is unknown, and a read is read again (F31)."""
    part = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(part, dict):
        return part
    message = f"Zendesk's answer has no {name}"
    raise UnknownOutcome(message) if write else RetryLater(message)


def _side_loaded(page: Mapping[str, Any], name: str) -> list[Row]:
    return rows_of(page, name) if name in page else []


def _by_id(page: Mapping[str, Any], name: str) -> dict[int, Row]:
    return {row["id"]: row for row in _side_loaded(page, name) if "id" in row}


def _oldest_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (str(row.get("created_at")), int(row.get("id") or 0)))
