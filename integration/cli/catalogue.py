"""`flask catalogue check|show|list`: plan catalogues checked for those who edit them, shown to those who sell them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from integration.adapters.catalogue_file import FileReport
    from integration.domain.book import Book

WIDTH = 100

_folder = click.option(
    "--folder",
    envvar="CATALOGUE_DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of catalogue files (default: CATALOGUE_DIR, else the shipped ones).",
)


@click.group()
def catalogue() -> None:
    """Plan catalogues: check a file after an edit, show a plan, list all plans."""


@catalogue.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
@_folder
def check(files: Sequence[Path], as_json: bool, folder: Path | None) -> None:
    """Check catalogue FILES (default: all), each together with its siblings; exit 1 on any problem.

    It ends with the rule ids that each file carries, and those it lacks.
    """
    from integration.adapters.catalogue_file import SHIPPED, CatalogueError, check_files

    try:
        reports = check_files(files or [folder or SHIPPED])
    except CatalogueError as error:
        _fail(str(error))
    wrong = any(report.problems for report in reports)
    if as_json:
        found = {"ok": not wrong, "files": [report.as_dict() for report in reports]}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _tell(reports)
    sys.exit(1 if wrong else 0)


@catalogue.command()
@click.argument("plan")
@_folder
def show(plan: str, folder: Path | None) -> None:
    """Show PLAN ("vendor/plan", or "plan" alone where only one is called so) as a table."""
    from integration.cli.plan_table import plan_table

    book = _book(folder)
    for line in plan_table(book, _plan_id(book, plan)):
        click.echo(line)


@catalogue.command("list")
@_folder
def list_plans(folder: Path | None) -> None:
    """List vendors, their catalogue's version, and their plans."""
    book = _book(folder)
    for vendor, each in sorted(book.catalogues.items()):
        click.echo(f"{each.title}  (version {book.versions[vendor]})")
        for name, plan in each.plans.items():
            click.echo(f"  {vendor + '/' + name:<32} {plan.title}")


def _tell(reports: Sequence[FileReport]) -> None:
    for report in reports:
        for problem in report.problems:
            click.echo(str(problem))
        if not report.problems:
            click.echo(f"{report.file}: ok (version {report.version})")
    for report in reports:
        if report.carries or report.lacks:
            click.echo()
            click.echo(_ids(f"{report.file} carries {len(report.carries)} rules: ", report.carries))
            click.echo(_ids("  it lacks: ", report.lacks))


def _ids(head: str, ids: Sequence[str]) -> str:
    # Ids are kept whole: "MM-" at the end of a line could not be searched for.
    return fill(head + (", ".join(ids) or "none"), WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _book(folder: Path | None) -> Book:
    from integration.adapters.catalogue_file import CatalogueError, load_book

    try:
        return load_book([folder] if folder else None)
    except CatalogueError as error:
        _fail(str(error))


def _plan_id(book: Book, word: str) -> str:
    """The full id of a plan; ends the command with the list of plans for one that is not there or not the only one."""
    known = list(book.plan_ids())
    found = [plan_id for plan_id in known if word in (plan_id, plan_id.partition("/")[2])]
    if len(found) == 1:
        return found[0]
    says = f'"{word}" could be {" or ".join(found)}' if found else f'there is no plan "{word}"'
    _fail("\n  ".join([f"{says}; the plans are:", *known]), code=2)


def _fail(message: str, code: int = 1) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
