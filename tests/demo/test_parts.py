"""The supervisor's small parts: Procfile, ports, locks, what is worth showing, and the environment of the processes."""

from __future__ import annotations

import io
import socket
import sys
from pathlib import Path

import pytest

from demo import lock, ports, procfile
from demo.run import SANDBOX_CLIENT, Options, environment, options, with_sandbox
from demo.terminal import Sieve, Terminal
from integration import config
from tests.demo.running import ROOT


def read(tmp_path: Path, text: str, **variables: str) -> dict[str, list[str]]:
    (tmp_path / "Procfile").write_text(text)
    return procfile.read(tmp_path / "Procfile", variables)


def test_the_procfile_of_this_project_names_the_four_processes() -> None:
    assert list(procfile.read(ROOT / "Procfile", {"PORT": "8000"})) == ["release", "web", "worker", "clock"]


def test_variables_quotes_and_comments_of_a_procfile(tmp_path: Path) -> None:
    text = "# first\n\nweb: serve --port $PORT --name 'a b' ${HOST}\n"
    assert read(tmp_path, text, PORT="81", HOST="h") == {"web": ["serve", "--port", "81", "--name", "a b", "h"]}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("web gunicorn\n", "Procfile:1: expected `name: command`"),
        ("\nweb:\n", "Procfile:2: expected `name: command`"),
        ("web: a\nweb: b\n", "Procfile:2: web stands there twice"),
        ("web: serve $NOWHERE\n", r"Procfile:1: \$NOWHERE is not set"),
        ("web: cost 5$\n", r"Procfile:1: .*\$\$"),
        ("web: say 'open\n", "Procfile:1: No closing quotation"),
        ("web: a && b\n", "Procfile:1: write one plain command"),
    ],
)
def test_a_bad_procfile_line_is_named_with_what_would_be_right(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(procfile.BadProcfile, match=complaint):
        read(tmp_path, text)


def test_a_procfile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(procfile.BadProcfile, match="No such file"):
        procfile.read(tmp_path / "Procfile", {})


def test_a_free_port_is_free_and_a_taken_one_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ports.PortTaken, match=f"Port {port} \\(pages\\) is taken.* PORT="):
            ports.require_free(port, "PORT", "pages")
    ports.require_free(port, "PORT", "pages")


def test_an_address_that_is_not_ours_is_told_as_such() -> None:
    with pytest.raises(ports.PortTaken, match=r"\(.+ \d+|.*assign"):
        ports.require_free(8000, "PORT", "pages", "192.0.2.1")


def test_a_lock_is_held_by_one_at_a_time_and_goes_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.lock"
    first = lock.hold(path)
    with pytest.raises(lock.Held) as refusal:
        lock.hold(path)
    assert refusal.value.pid is not None
    first.close()
    lock.hold(path).close()


@pytest.mark.parametrize(
    "line",
    [
        "WARNING rq.worker: late",
        "[2026-11-22 04:54:29 +0000] [2035] [ERROR] boom",
        '{"event": "x", "level": "error"}',
        "2026-11-22T00:00:00Z [warning  ] slow",
        "level=critical msg=out",
    ],
)
def test_warnings_and_errors_of_every_log_style_are_shown(line: str) -> None:
    assert Sieve().passes(line)


@pytest.mark.parametrize("line", ["INFO fine", '{"event": "errors: 0", "level": "info"}', "GET /errors 200", ""])
def test_the_rest_is_not_shown(line: str) -> None:
    assert not Sieve().passes(line)


def test_of_a_traceback_only_the_line_that_says_what_went_wrong_is_shown() -> None:
    sieve = Sieve()
    lines = [
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "",
        "    boom()",
        "E: boom",
        "x",
    ]
    assert [line for line in lines if sieve.passes(line)] == ["E: boom"]


def test_no_colours_where_nobody_looks_and_no_failure_where_the_terminal_is_gone() -> None:
    stream = io.StringIO()
    Terminal(stream).quote("web", "hello")
    assert stream.getvalue() == "     web | hello\n"
    broken = Path("/dev/full")
    if broken.exists():
        full = broken.open("w")
        Terminal(full).say("nobody reads this")
        with pytest.raises(OSError):  # it was written, in vain
            full.close()


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_process_has_its_colour_at_a_terminal_unless_colours_are_unwanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen()
    terminal = Terminal(screen)
    terminal.quote("web", "a")
    terminal.quote("worker", "b")
    assert screen.getvalue() == "\x1b[36m     web |\x1b[0m a\n\x1b[35m  worker |\x1b[0m b\n"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Screen()
    Terminal(plain).quote("web", "a")
    assert "\x1b" not in plain.getvalue()


def chosen(*argv: str) -> Options:
    return options(list(argv))


def test_processes_use_this_environments_programs_and_utc() -> None:
    made = environment({"PATH": "/bin", "TZ": "Asia/Tokyo"}, chosen())
    assert made["PATH"] == f"{Path(sys.executable).parent}:/bin"
    assert made["TZ"] == "UTC"
    assert "DATABASE_URL" not in made


def test_another_folder_of_state_has_a_database_of_its_own_unless_one_is_set(tmp_path: Path) -> None:
    elsewhere = chosen("--var", str(tmp_path))
    assert environment({}, elsewhere)["DATABASE_URL"] == f"sqlite:///{tmp_path}/deskward.sqlite3"
    assert environment({"DATABASE_URL": "postgresql://h/d"}, elsewhere)["DATABASE_URL"] == "postgresql://h/d"
    assert "DATABASE_URL" not in environment({"DATABASE_URL_FILE": "/x"}, elsewhere)


def test_with_the_sandbox_no_real_account_can_be_meant() -> None:
    mine = {"ZENDESK_BASE_URL": "https://elsewhere.example", "ZENDESK_OAUTH_CLIENT_SECRET_FILE": "/real"}
    made = with_sandbox(mine, 8001)
    assert made["ZENDESK_BASE_URL"] == "http://127.0.0.1:8001"
    assert made["DESKWARD_MODE"] == "act"
    assert "ZENDESK_OAUTH_CLIENT_SECRET_FILE" not in made
    assert SANDBOX_CLIENT.items() <= made.items()
    assert config.load(made).is_sandbox


def test_a_mode_that_the_user_chose_stands_in_the_sandbox_too() -> None:
    assert with_sandbox({"DESKWARD_MODE": "observe"}, 8001)["DESKWARD_MODE"] == "observe"


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_bad_number_of_tickets_is_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        chosen(f"--until-decided={count}")
    assert "is not a whole number above 0" in capsys.readouterr().err
