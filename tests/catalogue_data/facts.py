"""What the tests of the shipped catalogues share: the vendors with their plans, and short ways into the book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from integration.domain.book import Book
from integration.domain.catalogue import Plan, Targets

FOLDER = Path(__file__).parents[2] / "catalogue"
LOS_ANGELES = "America/Los_Angeles"
MATTERMOST_LEVELS = ("L1", "L2", "L3", "L4")
ROCKETCHAT_LEVELS = ("high", "medium", "low")
PLANS = {
    "mattermost": ["professional", "enterprise", "premier"],
    "rocketchat": ["standard", "plus", "mission-critical"],
    "rocketchat-legacy": ["bronze", "pro", "silver", "gold", "enterprise"],
    "rockstor": ["incident"],
}


def plan_of(book: Book, plan_id: str) -> Plan:
    """The plan behind a full id."""
    return book.of_plan(plan_id)[1]


def row_of(book: Book, plan_id: str, metric: str) -> Targets:
    """The plan's only row of a metric."""
    (row,) = [row for row in plan_of(book, plan_id).targets if row.metric == metric]
    return row


def at(text: str, zone: str) -> datetime:
    """A local time of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
