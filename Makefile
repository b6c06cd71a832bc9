SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON_IN_VENV := .venv/bin/python
PYTEST := .venv/bin/pytest
ON_POSTGRESQL := $(PYTHON_IN_VENV) -m tests.on_postgres
LONG := tests/browser tests/corpus
UNIT := -n 2 $(LONG:%=--ignore=%)
# What pages look like, which no database changes: read once.
LOOKS := tests/browser/test_accessibility.py tests/browser/test_html.py

.PHONY: help
help: ## ce que make sait faire
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

.PHONY: run
run: .venv/.run ## lance tout sur cette machine (PORT=8000), jusqu’à Ctrl-C
	@$(PYTHON_IN_VENV) scripts/serve.py

# Tests ------------------------------------------------------------------------------------------

.PHONY: test
test: test-sqlite test-postgresql ## toute la suite, sur SQLite puis sur PostgreSQL

.PHONY: test-sqlite
test-sqlite: .venv/.ok .venv/bin/chromium office ## toute la suite sur SQLite
	$(PYTEST) $(UNIT)
	$(PYTEST) -n 2 $(LONG)

.PHONY: test-postgresql
test-postgresql: .venv/.ok .venv/bin/chromium office ## toute la suite sur PostgreSQL, moins l’apparence des pages
	$(ON_POSTGRESQL) $(PYTEST) $(UNIT)
	$(ON_POSTGRESQL) $(PYTEST) -n 2 $(LONG) $(LOOKS:%=--ignore=%)

.PHONY: test-unit
test-unit: .venv/.ok ## sans navigateur, sur SQLite : la part rapide
	$(PYTEST) $(UNIT)

.PHONY: captures
captures: .venv/.ok .venv/bin/chromium ## photographie chaque page et chaque courriel dans captures/
	$(PYTEST) tests/browser/captures.py

.PHONY: faults
faults: .venv/.ok ## tout ce qui peut tomber tombe : une ligne de chiffres par panne
	DATABASE_URL=postgres:///faults $(PYTEST) tests/faults --ds=tests.faults.settings -q
	DATABASE_URL=sqlite:///faults $(PYTEST) tests/faults --ds=tests.faults.settings -q

.PHONY: bench
bench: .venv/.ok ## ce que coûtent les pages et les listes, en rapport à la page la plus légère
	$(PYTEST) tests/bench/ratios.py -q
	$(ON_POSTGRESQL) $(PYTEST) tests/bench/ratios.py -q

.PHONY: coverage
coverage: .venv/.ok ## les lignes que la part rapide ne parcourt pas
	$(PYTEST) $(UNIT) --cov --cov-report=term-missing:skip-covered

# Lint -------------------------------------------------------------------------------------------

.PHONY: lint
lint: .venv/.ok ## style, types, gabarits, migrations, réglages de production
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --lint --check templates
	.venv/bin/mypy
	scripts/production.sh makemigrations --check --dry-run
	scripts/production.sh check --deploy --fail-level WARNING

.PHONY: audit
audit: .venv/.ok ## confronte les paquets verrouillés aux failles connues
	@$(PYTHON_IN_VENV) scripts/audit.py

.PHONY: sbom
sbom: .venv/.ok ## écrit la liste des composants (CycloneDX) dans var/sbom.json
	@$(PYTHON_IN_VENV) scripts/sbom.py

.PHONY: format
format: .venv/.ok ## met en forme ce qui peut l’être
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djlint --quiet --reformat templates

# Setting up -------------------------------------------------------------------------------------

.PHONY: install
install: .venv/.ok .venv/bin/chromium ## prépare .venv, tests et contrôles compris

.venv/.run: requirements.txt
	@scripts/install.sh requirements.txt
	@touch $@

.venv/.ok: .venv/.run requirements-dev.txt
	@scripts/install.sh requirements-dev.txt
	@touch $@

.venv/bin/chromium: | .venv/.ok
	@scripts/chromium.sh

.PHONY: office
office:
	@scripts/office.sh

.PHONY: lock
lock: ## refait les listes verrouillées (demande uv)
	for list in requirements requirements-dev; do \
	  uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file $$list.txt $$list.in || exit; \
	done
