"""`gan-course lesson new`: a throw-away lesson that passes, and says that it is to be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from authoring import exercises, notebooks, pictures, readme, slides
from authoring.unwritten import unwritten
from gan_course import files
from gan_course.catalogue import catalogue, read_catalogue
from gan_course.commands import paths
from tests.command import Command

ROOT = Path(__file__).parents[2]
CATALOGUE = Path("gan_course", "catalogue.toml")
LAST = catalogue().lessons[-1].number
NEXT, TOO_FAR = f"{LAST + 1:02d}", f"{LAST + 2:02d}"
FOLDER = f"gan_course/practice/lesson_{NEXT}"
MADE = [
    str(CATALOGUE),
    f"chapters/{NEXT}_losses_leashes.py",
    f"{FOLDER}/__init__.py",
    f"{FOLDER}/q1_topic.py",
    f"solutions/{NEXT}_solution.py",
]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the course without its lessons and its trained models."""
    root = tmp_path / "clone"
    for folder in ("gan_course", "authoring"):
        left_out = shutil.ignore_patterns("__pycache__", "*.safetensors")
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    for folder in ("chapters", "solutions"):
        (root / folder).mkdir()
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    monkeypatch.setattr(paths, "CLONE", root)
    return root


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_new_lesson_runs_and_passes_every_check(
    clone: Path, course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(clone))  # of the kernels
    outcome = course("lesson", "new", NEXT, "Losses, and  leashes")
    assert outcome.out.splitlines()[:-1] == MADE
    known = read_catalogue(clone / CATALOGUE)
    assert known.lesson(NEXT).title == "Losses, and leashes"
    assert exercises.main([], clone) == 0
    assert notebooks.main(["write", NEXT], clone) == 0
    assert pictures.main([], clone) == 0
    assert f"(chapters/{Path(MADE[1]).stem}.ipynb)" in readme.lessons_table(known)
    assert notebooks.main(["check"], clone) == 0
    assert exercises.main(["--check"], clone) == 0
    (chapter,) = (clone / "chapters").glob("*.ipynb")
    assert len(slides.on_slides(nbformat.read(chapter, as_version=4)).cells) > 10
    for words in (
        ("gan_course.cli", "exercise", "matrix", NEXT),
        ("ruff", "format", "--check", *MADE[1:]),
        ("ruff", "check", *MADE[1:]),
        ("codespell_lib", *MADE),
    ):
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=clone, env=os.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_new_lesson_says_of_each_of_its_files_that_it_is_to_be_written(
    clone: Path, course: Command
) -> None:
    outcome = course("lesson", "new", NEXT, "Losses and leashes")
    assert sorted(line.split()[0] for line in unwritten(clone)) == sorted(MADE)
    assert f"next, in {clone}: make exercises, make notebooks ONLY={NEXT}" in outcome.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([f"{LAST:02d}", "Again"], f"the next lesson is {NEXT}, got '{LAST:02d}': lessons stand"),
        ([TOO_FAR, "Too far"], f"the next lesson is {NEXT}, got '{TOO_FAR}'"),
        (["eleven", "A word"], f"the next lesson is {NEXT}, got 'eleven'"),
        ([NEXT, " "], "an empty text is no value: write one, or leave it out"),
        ([NEXT, "a\x7fb"], "expected a title of up to 60 characters that can be printed, got 'a"),
        ([NEXT, "long " * 13], "expected a title of up to 60 characters that can be printed, got"),
        ([NEXT, "你好"], "expected a file's name of up to 15 small letters, digits and _, got ''"),
        ([NEXT, "Fine", "--name", "../x"], "expected a file's name of up to 15 small letters"),
        ([NEXT, "Fine", "--name", "a_name_that_a_tab_cuts"], "expected a file's name of up to 15"),
        ([NEXT, "the GAME, on a line"], "lesson 01 is called so already, 01_gaussian_gan, 'The"),
        ([NEXT, "DCGAN"], "lesson 02 is called so already, 02_dcgan, 'Digits from noise': give"),
    ],
)
def test_number_or_name_that_does_not_fit_is_told_which_does(
    clone: Path, course: Command, words: list[str], sentence: str
) -> None:
    before = contents(clone)
    outcome = course("lesson", "new", *words)
    assert outcome.code == 2
    assert outcome.err.startswith(f"gan-course: {sentence}")
    assert outcome.err.count("\n") == 1
    assert contents(clone) == before


def test_any_title_that_can_be_printed_is_declared_as_it_is(clone: Path, course: Command) -> None:
    title = 'With "marks", \\, $id, {name} and é in it'
    assert course("lesson", "new", NEXT, title, "--name", "marks").code == 0
    assert read_catalogue(clone / CATALOGUE).lesson(NEXT).title == title
    text = (clone / "chapters" / f"{NEXT}_marks.py").read_text(encoding="utf-8")
    assert f"# # {LAST + 1} · {title}\n" in text


@pytest.mark.parametrize("written", range(len(MADE)))
def test_nothing_stays_of_a_lesson_that_was_interrupted(
    clone: Path, course: Command, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    before, left, write = contents(clone), iter(range(written)), files.write_atomically

    def until_the_last(*given: object, **named: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        write(*given, **named)

    monkeypatch.setattr(files, "write_atomically", until_the_last)
    assert course("lesson", "new", NEXT, "Losses and leashes").code == 130
    assert contents(clone) == before
    assert not (clone / FOLDER).exists()


def test_what_is_there_already_is_left_alone(clone: Path, course: Command) -> None:
    own = clone / "chapters" / f"{NEXT}_mine.py"
    own.write_text("mine")
    before = contents(clone)
    outcome = course("lesson", "new", NEXT, "Mine")
    assert outcome.err == f"gan-course: {own} is there already, and nothing is overwritten\n"
    assert contents(clone) == before


def test_no_lesson_is_started_outside_a_clone(clone: Path, course: Command) -> None:
    (clone / "solutions").rmdir()
    outcome = course("lesson", "new", NEXT, "Losses and leashes")
    assert outcome.code == 2
    assert "this is done in a clone of the course, and this package lies in none" in outcome.err
