"""A process that is armed dies with its parent, by the kernel's word on Linux and by looking elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration import lifeline
from tests.demo.running import ROOT, Running, clean_environment, descendants, running, still_alive

pytestmark = [
    pytest.mark.xdist_group("servers"),
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for the end of a process by pidfd (Linux)"),
]

#: A parent that starts a child, tells its process id once that is armed, and waits. {arm} is what the child does.
FAMILY = """
import os, signal, sys
sys.path.insert(0, ".")
from integration import lifeline
me = os.getpid()
read, write = os.pipe()
if os.fork() == 0:
    {arm}
    os.write(write, b"armed")
    while True:
        signal.pause()
os.read(read, 5)
children = open(f"/proc/{{me}}/task/{{me}}/children").read()
print("child", children, flush=True)
signal.pause()
"""


def child_of(run: Running) -> int:
    return int(run.until("child").split()[1])


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param("assert lifeline.arm(parent=me)", id="told by the kernel"),
        pytest.param("lifeline._watch(me, signal.SIGKILL)", id="looking for itself"),
    ],
)
def test_a_child_dies_with_its_killed_parent(arm: str) -> None:
    with running([sys.executable, "-c", FAMILY.format(arm=arm)], DESKWARD_LIFELINE="1") as run:
        child = child_of(run)
        run.process.kill()
        assert still_alive({child}) == set()


def test_a_program_that_cannot_arm_itself_is_watched_over() -> None:
    """Valkey, where the kernel offers nothing: the watcher stays between it and us, and both go."""
    program = """if True:
        import os, signal, sys
        sys.path.insert(0, ".")
        from integration import lifeline
        if os.fork() == 0:
            lifeline._ask_kernel = lambda sig: False
            child = 'import signal; print("child", flush=True); signal.pause()'
            sys.exit(lifeline._become([sys.executable, "-c", child]))
        signal.pause()
    """
    with running([sys.executable, "-c", program]) as run:
        run.until("child")
        below = descendants(run.process.pid)
        assert len(below) == 2
        run.process.kill()
        assert still_alive(below) == set()


def test_a_parent_that_died_before_the_child_was_armed_counts_as_dying_now() -> None:
    """Between a fork and the arming there is time enough for a kill -9."""
    program = "from integration import lifeline; lifeline.arm(); print('survived')"
    environment = clean_environment(DESKWARD_LIFELINE="1", DESKWARD_LIFELINE_PARENT=str(_a_dead_process()))
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == -9
    assert "survived" not in ended.stdout


def test_a_program_is_not_even_started_for_a_parent_that_is_dead() -> None:
    environment = clean_environment(DESKWARD_LIFELINE="1", DESKWARD_LIFELINE_PARENT=str(_a_dead_process()))
    argv = lifeline.command([sys.executable, "-c", "print('started')"])
    ended = subprocess.run(argv, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_nothing_is_armed_without_the_switch() -> None:
    """A server started by hand must outlive the shell that started it."""
    program = "from integration import lifeline; print(lifeline.arm(parent=1))"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=clean_environment(), capture_output=True, text=True
    )
    assert ended.stdout == "False\n"


def test_a_watched_program_gets_our_signals_and_hands_back_its_exit_code() -> None:
    program = (
        "import sys; sys.path.insert(0, '.')\nfrom integration import lifeline\n"
        "child = 'import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); "
        'print("up", flush=True); signal.pause()\'\n'
        "sys.exit(lifeline._watch_over([sys.executable, '-c', child]))"
    )
    with running([sys.executable, "-c", program]) as run:
        run.until("up")
        run.process.terminate()
        assert run.ended() == 7


def test_the_lifeline_starts_as_a_script_on_the_standard_library_alone(tmp_path: Path) -> None:
    argv = lifeline.command(["pwd"])
    assert {"-I", "-S"} <= set(argv)
    ended = subprocess.run(argv, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True)
    assert ended.stdout.strip() == str(tmp_path)


def _a_dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
