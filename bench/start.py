"""P10: from `make run`, with its environment already made, to the first decided ticket on the terminal."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time

from bench.figures import Figure, median, tell
from bench.stage import free_ports, own_environment
from integration import config, lifeline

ROUNDS = 3
TARGET_SECONDS = 15
MOST_SECONDS = 90
#: A decided ticket as it is told on the terminal, such as "ok #2     entitled ...".
DECIDED = re.compile(r"^\S\S +#\d+ ")


def seconds() -> float:
    """One start from nothing; RuntimeError with what it said where no ticket was decided."""
    with tempfile.TemporaryDirectory(prefix="deskward-bench-") as folder:
        port, sandbox = free_ports(2)
        ports = {"PORT": str(port), "SANDBOX_PORT": str(sandbox)}
        # What `make run` turns into once the environment is found to be as the locks say.
        argv = [sys.executable, "-m", "demo.run", "--var", folder, "--until-decided", "1"]
        began = time.monotonic()
        process = subprocess.Popen(
            lifeline.command([*argv, "--seconds", str(MOST_SECONDS)]),
            cwd=config.ROOT,
            env=lifeline.children_environment({**own_environment(), **ports}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            return _until_decided(process, began)
        finally:
            # It may be stopping already; whatever happens to it, its processes die with it.
            process.terminate()
            process.wait(30)


def _until_decided(process: subprocess.Popen[str], began: float) -> float:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        if DECIDED.match(line):
            return time.monotonic() - began
        said.append(line)
    raise RuntimeError(f"no ticket was decided:\n{''.join(said)}")


def run() -> list[Figure]:
    """The median of a few starts, each from an empty folder."""
    tell(f"start: {ROUNDS} starts from nothing ...")
    taken = [seconds() for _ in range(ROUNDS)]
    value = f"median {median(taken):.1f} s, worst {max(taken):.1f} s"
    return [
        Figure(
            "P10 make run to the first decided ticket", value, f"<= {TARGET_SECONDS} s", max(taken) <= TARGET_SECONDS
        )
    ]
