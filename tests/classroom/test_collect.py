"""What students wrote, gathered: the grader finds each file, whose it is, and how late."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from gan_course.catalogue import catalogue
from gan_course.classroom import badges
from gan_course.classroom.collect import gather
from gan_course.classroom.links import in_repository
from gan_course.grading.runner import newest
from gan_course.grading.submissions import find
from tests.classroom.conftest import LONG, ROOT
from tests.command import Command

EXERCISE = ROOT / "exercises" / "05_exercise.ipynb"


def worked_on(path: Path, answer: str, time: float = 1000.0) -> None:
    """An exercise with something in it, changed at `time`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stub = "# YOUR CODE HERE"
    path.write_text(EXERCISE.read_text("utf-8").replace(stub, f"# {answer}"), "utf-8")
    os.utime(path, (time, time))


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    root = tmp_path / "homes"
    worked_on(root / "ann" / "course" / "exercises" / "05_exercise.ipynb", "first")
    worked_on(root / "ann" / "again" / "exercises" / "05_exercise.ipynb", "second", 5000.0)
    worked_on(root / "Zoë O'Hara (2)" / "05_exercise.ipynb", "odd", 3000.0)
    worked_on(root / "__bob" / "course" / "exercises" / "05_exercise.ipynb", "bob")
    worked_on(root / "tests" / "My answers.ipynb", "renamed")
    worked_on(root / "cy_LATE_12_34_05_exercise.ipynb", "as Canvas names it")
    shutil.copytree(ROOT / "exercises", root / "dee" / "exercises")  # never opened
    worked_on(root / "eve" / ".ipynb_checkpoints" / "05_exercise-checkpoint.ipynb", "eve")
    worked_on(root / "eve" / "chapters" / "05_wgan.ipynb", "a lesson")
    (root / "eve" / "05_exercise.ipynb").symlink_to(root / "ann/course/exercises/05_exercise.ipynb")
    return root


def test_grader_finds_every_student_with_times_doubles_and_odd_names(
    homes: Path, tmp_path: Path, course: Command
) -> None:
    outcome = course("classroom", "collect", homes, "handed_in", "--lesson", "5")
    assert outcome.code == 0, outcome.err
    assert "eve/05_exercise.ipynb is a link or no file, and was left out" in outcome.out
    assert "dee/exercises/05_exercise.ipynb is as it was given out" in outcome.out
    assert "06_exercise" not in outcome.out
    assert outcome.out.endswith("6 files in handed_in\n")
    found = find(tmp_path / "handed_in", due=2000.0)
    assert {(own.student, own.late) for own in found} == {
        ("ann", False),
        ("ann", True),
        ("Zoë O'Hara (2)", True),
        ("bob", False),
        ("cy", True),
        ("tests", False),
    }
    assert {(own.lesson, own.trouble) for own in found} == {("05", "")}
    counting, earlier = newest(found)
    (of_ann,) = (own for own in counting if own.student == "ann")
    assert "# second" in of_ann.path.read_text("utf-8")
    assert [own.student for own in earlier] == ["ann"]


def test_exercises_of_a_stamped_copy_that_were_only_run_are_left_out(
    clone: Path, tmp_path: Path
) -> None:
    ann, handed_in = tmp_path / "homes" / "ann", tmp_path / "handed_in"
    badges.stamp(clone, catalogue(), in_repository(catalogue(), LONG, "autumn/one"))
    shutil.copytree(clone / "exercises", ann / "students" / "exercises")
    notebook = ann / "students" / "exercises" / "05_exercise.ipynb"
    content = json.loads(notebook.read_text("utf-8"))
    content["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    content["cells"][2]["execution_count"] = 1
    content["cells"].append({"cell_type": "code", "metadata": {}, "source": [], "outputs": []})
    notebook.write_text(json.dumps(content), "utf-8")
    for word in ("first", "second"):
        answered = notebook.read_text("utf-8").replace("# YOUR CODE HERE", f"# {word}", 1)
        (ann / f"{word}_05_exercise.ipynb").write_text(answered, "utf-8")
    handed_in.mkdir()
    taken, left = gather(ann.parent, handed_in, "", ROOT / "exercises")
    assert (taken, len(left)) == (2, 20)
    assert all(sentence.endswith("is as it was given out, and was left out") for sentence in left)


def test_folder_with_something_in_it_is_left_alone(
    homes: Path, tmp_path: Path, course: Command
) -> None:
    kept = tmp_path / "handed_in" / "mine"
    kept.parent.mkdir()
    kept.write_text("mine")
    outcome = course("classroom", "collect", homes, "handed_in")
    assert outcome.code == 2
    assert "handed_in is not empty, and nothing in it is overwritten" in outcome.err
    assert [path.read_text() for path in kept.parent.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "out"], "nowhere: No such file or directory"),
        (["homes", "out", "--lesson", "99"], "there is no lesson '99'"),
        (["homes", "out", "--lesson", "07"], "holds no exercise of lesson 07 that somebody has"),
    ],
)
def test_nothing_is_made_of_what_holds_no_exercise(
    homes: Path, tmp_path: Path, course: Command, words: list[str], sentence: str
) -> None:
    outcome = course("classroom", "collect", *words)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["homes"]
