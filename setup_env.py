"""Makes the environment that Deskward runs in, then runs in it: `python3 setup_env.py run` or `test`.

Needs nothing but Python and its standard library. It must start on any Python from 3.7 on, so that an old one can say
what is missing; everything newer is imported after that check.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: Says which locks this environment holds; written after everything else, so that it never says too much.
STAMP = VENV / "deskward-locks.json"
#: Stands there while packages are installed; found at the start, it tells of an installation that was cut off.
UNFINISHED = VENV / "deskward-unfinished"
RUN_LOCK, DEV_LOCK = "requirements.txt", "requirements-dev.txt"

#: What each command needs installed, and what it then runs with the environment's Python.
COMMANDS = {
    "run": (RUN_LOCK, [["-m", "demo.run"]]),
    "test": (DEV_LOCK, [["-m", "pytest", "-n", "2"]]),
    "lint": (
        DEV_LOCK,
        [
            ["-m", "ruff", "check", "."],
            ["-m", "ruff", "format", "--check", "."],
            ["-m", "mypy", "integration", "jobs", "sandbox", "demo"],
        ],
    ),
    "format": (DEV_LOCK, [["-m", "ruff", "check", "--fix", "."], ["-m", "ruff", "format", "."]]),
    "bench": (DEV_LOCK, [["-m", "bench"]]),
    "env": (DEV_LOCK, []),
}


class Failed(Exception):
    """The environment cannot be made; the message says why and what to do."""


def main(argv):
    """Do what the first word of `argv` says, with the rest handed on; the exit code."""
    known = sorted([*COMMANDS, "lock", "clean"])
    if not argv or argv[0] not in known:
        print("usage: python3 setup_env.py {%s} [arguments]" % "|".join(known), file=sys.stderr)
        return 0 if argv and argv[0] in ("-h", "--help") else 2
    os.chdir(str(ROOT))
    if sys.version_info < NEEDED:
        return with_newer_python(argv)
    try:
        return obey(argv[0], argv[1:])
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next call mends what is unfinished.", file=sys.stderr)
        return 130


def with_newer_python(argv):
    """Go on with a newer Python of the PATH in our place, or say which one is needed."""
    for name in NEWER:
        path = shutil.which(name)
        # Version managers put names on the PATH that lead to no Python; only one that runs counts.
        if (
            path
            and subprocess.call([path, "-c", "import venv"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        ):
            os.execv(path, [path, str(ROOT / "setup_env.py"), *argv])
    print(
        "Deskward needs Python %d.%d or newer, this is %d.%d (%s). Install a newer one, or name it: "
        "make run PYTHON=/path/to/python3.11" % (NEEDED + sys.version_info[:2] + (sys.executable,)),
        file=sys.stderr,
    )
    return 1


def obey(command, rest):
    """Carry out one command on a Python that is new enough."""
    if command == "clean":
        return clean()
    if command == "lock":
        return make_locks()
    from integration import lifeline

    if command == "run":
        import signal

        lifeline.arm(sig=signal.SIGTERM)
    needed, calls = COMMANDS[command]
    make_environment(needed)
    return carry_out(calls, rest)


def carry_out(calls, rest):
    """Run `calls` in turn with the environment's Python; the last one takes this process's place.

    Taking its place, rather than being its parent, leaves one process less that could be killed away above it.
    """
    failed = 0
    for call in calls[:-1]:
        failed = subprocess.call([str(PYTHON), *call]) or failed
    if not calls:
        return 0
    last = [str(PYTHON), *calls[-1], *rest]
    if failed:
        subprocess.call(last)
        return failed
    sys.stdout.flush()
    os.execv(str(PYTHON), last)
    raise AssertionError("execv does not return")


def make_environment(needed):
    """Have .venv hold what the lock `needed` lists; returns at once where it does already."""
    if is_current(needed):
        return
    from demo import lock

    try:
        held = lock.hold(ROOT / "var" / "setup.lock")
    except lock.Held as error:
        print("Another set-up is at work here (process %s); waiting for it ..." % error.pid, flush=True)
        held = lock.hold(ROOT / "var" / "setup.lock", wait=True)
    with held:
        if not is_current(needed):
            build(needed)


def is_current(needed):
    """True when the stamp says that this environment, on this Python, holds the lock as it is now."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        # Its interpreter is a link into the system's Python: an upgrade there can leave it dangling or different.
        return stamp["python"] == python_of_environment() and stamp["locks"].get(needed) == digest(needed)
    except (OSError, ValueError, KeyError, AttributeError):
        return False


def python_of_environment():
    """The version and place of the environment's Python, or None where it does not run or is too old."""
    try:
        program = "import sys; print(sys.version_info[:3], sys.base_prefix); sys.exit(sys.version_info < %r)" % (
            NEEDED,
        )
        asked = [str(PYTHON), "-I", "-S", "-c", program]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def digest(lock_name):
    """The SHA-256 of a lock file, in hexadecimal."""
    return hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def build(needed):
    """Make .venv where it is missing or broken, and install the lock `needed` into it."""
    python = python_of_environment()
    broken = UNFINISHED.exists() or python is None or not has_pip()
    if broken:
        make_venv()
    STAMP.unlink(missing_ok=True)
    UNFINISHED.touch()
    install(needed)
    # The longer lock contains the shorter one (a test holds them to it), so it answers for both.
    locks = [RUN_LOCK, DEV_LOCK] if needed == DEV_LOCK else [RUN_LOCK]
    stamp = {"python": python_of_environment(), "locks": {name: digest(name) for name in locks}}
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    UNFINISHED.unlink()


def has_pip():
    """True when something can install into .venv: its own pip, or this Python's."""
    return pip_command() is not None


def pip_command():
    """How to call pip for .venv, or None. A Debian without python3-venv may still have python3-pip, which can do it."""
    own = [str(PYTHON), "-m", "pip"]
    for command, asked in (
        (own, own),
        ([sys.executable, "-m", "pip", "--python", str(PYTHON)], [sys.executable, "-m", "pip"]),
    ):
        if subprocess.call([*asked, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return command
    return None


def make_venv():
    """A new, empty .venv in place of whatever is there; raises Failed with what to install where that is impossible."""
    print("Making the environment in .venv (Python %d.%d) ..." % sys.version_info[:2], flush=True)
    if (
        subprocess.call(
            [sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        == 0
    ):
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], capture_output=True, text=True
    )
    if made.returncode == 0 and pip_command():
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    raise Failed(
        "This Python (%s) cannot make an environment: its venv or pip part is missing.\n"
        "On Debian and Ubuntu: apt install python%d.%d-venv. Elsewhere: install the complete Python, or name another "
        "one: make run PYTHON=/path/to/python3\n%s" % (sys.executable, *sys.version_info[:2], made.stderr.strip())
    )


def install(lock_name):
    """pip installs the lock, hashes checked, with a line per package as it comes."""
    from integration import lifeline

    total = len(re.findall(r"^[A-Za-z0-9][^\s;]*==", (ROOT / lock_name).read_text(encoding="utf-8"), re.MULTILINE))
    print("Installing %s: up to %d packages, each checked by its hash" % (lock_name, total), flush=True)
    pip = pip_command()
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    process = subprocess.Popen(
        lifeline.command([*pip, "install", *options, "-r", lock_name]),
        # Whatever becomes of us, pip does not go on installing behind a later call's back.
        env=lifeline.children_environment({**os.environ, "PYTHONUNBUFFERED": "1", "PIP_ROOT_USER_ACTION": "ignore"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    said = show_progress(process.stdout, total)
    if process.wait() != 0:
        raise Failed(
            "The installation failed. pip's last words:\n%s\nRun the same command again to go on." % "\n".join(said)
        )


def show_progress(lines, total):
    """Condense pip's output to a line per package; returns its last lines in full, for the case that it fails."""
    said, seen = [], set()
    for line in lines:
        # Harmless, about the machine's own pip settings, and of no use to the reader.
        if "is ignored" not in line:
            said = [*said, line.rstrip()][-15:]
        package = package_of(line)
        if package and package not in seen:
            seen.add(package)
            print("  %2d/%d %s" % (len(seen), total, package), flush=True)
        elif line.startswith("Installing collected packages"):
            print("  all there, unpacking ...", flush=True)
    return said


def package_of(line):
    """The package that one line of pip's output is about, as "name version", or None."""
    found = re.match(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+?)(?:\[.*?\])?==(\S+)", line)
    # A wheel that lies on this machine already.
    found = found or re.match(r"Processing (?:.*/)?([A-Za-z0-9_.]+)-([^-/]+)-[^/]*\.whl", line)
    return "%s %s" % (found.group(1).replace("_", "-"), found.group(2)) if found else None


def make_locks():
    """Write both hashed locks from their .in files. Only developers need this, and uv for it."""
    uv = shutil.which("uv")
    if not uv:
        raise Failed("`make lock` needs uv, which is not on the PATH. Nothing else here does.")
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    for name in (RUN_LOCK, DEV_LOCK):
        source = name.replace(".txt", ".in")
        # The second lock takes the first one's versions, so that tests run on what users run on.
        same = [] if name == RUN_LOCK else ["--constraint", RUN_LOCK]
        print("%s -> %s" % (source, name), flush=True)
        if subprocess.call([uv, "pip", "compile", *options, *same, source, "-o", name]):
            return 1
    return 0


def clean():
    """Remove what can be made again: the environment and the tools' caches. State and logs in var/ stay."""
    for name in (".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(str(ROOT / name), ignore_errors=True)
    print("Removed .venv and the caches. Your state is still in var/.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
