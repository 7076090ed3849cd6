"""`flask ticket` explains and overrides one ticket; `flask tickets` follows them all."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import click

from integration.cli import context


@click.group("ticket", cls=context.Group)
def ticket() -> None:
    """One ticket: why it was decided so, and an agent's decision against it."""


@ticket.command("explain")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def explain(number: str, as_json: bool) -> None:
    """Show the decision on ticket NUMBER and every input it used."""
    from integration.cli.explain_text import text
    from integration.services.explain import explain as find

    if not (number.isascii() and number.isdigit()):
        context.fail(f'"{number}" is no ticket; give its number, such as 12345', 2)
    found = find(context.parts(), number)
    if found is None:
        context.fail(f"no decision on ticket {number}: it was not seen yet")
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else text(found))


@ticket.command("override")
@click.argument("number")
@click.option("--severity", help="The severity that holds from now on.")
@click.option("--category", help="The category that holds from now on.")
@click.option("--plan", help="The plan whose promise holds from now on, as vendor/plan (`flask catalogue list`).")
@click.option("--reason", required=True, help="Why; it is shown on the ticket.")
@click.option("--by", required=True, help="Who decides.")
@click.option("--withdraw", is_flag=True, help="End the overrides of the named fields; their values do not matter.")
def override(
    number: str, severity: str | None, category: str | None, plan: str | None, reason: str, by: str, withdraw: bool
) -> None:
    """Decide against Deskward on ticket NUMBER; it stands until it is withdrawn (G-05)."""
    from integration.services.override import BadOverride
    from integration.services.override import override as record

    values = {"severity": severity, "category": category, "plan": plan}
    given = {name: value for name, value in values.items() if value is not None}
    try:
        record(context.parts(), number, given, reason, by, withdraw)
    except BadOverride as error:
        context.fail(str(error), 2)
    what = ", ".join(f"{name} {value}" for name, value in given.items())
    click.echo(f"Ticket {number}: override {'withdrawn' if withdraw else 'stands'}: {what}. It is decided again now.")


@click.group("tickets", cls=context.Group)
def tickets() -> None:
    """All tickets."""


@tickets.command("follow")
@click.option("--from-start", is_flag=True, help="Show the decisions taken before, too.")
@click.option(
    "--recent", type=click.IntRange(0, 86_400), default=0, help="Begin with those of the last so many seconds."
)
@click.option("--until", type=int, help="Stop after so many lines.")
def follow(from_start: bool, recent: int, until: int | None) -> None:
    """Print one line for each ticket as it is decided, until stopped."""
    from integration.cli.follow_text import line
    from integration.store import tickets as rows

    parts = context.parts()
    with parts.store.read() as (connection, now):
        before = now - timedelta(seconds=recent)
        last = 0 if from_start else rows.newest_decision_id(connection, parts.account, before)
    shown = 0
    while until is None or shown < until:
        with parts.store.read() as (connection, _):
            found: Any = rows.decided_after(connection, parts.account, last, 100)
        for row in found[: until - shown if until else None]:
            click.echo(line(row))
            shown += 1
            last = row.id
        if not found:
            time.sleep(0.3)


@tickets.command("parked")
@click.option("--retry", is_flag=True, help="Look at them again.")
def parked(retry: bool) -> None:
    """Show the tickets that were given up after five failed attempts, with the last error."""
    from integration.store import work

    parts = context.parts()
    with parts.store.write() as (connection, now):
        found = work.parked(connection, parts.account)
        for number, _ in found if retry else ():
            work.want(connection, parts.account, number, now)
    for number, error in found:
        click.echo(f"#{number}  {error.splitlines()[0] if error else ''}")
    click.echo(f"{len(found)} parked." + (" They are looked at again." if retry and found else ""))


@tickets.command("again")
@click.argument("numbers", nargs=-1)
@click.option("--customer", help="All open tickets of one customer, by the name of `flask contracts show`.")
@click.option("--all", "everything", is_flag=True, help="All open tickets.")
@click.option("--dry-run", is_flag=True, help="Say which, and ask for nothing.")
def again(numbers: tuple[str, ...], customer: str | None, everything: bool, dry_run: bool) -> None:
    """Decide tickets again now: after a contract, its contacts or the mode changed.

    Without this a change counts at each ticket's next event. A ticket that would be decided the same is left alone.
    """
    from integration.services.again import NobodyThere, look_again, open_tickets

    if sum((bool(numbers), customer is not None, everything)) != 1:
        context.fail("name tickets by number, or --customer NAME, or --all", 2)
    parts = context.parts()
    try:
        chosen = list(numbers) or open_tickets(parts, customer)
        if not dry_run:
            look_again(parts, chosen)
    except NobodyThere as error:
        context.fail(str(error), 2)
    click.echo(" ".join(f"#{number}" for number in chosen) or "No open ticket.")
    click.echo(f"{len(chosen)} {'would be' if dry_run else 'are'} looked at again.")
