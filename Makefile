# Each target is one verb; `make help` lists them.
PROFILE ?= offline
UV = uv==0.13.8

# The first Python that is new enough, whatever it is called here.
PYTHON ?= $(shell for p in python3.12 python3 python3.13 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help site test gpu serve check accept doctor lint hooks lock oldest clean pdf zip \
	bench peers speed

help: ## this list
	@awk -F ':.*## ' '/^[a-z_.]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site: .venv node_modules ## execute the lessons, build build/site (PROFILE=offline, cpu or gpu)
	@.venv/bin/course build --profile $(PROFILE)

test: .venv node_modules ## all tests, the lessons' regression check included
	@.venv/bin/course check
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile $(PYTEST)

gpu: .venv node_modules ## on a machine with a GPU: all lessons on the whole data, report, and all again
	@rm -f build/report.md
	@.venv/bin/course build --profile gpu; status=$$?; cat build/report.md 2>/dev/null; exit $$status
	@.venv/bin/course repeat --profile gpu

pdf: .venv ## a PDF of each lesson and of the course, from build/site
	@.venv/bin/course pdf

zip: .venv ## the course as one file that needs no server, from build/site
	@.venv/bin/course zip

serve: .venv node_modules ## preview; an edit of prose shows at once
	@.venv/bin/course serve --profile $(PROFILE)

check: .venv ## does a run still say what the stored outputs say?
	@.venv/bin/course check

accept: .venv ## show the difference, then store the new outputs
	@.venv/bin/course accept

doctor: .venv ## what this machine has, and what is missing
	@.venv/bin/course doctor

lint: .venv ## ruff, mypy, and the rules for lessons
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/course lint

hooks: .venv ## for this clone: lint before a commit, diff and merge notebooks cell by cell
	@git config core.hooksPath .githooks
	@git config diff.jupyternotebook.command '.venv/bin/git-nbdiffdriver diff'
	@git config merge.jupyternotebook.name 'notebooks, cell by cell; outputs in conflict are run again'
	@git config merge.jupyternotebook.driver \
		'.venv/bin/git-nbmergedriver merge --output-strategy remove %O %A %B %L %P'

lock: .venv ## compile requirements.txt again (UPGRADE=--upgrade for new versions)
	@.venv/bin/uv pip compile -q pyproject.toml --extra build --extra remote --extra edit --extra check $(UPGRADE) \
		--universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header -o requirements.txt

oldest: .venv ## a lock with the oldest versions that the lessons support (the tools stay new)
	@mkdir -p build
	@.venv/bin/uv pip compile -q pyproject.toml --resolution=lowest-direct --universal \
		--python-version 3.12 --no-emit-index-url --no-annotate --no-header -o build/oldest.txt
	@$(MAKE) --no-print-directory lock UPGRADE="--upgrade --constraint build/oldest.txt"

peers: .venv ## compile benchmarks/peers.txt again, after make lock
	@.venv/bin/uv pip compile -q benchmarks/peers.in --constraint requirements.txt $(UPGRADE) \
		--universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header -o benchmarks/peers.txt

bench: .venv node_modules build/bench/env/installed ## how fast, beside other tools: hours; goes on where it stopped
	@.venv/bin/python benchmarks/speed/peers.py $(PEERS)
	@.venv/bin/python benchmarks/speed/kernels.py $(KERNELS)
	@.venv/bin/python benchmarks/speed/growth.py $(GROWTH)
	@$(MAKE) --no-print-directory speed

speed: .venv ## docs/speed.md from benchmarks/results
	@.venv/bin/python benchmarks/speed/speed_page.py

clean: ## remove what is generated (not .venv)
	@rm -rf build

.venv: .venv/installed
node_modules: node_modules/.package-lock.json
.PHONY: .venv node_modules

.venv/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.12 or newer found — install one, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "installing the locked packages into .venv …"
	@$(PYTHON) -m venv .venv
	@# Else node takes JupyterLab's own scripts for modules, as our package.json says of ours.
	@echo '{}' > .venv/package.json
	@.venv/bin/python -m pip install -q $(UV)
	@# Compiled now: else the first run of a lesson pays for it, with a quarter of its time.
	@.venv/bin/uv pip install -q --compile-bytecode --python .venv/bin/python --require-hashes -r requirements.txt
	@.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

# What a lesson imports is the course's own; the others' packages come before it.
build/bench/env/installed: benchmarks/peers.txt .venv/installed
	@echo "installing what this course is compared with into build/bench/env …"
	@.venv/bin/python -m venv --without-pip --clear build/bench/env
	@.venv/bin/uv pip install -q --compile-bytecode --python build/bench/env/bin/python --require-hashes -r benchmarks/peers.txt
	@where='import sysconfig; print(sysconfig.get_path("purelib"))'; \
		own=$$(.venv/bin/python -c "$$where") && \
		echo "import site; site.addsitedir('$$own')" > "$$(build/bench/env/bin/python -c "$$where")/course.pth"
	@touch $@

node_modules/.package-lock.json: package-lock.json .venv/installed
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent
	@touch $@
