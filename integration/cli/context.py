"""What commands get their parts from; a test puts a function of its own in its place."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from integration import wiring
from integration.services.parts import Parts


def parts() -> Parts:
    """The parts of this process."""
    return wiring.parts()


class Group(click.Group):
    """A command group that tells of an absent or unmigrated database in one line."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            fail(f"the database cannot be used ({error.orig}); `flask release` makes and migrates it", 1)


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with one line on standard error."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)
