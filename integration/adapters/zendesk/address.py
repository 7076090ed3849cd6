"""Where requests go: the account's own host, or a sandbox that stands in for it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def host_of(subdomain: str) -> str:
    """The account's host. Raises ValueError for what is no subdomain: it would send our token to somebody else."""
    if not _SUBDOMAIN.fullmatch(subdomain):
        raise ValueError(f"ZENDESK_SUBDOMAIN is {subdomain!r}: expected the first label alone, such as 'acme'")
    return f"{subdomain}.zendesk.com"


def checked_base_url(url: str, allow_remote: bool) -> str:
    """The address of a sandbox without a trailing slash; only this machine's unless another is explicitly allowed.

    Raises ValueError otherwise: a mistyped address would be handed real tickets and a real token.
    """
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    remote = allow_remote and parts.scheme in ("http", "https") and bool(parts.hostname)
    if not (local or remote) or parts.username or parts.query or parts.fragment:
        raise ValueError(
            f"{url!r} is no sandbox: expected an http:// address of this machine, like http://127.0.0.1:8001"
        )
    return url.rstrip("/")


def refuse_redirection(environment: Mapping[str, str] = os.environ) -> None:
    """Raise ValueError where the environment tells zenpy to send everything, credentials included, somewhere else."""
    for name in ("ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME"):
        if environment.get(name):
            raise ValueError(f"{name} is set: it sends all Zendesk traffic and its token elsewhere; unset it")


class Detour(HTTPAdapter):
    """Sends requests for the account's host to a sandbox, and lets the answer look as if Zendesk had given it.

    The original request and URL go back on the response, because zenpy reads the request's URL.
    """

    def __init__(self, base_url: str, host: str) -> None:
        super().__init__(max_retries=0)
        self._base_url = base_url
        self._host = host

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        detoured = request.copy()
        detoured.url = self._base_url + request.path_url
        detoured.headers["Host"] = self._host
        response = super().send(detoured, *args, **kwargs)
        response.request = request
        response.url = str(request.url)
        return response
