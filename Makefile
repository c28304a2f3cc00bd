# Everything here is one command away: `make help` lists it. Nothing is assumed but make and Python 3.11 or newer.

# An environment of your own works as well: `make lab VENV="$CONDA_PREFIX"`. What it holds already and what fits is kept.
VENV ?= .venv
ifneq ($(words $(VENV)),1)
$(error VENV is "$(VENV)", which holds a space; make cannot follow such a path. Choose another, for example VENV=.venv)
endif

PYTHON_OF_VENV := $(VENV)/bin/python
RUN := "$(PYTHON_OF_VENV)"
# A stamp says which extra is installed from this folder, so that a second `make lab` need not ask pip.
LEARN := $(VENV)/.gan-course-learn
DEVELOP := $(VENV)/.gan-course-develop
# Colab still has ipywidgets 7, and a test is as Colab is.
COLAB := $(VENV)/share/wheels-of-colab
# npm writes it last.
RUNTIME := node_modules/.package-lock.json
LESSON ?= chapters/01_gaussian_gan.ipynb
LAB_ARGS ?=
AUTHOR ?=
# A learner's list of files shows each notebook once; its source, the .py beside it, is an author's.
HIDDEN := --ContentsManager.hide_globs="__pycache__" --ContentsManager.hide_globs="[0-9][0-9]_*.py"
# Explorers follow the hand three times as fast with it.
PROMPT := --ServerApp.kernel_websocket_connection_class=gan_course.commands.prompt.PromptConnection
ONLY ?=
TESTS ?= tests
CHANGED ?=
override CHANGED := $(if $(filter-out 0,$(CHANGED)),--changed)

# With several OpenMP threads on a busy machine a small convolution runs up to ten times slower than with one.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
# Kernels come from this environment, even where the user's home folder holds a kernel of the same name.
export JUPYTER_PREFER_ENV_PATH = 1
export PYTHONUNBUFFERED = 1

.DEFAULT_GOAL := help
.PHONY: help lab test lint pairs units lessons notebooks exercises readme slides pages site dist offline clean installed-elsewhere

help: ## show this list
	@echo "A course on generative models. Start with:  make lab"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "LAB_ARGS=...  goes to JupyterLab:              make lab LAB_ARGS=\"--no-browser --port 8900\""
	@echo "LESSON=...    opens another notebook:          make lab LESSON=chapters/02_dcgan.ipynb"
	@echo "AUTHOR=1      lists the sources of notebooks too: make lab AUTHOR=1"
	@echo "VENV=...      uses an environment you have:    make lab VENV=\"\$$VIRTUAL_ENV\""
	@echo "ONLY=...      checks one lesson:               make test ONLY=03"
	@echo "              style and pairs of all; the lesson's chapter and solution; the contracts of its models; its"
	@echo "              questions; and the tests of the data, networks, metrics and explorers that it imports."
	@echo "              It also goes with units, lessons, notebooks and slides:  make notebooks ONLY=02"
	@echo "CHANGED=1     takes only what has changed:     make lessons CHANGED=1"
	@echo "              lessons whose source, or anything of gan_course that they use, is not what their .ipynb was"
	@echo "              executed from. It also goes with notebooks:  make notebooks CHANGED=1"
	@echo "PYTHON=...    makes .venv with this Python:    make lab PYTHON=python3.12"

lab: $(LEARN) ## install what a learner needs and open lesson 01 in JupyterLab
	$(RUN) -m jupyterlab --ContentsManager.pre_save_hook=authoring.canonical.without_this_machine \
		$(if $(AUTHOR),,$(HIDDEN)) $(PROMPT) \
		--ServerApp.root_dir="$(CURDIR)" --LabApp.default_url="/lab/tree/$(LESSON)" $(LAB_ARGS)

test: lint pairs units lessons ## install what a developer needs and run every check
	@echo "Every check passed$(if $(ONLY), that ONLY=\"$(ONLY)\" covers)."

lint: $(DEVELOP) ## check style, types and spelling
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m codespell_lib

pairs: $(DEVELOP) ## check that what is generated fits its source: notebooks, exercises, tables
	$(RUN) -m authoring.notebooks check
	$(RUN) -m authoring.exercises --check
	$(RUN) -m authoring.readme --check
	$(RUN) -m authoring.pictures --check

units: $(DEVELOP) $(RUNTIME) $(COLAB) ## run the unit and contract tests
	$(RUN) $(if $(ONLY),-m authoring.units $(ONLY),-m pytest -q -n 2 $(TESTS))

lessons: $(DEVELOP) ## run every lesson and solution and compare the outputs that are marked
	$(RUN) -m authoring.lessons $(CHANGED) $(ONLY)

notebooks: $(DEVELOP) ## execute chapters/ and solutions/ and write their .ipynb (ONLY=02 for one lesson)
	$(RUN) -m authoring.notebooks write $(CHANGED) $(ONLY)

exercises: $(DEVELOP) ## write exercises/ from solutions/
	$(RUN) -m authoring.exercises

readme: $(DEVELOP) ## write the tables and pictures of README.md and the table of benchmarks/README.md
	$(RUN) -m authoring.readme
	$(RUN) -m authoring.pictures

slides: $(DEVELOP) $(RUNTIME) ## write build/slides/: each lesson as slides, which need no network
	$(RUN) -m authoring.slides $(ONLY)

pages: $(DEVELOP) $(RUNTIME) ## write build/pages/: explorers that run in a browser without Python
	$(RUN) -m authoring.pages

site: pages ## write build/site/: the website, with lessons as they were executed; needs no network
	$(RUN) -m authoring.website

dist: $(DEVELOP) ## write dist/: the sdist and the wheel, checked
	$(RUN) -m authoring.dist

offline: $(DEVELOP) $(RUNTIME) $(COLAB) ## run every check again without a network (Linux)
	$(RUN) -m authoring.offline "$(MAKE)" test

clean: ## remove caches and build products; .venv and your runs stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find authoring benchmarks chapters exercises gan_course solutions tests -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} + 2>/dev/null || true
	@echo "To start from nothing, also remove $(VENV)."

$(LEARN): pyproject.toml | $(PYTHON_OF_VENV)
	$(RUN) authoring/install.py learn "$@"

$(DEVELOP): pyproject.toml | $(PYTHON_OF_VENV)
	$(RUN) authoring/install.py develop "$@" "$(LEARN)"

$(COLAB): | $(DEVELOP)
	PIP_CONSTRAINT= $(RUN) -m pip download --quiet --no-deps --dest "$@" "ipywidgets>=7.7.1,<8" "widgetsnbextension<4" "jupyterlab_widgets<2" ipython_genutils

# What runs networks in a browser.
$(RUNTIME): package-lock.json
	@command -v npm >/dev/null || { echo "There is no npm, which brings what runs networks in a browser: install it (Debian: apt-get install npm)."; exit 1; }
	npm ci

# A stamp left by another folder, or by this one before it was moved, does not count.
ifneq ($(wildcard $(LEARN)),)
ifneq ($(shell cat "$(LEARN)"),$(CURDIR))
$(LEARN): installed-elsewhere
endif
endif
ifneq ($(wildcard $(DEVELOP)),)
ifneq ($(shell cat "$(DEVELOP)"),$(CURDIR))
$(DEVELOP): installed-elsewhere
endif
endif
installed-elsewhere:

$(PYTHON_OF_VENV):
	@sh authoring/make_venv.sh "$(VENV)" "$(PYTHON)"
