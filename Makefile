# phiward: `make demo` and `make test` need only Python 3.11 or newer; they make what else they need.
.DEFAULT_GOAL := help
SHELL := /bin/sh
ifndef PYTHON
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
UPSTREAM := .venv-upstream
TRAIN := .venv-train
PEERS := .venv-peers
GATEWAYS := .venv-gateways

help:  ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "phiward needs Python 3.11 or newer"; exit 2; }
	$(PYTHON) tools/install.py venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.lock pyproject.toml
	$(PYTHON) tools/install.py lock $(VENV) requirements/runtime.lock --project
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(PYTHON) tools/install.py lock $(VENV) requirements/dev.lock
	@touch $@

$(UPSTREAM)/.made: requirements/upstream.lock
	$(PYTHON) tools/install.py upstream $(UPSTREAM) requirements/upstream.lock
	@touch $@

setup: $(VENV)/.dev  ## Make the environment in .venv.

setup-upstream: $(UPSTREAM)/.made  ## Build the real inference server of the tests (minutes).

demo: $(VENV)/.runtime  ## Show one question about a synthetic patient, end to end. ARGS="--check" for JSON.
	@$(BIN)/phiward demo $(ARGS)

test: $(VENV)/.dev  ## Run every test; fetches what they need where it may.
	@$(BIN)/python tools/machine.py $(UPSTREAM) $(ARGS)

test-worm: $(VENV)/.dev  ## The anchor under Object Lock against a real Ceph, fetched from Debian (a minute; not part of `test`).
	@$(BIN)/python tools/worm.py $(ARGS)
test-go-verifier: $(VENV)/.dev  ## Hand our export and proofs to a verifier we did not write (Debian golang, 81 MB).
	@$(BIN)/python tools/machine.py --go-verifier $(ARGS)

lint: $(VENV)/.dev  ## Check style, types and the floor plan.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests bench tools evaluation
	$(BIN)/mypy
	$(BIN)/lint-imports

$(PEERS)/.made: requirements/peers.lock
	$(PYTHON) tools/install.py venv $(PEERS)
	$(PYTHON) tools/install.py lock $(PEERS) requirements/peers.lock
	@touch $@

bench: $(VENV)/.dev $(PEERS)/.made  ## Measure against the budgets.
	@for name in gateway deid guard audit audit_proof trail console access logins search; do $(BIN)/python bench/$$name.py || failed=1; done; test -z "$$failed"

$(GATEWAYS)/.made: requirements/peers-gateways.lock
	$(PYTHON) tools/install.py venv $(GATEWAYS)
	$(PYTHON) tools/install.py lock $(GATEWAYS) requirements/peers-gateways.lock
	@touch $@

bench-leak: $(VENV)/.dev $(GATEWAYS)/.made  ## Cross-patient injections against phiward, LiteLLM and LLM-Shield-Proxy (minutes).
	@$(BIN)/python bench/leak.py --peers $(ARGS)

bench-scale: $(VENV)/.dev  ## Import and index 100,000 chunks (six to twelve minutes). ARGS="--patients 50" for fewer.
	@$(BIN)/python bench/scale.py $(ARGS)

soak-audit: $(VENV)/.dev  ## kill -9 of processes that append and number, 500 times (minutes). ARGS="--kills 5000".
	@$(BIN)/python -m tests.system.audit_kills $(ARGS)

$(TRAIN)/.made: requirements/train.lock
	$(PYTHON) tools/install.py venv $(TRAIN)
	$(PYTHON) tools/install.py lock $(TRAIN) requirements/train.lock
	@touch $@

train: $(TRAIN)/.made  ## Train the tagger anew (half an hour; needs ../shared/data, Debian wamerican-huge and wordnet-base).
	PYTHONPATH=src:. $(TRAIN)/bin/python -m training.deid $(ARGS)

eval: $(VENV)/.dev  ## Measure the shipped tagger on the held-out texts. ARGS="--write" for the model card and the plot.
	PYTHONPATH=. $(BIN)/python -m evaluation.measure $(ARGS)

lock: $(VENV)/.made  ## Compile the lock files anew (needs uv); nothing younger than seven days.
	$(PYTHON) tools/install.py compile

clean:  ## Remove what was made.
	rm -rf $(VENV) $(UPSTREAM) $(TRAIN) $(PEERS) $(GATEWAYS) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup setup-upstream demo test test-worm test-go-verifier lint bench bench-leak bench-scale soak-audit train eval lock clean
