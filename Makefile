# make book    set up everything and build the book
# make test    set up everything and run all that continuous integration runs
SHELL := /bin/bash
.DEFAULT_GOAL := help
export OMP_NUM_THREADS ?= 1
bin := .venv/bin
site := _build/html/index.html
jobs ?= 2
side_by_side := -n $(jobs) --dist loadfile --no-loadscope-reorder
port ?= 8000

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-18s %s\n", $$1, $$2}'

setup: ## create .venv and install the pinned packages (PINS=latest: the newest allowed)
	@.ci/setup

book: setup ## build the book and say where it is
	@# A page that Sphinx does not write again keeps the settings of its time: with new settings, start anew.
	@[ ! -e $(site) ] || [ -z "$$(find _config.yml _toc.yml requirements.txt book/_ext course_tools/book -type f -name '*[!c]' -newer $(site))" ] || rm -rf _build
	@$(bin)/jupyter-book build . -W -n --keep-going -q || { rm -rf _build/.doctrees _build/html/.doctrees; \
	  echo "book: the build failed; the messages above name the page and the line." >&2; exit 1; }
	@echo "The book is at file://$(CURDIR)/$(site)"

serve: book ## build the book and serve it on this machine (port=8000)
	@echo "Serving on http://localhost:$(port)/ (Ctrl-C stops)"
	@$(bin)/python -m http.server --bind 127.0.0.1 --directory _build/html $(port)

lab: setup ## open the lessons and exercises in JupyterLab
	@$(bin)/jupyter lab --notebook-dir .

step = .ci/times step
again = $(MAKE) --no-print-directory

test: setup tools ## all that continuous integration runs (FULL=1: also what was verified before)
	@.ci/times start
	@$(step) lint $(again) lint
	@$(step) code $(again) test-code
	@$(step) lessons $(again) test-outputs
	@$(step) book $(again) book
	@$(step) browser $(again) test-browser
	@.ci/times show

tools: setup # a browser and bubblewrap, which the tests need
	@.ci/tools

lint: setup
	@$(bin)/ruff check . && $(bin)/ruff format --check . && $(bin)/lint-imports --no-cache
	@$(bin)/ty check course_lib course_tools

test-code: setup ## the tests of library and tools
	@$(bin)/python -m pytest -m "not browser and not exhaustive" $(side_by_side)

test-outputs: setup ## check every lesson and every exercise set (FULL=1: also those verified before)
	@$(bin)/course check --jobs $(jobs)
	@$(bin)/course notebooks check --jobs $(jobs)

test-exhaustive: setup tools ## what needs more than its budget; weekly, and before a release
	@$(bin)/python -m pytest -m "exhaustive and not browser" $(side_by_side)

test-changed: setup ## the tests, lessons and exercise sets that depend on what was edited
	@$(bin)/python -m pytest --changed -m "not browser and not exhaustive" $(side_by_side)
	@$(bin)/course check --jobs $(jobs)
	@$(bin)/course notebooks check --jobs $(jobs)

test-browser: setup ## open every page of the built book, and of a graded class, in Chromium
	@$(bin)/python -m pytest -m browser -n $(jobs) tests/book tests/viz tests/reports

check-fast: setup lint ## what to run before a commit: no lesson, no browser, nothing slow, two minutes
	@$(bin)/python -m pytest -m "not browser and not slow and not exhaustive" $(side_by_side)

check-portability: setup ## the stored outputs on other CPU paths and with two threads
	@ATEN_CPU_CAPABILITY=default $(bin)/course notebooks check --jobs $(jobs)
	@ATEN_CPU_CAPABILITY=avx2 $(bin)/course notebooks check --jobs $(jobs)
	@OPENBLAS_CORETYPE=Haswell $(bin)/course notebooks check --jobs $(jobs)
	@OMP_NUM_THREADS=2 $(bin)/course notebooks check --jobs $(jobs)

nbgrader: setup ## nbgrader in an environment of its own (.nbgrader), to be measured beside
	@[ -e .nbgrader/.ready ] || { $(bin)/python -m venv .nbgrader && .nbgrader/bin/pip install -q \
	  nbgrader==0.9.6 $$(grep -E '^(numpy|torch)==' requirements.txt) && touch .nbgrader/.ready; }

benchmarks: setup nbgrader ## measure the ratios to the peers, side by side, and write their table
	@for script in benchmarks/*.py; do $(bin)/python $$script || exit 1; done

new-chapter: setup ## SLUG=name: lay out an empty chapter that passes all checks
	@$(bin)/course new-chapter "$(SLUG)"

lock: setup ## write requirements.txt from what is installed
	@.ci/lock

drift: ## list the packages whose installed version is not the pinned one
	@.ci/drift

clean: ## remove the built book (the environment stays)
	@rm -rf _build


.NOTPARALLEL:
.PHONY: help tools setup book serve lab test lint test-code test-outputs test-exhaustive test-changed test-browser check-fast check-portability nbgrader benchmarks new-chapter lock drift clean
