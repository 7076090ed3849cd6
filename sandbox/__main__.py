"""`python -m sandbox`: a local Zendesk on one port, with its state in one file."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading

from .lifeline import arm
from .server import start
from .world import Settings


def main(arguments: list[str] | None = None) -> int:
    """Serve until TERM or Ctrl-C. Returns the exit code: 1 when the port is taken."""
    arm()
    options = _parser().parse_args(arguments)
    settings = Settings(options.client_id, options.client_secret, options.quick_export)
    try:
        handle = start(options.data, options.port, host=options.host, settings=settings)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"sandbox: port {options.port} is taken; set SANDBOX_PORT to a free one", file=sys.stderr)
        return 1
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    print(f"sandbox: a local Zendesk on {handle.url} (agent's view: {handle.url}/agent/tickets)", flush=True)
    stopping.wait()
    handle.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Zendesk.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("SANDBOX_PORT", "8001")))
    parser.add_argument("--data", default="var/sandbox.sqlite3", help="SQLite file, or :memory:")
    parser.add_argument("--client-id", default=os.environ.get("SANDBOX_CLIENT_ID", Settings.client_id))
    parser.add_argument("--client-secret", default=os.environ.get("SANDBOX_CLIENT_SECRET", Settings.client_secret))
    parser.add_argument("--quick-export", action="store_true", help="do not withhold the last minute from exports")
    return parser


if __name__ == "__main__":
    sys.exit(main())
