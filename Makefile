# Every command a person needs. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready

.DEFAULT_GOAL := help
.PHONY: help up down status logs reset test check fmt bench prove openapi requirements clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(RUN_READY) ## start the whole store, seeded, and print its addresses
	@$(BIN)/mercat up $(ARGS)

down status logs reset: $(RUN_READY) ## the same words as `mercat down|status|logs|reset`
	@$(BIN)/mercat $@ $(ARGS)

test: $(DEV_READY) ## the whole test suite, on real PostgreSQL and Valkey
	@$(BIN)/python -m tools.run_tests $(ARGS)

check: $(DEV_READY) ## lint, types, boundaries, sizes, migrations, OpenAPI drift
	@$(BIN)/python -m tools.check

fmt: $(DEV_READY) ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only .

bench: $(DEV_READY) ## the figures, as ratios in one run
	@$(BIN)/python -m proofs.bench $(ARGS)

prove: $(DEV_READY) ## the promises, proven against a store of its own
	@$(BIN)/python -m proofs $(ARGS)

openapi: $(DEV_READY) ## write each service's openapi.json anew
	@$(BIN)/python -m tools.openapi --write

requirements: $(DEV_READY) ## compile the pins anew (hashes, no addresses)
	@for f in tools run dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done

clean: ## remove the virtual environment and the caches (not the store's data: `make reset`)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(RUN_READY): requirements/tools.txt requirements/run.txt
	@PYTHON="$(PYTHON)" sh tools/install.sh run
$(DEV_READY): requirements/tools.txt requirements/dev.txt
	@PYTHON="$(PYTHON)" sh tools/install.sh dev
