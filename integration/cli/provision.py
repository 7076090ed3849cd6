"""`flask provision`: what Deskward needs to stand in the Zendesk account."""

from __future__ import annotations

import click

from integration.cli import context


@click.group("provision", cls=context.Group)
def provision() -> None:
    """Fields, webhook and triggers in Zendesk. Only what is missing is made, and only things of ours."""


@provision.command("plan")
def plan() -> None:
    """Show what is missing; make nothing."""
    _run(apply=False)


@provision.command("apply")
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(yes: bool) -> None:
    """Make what is missing."""
    if not yes and _run(apply=False):
        click.confirm("Make these?", abort=True)
    _run(apply=True)


@provision.command("forget-secrets")
def forget_secrets() -> None:
    """Drop the stored Zendesk token and signing secret, which another SECRET_KEY cannot open."""
    from integration.store import secrets

    parts = context.parts()
    with parts.store.write() as (connection, _):
        dropped = secrets.forget(connection, parts.account)
    click.echo(f"{dropped} secret(s) dropped; `flask provision apply` reads the signing secret again.")


def _run(apply: bool) -> int:
    from integration.services.ports import ZendeskError
    from integration.services.provision import provision as run

    parts = context.parts()
    if parts.settings.public_url is None and not parts.settings.is_sandbox:
        context.fail(
            "PUBLIC_URL is not set: Zendesk must be told where to send webhooks, such as https://desk.example.com"
        )
    try:
        steps = run(parts, apply)
    except ZendeskError as error:
        context.fail(f"Zendesk: {error}")
    for step in steps:
        click.echo(f"{'made' if apply else 'missing'}  {step}")
    click.echo(f"{len(steps)} made." if apply else f"{len(steps)} missing.")
    return len(steps)
