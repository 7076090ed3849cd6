"""Running the triggers over one change of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..table import Row
from ..tickets.shape import via
from .actions import act
from .conditions import holds

if TYPE_CHECKING:
    from ..tickets.draft import Draft


def run_triggers(draft: Draft) -> None:
    """Fire each trigger at most once, in order; after one that changed the ticket, look again from the first.

    So a trigger may wake an earlier one, and none can loop, as in Zendesk. Closed tickets fire nothing.
    """
    fired: set[int] = set()
    triggers = sorted((row for row in draft.desk.account.all("triggers") if row["active"]), key=_order)
    while draft.row["status"] != "closed":
        trigger = next((row for row in triggers if row["id"] not in fired and holds(draft, row["conditions"])), None)
        if trigger is None:
            return
        fired.add(trigger["id"])
        by_rule = via(
            "rule", source_from={"deleted": False, "id": trigger["id"], "title": trigger["title"]}, rel="trigger"
        )
        for action in trigger["actions"]:
            act(draft, action, by_rule)


def _order(trigger: Row) -> tuple[int, int]:
    return trigger["position"], trigger["id"]
