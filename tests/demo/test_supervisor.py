"""The supervisor's own rules: who is restarted, when it gives up, and what reaches the terminal and the logs."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import Child, Spec
from demo.supervisor import GaveUp, Patience, Supervisor
from demo.terminal import Terminal
from tests.demo.running import CHILD, clean_environment, still_alive

pytestmark = pytest.mark.xdist_group("servers")
HASTY = Patience(back_off=(0.0,))


class Watch:
    """A supervisor, and what the person at the terminal has seen so far."""

    def __init__(self, logs: Path) -> None:
        self.seen = io.StringIO()
        self.logs = logs
        self.supervisor = Supervisor(Terminal(self.seen), logs, clean_environment(), HASTY)

    def until(self, text: str, times: int = 1) -> None:
        self.supervisor.watch(lambda: self.seen.getvalue().count(text) >= times)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path / "log")
    yield made
    made.supervisor.stop()


def child(name: str, *words: str, forever: bool = True) -> Spec:
    return Spec(name, [sys.executable, str(CHILD), name, *words], forever=forever)


def python(name: str, program: str, shown: bool = False, secret: bool = False, quiet: bool = False) -> Spec:
    return Spec(name, [sys.executable, "-c", program], shown=shown, secret=secret, quiet=quiet)


def test_a_killed_process_is_named_and_started_again(watch: Watch) -> None:
    watch.supervisor.start(child("worker"))
    watch.until("worker is up")
    os.kill(watch.supervisor.pids()["worker"], signal.SIGKILL)
    watch.until("worker is up", times=3)  # once at first, once among the last lines, once again
    assert "worker died (killed by SIGKILL)" in watch.seen.getvalue()


def test_a_process_that_dies_takes_its_process_group_with_it_before_its_successor_starts(watch: Watch) -> None:
    program = """if True:
        import os, signal, sys
        if os.fork():
            sys.exit(3)
        print("WARNING child", os.getpid(), flush=True)
        signal.pause()
    """
    watch.supervisor.start(python("web", program))
    watch.until("WARNING child")
    watch.until("web died")
    first = int(watch.seen.getvalue().split("WARNING child ")[1].split()[0])
    assert still_alive({first}) == set()


def test_five_quick_deaths_are_enough(watch: Watch) -> None:
    watch.supervisor.start(child("clock", "dies", "7"))
    with pytest.raises(GaveUp, match=r"clock died 5 times in a row; its log is .*clock\.log"):
        watch.supervisor.watch(lambda: False)
    assert watch.seen.getvalue().count("clock died (exit code 7)") == 5
    assert "  the last words of clock" in watch.seen.getvalue()


def test_a_process_that_may_end_is_left_ended(watch: Watch) -> None:
    watch.supervisor.start(child("customers", "dies", "0", forever=False))
    watch.supervisor.start(child("worker"))
    watch.until("customers is up")
    watch.supervisor.watch(lambda: "customers" not in watch.supervisor.pids())
    assert "died" not in watch.seen.getvalue()


def test_a_process_that_may_end_but_fails_is_started_again(watch: Watch) -> None:
    watch.supervisor.start(child("customers", "dies", "1", forever=False))
    watch.until("customers died (exit code 1)", times=2)
    assert "started again" in watch.seen.getvalue()


def test_a_command_that_does_not_exist_is_named(watch: Watch) -> None:
    with pytest.raises(GaveUp, match="cannot start no-such-program"):
        watch.supervisor.step(Spec("release", ["no-such-program"]))


def test_shown_lines_reach_the_terminal_as_they_are_and_are_counted(watch: Watch) -> None:
    program = (
        "import signal; print('ticket 1 entitled'); print(); print('ticket 2 unknown', flush=True); signal.pause()"
    )
    watch.supervisor.start(python("follow", program, shown=True))
    watch.until("ticket 2")
    assert watch.seen.getvalue() == "ticket 1 entitled\n\nticket 2 unknown\n"
    assert watch.supervisor.shown_lines == {"follow": 2}


def test_a_secret_is_handed_on_and_written_to_no_file(watch: Watch) -> None:
    program = "import sys; print('hush'); print('only this', file=sys.stderr)"
    assert watch.supervisor.step(python("token", program, shown=True, secret=True)) == ["hush"]
    assert (watch.logs / "token.log").read_text() == "only this\n"


def test_a_failed_secret_step_does_not_tell_the_secret(watch: Watch) -> None:
    with pytest.raises(GaveUp) as failure:
        watch.supervisor.step(python("token", "print('hush'); raise SystemExit('no')", shown=True, secret=True))
    assert "hush" not in str(failure.value).split("(`")[0]


def test_quiet_information_goes_to_the_log_only_and_a_warning_to_both(watch: Watch) -> None:
    program = "import signal; print('INFO all well'); print('WARNING look', flush=True); signal.pause()"
    watch.supervisor.start(python("web", program))
    watch.until("look")
    assert watch.seen.getvalue() == "     web | WARNING look\n"
    assert (watch.logs / "web.log").read_text() == "INFO all well\nWARNING look\n"


def test_a_log_that_has_grown_large_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("x" * 5_000_001)
    spec = python("web", "print('new')")
    made = Child(spec, clean_environment(), tmp_path, lambda *_: None)
    assert made.wait(60)
    made.finish()
    assert (tmp_path / "web.log").read_text() == "new\n"
    assert (tmp_path / "web.log.1").stat().st_size == 5_000_001


def test_a_server_that_never_answers_is_given_up(watch: Watch) -> None:
    with pytest.raises(GaveUp, match="The web process did not answer within 0 seconds"):
        watch.supervisor.wait_until(lambda: False, 0, "The web process")
