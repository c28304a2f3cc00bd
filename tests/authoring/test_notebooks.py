"""Writing executed notebooks, and finding every way in which a pair no longer fits."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class
from nbformat import NotebookNode
from nbval.plugin import find_comment_markers, find_metadata_tags

from authoring import notebooks, pairs

Change = Callable[[NotebookNode], object]


@pytest.fixture
def root(written: Path, tmp_path: Path) -> Path:
    """A copy of the written course that a test may spoil."""
    return Path(shutil.copytree(written, tmp_path / "course"))


def spoil(path: Path, change: Change) -> None:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def test_what_was_just_written_fits(root: Path) -> None:
    assert notebooks.check(root) == []
    assert notebooks.main(["check"], root=root) == 0


def test_writing_again_gives_the_same_bytes(root: Path) -> None:
    path = root / "chapters/01_chapter.ipynb"
    before = path.read_bytes()
    path.unlink()
    assert notebooks.main(["write", "01_chapter"], root=root) == 0
    assert path.read_bytes() == before


def test_written_notebook_holds_outputs_counts_tags_and_ids_of_its_own(root: Path) -> None:
    notebook = nbformat.read(root / "chapters/01_chapter.ipynb", as_version=4)
    assert [cell.id for cell in notebook.cells] == ["cell-01", "cell-02", "cell-03", "cell-04"]
    assert notebook.cells[1].metadata == {"tags": ["parameters"]}
    assert notebook.cells[2].outputs[0].text == "seed 0\n"
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3]
    assert "version" not in notebook.metadata.language_info
    assert [
        cell.id for cell in nbformat.read(root / "solutions/01_solution.ipynb", as_version=4).cells
    ] == ["q1_text", "cell-02", "q1", "q1_check"]


@pytest.fixture
def lab(root: Path) -> Any:
    """What JupyterLab with Jupytext reads and writes files through, with the settings of this
    repository."""
    shutil.copy(notebooks.ROOT / "pyproject.toml", root)
    return build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(root))


@pytest.mark.parametrize(
    "name", ["chapters/01_chapter", "solutions/01_solution", "exercises/01_solution"]
)
@pytest.mark.parametrize("newer", [".py", ".ipynb"])
def test_jupyterlab_shows_and_saves_what_a_learner_changed_and_leaves_the_source_alone(
    root: Path, lab: Any, name: str, newer: str
) -> None:
    path, source = root / f"{name}.ipynb", root / f"{name}.py"
    spoil(path, _edit)
    before = source.read_bytes()
    for file in (path, source):
        os.utime(file, (2e9, 2e9) if file.suffix == newer else (1e9, 1e9))
    model = lab.get(path.relative_to(root).as_posix())
    assert model["content"].cells[2].source.endswith("\n1")
    lab.save(
        {key: model[key] for key in ("type", "format", "content")},
        path.relative_to(root).as_posix(),
    )
    assert source.read_bytes() == before


@pytest.mark.parametrize("name", ["chapters/01_chapter", "exercises/01_solution"])
def test_jupyterlab_opens_a_source_as_a_notebook_with_the_stored_outputs(
    root: Path, lab: Any, name: str
) -> None:
    os.utime(root / f"{name}.py", (1e9, 1e9))
    cells = lab.get(f"{name}.py")["content"].cells
    assert [cell.source for cell in cells] == [
        cell.source for cell in pairs.read_source(root / f"{name}.py").cells
    ]
    if name.startswith("chapters"):
        assert cells[2].outputs[0].text == "seed 0\n"


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
        (_huge, "700 kB are allowed"),
        (_fewer_cells, "has 3 cells where its .py has 4"),
    ],
)
def test_a_spoilt_notebook_is_named_with_what_is_wrong_and_what_mends_it(
    root: Path, change: Change, sentence: str
) -> None:
    spoil(root / "chapters/01_chapter.ipynb", change)
    defects = notebooks.check(root)
    assert any(
        line.startswith("chapters/01_chapter: ")
        and sentence in line
        and line.endswith("Run: make notebooks ONLY=01")
        for line in defects
    ), defects
    assert notebooks.main(["check"], root=root) == 1


def test_an_edit_of_prose_alone_makes_the_stamp_stale(root: Path) -> None:
    path = root / "chapters/01_chapter.py"
    path.write_text(path.read_text().replace("# # A lesson", "# # A better lesson"))
    assert any("sha256" in line for line in notebooks.check(root))


def test_line_ends_of_windows_change_nothing(root: Path) -> None:
    path = root / "chapters/01_chapter.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert notebooks.check(root) == []


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
    assert notebooks.output_defects(notebook) == []


@pytest.mark.parametrize(
    "gone", ["chapters/01_chapter.ipynb", "solutions/01_solution.py", "exercises/01_solution.ipynb"]
)
def test_half_a_pair_is_a_defect(root: Path, gone: str) -> None:
    (root / gone).unlink()
    assert any(
        line.startswith(gone.rpartition(".")[0]) and f"has no .{gone.rpartition('.')[2]}" in line
        for line in notebooks.check(root)
    )


def test_a_broken_file_is_a_defect_and_no_traceback(root: Path) -> None:
    (root / "chapters/01_chapter.ipynb").write_text("half a note")
    assert any("cannot be read as a notebook" in line for line in notebooks.check(root))


def test_an_exercise_with_outputs_is_a_defect(root: Path) -> None:
    shutil.copy(root / "solutions/01_solution.ipynb", root / "exercises/01_solution.ipynb")
    assert any(
        "an exercise carries none" in line or "execution counts" in line
        for line in notebooks.check(root)
    )


def test_folders_that_are_not_there_have_no_defects(tmp_path: Path) -> None:
    assert notebooks.check(tmp_path) == []


def test_an_unknown_lesson_is_refused_with_the_names_there_are(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.main(["write", "07"], root=root) == 2
    assert "no notebook starts with '07'" in capsys.readouterr().err


def test_a_failing_cell_leaves_the_old_notebook_and_says_which_cell(root: Path) -> None:
    source = root / "chapters/01_chapter.py"
    before = source.with_suffix(".ipynb").read_bytes()
    source.write_text(source.read_text() + "\n# %%\nraise KeyError('the culprit')\n")
    with pytest.raises(RuntimeError, match=r"(?s)01_chapter\.py was not written.*the culprit"):
        notebooks.write(source)
    assert source.with_suffix(".ipynb").read_bytes() == before
    assert {path.name for path in source.parent.iterdir()} == {"01_chapter.py", "01_chapter.ipynb"}


def test_an_output_with_a_path_of_this_machine_is_refused(root: Path) -> None:
    source = root / "chapters/01_chapter.py"
    source.write_text(source.read_text() + "\n# %%\nimport os\nos.getcwd()\n")
    with pytest.raises(ValueError, match=r"cell 5: its output shows .* a path of this machine"):
        notebooks.execute(source, root=root)


def test_live_widgets_are_not_stored_but_their_pictures_are() -> None:
    widget = {notebooks.WIDGET: {"model_id": "1"}, "text/plain": "VBox(children=())"}
    bare, pictured = (
        nbformat.v4.new_output("display_data", data)
        for data in (widget, {**widget, "image/png": "aGFsbG8="})
    )
    stream = nbformat.v4.new_output("stream", text="done")
    kept = notebooks.without_widgets([bare, pictured, stream])
    assert kept == [pictured, stream]
    assert set(pictured.data) == {"text/plain", "image/png"}


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
    assert notebooks.is_checked(cell) is expected.get("check", False)


def test_reading_a_source_twice_gives_the_same_notebook(course: Path) -> None:
    path = course / "solutions/01_solution.py"
    assert pairs.notebook_text(pairs.read_source(path)) == pairs.notebook_text(
        pairs.read_source(path)
    )


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        pairs.write_atomically(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
