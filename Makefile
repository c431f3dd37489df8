# The commands of this project; `make` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The command `observatory` in .venv/bin runs this checkout from any folder: nothing is built, nothing copied.
define COMMAND
printf '#!/bin/sh\nPYTHONPATH="%s$${PYTHONPATH:+:$$PYTHONPATH}" exec "%s/python" -m observatory "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(BIN)" \
	> $(BIN)/observatory && chmod +x $(BIN)/observatory
endef

.PHONY: help run test lint bench faults schema lock clean fuzz

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Stamps, so that a second `make run` installs nothing. Hashes are checked, and the lock is whole, so pip resolves nothing:
# what is installed is what was locked, whatever was released since.
.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@$(COMMAND)
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@$(COMMAND)
	@touch $@

run: .venv/.run ## set up, crawl what can be reached, publish to output/site/
	$(BIN)/python -m observatory run
	@echo 'open output/site/index.html, or: $(BIN)/observatory serve'

lint: .venv/.dev ## ruff and mypy strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## everything that must hold: lint, types, tests (at most 8 minutes)
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

bench: .venv/.dev ## measure ourselves beside others; writes the table of docs/performance.md (under half an hour)
	$(BIN)/python -m bench --write docs/performance.md

faults: .venv/.dev ## kill it at 200 random instants; writes the table of docs/reliability.md (about half an hour)
	$(BIN)/python tests/faults.py --times 200 --write docs/reliability.md

schema: .venv/.run ## write the JSON Schema of sources.yaml anew, after a change of its models
	$(BIN)/python -m observatory.config.schema

fuzz: .venv/.dev ## coverage-guided fuzzing of the readers of foreign bytes, a minute each (atheris: Linux)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-fuzz.lock
	$(BIN)/python tests/fuzz/run.py

lock: ## renew both lock files from pyproject.toml
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group fuzz -o requirements-fuzz.lock

clean: ## remove what can be made again; archive, ledger and curators' files are spared
	rm -rf output/site output/desk output/search .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find observatory spiders tests -name __pycache__ -type d -prune -exec rm -rf {} +
