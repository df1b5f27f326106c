# Two commands for a newcomer: `make run` and `make test`. The others serve those who change the code.

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
PYTHON ?= $(firstword $(foreach name,python3.14 python3.13 python3.12 python3.11 python3,$(shell $(name) -c '$(SUITABLE)' >/dev/null 2>&1 && echo $(name))))
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
# One more than the least that we test on has cores: some tests wait for the clock, for a process or for a screen.
WORKERS ?= 3
BENCHES ?= verdict search sync start door decode hub print till

# What the wheels of Qt expect of the system, the second barcode reader, and letters for every name in its order.
PACKAGES := libdbus-1-3 libegl1 libfontconfig1 libfribidi0 libgl1 libglib2.0-0 libgssapi-krb5-2 libpulse0 \
	libwayland-cursor0 libwayland-egl1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 \
	libxcb-xkb1 libxkbcommon-x11-0 libxrandr2 libzbar0 fonts-dejavu-core fonts-wqy-microhei
# A screen and a hand for the tests that type into a real window, and a dissector of what card terminals say; for the
# hub's, a database server and a browser,
# which Ubuntu has as a snap only.
TEST_PACKAGES := openbox postgresql tshark xauth xdotool xvfb $(shell . /etc/os-release 2>&- && [ "$$ID" = debian ] && echo chromium)

.PHONY: run tour test suite prove pretix lint bench setup system lock clean

ifeq ($(filter Darwin,$(shell uname))$(DISPLAY)$(WAYLAND_DISPLAY),)
run: tour
else
run: setup
	$(BIN)/boxoffice demo
endif

tour: setup
	$(BIN)/boxoffice demo --tour build/tour

# The many processes that tests start read modules compiled, also where the environment lets nobody keep them so.
test: export PYTHONDONTWRITEBYTECODE :=
test: PACKAGES += $(TEST_PACKAGES)
test: setup
	@$(MAKE) --no-print-directory --jobs=2 lint suite

# In a fresh checkout each worker would compile all tests for itself.
suite: setup
	@[ -e tests/__pycache__ ] || $(BIN)/python -m pytest --collect-only --quiet --quiet >/dev/null
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

# The same tests with the long runs: thousands of kills, a million power cuts, deep searches for counter-examples.
prove: PACKAGES += $(TEST_PACKAGES)
prove: setup
	BOXOFFICE_PROVE=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

# The dialect of pretix against a real one, which is installed under build and started on loopback.
pretix: PACKAGES += postgresql
pretix: setup
	BOXOFFICE_PRETIX=1 $(BIN)/python -m pytest -m pretix tests/pretix

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	@for name in $(BENCHES); do $(BIN)/boxoffice bench $$name || exit; done

setup: system $(INSTALLED)

# No Python that will do, and no environment yet: the system's own is brought along.
system:
	@.ci/packages $(PACKAGES) $(if $(wildcard $(LOCKED)),,$(if $(PYTHON),,python3-venv))

# A checkout that was moved, or a Python that is gone, needs a new environment.
ifneq ($(shell { cat $(LOCKED) && $(BIN)/python -c ''; } 2>&1),$(CURDIR))
.PHONY: $(LOCKED)
endif

# Exactly what the lock names, and nothing that an older lock left behind.
$(LOCKED): requirements.lock | system
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@echo "Fetching the locked packages into $(VENV), some 400 MB the first time."
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: --requirement requirements.lock
	@echo "$(CURDIR)" > $@

# With its bytecode, so that the first start is as quick as the next ones.
$(INSTALLED): pyproject.toml $(LOCKED)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q assets boxoffice printers sync ui
	@touch $@

# One lock for Linux, macOS and Windows, newest versions that pyproject.toml allows.
lock: system
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --output-file requirements.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist .*_cache .hypothesis *.egg-info
