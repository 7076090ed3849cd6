"""How gunicorn serves the web process: threads, because sqlite3 would block the loop of an asynchronous worker."""

import os
import sys
from typing import Any

from integration import lifeline
from integration.config import BadSettings, cannot_start, load  # the name "config" would be taken for gunicorn's own

# Here, in the master: a worker that ends over a bad setting would be started again for ever.
try:
    _settings = load()
except BadSettings as error:
    sys.exit(cannot_start(error))


def _whole(name: str, default: int) -> int:
    """The whole number in variable `name`; stops the process with a clear line where it is none."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdigit() or int(text) == 0:
        sys.exit(f"{name} is {text!r}; it must be a whole number above 0, for example {default}")
    return int(text)


# Open to this machine only until somebody says otherwise; a host that forwards traffic to us needs WEB_HOST=0.0.0.0.
bind = f"{os.environ.get('WEB_HOST', '').strip() or '127.0.0.1'}:{_settings.port}"
worker_class = "gthread"
workers = _whole("WEB_CONCURRENCY", 2)
threads = _whole("WEB_THREADS", 8)
timeout = 30
# Shorter than the 8 seconds after which the supervisor of `make run` stops being polite.
graceful_timeout = 6
# The database engine must be made after the fork, in the worker that uses it.
preload_app = False
accesslog = None
errorlog = "-"
loglevel = "info"
# It would leave a socket in the home folder of whoever runs this, shared by every checkout.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """The master dies with the supervisor that started it."""
    lifeline.arm()


def post_worker_init(worker: Any) -> None:
    """Read the plans before the first webhook comes, which would wait for it otherwise."""
    from integration import wiring

    wiring.parts()


def post_fork(server: Any, worker: Any) -> None:
    """A worker dies with its master, also when the master had no time to say goodbye."""
    lifeline.arm(parent=worker.ppid)
