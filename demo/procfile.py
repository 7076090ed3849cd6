"""Reads the Procfile, so that `make run` starts the very lines that a hosting platform would start."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from string import Template

_LINE = re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9_-]*):\s*(?P<command>\S.*)$")


class BadProcfile(Exception):
    """The Procfile cannot be used; the message names the file, the line and what would be right."""


def read(path: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """The process lines of `path` as commands by name, in order, with $NAME taken from `environment`.

    No shell takes part, so a signal reaches the process itself. Raises BadProcfile.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadProcfile(f"{path}: cannot be read: {error.strerror}") from None
    commands: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, argv = _command(line, environment, f"{path}:{number}")
            if name in commands:
                raise BadProcfile(f"{path}:{number}: {name} stands there twice; give each process its own name")
            commands[name] = argv
    return commands


def _command(line: str, environment: Mapping[str, str], where: str) -> tuple[str, list[str]]:
    match = _LINE.match(line)
    if not match:
        raise BadProcfile(f"{where}: expected `name: command`, got {line.strip()!r}")
    try:
        text = Template(match["command"]).substitute(environment)
        argv = shlex.split(text)
    except KeyError as error:
        raise BadProcfile(f"{where}: ${error.args[0]} is not set") from None
    except ValueError as error:
        raise BadProcfile(f"{where}: {error}; a literal dollar sign is written $$") from None
    if any(word in ("&&", "||", "|", ";", ">", "&") for word in argv):
        raise BadProcfile(f"{where}: write one plain command; no shell reads this line")
    return match["name"], argv
