# The verbs of this project; `make help` lists them.
PYTHON ?=
PY := .venv/bin/python
export PYTHON
NEEDS_SETUP = test -x $(PY) || { echo 'Nothing is set up here; run `make setup`.' >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup model check test bench train evaluate serve stop status logs import-auralis clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv, build llama.cpp for this processor, install the model
	@scripts/setup.sh

model: setup ## put a model into production: the default, or SOURCE=/path/to/file.gguf [SHA256=...]
	$(PY) -m scripts.install_model $(if $(SOURCE),--source "$(SOURCE)") $(if $(SHA256),--sha256 "$(SHA256)")

check: ## ruff, mypy and the rules about imports
	@scripts/setup.sh --dev
	$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && .venv/bin/lint-imports

test: ## the whole test suite, from nothing; TESTS=tests/unit for a part
	@scripts/setup.sh --dev
	$(PY) -m pytest $(TESTS)

bench: ## measure: NAME=note (the running system), compare, growth, profile, rules, settings, serving, soak; ARGS=--quick
	@scripts/setup.sh --dev
	$(PY) -m bench $(or $(NAME),note) $(ARGS)

train: ## fine-tune on the running cluster: CONFIG=train_jobs/configs/default.yaml NAME=first; ARGS="name=value ..."
	@scripts/setup.sh --train
	$(PY) -m scripts.train $(if $(CONFIG),--config "$(CONFIG)") $(if $(NAME),--name "$(NAME)") $(ARGS)

evaluate: ## what notes are worth: DATA=file.csv, RISK=folder or both; ARGS=--quick (docs/evaluation.md)
	@scripts/setup.sh --dev
	$(PY) -m train_jobs.evaluate $(if $(DATA),--data "$(DATA)") $(if $(RISK),--risk "$(RISK)") $(ARGS)

serve: setup ## start everything and write a first note; LAN=1 for the mobile app's port
	@$(PY) -m scripts.serve start $(if $(LAN),--lan)

stop: ## end what `make serve` started
	@$(NEEDS_SETUP)
	@$(PY) -m scripts.serve stop

status: ## what runs, and where
	@$(NEEDS_SETUP)
	@$(PY) -m scripts.serve status

logs: ## the logs, as they are written
	@$(NEEDS_SETUP)
	@$(PY) -m scripts.serve logs

import-auralis: setup ## take over the ancestor's data: FILE=auralis.db; ARGS=... goes to it
	@test -n "$(FILE)" || { echo "Name the file: make import-auralis FILE=auralis.db" >&2; exit 2; }
	$(PY) -m scripts.import_auralis "$(FILE)" $(ARGS)

clean: ## remove what `make setup` and the tools made; never data or models
	rm -rf .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
