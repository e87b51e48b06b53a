# Antiphon: everything a person types. `make` alone lists it.

PYTHON ?= $(shell for p in python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$p && break; done)
EXTRA ?= cpu
VENV ?= .venv
BIN = $(VENV)/bin
SECONDS ?= 45
OUT ?= jam-out

.DEFAULT_GOAL := help
.PHONY: help jam test lint types unit live soak system package smoke deb tarball train-env clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

jam: $(VENV)/.ready ## jam now; leaves jam.mid, jam.png, jam.wav and summary.json in $(OUT)
	$(BIN)/antiphon jam --seconds $(SECONDS) --out $(OUT)

test: system $(VENV)/.dev lint types unit live ## everything the gate wants: lint, types, tests, a live run over real ports

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

unit: $(VENV)/.dev ## the tests that need no ports
	$(BIN)/python -m pytest -m "not live and not soak and not frozen"

live: system $(VENV)/.dev ## the tests that drive real ports and processes
	$(BIN)/python -m pytest -m "live and not frozen and not soak"

soak: $(VENV)/.dev ## long runs (not part of `make test`)
	$(BIN)/python -m pytest -m soak --timeout=7200

package: ## freeze dist/antiphon: one folder that needs no Python, checked by its own self-test
	@test -n "$(PYTHON)" || { echo "Antiphon needs Python 3.11 or 3.12; none was found. Install one, or say make PYTHON=/path"; exit 1; }
	bash packaging/package.sh "$(PYTHON)" $(EXTRA)

smoke: system $(VENV)/.dev ## try what `make package` made: bare environment, JACK, killed children
	@test -x dist/antiphon/antiphon || { echo "Nothing has been frozen here yet; say make package first"; exit 1; }
	$(BIN)/python -m pytest -m frozen

deb: ## dist/antiphon_*.deb, from what `make package` made
	PYTHONPATH=packaging build/package/venv/bin/python -P -m bundle deb

tarball: ## dist/antiphon-*.tar.gz, from what `make package` made
	PYTHONPATH=packaging build/package/venv/bin/python -P -m bundle archive

train-env: $(VENV)/.train ## add what training and export need (on Linux without a GPU: a CPU build of torch first)

# python-rtmidi needs ALSA's library, the live tests a JACK server. Where they cannot be installed, the tests say so.
system: ## install the system packages the tests use (Debian and Ubuntu, as root or with sudo)
	@sh packaging/system-packages.sh

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Antiphon needs Python 3.11 or 3.12; none was found. Install one, or say make PYTHON=/path"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(EXTRA)]"
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(EXTRA),dev]"
	@touch $@

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(EXTRA),dev,train]"
	@touch $@

clean: ## remove the environment and what runs have left
	rm -rf $(VENV) jam-out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
