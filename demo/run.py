"""`make run`: everything Deskward needs on one machine, with a local Zendesk and customers who write tickets.

Run it inside the environment: `python -m demo.run` (setup_env.py does). See `--help` for the options.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo import lock, ports, procfile, valkey
from demo.processes import Spec
from demo.supervisor import GaveUp, Patience, Stopped, Supervisor
from demo.terminal import Terminal
from integration import config, lifeline


@dataclass(frozen=True)
class Step:
    """A command that runs to its end before the next one; the last line of its standard output is shown."""

    name: str
    argv: list[str]
    #: False for what must not happen to a real Zendesk account without being asked for.
    real_account: bool = True
    #: True where it prints a secret: all its lines are shown, and none is written to a file.
    secret: bool = False


#: What is set up once the web process answers, in this order. Each may be run again without harm.
STEPS = [
    Step("provision", ["flask", "provision", "apply", "--yes"], real_account=False),
    Step("contracts", ["flask", "contracts", "import", "demo/contracts.csv"], real_account=False),
    Step("token", ["flask", "token", "create", "--name", "make run", "--show-once", "--if-absent"], secret=True),
]
#: The processes of the Procfile that are kept running, in the order of their start.
KEPT = ("web", "worker", "clock")
#: The first tickets may be decided before it has started, and get their lines all the same.
FOLLOW = Spec("follow", ["flask", "tickets", "follow", "--recent", "10"], shown=True)
CUSTOMERS = Spec("customers", ["python", "-m", "demo.customers"], forever=False)
SANDBOX_CLIENT = {"ZENDESK_OAUTH_CLIENT_ID": "deskward", "ZENDESK_OAUTH_CLIENT_SECRET": "sandbox-secret"}
_READY_SECONDS = 60.0


class Refused(Exception):
    """The run cannot begin; the message says why and what would be right."""


@dataclass(frozen=True)
class Options:
    """The command line: when to stop by itself, and what to start."""

    until_decided: int | None
    seconds: float | None
    bare: bool
    var: Path
    procfile: Path


def options(argv: list[str]) -> Options:
    """Read the command line; argparse ends the process on a bad one, with the right usage."""
    parser = argparse.ArgumentParser(prog="make run", description="Run Deskward on this machine.")
    parser.add_argument("--until-decided", type=_count, metavar="N", help="stop with success after N decided tickets")
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="stop after S seconds; a failure if N was not reached"
    )
    parser.add_argument("--bare", action="store_true", help="only Valkey and the Procfile: no sandbox, no examples")
    parser.add_argument("--var", type=Path, default=config.VAR, metavar="DIR", help="folder of state and logs")
    parser.add_argument("--procfile", type=Path, default=config.ROOT / "Procfile", metavar="FILE", help="process lines")
    return Options(**vars(parser.parse_args(argv)))


def _count(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def environment(given: Mapping[str, str], chosen: Options) -> dict[str, str]:
    """What all processes get: this environment's programs first, state under `var`, UTC."""
    programs = str(Path(sys.executable).parent)
    result = {**given, "PATH": f"{programs}{os.pathsep}{given.get('PATH', os.defpath)}", "TZ": "UTC"}
    result["PYTHONUNBUFFERED"] = "1"  # a log that ends mid-line at a crash explains nothing
    result.setdefault("FLASK_APP", "wsgi:app")
    if chosen.var != config.VAR and not {"DATABASE_URL", "DATABASE_URL_FILE"} & set(given):
        result["DATABASE_URL"] = f"sqlite:///{chosen.var.resolve() / 'deskward.sqlite3'}"
    return result


def with_sandbox(environment: Mapping[str, str], port: int) -> dict[str, str]:
    """`environment`, pointed at the local Zendesk on `port`, which may be written to freely."""
    settings = {"ZENDESK_SUBDOMAIN": config.SANDBOX, "ZENDESK_BASE_URL": f"http://127.0.0.1:{port}", **SANDBOX_CLIENT}
    mine = {key: value for key, value in environment.items() if key.removesuffix("_FILE") not in settings}
    return {"DESKWARD_MODE": "act", **mine, **settings}


class Run:
    """One run, from the checks to the end. Each method is one paragraph of the story."""

    def __init__(self, chosen: Options, terminal: Terminal, patience: Patience | None = None) -> None:
        self._chosen = chosen
        self._terminal = terminal
        self._started = time.monotonic()
        base = environment(os.environ, chosen)
        try:
            self._settings = config.load(base)
        except config.BadSettings as error:
            raise Refused(f"These settings cannot be used:\n{error}") from None
        self._sandbox = self._settings.is_sandbox and not chosen.bare
        base["PORT"] = str(self._settings.port)
        base["SANDBOX_PORT"] = str(self._settings.sandbox_port)
        if self._sandbox:
            base = with_sandbox(base, self._settings.sandbox_port)
        self._commands = procfile.read(chosen.procfile, base)
        self._supervisor = Supervisor(terminal, chosen.var / "log", base, patience)

    def check_ports(self) -> None:
        """Refuse before anything was started, not after half of it was."""
        port, sandbox = self._settings.port, self._settings.sandbox_port
        if self._sandbox and port == sandbox:
            raise Refused(f"PORT and SANDBOX_PORT are both {port}; give each its own")
        ports.require_free(port, "PORT", "Deskward's pages", os.environ.get("WEB_HOST", "").strip() or "127.0.0.1")
        if self._sandbox:
            ports.require_free(sandbox, "SANDBOX_PORT", "the local Zendesk")

    def go(self) -> int:
        """Start everything, watch over it, and stop it again whatever happened; the exit code."""
        self._supervisor.take_charge()
        try:
            self._start_infrastructure()
            self._start_deskward()
            self._set_up()
            self._watch()
            return 0
        except Stopped:
            self._terminal.say("Stopping …")
            return 0
        except (GaveUp, valkey.NoValkey) as error:
            self._terminal.say(f"make run stops: {error}")
            return 1
        finally:
            self._supervisor.stop()
            valkey.clear_socket_folder(self._data)
            self._terminal.say("Stopped; nothing is left running. The next run takes up where this one was.")

    @property
    def _data(self) -> Path:
        return self._chosen.var / "valkey"

    def _start_infrastructure(self) -> None:
        """The queue and the local Zendesk, which everything else talks to."""
        supervisor = self._supervisor
        if self._settings.redis_url is None:
            folder = valkey.make_socket_folder(self._data)
            supervisor.environment["REDIS_URL"] = valkey.url(folder)
            supervisor.start(valkey.spec(self._data, folder))
            supervisor.wait_until(lambda: valkey.answers(folder), _READY_SECONDS, "Valkey")
        if self._sandbox:
            port = str(self._settings.sandbox_port)
            data = str(self._chosen.var / "sandbox.sqlite3")
            argv = ["python", "-m", "sandbox", "--port", port, "--data", data, "--quick-export"]
            supervisor.start(Spec("sandbox", argv))

    def _start_deskward(self) -> None:
        """The Procfile: the release line to its end, then the processes; they get ready while the rest is set up."""
        if "release" in self._commands:
            self._step(Step("release", self._commands["release"]))
        for name in KEPT:
            if name in self._commands:
                self._supervisor.start(Spec(name, self._commands[name]))

    def _set_up(self) -> None:
        """The commands that make it a working installation, then the pages to open, then the examples."""
        if self._sandbox:
            self._await_page(self._settings.sandbox_port, "/", "The local Zendesk")
        for step in [] if self._chosen.bare else STEPS:
            if self._sandbox or step.real_account:
                self._step(step)
        if "web" in self._commands:
            self._await_page(self._settings.port, "/healthz", "The web process")
        if self._chosen.bare:
            return
        self._name_pages()
        self._supervisor.start(FOLLOW)
        if self._sandbox:
            self._supervisor.start(CUSTOMERS)

    def _watch(self) -> None:
        wanted, limit = self._chosen.until_decided, self._chosen.seconds
        decided = self._supervisor.shown_lines

        def enough() -> bool:
            if wanted is not None and decided.get(FOLLOW.name, 0) >= wanted:
                return True
            if limit is None or time.monotonic() - self._started < limit:
                return False
            if wanted is not None:
                raise GaveUp(f"{decided.get(FOLLOW.name, 0)} of {wanted} tickets were decided within {limit:g} seconds")
            return True

        self._supervisor.watch(enough)

    def _step(self, step: Step) -> None:
        lines = self._supervisor.step(Spec(step.name, step.argv, shown=True, secret=step.secret)) or ["done"]
        for line in lines if step.secret else lines[-1:]:
            self._terminal.quote(step.name, line)

    def _await_page(self, port: int, path: str, what: str) -> None:
        self._supervisor.wait_until(_answers(f"http://127.0.0.1:{port}{path}"), _READY_SECONDS, what)

    def _name_pages(self) -> None:
        self._terminal.say(f"\n  Deskward        http://127.0.0.1:{self._settings.port}/")
        if self._sandbox:
            self._terminal.say(f"  Zendesk's desk  http://127.0.0.1:{self._settings.sandbox_port}/agent/tickets")
        self._terminal.say(f"  Logs            {self._chosen.var / 'log'}\n\n  Ctrl-C stops everything.\n")


def _answers(url: str) -> Callable[[], bool]:
    """Asks `url`; any answer at all counts, for it comes from a server that is up. No proxy stands in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask() -> bool:
        try:
            opener.open(url, timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    return ask


def main(argv: list[str]) -> int:
    """Run Deskward until somebody stops it; the exit code of `make run`."""
    lifeline.arm(sig=signal.SIGTERM)
    chosen, terminal = options(argv), Terminal()
    try:
        kept = lock.hold(chosen.var / "run.lock")
        run = Run(chosen, terminal)
        run.check_ports()
    except lock.Held as error:
        owner = f" (process {error.pid})" if error.pid else ""
        print(f"Deskward already runs from {chosen.var}{owner}. Stop that run first, with Ctrl-C.", file=sys.stderr)
        return 1
    except (Refused, ports.PortTaken, procfile.BadProcfile) as error:
        print(error, file=sys.stderr)
        return 1
    with kept:
        return run.go()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
