"""What commands get their parts from; a test puts a function of its own in its place."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from integration import wiring
from integration.services.parts import Parts

LONGEST_NAME = 120


def parts() -> Parts:
    """The parts of this process; ends the command where a catalogue, the key or the database's folder is unusable."""
    try:
        return wiring.parts()
    except wiring.CANNOT_START as error:
        fail(wiring.why(error))


class Group(click.Group):
    """A command group that tells of an absent or unmigrated database in one line."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            fail(f"the database cannot be used ({first_line(error)}); `flask release` makes and migrates it")


def short(_ctx: click.Context, _option: click.Parameter, value: str) -> str:
    """A name that fits its column; ends the command for one that does not."""
    if not 0 < len(value.strip()) <= LONGEST_NAME:
        raise click.BadParameter(f"write 1 to {LONGEST_NAME} characters")
    return value.strip()


def first_line(error: DBAPIError) -> str:
    """What the database said, in one line."""
    return str(error.orig).strip().partition("\n")[0]


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with one line on standard error."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)
