"""The `flask` command groups of Deskward."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Hang every command group below `flask`. Each module imports what is slow only when it runs."""
    from integration.cli import catalogue, contracts, provision, release, simulate, tickets, tokens

    for command in (
        catalogue.catalogue,
        contracts.contracts,
        contracts.contacts,
        provision.provision,
        release.release,
        release.writes,
        simulate.simulate,
        tickets.ticket,
        tickets.tickets,
        tokens.token,
    ):
        app.cli.add_command(command)
