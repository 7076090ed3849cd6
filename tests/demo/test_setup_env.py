"""The environment that the two commands make for themselves: made, kept, mended, and refused in plain words."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import setup_env
from tests.demo.running import ROOT, clean_environment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose locks list nothing, so that its environment needs no network."""
    shutil.copy(ROOT / "setup_env.py", tmp_path)
    for name in ("demo/__init__.py", "demo/lock.py", "integration/__init__.py", "integration/lifeline.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("# nothing\n")
    return tmp_path


def call(checkout: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "setup_env.py", *argv], cwd=checkout, env=clean_environment(), capture_output=True, text=True
    )


def test_an_environment_is_made_once_kept_while_the_lock_stands_and_made_anew_after_a_failure(checkout: Path) -> None:
    first = call(checkout, "env")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Making the environment" in first.stdout
    assert call(checkout, "env").stdout == ""
    half_unpacked = checkout / ".venv" / "half-unpacked"
    half_unpacked.touch()

    lock = checkout / "requirements-dev.txt"
    lock.write_text(f"nowhere @ file://{checkout}/none.whl --hash=sha256:{'0' * 64}\n")
    failed = call(checkout, "env")
    assert failed.returncode == 1
    assert "Making the environment" not in failed.stdout  # the one that is there is brought up to date
    assert "The installation failed" in failed.stderr
    assert "none.whl" in failed.stderr

    lock.write_text("# nothing, in other words\n")
    mended = call(checkout, "env")
    assert mended.returncode == 0
    assert "Making the environment" in mended.stdout
    assert not half_unpacked.exists()


def test_an_environment_whose_python_went_away_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's Python was upgraded, and the link in the environment leads nowhere."""
    monkeypatch.setattr(setup_env, "PYTHON", tmp_path / "python")
    (tmp_path / "python").symlink_to(tmp_path / "gone")
    assert setup_env.python_of_environment() is None
    monkeypatch.setattr(setup_env, "PYTHON", Path(sys.executable))
    assert str(sys.version_info[0]) in (setup_env.python_of_environment() or "")
    monkeypatch.setattr(setup_env, "NEEDED", (99, 0))
    assert setup_env.python_of_environment() is None


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    program = (
        "import sys; sys.version_info = (3, 7, 16, 'final', 0); import setup_env; sys.exit(setup_env.main(['run']))"
    )
    environment = clean_environment(PATH=str(tmp_path))
    old = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert old.returncode == 1
    assert "Deskward needs Python 3.11 or newer, this is 3.7" in old.stderr


def test_an_old_python_hands_over_to_a_newer_one_of_the_path(tmp_path: Path) -> None:
    """A version manager's name that leads nowhere is passed over."""
    for name, text in (("python3.13", "exit 127"), ("python3.12", 'test "$1" = -c || echo new "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    program = (
        "import sys; sys.version_info = (3, 7, 16, 'final', 0); import setup_env; setup_env.main(['test', '-k', 'x'])"
    )
    environment = clean_environment(PATH=str(tmp_path))
    old = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert old.stdout == f"new {ROOT / 'setup_env.py'} test -k x\n"


def test_an_old_python_can_read_the_script_at_all() -> None:
    """Python 3.7 knows neither `:=` nor `match` nor positional-only marks."""
    import ast

    ast.parse((ROOT / "setup_env.py").read_text(), feature_version=(3, 7))


def test_an_unknown_command_is_answered_with_those_there_are(checkout: Path) -> None:
    answer = call(checkout, "fly")
    assert answer.returncode == 2
    assert "run|test" in answer.stderr


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("Collecting flask==3.1.3", "flask 3.1.3"),
        ("Collecting psycopg[binary]==3.3.9 (from -r requirements.txt (line 3))", "psycopg 3.3.9"),
        ("Requirement already satisfied: rq==3.0.0 in ./.venv/lib", "rq 3.0.0"),
        ("Processing /wheels/annotated_types-0.8.0-py3-none-any.whl", "annotated-types 0.8.0"),
        ("  Downloading flask-3.1.3-py3-none-any.whl (1 kB)", None),
    ],
)
def test_pips_chatter_is_condensed_to_a_line_per_package(line: str, package: str | None) -> None:
    assert setup_env.package_of(line) == package


def test_warnings_about_the_machines_own_pip_settings_are_not_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["WARNING: Location 'x' is ignored: it is a file\n", "Collecting flask==3.1.3\n", "ERROR: no\n"]
    assert setup_env.show_progress(iter(lines), 7) == ["Collecting flask==3.1.3", "ERROR: no"]
    assert capsys.readouterr().out == "   1/7 flask 3.1.3\n"


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", text, re.MULTILINE))


def test_the_tests_run_on_the_versions_that_users_run_on() -> None:
    """The stamp of the longer lock also answers for the shorter one, so it must contain it."""
    assert pins("requirements.txt")
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_of_a_lock_has_a_hash_and_no_lock_names_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(name))
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text and "index-url" not in text
