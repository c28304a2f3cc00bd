"""Finding every way in which a stored notebook no longer fits its source."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbval.plugin import find_comment_markers, find_metadata_tags

from authoring import defects, notebooks

Change = Callable[[NotebookNode], object]


def spoil(path: Path, change: Change) -> None:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _count(notebook: NotebookNode) -> None:
    notebook.cells[1].execution_count = 7


def _edit(notebook: NotebookNode) -> None:
    notebook.cells[2].source += "\n1"


def _tag(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata.tags = []


def _drop_output(notebook: NotebookNode) -> None:
    notebook.cells[2].outputs = []


def _only_picture(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs = [nbformat.v4.new_output("display_data", {"image/png": "aGFsbG8="})]


def _big_figure(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["image/png"] = base64.b64encode(bytes(100_001)).decode()


def _error(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs.append(
        nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    )


def _no_stamp(notebook: NotebookNode) -> None:
    del notebook.metadata["course"]


def _kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec.name = "conda-env-mine"


def _huge(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["text/html"] = "x" * 700_000


def _picture_as_html_alone(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["text/html"] = '<img src="data:image/webp;base64,aGFsbG8=">'


def _big_figure_in_html(notebook: NotebookNode) -> None:
    big = base64.b64encode(bytes(100_001)).decode()
    notebook.cells[3].outputs[0].data["image/png"] = "aGFsbG8="
    notebook.cells[3].outputs[0].data["text/html"] = f'<img src="data:image/webp;base64,{big}">'


def _numbers_of_python(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["application/json"] = {"bound": 6.0}


def _long_line(notebook: NotebookNode) -> None:
    notebook.cells[2].outputs[0].text = f"short\n{'9' * 101}\n"


def _fewer_cells(notebook: NotebookNode) -> None:
    del notebook.cells[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_count, "execution counts are [7, 2, 3]"),
        (_edit, "cell 3: the source differs"),
        (_tag, "cell 2: the metadata differs"),
        (_drop_output, "cell 3 is marked NBVAL_CHECK_OUTPUT"),
        (_only_picture, "cell 4 is marked NBVAL_CHECK_OUTPUT"),
        (_big_figure, "cell 4 holds a figure of 100 kB"),
        (_error, "cell 4 stores an error, ValueError: no"),
        (_no_stamp, "sha256 stamp"),
        (_kernel, "kernelspec metadata"),
        (_picture_as_html_alone, "cell 4 shows a picture as HTML alone"),
        (_big_figure_in_html, "cell 4 holds a figure of 100 kB"),
        (_numbers_of_python, "'\"bound\": 6.0' instead of '\"bound\": 6'"),
        (_huge, "700 kB are allowed"),
        (_long_line, "cell 3 prints a line of 101 characters, which breaks"),
        (_fewer_cells, "has 3 cells where its .py has 4"),
    ],
)
def test_a_spoilt_notebook_is_named_with_what_is_wrong_and_what_mends_it(
    root: Path, change: Change, sentence: str
) -> None:
    spoil(root / "chapters/01_chapter.ipynb", change)
    found = defects.check(root)
    assert any(
        line.startswith("chapters/01_chapter: ")
        and sentence in line
        and line.endswith("Run: make notebooks ONLY=01")
        for line in found
    ), found
    assert notebooks.main(["check"], root=root) == 1


def test_an_edit_of_prose_alone_makes_the_stamp_stale(root: Path) -> None:
    path = root / "chapters/01_chapter.py"
    path.write_text(path.read_text().replace("# # A lesson", "# # A better lesson"))
    assert any("sha256" in line for line in defects.check(root))


def test_a_line_of_code_that_a_reader_would_have_to_scroll_is_named(root: Path) -> None:
    path = root / "chapters/01_chapter.py"
    longer = "# " + 99 * "x"
    path.write_text(path.read_text().replace("6 * 7", f"# {98 * 'x'}\n{longer}\n6 * 7"))
    found = [line for line in defects.check(root) if "characters long" in line]
    assert [line.partition(". Run")[0] for line in found] == [
        "chapters/01_chapter: cell 4, line 2 is 101 characters long; a reader sees 100"
    ]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"text": 100 * "9" + "\n" + 100 * "9"}),
        ("stream", {"text": "\r".join(["50 %" + 60 * "#", "100 %" + 60 * "#"])}),
        ("display_data", {"data": {"text/plain": 200 * "9", "text/html": "<table></table>"}}),
    ],
    ids=["as long as a cell", "a bar drawn twice", "the text of what is shown otherwise"],
)
def test_what_a_reader_sees_whole_is_no_long_line(kind: str, content: dict[str, Any]) -> None:
    assert defects.longest_line(nbformat.v4.new_output(kind, **content)) == 0


def test_another_order_of_keys_is_a_defect_of_form(root: Path) -> None:
    path = root / "exercises/01_exercise.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=1, sort_keys=False) + "\n")
    assert defects.check(root) == []
    path.write_text(path.read_text().rstrip("\n"))
    assert any("a single line end" in line for line in defects.check(root))
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2) + "\n")
    assert any("is not stored as JupyterLab saves it" in line for line in defects.check(root))


def test_line_ends_of_windows_change_nothing(root: Path) -> None:
    path = root / "chapters/01_chapter.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert defects.check(root) == []


def test_an_error_that_is_the_point_of_its_cell_may_be_stored(root: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "1 / 0", execution_count=1, metadata={"tags": ["raises-exception"]}
            )
        ]
    )
    notebook.cells[0].outputs = [
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])
    ]
    assert defects.output_defects(notebook) == []


@pytest.mark.parametrize(
    "gone", ["chapters/01_chapter.ipynb", "solutions/01_solution.py", "exercises/01_exercise.ipynb"]
)
def test_half_a_pair_is_a_defect(root: Path, gone: str) -> None:
    (root / gone).unlink()
    assert any(
        line.startswith(gone.rpartition(".")[0]) and f"has no .{gone.rpartition('.')[2]}" in line
        for line in defects.check(root)
    )


def test_a_broken_file_is_a_defect_and_no_traceback(root: Path) -> None:
    (root / "chapters/01_chapter.ipynb").write_text("half a note")
    assert any("cannot be read as a notebook" in line for line in defects.check(root))


def test_an_exercise_with_outputs_is_a_defect(root: Path) -> None:
    shutil.copy(root / "solutions/01_solution.ipynb", root / "exercises/01_exercise.ipynb")
    assert any(
        "an exercise carries none" in line or "execution counts" in line
        for line in defects.check(root)
    )


def test_folders_that_are_not_there_have_no_defects(tmp_path: Path) -> None:
    assert defects.check(tmp_path) == []


@pytest.mark.parametrize(
    "source",
    [
        "# NBVAL_CHECK_OUTPUT\n1",
        "1\n## NBVAL_CHECK_OUTPUT",
        "1  # NBVAL_CHECK_OUTPUT",
        "'NBVAL_CHECK_OUTPUT'",
        "1",
    ],
)
@pytest.mark.parametrize("tags", [[], ["nbval-check-output"], ["parameters"]])
def test_a_cell_counts_as_checked_exactly_where_nbval_checks_it(
    source: str, tags: list[str]
) -> None:
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": tags})
    expected = dict(find_metadata_tags(cell.metadata)) | dict(find_comment_markers(source))
    assert defects.is_checked(cell) is expected.get("check", False)
