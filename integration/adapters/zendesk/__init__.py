"""Zendesk over HTTP: the only package that knows zenpy. Imported by the wiring alone (zenpy is slow to import)."""

from __future__ import annotations

from .client import ZendeskClient
from .endpoint import TokenEndpoint
from .token import StaticToken, TokenSource
from .transport import Wire

__all__ = ["StaticToken", "TokenEndpoint", "TokenSource", "Wire", "ZendeskClient"]
