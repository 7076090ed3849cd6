"""One look at one ticket: from what was read to a decision that holds, and an update where something is owed."""

from __future__ import annotations

from integration.domain.desk import Desk
from integration.services import facts, gather
from integration.services.decide import decide, may_say_more
from integration.services.parts import Parts
from integration.services.ports import TicketRead
from integration.services.records import digest, question_json
from integration.services.write import confirm_attempt, write
from integration.store import tickets as rows
from integration.store import work
from integration.store.work import Claim

#: Statuses in which a ticket cannot be changed any more.
FINAL = ("closed", "deleted")


def look(parts: Parts, claimed: Claim, read: TicketRead, desk: Desk) -> None:
    """Decide the ticket where its facts changed, write what is owed, close the work. Raises the errors of ports."""
    if str(read.ticket.get("status")) in FINAL:
        with parts.store.write() as (connection, _):
            rows.drop_owed(connection, claimed.account, claimed.ticket)
            work.finish(connection, claimed)
        return
    confirm_attempt(parts, claimed, read, desk)
    marks = gather.marks_of(parts, claimed, read)
    mailboxes = facts.mailboxes_of(read, gather.verified_addresses(parts, read), parts.to_mailbox)
    gather.hear_answer(parts, claimed, read)
    question, last = gather.ask(parts, claimed, read, desk, mailboxes, marks.doubted)
    asked = question_json(question)
    if last is None or last.digest != digest(asked) or may_say_more(parts, last):
        decide(parts, claimed, read, desk, question, asked, last, marks)
    write(parts, claimed, read, desk)
