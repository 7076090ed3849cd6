"""Who may call a route. Every route names its rule; one without a rule is refused (deny by default)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

from integration.services.bearer import digest
from integration.store import api_tokens

View = TypeVar("View", bound=Callable[..., Any])
RULES = ("public", "signed", "token")


def rule(name: str) -> Callable[[View], View]:
    """Mark a view with its rule: `public`, `signed` (checks a webhook's signature itself) or `token` (bearer)."""
    if name not in RULES:
        raise ValueError(f"{name} is no rule; there are {', '.join(RULES)}")

    def mark(view: View) -> View:
        guarded = _with_token(view) if name == "token" else view
        guarded.auth_rule = name  # type: ignore[attr-defined]
        return guarded

    return mark


def _with_token(view: View) -> View:
    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        if not bearer_is_known():
            abort(401, description='send "Authorization: Bearer TOKEN"; `flask token create` makes one')
        return view(*arguments, **named)

    return guarded  # type: ignore[return-value]


def bearer_is_known() -> bool:
    """True where the request carries a live API token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return False
    parts = current_app.extensions["deskward"]()
    with parts.store.read() as (connection, _):
        return api_tokens.is_live(connection, digest(token.strip()))


def refuse_unmarked(app: Flask) -> None:
    """Refuse to start with a route that names no rule."""
    for each in app.url_map.iter_rules():
        view = app.view_functions[each.endpoint]
        if each.endpoint != "static" and not hasattr(view, "auth_rule"):
            raise RuntimeError(f"the route {each.rule} names no auth rule; mark its view with @rule(...)")
