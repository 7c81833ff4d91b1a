# Needs Python 3.11, git and make. uv is used when it is there, else brought into .tools/.
.DEFAULT_GOAL := help
SHELL := bash
-include .env
export
PYTHON ?= python3
UV ?= $(shell command -v uv || echo .tools/bin/uv)
STAMP := .venv/.synced
DATA := $(abspath $(or $(SMARKETING_HOME),data))
# mf reads target/semantic_manifest.json of the folder it runs in and nowhere else.
METRICFLOW := $(DATA)/state/metricflow

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

.tools/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("smarketing needs Python 3.11 or 3.12; `$(PYTHON)` is " + sys.version.split()[0] + ". Install one and run: make setup PYTHON=python3.11") if not (3, 11) <= sys.version_info[:2] < (3, 13) else None'
	@echo "Bringing uv into .tools/ …"
	@$(PYTHON) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv

$(STAMP): pyproject.toml uv.lock $(filter .tools/bin/uv,$(UV))
	@echo "Installing the locked dependencies into .venv/ (about a minute the first time) …"
	@$(UV) sync --frozen --quiet --compile-bytecode
	@touch $@

setup: $(STAMP) ## Install everything and stop

run: $(STAMP) ## Exports to published, validated marts, in one process
	@.venv/bin/smarketing run

ui: $(STAMP) ## The Dagster UI on http://127.0.0.1:3000
	@.venv/bin/smarketing ui

test: $(STAMP) ## The whole test suite
	@.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## Lint, types, SQL lint, dbt metadata
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	.venv/bin/sqlfluff lint dbt_project/models dbt_project/tests
	.venv/bin/dbt --quiet --log-level-file none parse --project-dir dbt_project --profiles-dir dbt_project
	.venv/bin/dbt-score lint --manifest dbt_project/target/manifest.json

mf: $(STAMP) ## Ask MetricFlow on the published marts: make mf ASK="--metrics win_rate"
	@mkdir -p $(METRICFLOW) && cp dbt_project/*.yml $(METRICFLOW)/
	@export SMARKETING_DBT_TARGET=published DBT_LOG_PATH=$(METRICFLOW)/logs \
		SMARKETING_PUBLISHED_DB=$(DATA)/published/current/analytics.duckdb && \
	.venv/bin/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project \
		--target-path $(METRICFLOW)/target && \
	cd $(METRICFLOW) && $(CURDIR)/.venv/bin/mf query $(ASK)

bench: $(STAMP) ## How each model's cost grows: make bench PEOPLE=1000000
	@.venv/bin/python -m tests.benchmarks.scale $(PEOPLE)

clean: ## Remove what runs have written (./data)
	rm -rf data

.PHONY: help setup run ui test check mf bench clean
