"""A supervisor with endless patience and a child that does not listen to TERM."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from demo.processes import Spec
from demo.supervisor import Patience, Stopped, Supervisor
from demo.terminal import Terminal
from tests.demo.running import CHILD, clean_environment

terminal = Terminal()
supervisor = Supervisor(terminal, Path(sys.argv[1]) / "log", clean_environment(), Patience(polite=600))
supervisor.take_charge()
supervisor.start(Spec("mule", [sys.executable, str(CHILD), "mule", "stubborn"]))
try:
    supervisor.watch(lambda: False)
except Stopped:
    terminal.say("stopping")
finally:
    supervisor.stop()
