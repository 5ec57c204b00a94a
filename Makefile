# The developer's manual: `make` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash -o pipefail
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PG_CTL := $(shell command -v pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null)
MARIADB := $(shell command -v mariadbd || ls /usr/sbin/mariadbd 2>/dev/null)
JAVA := $(shell command -v java)
FIREFOX := $(shell command -v firefox-esr || command -v firefox)
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: help report test thorough bench speed rates lint types imports unit quick newest part docs pages lab guard lock fuzz mutants browser engines clean

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

report: $(INSTALLED) demo/data ## Execute every notebook for every segment of params/ (the demo data until you change it)
	$(BIN)/cslib run --params params --out reports

test: $(INSTALLED) browser engines lint types imports unit newest ## Run what every change has to pass; of the longest families of tests some cases

thorough: ## Run all cases of all tests
	CI=1 $(MAKE) test

lint: $(INSTALLED) ## Check style, and that notebooks are committed without outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Check types
	$(BIN)/mypy

imports: $(INSTALLED) ## Check that imports run one way
	$(BIN)/lint-imports

docs: $(INSTALLED) pages demo/data ## Build the documentation as a site, checked strictly, with the demo's own reports in both languages: site/index.html
	$(BIN)/zensical build --strict --clean
	$(BIN)/python -m tests.offline_search site
	$(BIN)/cslib run --params demo/params --language ja --language en --out build/site
	mkdir -p site/demo && cp -RL build/site/latest/. site/demo/

pages: $(INSTALLED) ## Write the pages of docs/ that come from the code: KPIs, data model, settings (a test checks that they are as written)
	$(BIN)/cslib kpis --format markdown > docs/kpis.md
	$(BIN)/cslib tables --format markdown > docs/data-model.md
	$(BIN)/cslib settings --format markdown > docs/settings.md
	$(BIN)/python -m tests.fact_listing > docs/facts.md

unit: $(INSTALLED) browser engines ## Run the tests, notebooks, browser, PostgreSQL and Spark included
	@$(BIN)/python -m compileall -q cslib  # hundreds of processes start, and would each compile it where nothing is written down
	$(BIN)/pytest -n 2 --dist loadgroup $(if $(CI),,-m 'not long')

quick: $(INSTALLED) lint imports ## Run the quick tests (no browser, no servers), style and imports: under a minute, for while you work
	$(BIN)/pytest -q -n 2 -m quick

newest: $(INSTALLED) ## Try a part of the tests on the newest Python of this machine, beside the one in use
	@for python in $(BIN)/python "$$HOME"/.pyenv/versions/3.*/bin/python3 python3 python3.12 python3.13 python3.14; do \
	  "$$python" -c 'import sys; print(sys.version_info[1], sys.executable)' 2>/dev/null || true; \
	done | sort -s -n -k1,1 -r | head -1 | { read -r minor python; \
	if [ "$$python" = "$$($(BIN)/python -c 'import sys; print(sys.executable)')" ]; then echo 'no newer Python here: nothing more to try'; \
	else $(MAKE) VENV=.venv-newest PYTHON="$$python" part; fi; }

# What writes, reads, measures, draws and runs: the lock gives newer Pythons newer packages, which warn of what they will refuse.
part: $(INSTALLED)
	$(BIN)/python --version
	$(BIN)/pytest -q tests/test_cli.py tests/test_stats.py tests/test_tables.py tests/test_charts.py tests/test_workbooks.py \
	  tests/test_demo.py::test_any_size_and_month_will_do tests/test_run.py::test_temporary_files_may_lie_deep

bench: $(INSTALLED) ## Measure where people wait, each as a ratio beside its goal (under ten minutes)
	$(BIN)/python -m bench.waiting

speed: $(INSTALLED) ## Measure speed in detail: the runner and its peers, the catalogue, usage at scale, many segments, `cslib init`, analyses
	$(BIN)/python -m bench.runner
	$(BIN)/python -m bench.catalogue
	$(BIN)/python -m bench.scale
	$(BIN)/python -m bench.segments
	$(BIN)/python -m bench.front_door
	$(BIN)/python -m bench.analyses --rounds 3

rates: $(INSTALLED) ## Measure how often what is said of a portfolio is right: intervals, alarms, what leads, health, the wall, the forecast, the rules of proposals, programmes, CSMs
	$(BIN)/python -m bench.coverage
	$(BIN)/python -m bench.alarms
	$(BIN)/python -m bench.leads --seeds 20 --customers 200 600 1500
	$(BIN)/python -m bench.health --seeds 20
	$(BIN)/python -m bench.growth
	$(BIN)/python -m bench.effect --books 300
	$(BIN)/python -m bench.pairs
	$(BIN)/python -m bench.effect_rivals
	$(BIN)/python -m bench.csms
	$(BIN)/python -m bench.pdca

fuzz: $(INSTALLED) ## Damage files of every kind and count what each command makes of them (`make fuzz N=10000 SEED=1`)
	$(BIN)/python -m bench.fuzz $(or $(N),1000) --seed $(or $(SEED),1)

mutants: $(INSTALLED) ## Try the quick tests on faults put into the code (hours; `make mutants ONLY='cslib.facts.contract_terms*'` for a part)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group mutants
	nice -n 10 $(BIN)/mutmut run --max-children 1 $(ONLY)
	$(BIN)/mutmut results

lab: $(INSTALLED) demo/data guard ## Open the project in JupyterLab, settings and notebooks
	$(BIN)/jupyter lab

# Autosave leaves customers' names in notebooks: git is handed them without outputs, in this clone from now on.
guard:
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  git config filter.nbstripout.clean '"$(abspath $(BIN))/python" -m nbstripout --keep-id'; \
	  git config filter.nbstripout.smudge cat; git config filter.nbstripout.required true; \
	  attributes="$$(git rev-parse --git-path info/attributes)"; mkdir -p "$$(dirname "$$attributes")"; touch "$$attributes"; \
	  grep -qs nbstripout "$$attributes" || echo '*.ipynb filter=nbstripout' >> "$$attributes"; fi

lock: ## Lock the dependencies anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --extra lab --group dev pyproject.toml -o requirements.lock --upgrade -q

clean: ## Remove what was installed and made (reports stay)
	rm -rf $(VENV) .venv-newest demo .cslib artefacts

demo/data: | $(INSTALLED)
	$(BIN)/cslib demo --out demo

# uv installs in seconds what takes pip minutes; where uv cannot be had, pip does it. Compiled at once: every kernel of a
# run imports the same packages, and some machines forbid Python to keep what it compiled. What builds the package is locked, too.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wanted Python 3.11 or newer; found " + sys.version.split()[0] + ". Name one: make PYTHON=/path/to/python3")'
	$(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null; then \
	  set -x; $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .; \
	else \
	  set -x; $(BIN)/python -m pip install --quiet -r requirements.lock && $(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .; \
	fi
	@touch $@

# The tests open the pages in real browsers with Japanese fonts.
browser:
ifeq ($(and $(CHROMIUM),$(FIREFOX)),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium firefox-esr fonts-noto-cjk >/dev/null; \
	else echo 'the browser tests want Chromium, Firefox and Japanese fonts: sudo apt-get install chromium firefox-esr fonts-noto-cjk'; fi
endif

# The tests start a PostgreSQL and a MariaDB server and a Spark session of their own. The driver of MySQL has no ready build
# for Linux: it is compiled, and by nobody who does not run these tests.
engines: $(INSTALLED)
ifeq ($(and $(PG_CTL),$(MARIADB),$(JAVA)),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql mariadb-server openjdk-17-jre-headless \
	    libmariadb-dev pkg-config gcc >/dev/null; \
	else echo 'the database and Spark tests want all: sudo apt-get install postgresql mariadb-server openjdk-17-jre-headless libmariadb-dev pkg-config gcc'; fi
endif
	@$(BIN)/python -c 'import MySQLdb' 2>/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python --group engines \
	  || echo 'the tests of MySQL are left out: its driver could not be compiled'
