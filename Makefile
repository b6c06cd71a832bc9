SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## ce que make sait faire
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: install
install: .venv/.ok ## prépare .venv, tests et contrôles compris

.venv/.run: requirements.txt
	@scripts/install.sh requirements.txt
	@touch $@

.venv/.ok: .venv/.run requirements-dev.txt
	@scripts/install.sh requirements-dev.txt
	@touch $@

.PHONY: lock
lock: ## refait les listes verrouillées (demande uv)
	uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  --output-file requirements.txt requirements.in
	uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  --output-file requirements-dev.txt requirements-dev.in
