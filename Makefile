# Every target is enough on its own: it needs Python >= 3.11, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
TESTS  ?= tests
WORKERS ?= 4

.PHONY: demo test check venv screenshots docs dist-check bench proof lock clean

demo: $(STAMP)
	$(BIN)/qtydash demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

venv: $(STAMP)

screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots

# What of docs/ is made from the program: keys, configuration, man page. A test fails when it is stale.
docs: $(STAMP)
	$(BIN)/python -m tests.docs

# Wheel and source archive, tried in a clean environment of each Python from 3.11 to 3.13 that is found.
dist-check: $(STAMP)
	$(BIN)/python -m tests.dist_check

# What it costs, beside floors and peers: benchmarks/results.md. Under ten minutes; the peers go to build/bench.
bench: $(STAMP)
	$(BIN)/python -m benchmarks --write

# The figures of docs/proof.md, in under 40 minutes on two cores. ONLY=NAME makes one, with SEED=N one case of it.
proof: $(STAMP)
	$(BIN)/python -m tests.proof $(if $(ONLY),--only $(ONLY) $(if $(SEED),--seed $(SEED) --count 1,--full),--full --write)

# The lock names no index: hashes alone say what may be installed. Needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra keyring --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "qtydash needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)
