"""Commands as typed: the app's own command line on a database of the test's, and what it said where."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result
from flask import Flask

from integration.cli import register
from integration.services.parts import Parts
from integration.web.app import create_app

Run = Callable[..., Result]


def runner(parts: Parts) -> Run:
    """`run("token", "list")` is what `flask token list` does; a traceback is a failure of the test."""
    app: Flask = create_app(lambda: parts)
    register(app)

    def run(*words: str, answer: str | None = None) -> Result:
        return app.test_cli_runner().invoke(args=list(words), input=answer, catch_exceptions=False)

    return run


def complaint(result: Result) -> str:
    """The one line on standard error of a command that ended with code 1 or 2, and said nothing else."""
    assert result.exit_code in (1, 2), result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line
