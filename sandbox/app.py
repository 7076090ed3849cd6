"""The web application: every route of every resource, control endpoint and page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from .call import Answer
from .control import agent, customer, outbox, setup, trouble
from .dispatch import Endpoint, to_response
from .pages import agent as agent_pages
from .refusals import not_found
from .resources import (
    conversations,
    incremental,
    memberships,
    oauth,
    organizations,
    settings,
    ticket_fields,
    tickets,
    triggers,
    users,
    webhooks,
)
from .routes import Routes
from .world import World

_ALL: list[Routes] = [
    oauth.routes,
    users.routes,
    organizations.routes,
    memberships.routes,
    tickets.routes,
    conversations.routes,
    incremental.routes,
    settings.routes,
    ticket_fields.routes,
    triggers.routes,
    webhooks.routes,
    customer.routes,
    agent.routes,
    setup.routes,
    outbox.routes,
    trouble.routes,
    agent_pages.routes,
]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def build(world: World) -> WsgiApp:
    """The WSGI application that serves `world`."""
    app = Flask(__name__, template_folder="pages/templates", static_folder="pages/static")
    for route in (route for routes in _ALL for route in routes):
        view = _view(Endpoint(world, route))
        app.add_url_rule(route.path, f"{route.method} {route.path}", view, methods=[route.method])
    app.register_error_handler(404, lambda _: to_response(_missing(), {}))
    app.register_error_handler(405, lambda _: to_response(_missing(), {}))
    return _without_json_suffix(app.wsgi_app)


def _view(endpoint: Endpoint) -> Callable[..., Response]:
    def view(**parts: Any) -> Response:
        return endpoint(request, parts)

    return view


def _missing() -> Answer:
    refused = not_found()
    return Answer(refused.body, refused.status)


def _without_json_suffix(inner: WsgiApp) -> WsgiApp:
    """Zendesk answers under both spellings: /tickets and /tickets.json."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(("/api/", "/oauth/")):
            environ["PATH_INFO"] = environ["PATH_INFO"].removesuffix(".json")
        return inner(environ, start_response)

    return outer
