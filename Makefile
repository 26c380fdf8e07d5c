# Lá Chắn. `make` lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
export LACHAN_DATA ?= $(CURDIR)/data

.DEFAULT_GOAL := help
.PHONY: help run install test test-unit test-sqlite test-postgres test-e2e check format bench clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: ## Install, load the units, fill in the demo outbreak, serve (PORT=8000 HOST=127.0.0.1)
	@$(PYTHON) run.py --host $(HOST) --port $(PORT)

install: ## Install everything for development and build the front end
	@$(PYTHON) run.py --install-only --dev

test: install ## Every test: units, SQLite, PostgreSQL, browser, crash
	@$(BIN)/python -m tests.run all

test-unit: ## The quick tests alone: the kernel, without a database
	@$(BIN)/python -m tests.run unit

test-sqlite: ## Everything else on SQLite
	@$(BIN)/python -m tests.run sqlite

test-postgres: ## The store's tests on a throw-away PostgreSQL
	@$(BIN)/python -m tests.run postgres

test-e2e: ## The tests that drive a browser
	@$(BIN)/python -m tests.run e2e

check: ## Style, types, floors, front-end types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy src && cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run -s check

format: ## Format the Python code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: ## Run every benchmark, small
	@for name in $$($(BIN)/lachan bench); do echo "== $$name"; $(BIN)/lachan bench $$name --quick || exit 1; done

clean: ## Remove what was built (not the data)
	rm -rf src/lachan/web/static/build frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
