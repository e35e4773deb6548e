# Everything that a fresh machine needs is Python >= 3.11 with venv, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install sandbox sandbox-reset test coverage lint types docs bench matrix tutorial format fuzz

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Make the virtual environment (done by the others when needed)

# Made anew only when pyproject.toml changes, so that the second call takes no time.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

sandbox: $(STAMP) ## Run the demonstration shop on 127.0.0.1:8000; FAKES=1 with every payment provider's fake
	@$(BIN)/python sandbox/run.py $(if $(FAKES),--fakes)

sandbox-reset: $(STAMP) ## The same, from an empty database
	@$(BIN)/python sandbox/run.py --reset

test: $(STAMP) ## Run the tests in every lane that this machine has
	@$(BIN)/python -m tests.lanes

coverage: $(STAMP) ## Run the tests with coverage of src/, at least 91 %
	@$(BIN)/python -m tests.lanes --coverage

lint: $(STAMP) ## Style, formatting, import layers, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.settings
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.projects.odd.settings
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.projects.minimal.settings
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.projects.headless.settings
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.projects.replaced.settings
	$(BIN)/python -m django makemigrations --check --dry-run --settings tests.projects.sidecars.settings

format: $(STAMP) ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## mypy --strict on src/
	$(BIN)/mypy

docs: $(STAMP) ## Check the words of the documentation and build it; a warning is an error
	$(BIN)/python docs/_ext/prose.py
	$(BIN)/sphinx-build -nW --keep-going -b html docs docs/_build/html

tutorial: $(STAMP) ## Run the tutorial against the built wheel
	$(BIN)/python tests/docs/run_tutorial.py

bench: $(STAMP) ## Query counts and times; fails over a query budget. PEERS=1: processor time beside other shops
	$(BIN)/python -m benchmarks
	$(if $(PEERS),$(BIN)/python -m benchmarks.cpu --peers)

fuzz: $(STAMP) ## Try every call of the API with nonsense, as a visitor, a customer and each department (two hours); ROLES="customer orders"
	TRADEPOST_FUZZ=whole TRADEPOST_FUZZ_ROLES="$(ROLES)" $(BIN)/python -m pytest -q -n0 \
		tests/api/test_nonsense_walk.py tests/clients/test_fuzz.py

matrix: $(STAMP) ## Every supported Python and Django, and the lowest versions
	$(BIN)/nox -s tests upgrade lowest
