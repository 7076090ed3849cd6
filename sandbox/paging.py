"""Zendesk's two ways to cut a list into pages: `page[size]`/`page[after]` cursors, and `page`/`per_page` offsets."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

from .call import Call
from .refusals import bad_request, invalid
from .table import Row

MOST_PER_PAGE = 100
LAST_OFFSET_PAGE = 100


def whole_number(call: Call, name: str, default: int, least: int = 1) -> int:
    """The query parameter as a number. Raises 422 naming the parameter otherwise."""
    text = call.query.get(name)
    if text is None:
        return default
    if not text.lstrip("-").isdigit() or int(text) < least:
        raise invalid(name, f"{name} must be a whole number of at least {least}, not {text!r}")
    return int(text)


def listing(call: Call, name: str, rows: list[Row], path: str) -> Row:
    """`rows` as one page under `name`, with the links that lead on; `path` is the list's own path, e.g. `users`."""
    if any(key.startswith("page[") for key in call.query):
        return _cursor_page(call, name, rows, path)
    return _offset_page(call, name, rows, path)


def _cursor_page(call: Call, name: str, rows: list[Row], path: str) -> Row:
    size = min(whole_number(call, "page[size]", MOST_PER_PAGE), MOST_PER_PAGE)
    start = _position(call.query.get("page[after]"))
    shown = rows[start : start + size]
    end = start + len(shown)
    after, before = (_cursor(end), _cursor(start)) if shown else (None, None)
    meta = {"has_more": end < len(rows), "after_cursor": after, "before_cursor": before}
    links = {
        "next": _link(call, path, {"page[after]": after, "page[size]": size}) if after else None,
        "prev": _link(call, path, {"page[before]": before, "page[size]": size}) if before else None,
    }
    return {name: shown, "meta": meta, "links": links}


def _offset_page(call: Call, name: str, rows: list[Row], path: str) -> Row:
    page = whole_number(call, "page", 1)
    size = min(whole_number(call, "per_page", MOST_PER_PAGE), MOST_PER_PAGE)
    if page > LAST_OFFSET_PAGE:
        text = f"offset pages end at page {LAST_OFFSET_PAGE}; use cursor pagination (page[size]) for more"
        raise bad_request(text, "InvalidPaginationDepth")
    shown = rows[(page - 1) * size : page * size]
    following = _link(call, path, {"page": page + 1, "per_page": size}) if page * size < len(rows) else None
    previous = _link(call, path, {"page": page - 1, "per_page": size}) if page > 1 else None
    return {name: shown, "count": len(rows), "next_page": following, "previous_page": previous}


def _link(call: Call, path: str, paging: dict[str, Any]) -> str:
    kept = {key: value for key, value in call.query.items() if not key.startswith("page") and key != "per_page"}
    return f"{call.account.url(path)}?{urlencode({**kept, **paging})}"


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"o:{position}".encode()).decode()


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("o:"))
    except (ValueError, binascii.Error) as error:
        raise bad_request(f"page[after] is not a cursor of this list: {cursor!r}", "InvalidCursor") from error
