"""`flask release`: what a new version does before it starts; `flask writes`: the kill switch."""

from __future__ import annotations

import click

from integration.cli import context


@click.command("release")
def release() -> None:
    """Back up the database (SQLite), migrate it, and check the plan catalogues. Safe to repeat."""
    from integration.store.migrate import MigrationError, migrate

    try:
        done = migrate(context.parts().store)
    except MigrationError as error:
        context.fail(str(error))
    for line in done:
        click.echo(line)


@click.group("writes", cls=context.Group)
def writes() -> None:
    """Stop or allow every write to Zendesk; what is owed is kept and sent later."""


@writes.command("off")
@click.option("--by", default="the command line", callback=context.short, help="Who stops it.")
def off(by: str) -> None:
    """Write nothing to Zendesk from now on."""
    _throw("off", by)


@writes.command("on")
@click.option("--by", default="the command line", callback=context.short, help="Who allows it.")
def on(by: str) -> None:
    """Write to Zendesk again, also what was owed meanwhile."""
    _throw("on", by)


@writes.command("status")
def status() -> None:
    """Whether Deskward writes to Zendesk, and since when it does not."""
    from integration.store import switches

    with context.parts().store.read() as (connection, _):
        stopped = switches.thrown(connection, switches.WRITES, "off")
        refused = switches.read(connection, switches.REFUSED)
    if stopped:
        click.echo(
            f"Deskward writes nothing to Zendesk since {stopped.at:%Y-%m-%d %H:%M} UTC, stopped by {stopped.by}."
        )
    elif refused:
        click.echo(f"Deskward may write, and Zendesk refuses it: {refused}")
    else:
        click.echo("Deskward writes to Zendesk.")


def _throw(value: str, by: str) -> None:
    from integration.store import switches

    with context.parts().store.write() as (connection, now):
        switches.throw(connection, switches.WRITES, value, by, now)
        if value == "on":
            switches.clear(connection, switches.REFUSED)
    click.echo("Deskward writes to Zendesk again." if value == "on" else "Deskward writes nothing to Zendesk now.")
