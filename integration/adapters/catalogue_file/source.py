"""One YAML file as plain data, with the line of every key and item (YAML 1.2: `no` and `17:00` are text).

The text is composed once into nodes, which know their lines, and the data is constructed from the same nodes.
Duplicate keys are refused: the second one would silently win otherwise.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from integration.adapters.catalogue_file.problem import CatalogueError, Problem, shown
from integration.domain.catalogue_check.finding import Finding
from integration.domain.catalogue_check.finding import Path as Steps

VERSION_LENGTH = 12


@dataclass(frozen=True)
class Source:
    """A file that is well-formed YAML. `version` is the first 12 hex digits of the SHA-256 of its bytes."""

    file: Path
    data: Any
    node: Node
    version: str

    def line_of(self, path: Steps) -> int:
        """The line (from 1) of the place, or of the nearest place above it that is in the file."""
        node, line = self.node, int(self.node.start_mark.line) + 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line

    def problem(self, finding: Finding) -> Problem:
        """The finding with this file and its line."""
        return Problem(shown(self.file), self.line_of(finding.path), finding.where, finding.says, finding.right)

    def problems(self, findings: list[Finding]) -> list[Problem]:
        """The findings in the order of the file."""
        return sorted(map(self.problem, findings), key=lambda problem: problem.line)


def read_source(file: Path) -> Source:
    """Read one file; CatalogueError with the line for text that is no YAML, has duplicate keys, or is empty."""
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise _refused(file, 0, f"cannot be read ({error.strerror})", "check the path and its permissions") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n")
        raise _refused(file, line, "is not UTF-8 text", "save the file as UTF-8") from None
    node, data = _parsed(file, text)
    return Source(file, data, node, hashlib.sha256(raw).hexdigest()[:VERSION_LENGTH])


def _parsed(file: Path, text: str) -> tuple[Node, Any]:
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        if node is None:
            raise _refused(file, 0, "the file is empty", "copy a shipped catalogue and edit it")
        try:
            return node, yaml.constructor.construct_document(node)
        except ValueError as error:
            raise _refused(file, _bad_date_line(node), f"no such date ({error})", "write dates as 2026-04-19") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(file, mark.line if mark else 0, *_yaml_words(error)) from None
    except YAMLError as error:
        # A character that YAML does not allow comes without a line; the text itself says which character.
        raise _refused(file, 0, f"is not YAML ({error})", "remove the character") from None
    except RecursionError:
        raise _refused(file, 0, "is nested too deeply", "a catalogue needs no more than ten levels") from None


def _yaml_words(error: MarkedYAMLError) -> tuple[str, str]:
    problem = error.problem or "cannot be understood as YAML"
    duplicate = re.match(r'found duplicate key "?(.*?)"? with value', problem)
    if duplicate:
        return f'the key "{duplicate[1]}" is written twice here', "keep one of the two"
    context = f" {error.context}" if error.context else ""
    return f"is not YAML: {problem}{context}", 'check the indentation, and put text with ": " or "#" in quotes'


def _refused(file: Path, line: int, says: str, right: str) -> CatalogueError:
    return CatalogueError([Problem(shown(file), line + 1, "the file", says, right)])


def _child(node: Node, step: str | int) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None


def _bad_date_line(node: Node) -> int:
    """The line (from 0) of the first scalar that looks like a date and is none."""
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, MappingNode):
            pending.extend(part for pair in reversed(here.value) for part in reversed(pair))
        elif isinstance(here, SequenceNode):
            pending.extend(reversed(here.value))
        elif str(here.tag).endswith(":timestamp") and not _is_date(here.value):
            return int(here.start_mark.line)
    return int(node.start_mark.line)


def _is_date(text: str) -> bool:
    try:
        YAML(typ="safe", pure=True).load(text)
    except ValueError:
        return False
    return True
