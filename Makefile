# Two commands to know: `make demo` and `make test`. Everything sets itself up.
PYTHON ?= python3
BIN := .venv/bin
# Prefect's own database stays in this folder too, unless you say otherwise.
export PREFECT_HOME ?= $(CURDIR)/.heliu/prefect
export PREFECT_SERVER_ANALYTICS_ENABLED ?= false

.PHONY: help setup demo test check lint format types contracts up clean constraints screenshots bench-identity bench-tags bench-spark

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Heliu needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Say which with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: .venv/ready ## create .venv from the pinned constraints
	@mkdir -p $(PREFECT_HOME) # Prefect makes no parents

demo: setup ## the nightly job on the bundled firm, no server needed
	@$(BIN)/heliu demo

test: setup ## every test
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

check: lint types contracts test ## everything a change must pass

up: setup ## Prefect server, worker and all deployments; Ctrl-C stops them
	@$(BIN)/python -m app.up

screenshots: setup ## the docs' pictures, from the demo's pages
	$(BIN)/python docs/images/take.py

bench-identity: setup ## unification against its bars, e.g. with ROWS='--quick 100k link'
	$(BIN)/python -m benchmarks.identity $(ROWS)

bench-tags: setup ## tags against their bars, e.g. with ROWS='--scale S full'
	$(BIN)/python -m benchmarks.tags $(ROWS)

bench-spark: setup ## the tags' statement on Spark; needs pyspark and Java
	$(BIN)/python -m benchmarks.tags --scale S spark $(ROWS)

clean: ## forget the state: the next demo starts afresh
	rm -rf .heliu

constraints: ## pin what is installed now
	@$(BIN)/python -m pip freeze --exclude-editable | grep -v '@' > constraints.txt
