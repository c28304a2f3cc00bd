"""Exercises come from solutions, the same bytes each time, with nothing of the answer in them."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from authoring import defects, exercises, pairs


def test_the_answer_is_replaced_by_a_stub_and_all_else_stays(course: Path) -> None:
    exercises.write(course)
    text = (course / "exercises/01_exercise.py").read_text()
    assert "return 2 * x" not in text
    assert "SOLUTION" not in text
    assert (
        'def twice(x):\n    """Two times x."""\n    # YOUR CODE HERE\n    raise '
        "NotImplementedError(" in text
    )
    assert "assert twice(21) == 42" in text


def test_both_files_of_an_exercise_fit_each_other_and_hold_no_outputs(course: Path) -> None:
    exercises.write(course)
    source = course / "exercises/01_exercise.py"
    assert defects.pair_defects(source, executed=False) == []
    assert "text_representation" not in source.read_text()
    assert "jupytext_version" not in source.read_text()


def test_cells_have_their_grade_id_or_number_as_id_and_sorted_metadata(course: Path) -> None:
    exercises.write(course)
    notebook = nbformat.read(course / "exercises/01_exercise.ipynb", as_version=4)
    assert [cell.id for cell in notebook.cells] == ["q1_text", "cell-02", "q1", "q1_check"]
    for line in (course / "exercises/01_exercise.py").read_text().splitlines():
        if "nbgrader=" in line:
            keys = list(json.JSONDecoder().raw_decode(line.partition("nbgrader=")[2])[0])
            assert keys == sorted(keys)


def test_a_learner_can_edit_the_answer_but_neither_the_question_nor_the_check(course: Path) -> None:
    notebook = exercises.exercise_of(course / "solutions/01_solution.py")
    assert [cell.metadata.get("editable", True) for cell in notebook.cells] == [
        False,
        True,
        True,
        False,
    ]


def test_run_all_goes_on_after_an_unfinished_answer_and_nbgrader_gives_nothing_for_it(
    course: Path,
) -> None:
    exercises.write(course)
    path = course / "exercises/01_exercise.ipynb"
    for text, points in (("pass", 0.0), ("def twice(x", 0.0), ("def twice(x): return 2 * x", 1.0)):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[2].source = text
        notebook.cells.append(nbformat.v4.new_code_cell("'the end'"))
        NotebookClient(notebook).execute()
        assert notebook.cells[-1].outputs[0].data["text/plain"] == "'the end'"
        assert determine_grade(notebook.cells[3]) == (points, 1.0)


def test_an_error_outside_answers_and_checks_still_ends_an_exercise(course: Path) -> None:
    notebook = exercises.exercise_of(course / "solutions/01_solution.py")
    assert ["raises-exception" in cell.metadata.get("tags", []) for cell in notebook.cells] == [
        False,
        False,
        True,
        True,
    ]


def test_generating_again_changes_nothing(course: Path) -> None:
    assert len(exercises.write(course)) == 2
    files = {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (course / "exercises").iterdir()
    }
    assert exercises.write(course) == []
    assert files == {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (course / "exercises").iterdir()
    }
    assert exercises.main(["--check"], root=course) == 0


def test_a_generated_exercise_is_a_fixed_point_of_its_own_reading(course: Path) -> None:
    exercises.write(course)
    path = course / "exercises/01_exercise.py"
    assert pairs.source_text(pairs.read_source(path)) == path.read_text()


@pytest.mark.parametrize("name", ["01_exercise.py", "01_exercise.ipynb"])
def test_check_shows_the_line_that_differs(
    course: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exercises.write(course)
    path = course / "exercises" / name
    path.write_text(path.read_text().replace("# YOUR CODE HERE", "# MY CODE"))
    assert exercises.main(["--check"], root=course) == 1
    error = capsys.readouterr().err
    assert "-" in error
    assert "# MY CODE" in error
    assert "make exercises" in error


def test_check_finds_an_exercise_that_was_never_written(course: Path) -> None:
    assert exercises.main(["--check"], root=course) == 1


def test_an_exercise_whose_solution_is_gone_is_found_and_removed(course: Path) -> None:
    exercises.write(course)
    (course / "solutions/01_solution.py").unlink()
    assert any("no solution of this name" in line for line in exercises.differences(course))
    exercises.write(course)
    assert list((course / "exercises").iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    ### END SOLUTION\n", "", "each BEGIN SOLUTION needs one END"),
        ('"grade_id": "q1_check"', '"grade_id": "q1"', "validat"),
        (
            '"schema_version": 3, "solution": true',
            '"schema_version": 3, "solution": false',
            "non-solution cell",
        ),
        ("    ### BEGIN SOLUTION\n", "", "each BEGIN SOLUTION needs one END"),
    ],
)
def test_wrong_marks_are_refused_and_nothing_is_written(
    course: Path, old: str, new: str, sentence: str
) -> None:
    path = course / "solutions/01_solution.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ValueError, match=f"(?s)01_solution.py.*({sentence})"):
        exercises.write(course)
    assert not (course / "exercises").exists()
    assert exercises.main([], root=course) == 2
