"""Writing executed notebooks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class

from authoring import canonical, defects, lessons, notebooks, pairs


def test_what_was_just_written_fits(root: Path) -> None:
    assert defects.check(root) == []
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
    assert set(notebook.metadata.course) == {"imports_sha256", "source_sha256"}
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
    "name", ["chapters/01_chapter", "solutions/01_solution", "exercises/01_exercise"]
)
@pytest.mark.parametrize("newer", [".py", ".ipynb"])
def test_jupyterlab_shows_and_saves_what_a_learner_changed_and_leaves_the_source_alone(
    root: Path, lab: Any, name: str, newer: str
) -> None:
    path, source = root / f"{name}.ipynb", root / f"{name}.py"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += "\n1"
    path.write_text(canonical.notebook_text(notebook), encoding="utf-8")
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


@pytest.mark.parametrize("name", ["chapters/01_chapter", "exercises/01_exercise"])
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


def test_reading_a_source_twice_gives_the_same_notebook(course: Path) -> None:
    path = course / "solutions/01_solution.py"
    assert canonical.notebook_text(pairs.read_source(path)) == canonical.notebook_text(
        pairs.read_source(path)
    )


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        pairs.write_atomically(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def stale(root: Path) -> list[str]:
    return [source.name for source in notebooks.sources(root) if notebooks.has_changed(source)]


def test_a_lesson_counts_as_changed_with_its_source_and_with_what_it_uses_of_the_library(
    root: Path,
) -> None:
    assert stale(root) == []
    library = root / "gan_course/numbers.py"
    library.write_text(library.read_text().replace("1", "2"))
    assert stale(root) == ["01_chapter.py"]
    assert notebooks.main(["write", "--changed", "--jobs", "1"], root=root) == 0
    assert stale(root) == []
    solution = root / "solutions/01_solution.py"
    solution.write_text(solution.read_text() + "\n# %%\n1\n")
    assert stale(root) == ["01_solution.py"]


def test_a_lesson_that_was_never_executed_counts_as_changed(root: Path) -> None:
    (root / "chapters/01_chapter.ipynb").unlink()
    (root / "solutions/01_solution.ipynb").write_text("half a note")
    assert stale(root) == ["01_chapter.py", "01_solution.py"]


def test_only_what_changed_is_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert notebooks.main(["write", "--changed"], root=root) == 0
    assert capsys.readouterr().out.strip() == notebooks.NOTHING_CHANGED


def test_only_what_changed_is_run(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert lessons.main(["--changed"], root=root) == 0
    assert capfd.readouterr().out.strip() == notebooks.NOTHING_CHANGED
    library = root / "gan_course/numbers.py"
    library.write_text(library.read_text() + "\n")
    assert lessons.main(["--changed", "--jobs", "1"], root=root) == 0
    assert "3 passed" in capfd.readouterr().out


def test_an_output_that_no_longer_comes_fails_the_lesson(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = root / "chapters/01_chapter.ipynb"
    path.write_text(path.read_text().replace("seed 0", "seed 1"))
    assert lessons.main(["01_chapter", "--jobs", "1"], root=root) == 1
    assert "1 failed" in capfd.readouterr().out
    assert lessons.main(["07"], root=root) == 2
