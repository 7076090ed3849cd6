"""A run that restarts the dead without waiting."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from demo.run import Run, options
from demo.supervisor import Patience
from demo.terminal import Terminal

sys.exit(Run(options(sys.argv[1:]), Terminal(), Patience(back_off=(0.0,))).go())
