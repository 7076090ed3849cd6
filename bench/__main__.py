"""`python -m bench [FIGURE ...]`: measures, and prints a table. Without a name: all, in about ten minutes."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys

from bench.figures import show, show_head
from integration import lifeline

#: In this order; each is a file here with a `run()` that returns figures.
PARTS = ("trip", "calls", "intake", "backlog", "simulate", "memory", "start")


def _asked_to_stop(number: int, _frame: object) -> None:
    """TERM is an orderly end too: whoever holds processes stops them on the way out."""
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Measure what was named; 0 unless something could not be measured, for a slow machine is no failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("figure", nargs="*", help=f"one or more of: {', '.join(PARTS)}")
    chosen = parser.parse_args(arguments).figure or PARTS
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"{', '.join(sorted(unknown))}: no such figure; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, _asked_to_stop)
    lifeline.adopt_orphans()
    show_head()
    try:
        for name in chosen:
            show(importlib.import_module(f"bench.{name}").run())
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
