# Everything here sets itself up: a virtual environment in .venv, the project and what its tests need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: scenarios test lint bench clean

scenarios: $(READY)
	$(BIN)/pytest scenarios/
	@echo "report: reports/index.html"

test: $(READY) lint
	$(BIN)/pytest tests/ -n 2 --telemetry-report=reports/tests
	$(BIN)/pytest scenarios/

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) reports/run.json reports/index.html reports/tests

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(READY)
