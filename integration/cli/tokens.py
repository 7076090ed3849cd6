"""`flask token`: bearer tokens of the API."""

from __future__ import annotations

import click

from integration.cli import context


@click.group("token", cls=context.Group)
def token() -> None:
    """Bearer tokens of the API. A token is shown once; only its digest is kept."""


@token.command("create")
@click.option("--name", required=True, callback=context.short, help="Who or what uses it.")
@click.option("--if-absent", is_flag=True, help="Do nothing where a token of that name holds.")
@click.option("--show-once", is_flag=True, help="Also print how to use it.")
def create(name: str, if_absent: bool, show_once: bool) -> None:
    """Make a token and print it."""
    from integration.services.bearer import digest, new_token
    from integration.store import api_tokens

    store = context.parts().store
    with store.read() as (connection, _):
        there = name in [each for each, _ in api_tokens.live_names(connection)]
    if there and if_absent:
        click.echo(f'The API token "{name}" was shown when it was made; `flask token create --name NEW` makes another.')
        return
    made = new_token()
    with store.write() as (connection, now):
        api_tokens.add(connection, name, digest(made), now)
    click.echo(made)
    if show_once:
        click.echo("This API token is shown once. Send it as: Authorization: Bearer TOKEN")


@token.command("list")
def list_tokens() -> None:
    """The tokens that hold."""
    from integration.store import api_tokens

    with context.parts().store.read() as (connection, _):
        found = api_tokens.live_names(connection)
    for name, created in found:
        click.echo(f"{created:%Y-%m-%d %H:%M} UTC  {name}")
    if not found:
        click.echo("There is no token; `flask token create --name NAME` makes one.")


@token.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End all tokens of a name."""
    from integration.store import api_tokens

    with context.parts().store.write() as (connection, now):
        ended = api_tokens.revoke(connection, name, now)
    if not ended:
        context.fail(f'no token named "{name}" holds; `flask token list` shows them')
    click.echo(f"{ended} token(s) revoked.")
