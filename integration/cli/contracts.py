"""`flask contracts` and `flask contacts`: the customers' data in and out of a terminal."""

from __future__ import annotations

import getpass
import json
from datetime import date
from pathlib import Path

import click

from integration.cli import context, contract_words
from integration.domain.contract import Refused
from integration.services import contacts as contact_service
from integration.services import contracts as service
from integration.services.contacts import NoSuchContact, NoSuchContract, choose
from integration.services.contracts import ImportRefused
from integration.services.contracts.cells import day
from integration.services.ports import ZendeskError
from integration.store.contracts import Stored


class _Day(click.ParamType[date]):
    """A date on the command line, read like one in a file."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else day(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _whoever() -> str:
    """The person at this terminal, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


by_option = click.option("--by", default=_whoever, help="Who changes this; the machine's user where left out.")


@click.group("contracts", cls=context.Group)
def contracts() -> None:
    """Contracts: which customer has which plan, from when until when, and whom it matches."""


@contracts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@by_option
@click.option("--reason", default="", help="Why, for the history; the file's name where left out.")
def import_(file: Path, dry_run: bool, by: str, reason: str) -> None:
    """Import contracts from a CSV FILE: all or nothing, and harmless when repeated.

    A row is known by its reference. Columns: reference, organization, plan and start must be there; docs/contracts.md
    explains all of them. Exit code 1: the file has errors, each is shown, and nothing was changed.
    """
    parts = context.parts()
    try:
        done = service.import_file(
            parts.store,
            parts.account,
            parts.book,
            parts.addresses,
            str(file),
            file.read_bytes(),
            by=by,
            why=reason or f"import of {file.name}",
            dry_run=dry_run,
            progress=lambda number, of: click.echo(f"{number:,} of {of:,} rows read", err=True),
        )
    except ImportRefused as error:
        _refuse_import(error)
    else:
        for line in contract_words.imported(done):
            click.echo(line)


def _refuse_import(error: ImportRefused) -> None:
    for problem in error.problems:
        click.echo(str(problem), err=True)
    places = len({problem.where for problem in error.problems})
    click.echo(f"Nothing was changed: {len(error.problems)} error(s) in {places} place(s).", err=True)
    raise SystemExit(1)


@contracts.command("show")
@click.argument("which", required=False, metavar="[REFERENCE|ORGANIZATION]")
@click.option("--history", is_flag=True, help="Every version: what changed, when, by whom and why.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(which: str | None, history: bool, as_json: bool) -> None:
    """Show one contract, one customer's, or all of them (a line each)."""
    parts = context.parts()
    chosen = _found(service.all_contracts(parts.store, parts.account), which) if which else None
    views = service.view_contracts(parts.store, parts.account, parts.book, chosen)
    if as_json:
        click.echo(json.dumps([service.as_json(view) for view in views], indent=2, ensure_ascii=False))
        return
    if chosen is None and not history:
        lines = list(contract_words.overview(views))
    else:
        lines = [line for view in views for line in (*contract_words.details(view, history), "")]
    for line in lines:
        click.echo(line)


def _found(everything: list[Stored], which: str) -> list[Stored]:
    try:
        return choose(everything, which)
    except NoSuchContract as error:
        raise click.ClickException(str(error)) from None


@contracts.command("pull")
@click.option("--field", required=True, help="The key of the organization field that holds the plan.")
@click.option(
    "--map", "pairs", multiple=True, metavar="VALUE=PLAN", help="What a value of the field means; repeatable."
)
@click.option("--start", type=_Day(), help="First day of new contracts; else the day the organization was made.")
@click.option("--apply", is_flag=True, help="Write. Without it, only what would happen is said.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing (as without --apply).")
@by_option
@click.option("--reason", default="", help="Why, for the history.")
def pull(
    field: str, pairs: tuple[str, ...], start: date | None, apply: bool, dry_run: bool, by: str, reason: str
) -> None:
    """Make contracts from a plan that Zendesk organizations already carry in a field."""
    if apply and dry_run:
        raise click.UsageError("--apply writes and --dry-run does not; give one of them.")
    parts = context.parts()
    try:
        done = service.pull(
            parts.store,
            parts.account,
            parts.book,
            parts.addresses,
            parts.zendesk,
            field,
            values=_pairs(pairs),
            start=start,
            by=by,
            why=reason or f"pulled from the organization field {field}",
            apply=apply,
        )
    except ZendeskError as error:
        raise click.ClickException(f"Zendesk: {error}") from None
    except ImportRefused as error:
        _refuse_import(error)
    else:
        for line in [*(f"skipped    {each}" for each in done.skipped), *contract_words.imported(done.imported)]:
            click.echo(line)
        if not apply:
            click.echo("To write this: the same command with --apply")


def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    known = list(context.parts().book.plan_ids())
    for pair in pairs:
        value, _, plan = pair.rpartition("=")
        if not value or plan not in known:
            raise click.BadParameter(f'"{pair}" is no VALUE=PLAN; the plans are {", ".join(known)}', param_hint="--map")
        found[value.strip()] = plan
    return found


@click.group("contacts", cls=context.Group)
def contacts() -> None:
    """Named contacts: the people whom a customer assigned."""


@contacts.command("add")
@click.argument("reference")
@click.argument("address")
@click.option("--name", default="", help="The person's name.")
@by_option
@click.option("--why", default="", help="Why, for the history.")
@click.option("--from", "since", type=_Day(), help="First day, the vendor's local date; else from now on.")
def add(reference: str, address: str, name: str, by: str, why: str, since: date | None) -> None:
    """Make ADDRESS a named contact of the contract REFERENCE; refused where the plan does not allow it."""
    parts = context.parts()
    where = (parts.store, parts.account, parts.book, parts.addresses)
    try:
        done = contact_service.add_contact(*where, reference, address, by=by, why=why, name=name, since=since)
    except (NoSuchContract, Refused, ValueError) as error:
        raise click.ClickException(str(error)) from None
    seats = f"{done.taken} of {done.limit}" if done.limit else str(done.taken)
    for line in contract_words.wrap("", f"{done.mailbox.address} is a named contact of {done.stored.reference}"):
        click.echo(line)
    click.echo(f"from {done.since:%Y-%m-%d %H:%M} UTC on; seats taken: {seats}")


@contacts.command("end")
@click.argument("reference")
@click.argument("address")
@by_option
@click.option("--why", default="", help="Why, for the history.")
def end(reference: str, address: str, by: str, why: str) -> None:
    """End ADDRESS as a named contact of the contract REFERENCE; the row stays in the history."""
    parts = context.parts()
    try:
        ended = contact_service.end_contact(
            parts.store, parts.account, parts.addresses, reference, address, by=by, why=why
        )
    except (NoSuchContract, NoSuchContact, ValueError) as error:
        raise click.ClickException(str(error)) from None
    for line in contract_words.wrap("", f"{ended.address} is no longer a named contact of {reference}"):
        click.echo(line)


@contacts.command("list")
@click.argument("which", required=False, metavar="[REFERENCE|ORGANIZATION]")
def list_(which: str | None) -> None:
    """List the named contacts of one contract, one customer, or all, with who added and ended them."""
    parts = context.parts()
    try:
        registers = contact_service.list_contacts(parts.store, parts.account, which)
    except NoSuchContract as error:
        raise click.ClickException(str(error)) from None
    for line in contract_words.registers(registers):
        click.echo(line)
