"""A course in miniature: one chapter, one solution with a question, none of which needs more than
Python itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from authoring import exercises, notebooks

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

"""

CHAPTER = (
    HEADER
    + """\
# %% [markdown]
# # A lesson

# %% tags=["parameters"]
seed = 0


def one():
    from gan_course.numbers import ONE

    return ONE


# %%
# NBVAL_CHECK_OUTPUT
print("seed", seed)

# %% tags=["nbval-check-output"]
6 * 7
"""
)

# Imported by the chapter, though only where it would be called, so that nothing need be found.
LIBRARY = "ONE = 1\n"

SOLUTION = (
    HEADER
    + '''\
# %% [markdown] nbgrader={"solution": false, "grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3}
# ## Question 1: twice

# %%
import math

# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def twice(x):
    """Two times x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 1, "schema_version": 3, "solution": false}
assert twice(21) == 42
'''
)


def make_course(root: Path) -> Path:
    for name, text in {
        "chapters/01_chapter.py": CHAPTER,
        "solutions/01_solution.py": SOLUTION,
        "gan_course/numbers.py": LIBRARY,
    }.items():
        path = root / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with chapters/01_chapter.py and solutions/01_solution.py, and nothing generated
    yet."""
    return make_course(tmp_path)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with every notebook executed and the exercise generated; for reading only."""
    root = make_course(tmp_path_factory.mktemp("written"))
    assert notebooks.main(["write", "--jobs", "1"], root=root) == 0
    exercises.write(root)
    return root


@pytest.fixture
def root(written: Path, tmp_path: Path) -> Path:
    """A copy of the written course that a test may spoil."""
    return Path(shutil.copytree(written, tmp_path / "course"))
