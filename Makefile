# The recipes are exactly the steps of .ci/run. Nothing but python3 (3.11 or newer), git and make is taken for granted.
PYTHON ?= python3
BIN := .venv/bin
WHEEL := .venv-wheel/bin
UV := $(BIN)/uv
# Certificates of the system, so that a proxy with an authority of its own is no obstacle (the second is the older name).
export UV_SYSTEM_CERTS := true
export UV_NATIVE_TLS := true
SOURCES := $(shell find analysis repair agent lsp bench/fixbot_bench -name '*.py' -o -name '*.toml' -o -name '*.txt' -o -name '*.md' -o -name '*.yml' -o -name '*.json' -o -name 'py.typed')

.PHONY: help demo dev test check test-system test-editors extension clean constraints

help:
	@echo "make demo         set up and watch fixbot repair a bundled bug"
	@echo "make test         build the wheel, install it, run the whole suite against it"
	@echo "make check        lint, format, types, import law, fences"
	@echo "make test-system  install the system tools that some tests need (apt, root)"
	@echo "make test-editors drive VS Code, Neovim and Emacs as a person would (installs 1 GB into a cache once; minutes)"
	@echo "make extension    check and package the VS Code extension with its server (node, npm)"
	@echo "make dev          an editable install with the development tools in .venv"

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "fixbot needs Python 3.11 or newer: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3 cannot make virtual environments: install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv

.venv/.installed: $(UV) pyproject.toml constraints.txt
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.installed
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt --group dev
	@touch $@

dist/.built: .venv/.dev $(SOURCES) pyproject.toml README.md
	rm -rf dist
	$(UV) build --quiet --wheel --python $(BIN)/python --build-constraints constraints.txt -o dist
	@touch $@

# The extension brings the server that it was made with: no index has to have it, and versions always fit.
vscode-extension/server/.packed: dist/.built
	rm -rf vscode-extension/server
	mkdir vscode-extension/server
	cp dist/fixbot-*.whl vscode-extension/server/
	@touch $@

.venv-wheel/.installed: dist/.built
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-wheel
	$(UV) pip install --quiet --compile-bytecode --python $(WHEEL)/python -c constraints.txt --group dev dist/fixbot-*.whl
	@touch $@

demo: .venv/.installed
	@sh tools/demo.sh $(BIN)/fixbot

dev: .venv/.dev

# -o pythonpath= keeps the source from shadowing the installed wheel.
# Three at once on two cores: tests wait for processes, servers and editors half of their time.
test: .venv-wheel/.installed
	$(WHEEL)/python -m pytest -o pythonpath= -n 3

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/fences.py

test-system:
	sh tools/test_system.sh

test-editors: .venv-wheel/.installed vscode-extension/server/.packed
	PYTHON=$(WHEEL)/python sh tools/test_editors.sh

extension: vscode-extension/server/.packed
	cd vscode-extension && npm ci --ignore-scripts --no-audit --no-fund && npm run check && npm run package

constraints: $(UV)
	$(UV) pip compile pyproject.toml --group dev --universal --no-header --no-annotate --quiet --upgrade -o constraints.txt

clean:
	rm -rf .venv .venv-wheel dist build vscode-extension/server
