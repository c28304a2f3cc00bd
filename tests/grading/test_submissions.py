"""Submissions as they come: whatever is in the folder, each gets a grade or one clear sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gan_course.grading.submissions import MOST, find

CELL = 'check("05.q1", critic_loss, generator_loss)'


def notebook(*sources: str, **metadata: object) -> str:
    cells = [{"cell_type": "code", "source": [own], "metadata": metadata} for own in sources]
    return json.dumps({"cells": cells, "nbformat": 4})


def test_notebooks_and_scripts_of_one_class_are_found(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_text(notebook("x = 1", CELL))
    (tmp_path / "Bob Bee_12_assignsubmission_file_").mkdir()
    (tmp_path / "Bob Bee_12_assignsubmission_file_" / "05.py").write_text(f"# %%\nx = 1\n{CELL}\n")
    (tmp_path / "ceecarl_LATE_34_56_05_exercise.ipynb").write_text(notebook("x = 1"))
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "ada.ipynb").write_text("{}")
    found = {own.student: own for own in find(tmp_path)}
    assert set(found) == {"ada", "Bob Bee", "ceecarl"}
    assert {own.lesson for own in found.values()} == {"05"}
    assert (found["Bob Bee"].id, found["ceecarl"].id) == ("12", "34")
    assert [own.late for own in found.values()] == [False, False, True]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada_05_exercise", "ada"),
        ("ada-05_exercise (1)", "ada"),
        ("ada lee_05-exercise_final", "ada lee"),
        ("05_exercise", "05_exercise"),
        ("group_07", "group_07"),
    ],
)
def test_student_is_named_without_the_exercise(name: str, student: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.py").write_text(CELL)
    assert [own.student for own in find(tmp_path)] == [student]


def test_files_changed_after_the_due_date_are_late(tmp_path: Path) -> None:
    (tmp_path / "ada.py").write_text(CELL)
    os.utime(tmp_path / "ada.py", (1000, 1000))
    assert [find(tmp_path, due)[0].late for due in (None, 999, 1000)] == [False, True, False]


def test_cells_of_the_course_are_not_run_and_keep_their_places(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "text", "metadata": {}},
        {"cell_type": "code", "source": "a = 1", "metadata": {}},
        {"cell_type": "code", "source": CELL, "metadata": {"nbgrader": {"grade": True}}},
        {"cell_type": "code", "source": "train()", "metadata": {"tags": ["payoff"]}},
    ]
    (tmp_path / "05_a.ipynb").write_text(json.dumps({"cells": cells}))
    assert find(tmp_path)[0].cells == ["", "a = 1", "", ""]


def test_magics_and_shell_escapes_are_noted_and_not_run(tmp_path: Path) -> None:
    source = f"%matplotlib inline\nif True:\n    !rm -rf /\n{CELL}"
    (tmp_path / "ada.ipynb").write_text(notebook(source, "%%bash\nrm -rf /"))
    (found,) = find(tmp_path)
    assert found.cells[0].startswith("pass  # %matplotlib inline\nif True:\n    pass  # !rm -rf /")
    assert found.cells[1] == ""
    assert "magics" in found.notes[0]


BAD = {
    "not JSON": ("{", "it is not JSON"),
    "nested": ("[" * 100_000, "it is not JSON"),
    "another JSON": ("[1]", "no notebook of format 4"),
    "cells of another kind": ('{"cells": [1]}', "no notebook of format 4"),
    "source of another kind": (
        '{"cells": [{"cell_type": "code", "source": 7, "metadata": {}}]}',
        "no notebook of format 4",
    ),
    "metadata of another kind": (
        '{"cells": [{"cell_type": "code", "source": "x", "metadata": {"tags": 7}}]}',
        "no notebook of format 4",
    ),
    "no question": (notebook("x = 1"), "No question of the course"),
    "unknown question": (notebook('check("99.q1", f)'), "No question of the course"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_notebook_gets_one_sentence_and_the_others_are_read(kind: str, tmp_path: Path) -> None:
    text, said = BAD[kind]
    (tmp_path / "ada.ipynb").write_text(text)
    (tmp_path / "bob.ipynb").write_text(notebook(CELL))
    ada, bob = find(tmp_path)
    assert said in ada.trouble
    assert (ada.cells, bob.trouble) == ([], "")


def test_file_of_500_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "ada.ipynb").open("wb") as file:
        file.truncate(500 * 2**20)
    (found,) = find(tmp_path)
    assert found.trouble.startswith(f"The file has 500 MB, and at most {MOST // 2**20} are read")
    assert found.digest == ""


def test_links_are_not_followed_and_odd_names_do_no_harm(tmp_path: Path) -> None:
    outside = tmp_path / "secret.py"
    outside.write_text(CELL)
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "link.py").symlink_to(outside)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff<script>\n.py")).write_text(
        CELL, encoding="utf-8"
    )
    link, odd = sorted(find(folder), key=lambda own: not own.trouble)
    assert "This is a link" in link.trouble
    assert odd.student == "?<script>\n"


def test_folder_without_submissions_and_no_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no submissions"):
        find(tmp_path)
    with pytest.raises(FileNotFoundError):
        find(tmp_path / "none")
