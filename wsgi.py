"""The web process: gunicorn and `flask` find the app here. Bad settings are named, and nothing starts."""

import sys

from integration import config
from integration.cli import register
from integration.web.app import create_app, quiet_logs

try:
    settings = config.load()
except config.BadSettings as error:
    print(config.cannot_start(error), file=sys.stderr)
    sys.exit(1)

quiet_logs(settings.log_level)
app = create_app()
register(app)
