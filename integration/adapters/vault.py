"""Secrets at rest: what the database keeps encrypted can be read only with the key file beside it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class VaultError(ValueError):
    """A key or a secret that cannot be used; the message says which, and what would be right."""


class Vault:
    """Encrypts and decrypts short texts with one key (authenticated: a changed text is noticed)."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 random bytes in url-safe base64 (44 characters). Raises VaultError for anything else."""
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise VaultError("the key must be 32 bytes in url-safe base64 (44 characters)") from error

    def encrypt(self, text: str) -> str:
        """The text, encrypted; different each time, and safe to keep in a text column."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, text: str) -> str:
        """What `encrypt` was given. Raises VaultError where another key made it or somebody changed it."""
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken as error:
            message = "encrypted with another key, or changed since; restore the key file that belongs to this database"
            raise VaultError(message) from error


def load_or_make_key(path: Path) -> bytes:
    """The key in this file; a new one is made (mode 0600) where there is no file yet.

    Several processes may call this at the same moment: all get the same key. Raises VaultError for a file that holds
    no key, and OSError where the file cannot be read or made.
    """
    try:
        return _read_key(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _publish(Fernet.generate_key(), path)
        return _read_key(path)


def _read_key(path: Path) -> bytes:
    key = path.read_bytes().strip()
    try:
        Fernet(key)
    except ValueError as error:
        message = f"{path} holds no key: 44 characters of url-safe base64 are expected, {len(key)} characters are there"
        raise VaultError(message) from error
    return key


def _publish(key: bytes, path: Path) -> None:
    """Put a whole file in place at once: a link never replaces the key of the process that was faster."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
