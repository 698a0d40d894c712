# Work on reportgen. `make` alone says what there is to do; only `make test` may need root (apt-get).

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/.installed-run
TEST := $(VENV)/.installed-test
BUILT_FROM := pyproject.toml hatch_build.py $(wildcard reportgen/c/*.[ch])

MINUTES ?= 5
.PHONY: help demo test bench soak

help: ## say what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## build a site from sample_mlruns/ into site/
	$(VENV)/bin/reportgen build sample_mlruns -o site
	@echo "It opens in a browser as it is, or served: at http://127.0.0.1:8000 by"
	@echo "  $(PYTHON) -m http.server --directory site --bind 127.0.0.1"

test: $(TEST) ## check style and types, run all tests
	@.ci/check

bench: $(TEST) ## measure speed and memory against their limits: some 15 minutes
	$(VENV)/bin/python -m benchmarks

soak: $(TEST) ## let twenty clients of MLflow write under a watch, for MINUTES=5
	$(VENV)/bin/python -m benchmarks.soak --minutes $(MINUTES)

$(RUN): $(BUILT_FROM)
	@PYTHON=$(PYTHON) VENV=$(VENV) .ci/setup
	@touch $@

$(TEST): $(BUILT_FROM)
	@PYTHON=$(PYTHON) VENV=$(VENV) .ci/setup --group test --group lint
	@.ci/chromium
	@touch $(RUN) $@
