# The tracker's commands. `make` or `make help` lists them. Every path here is relative: the checkout may lie anywhere.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run manage test test-faults check bench-extract bench-collect bench-pages bench-feeds bench-site bench-size fmt clean

# Another project's environment is not ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH DJANGO_SETTINGS_MODULE

# The first Python that is new enough; PYTHON=/path/to/python names another.
NAMED := --named
ifndef PYTHON
NAMED :=
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$python"; break; fi; done)
endif
VENV := .venv/bin/python
# Checks read the settings without a database or a secret.
FOR_CHECKS := env -u DATABASE_URL -u BROKER_URL DEBUG=1
FOR_PRODUCTION := env -u BROKER_URL DEBUG=0 SITE_URL=https://tracker.example ALLOWED_HOSTS=tracker.example \
	DATABASE_URL=postgresql://tracker@localhost/tracker SECRET_KEY=a-long-key-for-the-check-alone-0123456789-abcdefghijklm

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
	printf '  make %-13s %s\n' "$$name" "$$what"; done
	@printf '\n  PORT=9000 make run   another port      LIVE=1 make run   poll the real feeds too\n'
	@printf '  PYTHON=python3.13    another Python    ARGS="-k name" make test   some of the tests\n'

setup:  ## Install the locked packages into .venv, and nothing elsewhere
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed, with pip and venv. \
	Install it, or name it: PYTHON=/path/to/python make setup" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Python 3.11 or newer is needed; PYTHON=$(PYTHON) is not." >&2; exit 1; }
	@"$(PYTHON)" tracker/devstack/bootstrap.py $(NAMED)

run: setup  ## Run the site with its demonstration until Ctrl-C
	@$(VENV) -m tracker.devstack run

manage: setup  ## Give a management command to the site that runs: ARGS="add_feed https://…"
	@$(VENV) -m tracker.devstack manage $(ARGS)

test: setup  ## Run every test, the browser's too
	@CHROMIUM="$$($(VENV) -m tracker.devstack chromium)" && VNU_JAR="$$($(VENV) -m tests.vnu)" && \
	export CHROMIUM VNU_JAR && $(VENV) -m pytest $(ARGS)

test-faults: setup  ## Kill, cut and starve the parts of a real site, with Redis, RabbitMQ and PostgreSQL 15 too
	@$(VENV) -m pytest -m "not model" tests/faults $(ARGS)

check: setup  ## Look at style, types, imports, templates, migrations and production settings
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(FOR_CHECKS) $(VENV) -m mypy .
	$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache
	$(FOR_CHECKS) $(VENV) manage.py check
	$(FOR_CHECKS) $(VENV) manage.py makemigrations --check --dry-run
	$(FOR_PRODUCTION) $(VENV) manage.py check --deploy --fail-level WARNING

bench-extract:  ## Score extraction and time it on a labelled folder: DATA=folder
	@if [ -z "$(DATA)" ]; then echo "DATA is not set: name a folder with articles.jsonl and labels.jsonl, \
	DATA=/path/to/folder make bench-extract (docs/evaluation.md)." >&2; exit 2; fi
	@$(MAKE) --no-print-directory setup
	@$(VENV) -m claims.extraction.bench "$(DATA)"

bench-collect: setup  ## Measure collection beside lemon24/reader, in ratios
	@.tools/bin/uv sync --quiet --frozen --inexact --group bench --python $(VENV)
	$(VENV) -m benchmarks.collect $(ARGS)

bench-pages: setup  ## Score page readers beside each other on a labelled folder: DATA=folder
	@if [ -z "$(DATA)" ]; then echo "DATA is not set: name a folder with pages.jsonl and the pages, \
	DATA=/path/to/folder make bench-pages (docs/decisions/0005-page-readers.md)." >&2; exit 2; fi
	@$(VENV) -m benchmarks.pages "$(DATA)" $(ARGS)

bench-feeds: setup  ## Check how feeds are read by feedparser's published cases: DATA=folder
	@if [ -z "$(DATA)" ]; then echo "DATA is not set: name the folder tests of feedparser's source distribution, \
	DATA=/path/to/folder make bench-feeds (docs/decisions/0012-two-feed-readers.md)." >&2; exit 2; fi
	@$(VENV) -m benchmarks.feedcases "$(DATA)"

bench-site: setup  ## Measure the public pages of a running demonstration in Chromium: SITE=http://127.0.0.1:8000
	@CHROMIUM="$$($(VENV) -m tracker.devstack chromium)" && export CHROMIUM && \
	$(VENV) -m benchmarks.site "$(or $(SITE),http://127.0.0.1:8000)" $(ARGS)

bench-size: setup  ## Measure pages, searches and due work on a made-up corpus of ten years, in ratios: ARGS="--scale full"
	$(VENV) -m benchmarks.size $(ARGS)

fmt: setup  ## Format the code and mend what can be mended
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

clean:  ## Remove what was installed and cached; .data, the site's data, stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
