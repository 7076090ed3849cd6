"""`make run` from start to end with small processes in place of the real ones, and the real Valkey."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import valkey
from tests.demo.running import (
    bare,
    bare_arguments,
    descendants,
    free_port,
    running,
    still_alive,
    write_procfile,
)

pytestmark = [
    pytest.mark.xdist_group("servers"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    write_procfile(tmp_path, release="child release dies 0", worker="child worker", clock="child clock")
    yield tmp_path
    # A killed run leaves this to the next one, and here there is none.
    valkey.clear_socket_folder(tmp_path / "var" / "valkey")


def test_kill_9_of_the_supervisor_leaves_no_process_behind(folder: Path) -> None:
    with running(bare(folder), PORT=str(free_port())) as run:
        run.until("worker is up", "clock is up")
        below = descendants(run.process.pid)
        assert len(below) == 3  # Valkey, worker, clock
        run.process.kill()
        assert still_alive(below) == set()


def test_kill_9_of_make_leaves_no_process_behind(folder: Path) -> None:
    """The Makefile's own line is used; only the making of the environment is left out."""
    stand_in = folder / "stand_in.py"
    stand_in.write_text(
        "import sys\nsys.path.insert(0, '.')\nfrom demo.run import main\n"
        "assert sys.argv[1:3] == ['setup_env.py', 'run']\nsys.exit(main(sys.argv[3:]))\n"
    )
    arguments = " ".join(bare_arguments(folder))
    argv = ["make", "run", f"PYTHON={sys.executable} {stand_in}", f"ARGS={arguments}"]
    with running(argv, PORT=str(free_port())) as run:
        run.until("worker is up", "clock is up")
        below = descendants(run.process.pid)
        assert len(below) == 4  # the supervisor, and what it looks after
        run.process.kill()
        assert still_alive(below) == set()


def test_ctrl_c_stops_everything_and_says_so(folder: Path) -> None:
    write_procfile(folder, worker="child worker family stray", clock="child clock")
    with running(bare(folder), PORT=str(free_port())) as run:
        run.until("worker is up", "clock is up")
        below = descendants(run.process.pid)
        assert len(below) == 5  # Valkey, clock, the worker and what it started
        # As a terminal does it: the signal goes to all of the process group, and only the supervisor may act on it.
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.ended() == 0
        said = run.said()
        assert said.index("clock says goodbye") < said.index("worker says goodbye")  # the last one started goes first
        assert "nothing is left running" in said
        assert still_alive(below) == set()


def test_a_second_ctrl_c_does_not_wait_for_a_stubborn_process(folder: Path) -> None:
    with running([sys.executable, str(Path(__file__).with_name("stubborn_run.py")), str(folder)]) as run:
        run.until("mule is up")
        below = descendants(run.process.pid)
        run.process.send_signal(signal.SIGINT)
        run.until("stopping")
        # The driver would wait ten minutes for it.
        run.process.send_signal(signal.SIGINT)
        assert run.ended() == 0
        assert still_alive(below) == set()


def test_a_run_after_kill_9_takes_over_and_clears_the_stale_socket(folder: Path) -> None:
    port = str(free_port())
    with running(bare(folder), PORT=port) as run:
        run.until("worker is up")
        below = descendants(run.process.pid)
        stale = Path((folder / "var/valkey/socket-folder").read_text().strip())
        assert (stale / "valkey.sock").is_socket()
        run.process.kill()
        assert still_alive(below) == set()
    assert stale.exists()
    with running(bare(folder), PORT=port) as run:
        run.until("worker is up", "clock is up")
        assert not stale.exists()
        current = Path((folder / "var/valkey/socket-folder").read_text().strip())
        run.process.send_signal(signal.SIGTERM)
        assert run.ended() == 0
    assert not current.exists()


def test_a_taken_port_is_named_with_its_holder_and_the_variable_that_moves_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with running(bare(folder), PORT=str(port)) as run:
            assert run.ended() == 1
            said = run.said()
    assert f"Port {port} (Deskward's pages) is taken" in said
    assert f"(process {os.getpid()})" in said
    assert f"PORT={port + 10 if port < 65_000 else 8100} make run" in said
    assert not (folder / "var/log").exists()  # nothing was started


def test_a_taken_sandbox_port_is_found_before_anything_is_started(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        argv = [word for word in bare(folder) if word != "--bare"]
        with running(argv, PORT=str(free_port()), SANDBOX_PORT=port) as run:
            assert run.ended() == 1
            said = run.said()
    assert f"Port {port} (the local Zendesk) is taken" in said
    assert "SANDBOX_PORT=" in said


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_one_named(folder: Path) -> None:
    with running(bare(folder), PORT=str(free_port())) as first:
        first.until("worker is up")
        with running(bare(folder), PORT=str(free_port())) as second:
            assert second.ended() == 1
            assert f"already runs from {folder / 'var'} (process {first.process.pid})" in second.said()
        assert first.process.poll() is None


def test_a_bad_setting_is_refused_by_name(folder: Path) -> None:
    with running(bare(folder), PORT="eight thousand") as run:
        assert run.ended() == 1
        assert "PORT" in run.said()


def test_a_release_that_fails_ends_the_run_with_its_last_words(folder: Path) -> None:
    write_procfile(folder, release="child release dies 3", worker="child worker")
    with running(bare(folder), PORT=str(free_port())) as run:
        assert run.ended() == 1
        said = run.said()
    assert "release failed (exit code 3)" in said
    assert "the last words of release" in said
    assert "worker is up" not in said


def test_a_web_process_that_cannot_start_ends_the_run_after_five_tries(folder: Path) -> None:
    """The run does not sit there for ever waiting for a page that will not come."""
    write_procfile(folder, web="python -c 'raise SystemExit(\"no wsgi here\")'")
    with running(
        [sys.executable, str(Path(__file__).with_name("hasty_run.py")), *bare_arguments(folder)],
        PORT=str(free_port()),
    ) as run:
        assert run.ended() == 1
        said = run.said()
    assert "web died 5 times in a row" in said
    assert "no wsgi here" in said


def test_a_run_with_a_time_limit_ends_by_itself(folder: Path) -> None:
    with running(bare(folder, "--seconds", "0.1"), PORT=str(free_port())) as run:
        assert run.ended() == 0


def test_tickets_that_were_not_decided_in_time_are_a_failure(folder: Path) -> None:
    with running(bare(folder, "--seconds", "0.1", "--until-decided", "1"), PORT=str(free_port())) as run:
        assert run.ended() == 1
        assert "0 of 1 tickets were decided" in run.said()


def test_the_queue_survives_a_restart(folder: Path) -> None:
    """By itself the embedded Valkey would keep nothing on disk."""
    write_procfile(folder, worker=f"python {Path(__file__).with_name('counting.py')}")
    seen = []
    for _ in range(2):
        with running(bare(folder), PORT=str(free_port())) as run:
            seen.append(run.until("counted to").split()[-1])
            run.process.send_signal(signal.SIGTERM)
            assert run.ended() == 0
    assert seen == ["1", "2"]


@pytest.mark.skipif(not shutil.which("nohup"), reason="needs nohup")
def test_a_run_under_nohup_outlives_its_terminal(folder: Path) -> None:
    with running(["nohup", *bare(folder)], PORT=str(free_port())) as run:
        run.until("worker is up", "clock is up")
        run.process.send_signal(signal.SIGHUP)
        for pid in descendants(run.process.pid):
            os.kill(pid, signal.SIGKILL)
        # It still looks after its processes.
        run.until("worker is started again", "clock is started again")
        run.process.send_signal(signal.SIGTERM)
        assert run.ended() == 0
