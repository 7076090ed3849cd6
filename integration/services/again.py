"""Looking again: tickets at rest are decided anew when a person asks, after a contract or a mode changed.

A change of a contract counts for a ticket at the ticket's own next event (G-06); a lead need not wait for that.
What would be decided the same writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from integration.domain.catalogue import IdentifyBy
from integration.domain.contract import recognise
from integration.services.parts import Parts
from integration.services.records import question_from
from integration.store import tickets as rows
from integration.store import work

#: Whatever the channel: a ticket too many is looked at, and found unchanged.
WAYS: tuple[IdentifyBy, ...] = ("address", "contact", "domain", "membership")


class NobodyThere(ValueError):
    """A ticket or a customer that we do not know; the message says which."""


def open_tickets(parts: Parts, customer: str | None = None) -> list[str]:
    """The numbers of all tickets that can still be changed, or of those that one customer's contracts recognise.

    Raises NobodyThere for a customer that is not stored.
    """
    with parts.store.read() as (connection, _):
        found = rows.open_with_decisions(connection, parts.account)
    if customer is None:
        return sorted((row.ticket for row in found), key=int)
    contracts = parts.contracts_of(customer)
    if contracts is None:
        raise NobodyThere(f'there is no customer "{customer}"; `flask contracts show` lists them')
    asked = [(row.ticket, question_from(row.question)) for row in found]
    return sorted(
        (ticket for ticket, q in asked if any(recognise(c, q.asker, WAYS, q.ticket.created_at) for c in contracts)),
        key=int,
    )


def look_again(parts: Parts, tickets: Sequence[str]) -> None:
    """Ask for a look at each ticket. Raises NobodyThere, and asks for none, where one was never decided."""
    with parts.store.write() as (connection, now):
        for ticket in tickets:
            if rows.known(connection, parts.account, ticket) is None:
                raise NobodyThere(f"ticket {ticket} was not seen yet; it is decided when it is")
            work.want(connection, parts.account, ticket, now)
    parts.nudge()
