# Needs git, make and Python 3.11 or newer. Everything else is put into .venv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# The stamps bear a sum of what they were made from: a changed lock file makes a new environment step.
SUM := $(shell cat requirements.txt pyproject.toml Makefile | cksum | cut -d' ' -f1)
DEV_SUM := $(shell cat requirements-dev.txt pyproject.toml Makefile | cksum | cut -d' ' -f1)
RUN_STAMP := .venv/.installed-$(SUM)
DEV_STAMP := .venv/.installed-dev-$(DEV_SUM)
SANDBOX := PURVEYOR_SANDBOX=1 DJANGO_SETTINGS_MODULE=purveyor.config.settings
TEST_JOBS ?= 2

help: ## say what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: $(RUN_STAMP) ## build, start and fill everything; Ctrl-C stops it
	@exec $(BIN)/purveyor demo

demo-reset: $(RUN_STAMP) ## delete the demo's data, for ever
	@$(BIN)/purveyor reset --yes

test: $(DEV_STAMP) ## the whole gate: lint, types, contracts, translations, tests
	@$(BIN)/python tools/browser.py
	@$(MAKE) --no-print-directory lint
	@$(BIN)/purveyor build
	$(BIN)/pytest -q -n $(TEST_JOBS)

lint: $(DEV_STAMP) ## style, types, import contracts, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(SANDBOX) $(BIN)/mypy
	$(BIN)/lint-imports
	$(SANDBOX) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run
	$(BIN)/python tools/messages.py check

format: $(DEV_STAMP) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(DEV_STAMP) ## extract the messages and bring the catalogs up to date
	$(BIN)/python tools/messages.py update

bench: $(DEV_STAMP) ## measure pages, calls and statements against their limits
	@$(BIN)/purveyor build
	$(BIN)/python -m bench

env: $(DEV_STAMP) ## make the environment of a developer

lock: $(DEV_STAMP) ## renew the lock files from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		-o requirements.txt pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		--extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Purveyor needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; try make PYTHON=python3.13" if sys.version_info < (3, 11) else 0)'
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv || { echo "This Python has no venv module: install your system's python3-venv package."; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore uv==$(UV_VERSION)

$(RUN_STAMP): | $(BIN)/uv
	@echo "Installing what Purveyor runs on ..."
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@rm -f .venv/.installed-[0-9]* && touch $@

$(DEV_STAMP): | $(BIN)/uv
	@echo "Installing what Purveyor is developed with ..."
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@rm -f .venv/.installed-* && touch $@ $(RUN_STAMP)

.PHONY: help demo demo-reset test lint format messages bench env lock
