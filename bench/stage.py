"""Deskward's own processes on free ports, with their state in a temporary folder, for as long as a figure needs them.

They are the lines of the Procfile, started and stopped by the supervisor of `make run`: SQLite, the embedded Valkey on
a Unix socket, the sandbox as Zendesk. Nothing of it is left when the stage is over, however it ends.
"""

from __future__ import annotations

import os
import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from bench.sandbox_file import SandboxFile
from demo import customers, procfile, run, valkey
from demo.processes import Spec
from demo.supervisor import Patience, Supervisor
from demo.terminal import Terminal
from integration import config

_STEERS = ("ZENDESK_", "DESKWARD_", "DATABASE_URL", "REDIS_URL", "PORT", "SANDBOX_", "WEB_", "ACTIVE_SINCE", "FLASK_")
_SECONDS = 60.0
WEBHOOK_SECRET = "the bench's own signing secret"


class Stage:
    """What runs, and how to speak to it. `start` and `step` take the names of the Procfile."""

    def __init__(self, folder: Path, queue: bool, **settings: str) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_ports(2)
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        chosen = run.Options(None, None, False, folder, config.ROOT / "Procfile")
        base = run.with_sandbox(run.environment(own_environment(), chosen), self.sandbox_port)
        ours = {"PORT": str(self.port), "SANDBOX_PORT": str(self.sandbox_port), "SECRET_KEY": "bench"}
        environment = base | ours | {"ZENDESK_WEBHOOK_SECRETS": WEBHOOK_SECRET} | settings
        self._commands = procfile.read(chosen.procfile, environment)
        terminal = Terminal((folder / "terminal.log").open("w", encoding="utf-8"))
        self.supervisor = Supervisor(terminal, folder / "log", environment, Patience(deaths=1))
        self.http = requests.Session()
        self.http.trust_env = False
        self._queue = queue

    # -- what runs -----------------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Queue, sandbox, web process, fields and triggers, example contracts; the rest is started by name."""
        if self._queue:
            self._start_queue()
        argv = ["python", "-m", "sandbox", "--port", str(self.sandbox_port), "--data", str(self.folder / "zd.sqlite3")]
        self.supervisor.start(Spec("sandbox", [*argv, "--quick-export"]))
        self.step("release", *self._commands["release"])
        self.start("web")
        self.wait(lambda: answers(self.sandbox_url), "the sandbox")
        self.wait(lambda: answers(f"http://127.0.0.1:{self.port}/healthz"), "the web process")
        customers.set_up(customers.Desk(self.sandbox_url, customers_client()))
        self.step("provision", "flask", "provision", "apply", "--yes")
        self.step("contracts", "flask", "contracts", "import", "demo/contracts.csv")
        self.file = SandboxFile(self.folder / "zd.sqlite3")

    def start(self, *names: str) -> None:
        for name in names:
            self.supervisor.start(Spec(name, self._commands[name]))

    def start_other(self, name: str, argv: list[str], **environment: str) -> None:
        """Start a program that is not in the Procfile: a reference."""
        before = dict(self.supervisor.environment)
        self.supervisor.environment |= environment
        self.supervisor.start(Spec(name, argv, forever=False))
        self.supervisor.environment = before

    def step(self, name: str, *argv: str) -> None:
        self.supervisor.step(Spec(name, list(argv), shown=True))

    def wait(self, ready: Any, what: str, seconds: float = _SECONDS) -> None:
        """Wait until `ready()`; GaveUp after `seconds`, or as soon as a process dies."""
        self.supervisor.wait_until(ready, seconds, what)

    def end(self) -> None:
        self.supervisor.stop()
        valkey.clear_socket_folder(self.folder / "valkey")
        with suppress(AttributeError):  # it never came so far
            self.file.close()

    @property
    def redis_url(self) -> str:
        return self.supervisor.environment["REDIS_URL"]

    def _start_queue(self) -> None:
        data = self.folder / "valkey"
        place = valkey.make_socket_folder(data)
        self.supervisor.environment["REDIS_URL"] = valkey.url(place)
        self.supervisor.start(valkey.spec(data, place))
        self.wait(lambda: valkey.answers(place), "Valkey")

    # -- what happens in Zendesk ---------------------------------------------------------------------------------------

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        """Something that happens in Zendesk without us; returns the sandbox's answer."""
        answer = self.http.post(f"{self.sandbox_url}/sandbox/{path}", json=body, timeout=15)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def mail(self, sender: str, number: int = 0) -> str:
        """A mail to Mattermost's support; returns the ticket's number."""
        subject = f"Cannot log in after the upgrade ({number})"
        body = "Since we upgraded nobody can sign in through LDAP. The log says 'invalid credentials' for every user."
        given = {"from": sender, "to": "support@mattermost.com", "subject": subject, "body": body}
        return str(self.control("inbound-mail", **given)["ticket"]["id"])

    def portal(self, sender: str, number: int = 0) -> str:
        """A request over the help centre; returns the ticket's number."""
        given = {"from": sender, "subject": f"Search returns nothing ({number})", "body": "Since this morning."}
        return str(self.control("portal-request", **given, priority="high")["ticket"]["id"])

    def warm(self) -> None:
        """Have every process do each kind of work once: reading the plans takes a process a second or two."""
        for _ in range(20):  # a new connection each, so that all web workers get one
            requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=15)
        for number in range(10):
            self.mail("first@halden.example", number)
        self.wait(self.is_quiet, "a quiet desk")

    def calls(self) -> dict[str, int]:
        """Calls to Zendesk's API since the last `forget_calls`, by method and path."""
        return dict(self.http.get(f"{self.sandbox_url}/sandbox/calls", timeout=15).json()["calls"])

    def forget_calls(self) -> None:
        self.control("calls/reset")

    def is_quiet(self) -> bool:
        """True when every webhook was delivered and no ticket waits to be looked at."""
        return not self.file.undelivered() and self._says("work").startswith("ok: 0 open")

    def _says(self, check: str) -> str:
        answer = self.http.get(f"http://127.0.0.1:{self.port}/readyz", timeout=15)
        return str(answer.json()["checks"].get(check, ""))


@contextmanager
def staged(*names: str, queue: bool = True, **settings: str) -> Iterator[Stage]:
    """A stage that is set up, with the named processes of the Procfile beside the web process."""
    with tempfile.TemporaryDirectory(prefix="deskward-bench-") as folder:
        stage = Stage(Path(folder), queue, **settings)
        try:
            stage.set_up()
            stage.start(*names)
            yield stage
        finally:
            stage.end()


def customers_client() -> tuple[str, str]:
    """The OAuth client that the sandbox knows, by id and secret."""
    return run.SANDBOX_CLIENT["ZENDESK_OAUTH_CLIENT_ID"], run.SANDBOX_CLIENT["ZENDESK_OAUTH_CLIENT_SECRET"]


def own_environment() -> dict[str, str]:
    """This environment without what would steer Deskward."""
    return {key: value for key, value in os.environ.items() if not key.startswith(_STEERS)}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on right now, different ones because they are taken at the same moment."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def answers(url: str) -> bool:
    """True when a server answers there, whatever it says; no proxy stands in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=2).close()
    except urllib.request.HTTPError:
        return True
    except OSError:
        return False
    return True
