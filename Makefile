# Everything a person needs; `make` lists it. Each command does the set-up it needs by itself.
.DEFAULT_GOAL := help
SETUP := sh scripts/setup.sh
PY := .venv/bin/python
LOCAL_LLM ?= 0
LARGE_MODEL ?= 0
RUN_LOCKS := run
RUN_ENV :=
ifneq ($(LOCAL_LLM),0)
RUN_LOCKS += local-llm
RUN_ENV += HANDRAIL_LOCAL_LLM=1
endif
ifneq ($(LARGE_MODEL),0)
RUN_LOCKS += semantic-large
RUN_ENV += EMBEDDINGS=local-large
endif
TESTS ?= tests

.PHONY: help setup run web test test-slow test-browser check bench schema migrate seed lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install everything for development
	@$(SETUP) run dev

run: ## serve the API on a database of its own (LOCAL_LLM=1: with a small local model; LARGE_MODEL=1: match better)
	@EARLY=1 sh scripts/build_web.sh & pages=$$!; $(SETUP) $(RUN_LOCKS) || exit 1; wait $$pages; sh scripts/build_web.sh
	@exec env $(RUN_ENV) $(PY) server.py

web: ## build GraphiQL and the example app (npm, or Node from the package index)
	@$(SETUP) run
	@AGAIN=1 sh scripts/build_web.sh

test: ## run the tests, but the slow ones and those that need a browser
	@$(SETUP) run dev
	$(PY) -m pytest -n 3 -m "not slow and not browser" $(TESTS)
	@echo "Not run here: make test-slow (models, long runs), make test-browser (needs Chromium)."

test-slow: ## run the tests marked slow, the local model's too
	@$(SETUP) run dev local-llm
	@$(SETUP) semantic-large || echo "Without its 400 MB the larger matching model's test is skipped."
	$(PY) -m pytest -m "slow and not browser" $(TESTS) || [ $$? -eq 5 ]

test-browser: ## drive the pages in a real browser
	@$(SETUP) run dev browser
	@sh scripts/build_web.sh
	$(PY) -m pytest -m browser $(TESTS)

check: ## lint, types, import direction, the committed schema, migrations
	@$(SETUP) run dev
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(PY) -m cli schema check
	$(PY) -m pytest -q tests/db/test_migrations.py

bench: ## measure the workloads and print the table (LARGE_MODEL=1: matching by the larger model, too)
	@$(SETUP) $(RUN_LOCKS) dev
	$(PY) -m benchmarks
	$(PY) -m benchmarks.matching
	$(if $(filter-out 0,$(LARGE_MODEL)),$(PY) -m benchmarks.matching large)
	$(PY) -m benchmarks.lint
	$(PY) -m benchmarks.ai

schema: ## write schema/schema.graphql from the code
	@$(SETUP) run
	$(PY) -m cli schema export

migrate: ## bring the database to the newest version
	@$(SETUP) run
	$(PY) -m cli migrate

seed: ## fill the database with the demo accounts
	@$(SETUP) run
	$(PY) -m cli seed --demo

lock: ## resolve the dependencies anew (UPGRADE=1: to their newest versions)
	@$(SETUP) run dev
	$(PY) scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove what set-up and checks made; the data in .data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .setup web/static/graphiql web/static/app
	find . -name node_modules -prune -exec rm -rf {} +
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
