# Every target is one call of setup_env.py, which makes the environment first; without make, call it directly:
#   python3 setup_env.py run
# Pass arguments with ARGS, for example: make test ARGS="tests/domain -k holiday"
PYTHON ?= python3
ARGS ?=

.PHONY: run test env lint format bench lock clean

# The variable ties the run to make itself, so that killing make (even with kill -9) stops everything it started.
run:
	@DESKWARD_LIFELINE=1 DESKWARD_LIFELINE_PARENT=$$PPID exec $(PYTHON) setup_env.py run $(ARGS)

test env lint format bench lock clean:
	@exec $(PYTHON) setup_env.py $@ $(ARGS)
