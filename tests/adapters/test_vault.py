"""Secrets at rest (F73): only the right key opens them, and all processes have the same key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.adapters.vault import Vault, VaultError, load_or_make_key

KEY = Fernet.generate_key()


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_what_goes_in_comes_out_and_does_not_show(text: str) -> None:
    sealed = Vault(KEY).encrypt(text)
    assert Vault(KEY).decrypt(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_the_same_secret_looks_different_each_time() -> None:
    assert Vault(KEY).encrypt("s3cret") != Vault(KEY).encrypt("s3cret")


def test_another_key_says_what_would_be_right() -> None:
    sealed = Vault(KEY).encrypt("s3cret")
    with pytest.raises(VaultError, match="restore the key file"):
        Vault(Fernet.generate_key()).decrypt(sealed)


@pytest.mark.parametrize("sealed", ["", "not sealed at all", "gAAAAA", "\N{SNOWMAN}"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(VaultError):
        Vault(KEY).decrypt(sealed)


def test_a_changed_secret_is_noticed() -> None:
    sealed = Vault(KEY).encrypt("s3cret")
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    with pytest.raises(VaultError):
        Vault(KEY).decrypt(changed)


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 44])
def test_a_bad_key_is_refused_with_what_a_key_is(key: bytes) -> None:
    with pytest.raises(VaultError, match="44 characters"):
        Vault(key)


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    key = load_or_make_key(path)
    assert load_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    for attempt in range(20):
        path, together = tmp_path / str(attempt) / "secret.key", Barrier(8)

        def started(path: Path = path, together: Barrier = together) -> bytes:
            together.wait(10)
            return load_or_make_key(path)

        with ThreadPoolExecutor(8) as pool:
            keys = {job.result() for job in [pool.submit(started) for _ in range(8)]}
        assert len(keys) == 1


def test_a_file_that_holds_no_key_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("hello\n")
    with pytest.raises(VaultError, match=r"secret\.key holds no key"):
        load_or_make_key(path)
    assert path.read_text() == "hello\n"
