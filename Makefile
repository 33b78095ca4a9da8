# `make` lists what there is. Everything lives in .venv; nothing is installed elsewhere.

PYTHON ?= $(firstword $(foreach it,python3 python3.13 python3.12 python3.11,$(shell \
	$(it) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(it))))
BIN := .venv/bin
PIP := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup run job test simulate mutants check format build bench year clean

help: ## List what can be done here
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

.venv/.installed: requirements-dev.txt requirements-local.txt layers/deps/requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Python 3.11 or newer is needed" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) -r requirements-dev.txt -r requirements-local.txt
	@touch $@

.venv/.engine: .venv/.installed local/engine.py
	@$(BIN)/python -m local.engine
	@touch $@

.venv-lint/.installed: requirements-lint.txt | .venv/.installed
	@test -x .venv-lint/bin/python || $(BIN)/python -m venv .venv-lint
	@.venv-lint/bin/python $(PIP) -r requirements-lint.txt
	@touch $@

setup: .venv/.engine ## Install what development needs (quick when nothing changed)

run: setup ## Run the whole product on this machine (PORT=8000 HOST= DATA=file|memory DEMO=1|0)
	@STOP_WITH_PARENT=1 exec $(BIN)/python -m local

job: .venv/.installed ## Run a job in the running product now: make job NAME=reminders
	@$(BIN)/python -m local.job "$(NAME)"

test: setup ## Run the tests (ARGS= goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

simulate: .venv/.installed ## Live through many seeds (SEEDS=1000 FIRST=1 SECONDS=), or find planted bugs (PLANTED=1)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1000) \
		--first $(or $(FIRST),1) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PLANTED),--planted)

mutants: .venv/.installed ## Hold the domain's tests against mutants (SAMPLE=300 SEED=1 WORKERS=2 MODULE=)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.mutation --sample $(or $(SAMPLE),300) \
		--seed $(or $(SEED),1) --workers $(or $(WORKERS),2) $(if $(MODULE),--module $(MODULE))

check: .venv/.installed .venv-lint/.installed ## Check format, style, types, import directions, template
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=shared $(BIN)/lint-imports --no-logo
	@.venv-lint/bin/cfn-lint --regions us-east-1 eu-central-1 -- template.yaml

format: .venv/.installed ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

build: .venv/.installed ## Build what is deployed
	@scripts/build

bench: setup ## Measure the budgets
	@$(BIN)/python -m bench

year: .venv/.installed ## Play a year of plausible customers (TEMPLATE=supper-club MEMBERS=100 SEED=1)
	@$(BIN)/python -m bench.year --template $(or $(TEMPLATE),supper-club) \
		--members $(or $(MEMBERS),100) --seed $(or $(SEED),1)

clean: ## Remove everything that was made here, the local data excepted
	@rm -rf .venv .venv-lint .venv-ministack .tools .aws-sam dist
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
