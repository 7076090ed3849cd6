"""Lists in pages: follow cursors or page numbers to the end, and notice a list that has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integration.services.ports import RetryLater

Row = Mapping[str, Any]
Page = Mapping[str, Any]
Fetch = Callable[[Mapping[str, Any]], Page]

PAGE_SIZE = 100
MOST_PAGES = 1000
#: A list that goes in circles is Zendesk's trouble and will not end in the next seconds.
_PATIENCE = 300.0


def all_rows(first: Page, name: str, fetch: Fetch) -> list[Row]:
    """All rows named `name` of a list whose first page is here; `fetch` gets another by its query parameters.

    Only the parameters of Zendesk's links are used, never their host: our token goes to our account alone. Raises
    RetryLater where a page is no page, the same one comes twice, or more than MOST_PAGES come.
    """
    rows = list(rows_of(first, name))
    seen = set()
    page = first
    for _ in range(MOST_PAGES):
        following = _following(page)
        if following is None:
            return rows
        mark = tuple(sorted(following.items()))
        if mark in seen:
            raise RetryLater(f"Zendesk's list of {name} goes in circles", _PATIENCE)
        seen.add(mark)
        page = fetch(following)
        rows.extend(rows_of(page, name))
    raise RetryLater(f"Zendesk's list of {name} has more than {MOST_PAGES} pages", _PATIENCE)


def rows_of(page: Page, name: str) -> list[Row]:
    """The rows of one page. Raises RetryLater where the answer has no such list (F31)."""
    rows = page.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RetryLater(f"Zendesk's answer has no list of {name}")
    return rows


def _following(page: Page) -> dict[str, str] | None:
    """The query parameters of the next page, None at the end."""
    meta = page.get("meta")
    if not isinstance(meta, dict) or meta.get("has_more") is None:
        return _parameters(page.get("next_page"))
    if not meta["has_more"]:
        return None
    links = page.get("links") or {}
    # Some lists (webhooks) give no links, only the cursor.
    by_cursor = {"page[size]": str(PAGE_SIZE), "page[after]": str(meta.get("after_cursor"))}
    return _parameters(links.get("next")) or by_cursor


def _parameters(link: Any) -> dict[str, str] | None:
    return dict(parse_qsl(urlsplit(link).query)) if isinstance(link, str) and link else None
