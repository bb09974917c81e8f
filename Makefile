# noc-tui: `make help` lists what there is.

PYTHON  ?=
UV      ?= uv
WORKERS ?= 2
ARGS    ?=
SEEDS   ?= 100000
FROM    ?= 2000
MINUTES ?= 60
SEED    ?= 0
EACH    ?= 15

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK  := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-config --no-header --no-emit-index-url --no-emit-find-links --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check lint types imports dead format docs picture cover bench soak lock build clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r target words; do \
		printf '%-14s %s\n' "$$target" "$$words"; done

# An environment whose Python still runs is brought up to date, any other is made anew.
$(STAMP): pyproject.toml requirements-dev.lock
	@$(BIN)/python -c '' 2>/dev/null || { \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$python cannot make environments: install its venv module (Debian: python3-venv)." >&2; exit 1; }; \
		exec $$python -m venv --clear $(VENV); \
	done; \
	echo "No Python 3.11 or newer found: install one, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP) ## open the board on a simulated NOC
	@$(BIN)/noc-tui demo $(ARGS)

test: $(STAMP) ## run every test but the slow ones (WORKERS=2, ARGS=...)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

check: lint types imports dead ## lint, types, imports and dead, below

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

imports: $(STAMP) ## who may import whom
	$(BIN)/lint-imports

dead: $(STAMP) ## code that nothing uses
	$(BIN)/python -m tests.architecture.dead_code

format: $(STAMP) ## put the source in its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## bring the generated parts of the documents up to date
	$(BIN)/python -m tests.architecture.generated

picture: $(STAMP) ## draw docs/board.svg, the board on a simulated NOC
	$(BIN)/python -m tests.architecture.picture

cover: $(STAMP) ## incidents, journal and sync: every branch
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" tests/unit tests/contract \
		--cov=noc_tui.incidents --cov=noc_tui.journal --cov=noc_tui.sync --cov-fail-under=100 $(ARGS)

bench: $(STAMP) ## measure, against the figures that the documents state
	$(BIN)/python -m tests.bench $(ARGS)

soak: $(STAMP) ## the long simulation, then the slow tests (SEEDS=100000, FROM=2000, MINUTES=60; SEED=0, EACH=15 minutes at most)
	$(BIN)/python -m tests.simulation --soak $(SEEDS) --from $(FROM) --minutes $(MINUTES) --workers $(WORKERS)
	NOC_TUI_HYPOTHESIS=soak $(BIN)/python -m pytest -n $(WORKERS) -m slow -rP --seed $(SEED) --minutes $(EACH) $(ARGS)

lock: ## pin the newest releases that pyproject.toml allows (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pipx install uv" >&2; exit 1; }
	$(LOCK) --upgrade --all-extras --output-file requirements.lock
	$(LOCK) --upgrade --constraint requirements.lock --all-extras --group dev --output-file requirements-dev.lock

build: $(STAMP) ## the wheel and the source archive, in dist/
	$(BIN)/python -m build --no-isolation

clean: ## remove the environment and everything built or cached
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache htmlcov .coverage .coverage.*
	find noc_tui widgets tests -name __pycache__ -type d -prune -exec rm -rf {} +
