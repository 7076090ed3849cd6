"""What reviewers forget: floors, one clock, one place for each library, and names in files that must resolve."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from integration.adapters import queue
from integration.store.tables import metadata

ROOT = Path(__file__).parents[1]
#: floor -> what it may import of ours. Nothing else of ours; "x.*" is x and everything below it.
SERVED = (
    "integration.config",
    "integration.clock",
    "integration.services.*",
    "integration.store.*",
    "integration.domain.*",
)
#: Reading text from outside has no rule in it and no state; these three floors do it themselves.
READERS = ("integration.adapters.strict_json",)
FLOORS = {
    "integration/domain": ("integration.domain.*",),
    "integration/store": ("integration.store.*", "integration.domain.*", "integration.clock"),
    # An adapter fulfils a port, so it knows the port's words; the token cache is a row that it owns (F32).
    "integration/adapters": (
        "integration.adapters.*", "integration.domain.*", "integration.clock",
        "integration.services.ports", "integration.services.ports_addresses",
    ),
    "integration/services": (
        "integration.services.*", "integration.store.*", "integration.domain.*", "integration.config",
    ),
    "integration/web": (*SERVED, *READERS, "integration.web.*", "integration.wiring", "integration.adapters.signature"),
    "integration/cli": (
        *SERVED, *READERS, "integration.cli.*", "integration.wiring",
        # These commands work without a database and without the settings of an account.
        "integration.adapters.catalogue_file", "integration.adapters.address",
    ),
    "jobs": (*SERVED, "jobs.*", "integration.wiring", "integration.lifeline", "integration.adapters.queue"),
    "sandbox": ("sandbox.*",),
}  # fmt: skip
ALLOWED_BESIDES = {
    "integration/adapters/zendesk/token.py": ("integration.store.*",),
    # Imported for its own sake, before the fork.
    "jobs/worker.py": ("integration.adapters.zendesk",),
}
#: A library -> the only places that may import it. (Benchmarks and tests compare us with the bare libraries.)
LIBRARIES = {
    "zenpy": ("integration/adapters/zendesk/",),
    "rq": ("integration/adapters/queue.py", "jobs/"),
    "redis": ("integration/adapters/queue.py", "jobs/"),
    "requests": ("integration/adapters/", "sandbox/", "demo/"),
    "flask": ("integration/web/", "integration/cli/", "sandbox/"),
    "alembic": ("integration/store/",),
    "ruamel": ("integration/adapters/catalogue_file/",),
    "cryptography": ("integration/adapters/vault.py",),
}
#: Names that ask the time, and who may.
ASKS_THE_TIME = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "monotonic", "perf_counter"}
TIME_MODULES = {"datetime", "date", "time", "dt"}
ASKING = {"integration/clock.py": "the one place"}
#: Tables without any Zendesk id: they belong to the installation, not to an account.
OF_THE_INSTALLATION = {"api_tokens", "switches"}
#: Its rows are reached by the contract, which has the account.
BY_THEIR_CONTRACT = {"contract_versions"}


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return found


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands; of `from a import b` both a and a.b."""
    package = path.relative_to(ROOT).parent.parts
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_in(module: str, allowed: tuple[str, ...]) -> bool:
    return any(
        module == name or module.startswith(f"{name}.") for name in (each.removesuffix(".*") for each in allowed)
    )


OURS = ("integration", "jobs", "sandbox", "demo", "bench", "tests")


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_what_lies_below_it(floor: str) -> None:
    """Web, cli and jobs -> services -> store and ports -> domain; the sandbox knows nothing of Deskward."""
    wrong = [
        f"{short(path)} imports {module}"
        for path in files(floor)
        for module in imports(path)
        if module.partition(".")[0] in OURS and not is_in(module, FLOORS[floor] + ALLOWED_BESIDES.get(short(path), ()))
    ]
    assert wrong == []


def test_nothing_of_deskward_knows_the_sandbox() -> None:
    """The demo and the tests know both; that is what they are for."""
    wrong = [
        f"{short(path)} imports {module}"
        for path in files("integration", "jobs")
        for module in imports(path)
        if module.partition(".")[0] in ("sandbox", "demo", "tests", "bench")
    ]
    assert wrong == []


def test_every_part_of_the_house_has_a_floor() -> None:
    folders = {f"integration/{path.name}" for path in (ROOT / "integration").iterdir() if any(path.glob("*.py"))}
    assert folders == {floor for floor in FLOORS if floor.startswith("integration/")}
    alone = {path.name for path in (ROOT / "integration").glob("*.py")} - {"__init__.py"}
    assert alone == {"clock.py", "config.py", "lifeline.py", "wiring.py"}


def test_the_rules_know_nothing_but_the_standard_library() -> None:
    wrong = [
        f"{short(path)} imports {module}"
        for path in files("integration/domain")
        for module in imports(path)
        if module.partition(".")[0] not in {*sys.stdlib_module_names, "integration"}
    ]
    assert wrong == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_has_one_place(library: str) -> None:
    wrong = [
        short(path)
        for path in files("integration", "jobs", "sandbox", "demo")
        for module in imports(path)
        if module.partition(".")[0] == library and not short(path).startswith(LIBRARIES[library])
    ]
    assert wrong == []


def calls(path: Path) -> Iterator[ast.Attribute]:
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def test_only_the_clock_asks_the_time() -> None:
    """F45: everybody else is handed `now`. `time.sleep` asks nothing."""
    wrong = [
        f"{short(path)}:{call.lineno} {ast.unparse(call)}"
        for path in files("integration", "jobs")
        for call in calls(path)
        if call.attr in ASKS_THE_TIME
        and ast.unparse(call.value).rpartition(".")[2] in TIME_MODULES
        and short(path) not in ASKING
    ]
    assert wrong == []


def test_the_time_is_not_imported_by_another_name_either() -> None:
    asking = {f"time.{name}" for name in ASKS_THE_TIME}
    wrong = [
        short(path)
        for path in files("integration", "jobs")
        if asking & set(imports(path)) and short(path) not in ASKING
    ]
    assert wrong == []


# -- names in files that must resolve ----------------------------------------------------------------------------------


def procfile() -> dict[str, list[str]]:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: command.split() for name, _, command in (line.partition(":") for line in lines if line.strip())}


def test_the_procfile_names_the_four_processes() -> None:
    assert list(procfile()) == ["release", "web", "worker", "clock"]


@pytest.mark.parametrize("process", ["worker", "clock"])
def test_a_process_of_the_procfile_is_a_module_that_can_be_run(process: str) -> None:
    python, option, module = procfile()[process]
    assert (python, option) == ("python", "-m")
    found = importlib.import_module(module)
    assert callable(found.main)
    assert '__name__ == "__main__"' in Path(str(found.__file__)).read_text(encoding="utf-8")


def test_the_web_and_release_lines_name_what_is_there() -> None:
    gunicorn, option, configuration, app = procfile()["web"]
    assert (gunicorn, option, app) == ("gunicorn", "-c", "wsgi:app")
    assert (ROOT / configuration).is_file()
    assert callable(importlib.import_module("wsgi").app)
    flask, command = procfile()["release"]
    assert flask == "flask"
    assert command in importlib.import_module("wsgi").app.cli.commands


def test_every_job_that_is_enqueued_is_a_function_that_needs_no_arguments() -> None:
    paths = [value for name, value in vars(queue).items() if name.isupper() and str(value).startswith("jobs.")]
    assert paths == ["jobs.work.drain"]
    for path in paths:
        module, _, name = path.rpartition(".")
        job = getattr(importlib.import_module(module), name)
        assert job.__code__.co_argcount == 0


def test_the_worker_serves_the_queue_into_which_jobs_are_put_and_no_other() -> None:
    """With two queues RQ takes jobs off one by one and loses the one it holds when it dies."""
    worker = (ROOT / "jobs/worker.py").read_text(encoding="utf-8")
    assert re.findall(r"Queue\((\w+),", worker) == ["QUEUE"]
    assert re.findall(r"Queue\((\w+),", (ROOT / "integration/adapters/queue.py").read_text(encoding="utf-8")) == [
        "QUEUE"
    ]


# -- tables ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(metadata.tables) - OF_THE_INSTALLATION))
def test_a_table_of_an_account_has_the_account_in_its_key(name: str) -> None:
    """Where the key is a number that we count ourselves, the account begins a unique constraint or an index."""
    table = metadata.tables[name]
    if name in BY_THEIR_CONTRACT:
        assert [key.target_fullname for key in table.foreign_keys] == ["contracts.id"]
        return
    assert table.c.account.nullable is False
    keys = [
        list(table.primary_key.columns),
        *([*c.columns] for c in table.constraints),
        *([*i.columns] for i in table.indexes),
    ]
    assert any(key and key[0].name == "account" for key in keys)


def test_every_constraint_has_a_name() -> None:
    """One without a name cannot be changed by a later migration."""
    nameless = [
        table.name for table in metadata.sorted_tables for c in table.constraints if c.name is None and len(c.columns)
    ]
    assert nameless == []


# -- words -------------------------------------------------------------------------------------------------------------


def test_the_engine_never_mentions_a_vendor() -> None:
    """Plans are data: what a vendor promises stands in catalogue/, and no line of code knows its name."""
    vendor = re.compile("mattermost|rocket|rockstor", re.IGNORECASE)
    wrong = [
        f"{short(path)}:{number}: {line.strip()[:80]}"
        for path in files("integration", "jobs")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if vendor.search(line)
    ]
    assert wrong == []


def test_no_test_puts_a_mock_in_the_place_of_a_part() -> None:
    wrong = [
        short(path)
        for path in files("tests")
        if {"unittest.mock", "mock"} & {m for module in imports(path) for m in (module, module.rpartition(".")[0])}
        or ("mocker" in path.read_text(encoding="utf-8") and path != Path(__file__))
    ]
    assert wrong == []


def test_no_test_sleeps() -> None:
    """A test that waits for a while is slow, and on a busy machine wrong."""
    wrong = [
        f"{short(path)}:{call.lineno}"
        for path in files("tests")
        for call in calls(path)
        if call.attr == "sleep" and ast.unparse(call.value) == "time"
    ]
    assert wrong == []
