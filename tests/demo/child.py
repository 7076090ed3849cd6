"""A small process for the supervisor to look after: `child.py NAME [stubborn] [family] [stray] [dies CODE]`."""

from __future__ import annotations

import os
import signal
import sys


def main(words: list[str]) -> int:
    """Say that it is there, then behave as the words tell."""
    name, behaviour = words[0], words[1:]
    if "family" in behaviour and os.fork() == 0:
        # Like a web worker below its master: in the same process group, told nothing by anybody.
        return wait()
    if "stray" in behaviour and os.fork() == 0:
        # Like a job in a process group of its own, out of reach of a signal to its parent's group.
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return wait()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in behaviour else lambda *_: say_goodbye(name))
    print(f"WARNING {name} is up", flush=True)
    if "dies" in behaviour:
        print(f"the last words of {name}", flush=True)
        return int(behaviour[behaviour.index("dies") + 1])
    return wait()


def say_goodbye(name: str) -> None:
    """What it does on TERM, so that the order of the goodbyes can be seen."""
    print(f"WARNING {name} says goodbye", flush=True)
    sys.exit(0)


def wait() -> int:
    """Until a signal ends it."""
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
