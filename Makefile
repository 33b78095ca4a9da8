# `make` lists what there is. Everything lives in .venv; nothing is installed elsewhere.

PYTHON ?= $(firstword $(foreach it,python3 python3.13 python3.12 python3.11,$(shell \
	$(it) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(it))))
BIN := .venv/bin
PIP := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup run job test quick simulate audiences fraud mutants long check format build release deploy bench year clean

# Compiled modules are kept also where the environment says otherwise: each process that the product
# or a test starts would compile them all again.
unexport PYTHONDONTWRITEBYTECODE

help: ## List what can be done here
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

.venv/.installed: requirements-dev.txt requirements-local.txt $(wildcard layers/*/requirements.txt)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Python 3.11 or newer is needed" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) --require-hashes -r layers/deps/requirements.txt \
		-r layers/passkeys/requirements.txt -r layers/posters/requirements.txt \
		-r layers/wallet/requirements.txt
	@$(BIN)/python $(PIP) -r requirements-dev.txt -r requirements-local.txt
	@touch $@

.venv/.engine: .venv/.installed local/engine.py
	@$(BIN)/python -m local.engine
	@touch $@

.venv-lint/.installed: requirements-lint.txt | .venv/.installed
	@test -x .venv-lint/bin/python || $(BIN)/python -m venv .venv-lint
	@.venv-lint/bin/python $(PIP) -r requirements-lint.txt
	@touch $@

node_modules/.installed: package-lock.json
	@command -v npm >/dev/null || \
		{ echo "npm is missing: it is needed to check the JavaScript (https://nodejs.org)" >&2; exit 1; }
	@npm ci --silent --ignore-scripts --no-audit --no-fund --prefer-offline
	@touch $@

TEMPLATES := $(shell find shared/regulars -name '*.html')

.venv/.templates: .venv/.installed shared/regulars/render/loader.py shared/regulars/render/page.py $(TEMPLATES)
	@PYTHONPATH=shared $(BIN)/python -m regulars.render.loader
	@touch $@

setup: .venv/.engine .venv/.templates ## Install what development needs (quick when nothing changed)

run: setup ## Run the whole product on this machine (PORT=8000 HOST= DATA=file|memory DEMO=1|0)
	@STOP_WITH_PARENT=1 exec $(BIN)/python -m local

job: .venv/.installed ## Run a job in the running product now: make job NAME=reminders
	@$(BIN)/python -m local.job "$(NAME)"

test: setup ## Run the tests (ARGS= goes to pytest, WORKERS=3 processes)
	@$(BIN)/python -m pytest -n $(or $(WORKERS),3) $(ARGS)

quick: .venv/.installed ## Run the tests that need no engine and no browser
	@$(BIN)/python -m pytest -n $(or $(WORKERS),2) \
		-m "not engine and not browser and not artifact" -q $(ARGS) tests/unit tests/contract

simulate: .venv/.installed ## Live through many seeds (SEEDS=1000 FIRST=1 SECONDS=), or find planted bugs (PLANTED=1)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1000) \
		--first $(or $(FIRST),1) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PLANTED),--planted)

screenshots: .venv/.templates ## Take the pictures of the owner's guide (LANG=hu for one language)
	@$(BIN)/python scripts/screenshots $(filter en hu pl kk,$(LANG))

audiences: .venv/.installed ## Make random calls as everybody who could (CALLS=100000 SEED=1)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.audiences --calls $(or $(CALLS),100000) --seed $(or $(SEED),1)

fraud: .venv/.templates ## Play quarters with attackers (SEEDS=2 FIRST=1001 DAYS=91 SHOPS= WEEKLY=1: owners look on Mondays)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.fraud --seeds $(or $(SEEDS),2) --first $(or $(FIRST),1001) \
		--days $(or $(DAYS),91) $(if $(SHOPS),--shops $(SHOPS)) $(if $(WEEKLY),--weekly)

mutants: .venv/.installed ## Hold the domain's tests against mutants (SAMPLE=300 SEED=1 WORKERS=2 MODULE=)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.mutation --sample $(or $(SAMPLE),300) \
		--seed $(or $(SEED),1) --workers $(or $(WORKERS),2) $(if $(MODULE),--module $(MODULE))

long: setup ## Play a long run with new seeds (NAME=simulate|fraud|audiences|mutants|members|console|scale|review)
	@PYTHONPATH=shared:. $(BIN)/python -m tests.long "$(NAME)"

check: .venv/.installed .venv-lint/.installed node_modules/.installed ## Check format, style, types, imports, template, JavaScript
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=shared $(BIN)/lint-imports --no-logo
	@.venv-lint/bin/cfn-lint --regions us-east-1 eu-central-1 -- template.yaml waf.yaml
	@node_modules/.bin/biome check --error-on-warnings --log-level=error
	@node_modules/.bin/tsc --project jsconfig.json

format: .venv/.installed node_modules/.installed ## Format the code and fix what can be fixed automatically
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .
	@node_modules/.bin/biome check --write --log-level=error

build: .venv/.installed ## Build what is deployed
	@scripts/build

release: build ## Pack what is deployed into dist/, with sums, a list of everything in it and licences
	@$(BIN)/python scripts/release

deploy: build ## Deploy what is built (STAGE=dev SET="MailFrom=… OwnerAlarmEmail=…" ARGS= goes to sam)
	@$(BIN)/python scripts/deploy $(if $(STAGE),--stage $(STAGE)) $(if $(STACK),--stack $(STACK)) \
		$(if $(ARGS),--sam="$(ARGS)") $(SET)

bench: setup ## Measure the budgets
	@$(BIN)/python -m bench

year: .venv/.installed ## Play a year of plausible customers (TEMPLATE=supper-club MEMBERS=100 SEED=1)
	@$(BIN)/python -m bench.year --template $(or $(TEMPLATE),supper-club) \
		--members $(or $(MEMBERS),100) --seed $(or $(SEED),1)

clean: ## Remove everything that was made here, the local data excepted
	@rm -rf .venv .venv-lint .venv-ministack .venv-release .venv-sam .tools node_modules .aws-sam dist
	@rm -rf shared/regulars/render/compiled .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
