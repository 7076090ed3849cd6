"""`flask simulate`: hypothetical tickets in, decisions out, nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

import click
from sqlalchemy.exc import DBAPIError

from integration.adapters import strict_json
from integration.cli import context
from integration.services.simulate import BadLine, Simulator, StoredContracts, unanswered


@click.command("simulate")
@click.argument("file", type=click.File("rb"))
@click.option("--strict", is_flag=True, help="Exit with 1 where a line could not be decided.")
def simulate(file: IO[bytes], strict: bool) -> None:
    """Decide each ticket of FILE (JSON lines; "-" reads standard input) and print one JSON line for each.

    A line that cannot be decided gets its "error", and the others go on. Nothing is written anywhere. The exit code is
    0 however many lines had an error, unless --strict is given.
    """
    simulator = make_simulator(_stored)
    wrong = total = 0
    for answer in _answers(simulator, file):
        total += 1
        wrong += answer.get("error") is not None
        click.echo(json.dumps(answer, ensure_ascii=False))
    if wrong:
        click.echo(f'{wrong} of {total} lines could not be decided; see their "error"', err=True)
        if strict:
            raise SystemExit(1)


def make_simulator(stored: StoredContracts) -> Simulator:
    """A simulator on the catalogues of the settings; the database is touched only for a stored organization."""
    from integration import config
    from integration.adapters.address import AddressBook
    from integration.adapters.catalogue_file import load_book

    return Simulator(load_book([config.load().catalogue_dir]), AddressBook(), stored)


def _stored(organization: str) -> Any:
    """The organization's contracts; a database that cannot be used is an error of this line and of no other."""
    try:
        return context.parts().contracts_of(organization)
    except DBAPIError as error:
        why = context.first_line(error)
        raise BadLine(f"organization: the database cannot be used ({why}); `flask release` makes it") from None


def _answers(simulator: Simulator, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            body = strict_json.loads(raw.strip())
        except strict_json.BadJson as error:
            yield unanswered(None, f"line {number}: {error}")
            continue
        yield simulator.run(body)
