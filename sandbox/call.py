"""What a handler is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers, MultiDict

from .account import Account
from .refusals import bad_request, invalid, not_found
from .table import Row
from .times import stamp

if TYPE_CHECKING:
    from .world import World


@dataclass
class Desk:
    """One account while one request works on it: what it holds, the time, what to send after the commit."""

    account: Account
    now: datetime
    outgoing: list[str] = field(default_factory=list)

    @property
    def stamp(self) -> str:
        return stamp(self.now)


@dataclass
class Answer:
    """A status, a body (JSON, None for empty) and extra headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One request, read and authenticated."""

    world: World
    desk: Desk
    user: Row | None
    query: MultiDict[str, str]
    body: Any
    headers: Headers
    template: str

    @property
    def account(self) -> Account:
        return self.desk.account

    @property
    def actor(self) -> Row:
        """The user whose token this is; only on routes that demand one."""
        assert self.user is not None, "a route that needs a user was declared as open"
        return self.user

    def part(self, name: str) -> Row:
        """The object under `name` in the body, as in {"ticket": {...}}. Raises 400 when it is missing."""
        if not isinstance(self.body, dict) or not isinstance(self.body.get(name), dict):
            raise bad_request(f"the body must be a JSON object with an object named '{name}'", "RecordInvalid")
        return dict(self.body[name])

    def row(self, kind: str, key: Any) -> Row:
        """The row or a 404."""
        row = self.account.get(kind, key)
        if row is None:
            raise not_found()
        return row

    def ids(self, name: str = "ids") -> list[int]:
        """The comma-separated ids of a show_many. Raises 400 beyond Zendesk's 100, 422 for what is no number."""
        texts = [text.strip() for text in self.query.get(name, "").split(",") if text.strip()]
        if not texts:
            raise bad_request(f"Parameter {name} is required", "ParameterMissing")
        if len(texts) > 100:
            raise bad_request(f"Parameter {name} cannot specify more than 100 values", "TooManyValues")
        if not all(text.isdigit() for text in texts):
            raise invalid(name, f"{name} must be integers separated by commas")
        return [int(text) for text in texts]

    def includes(self) -> set[str]:
        return {name.strip() for name in self.query.get("include", "").split(",") if name.strip()}
