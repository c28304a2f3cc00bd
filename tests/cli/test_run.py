"""`gan-course run`: a lesson is executed, its pictures are written, a cell that fails is named."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from gan_course.cli import app
from tests.cli.small_lesson import PIXEL, write_lesson


def test_run_writes_the_executed_notebook_and_its_pictures(
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "fine"
    root.mkdir()
    write_lesson(root, source.read_text(encoding="utf-8").replace("at_least=0.5", "at_least=0"))
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit) as leaving:
        app(["run", "02", "--out", "done"])
    out = capsys.readouterr().out
    assert leaving.value.code == 0, out
    assert {path.name for path in (root / "done").iterdir()} == {
        "02_dcgan.ipynb",
        "cell-10-1.png",
        "cell-10-2.png",
    }
    assert (root / "done" / "cell-10-1.png").read_bytes() == base64.b64decode(PIXEL)
    notebook = json.loads((root / "done" / "02_dcgan.ipynb").read_text())
    assert [
        cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"
    ] == list(range(1, 9))
    assert "cell  7 of 10" in out
    assert 'What fails · claim("the seed is at least one"' in out


def test_run_says_which_cell_failed_and_keeps_what_was_done(
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(source.parent.parent)
    with pytest.raises(SystemExit) as leaving:
        app(["run", "02_dcgan", "--out", str(tmp_path / "done")])
    assert leaving.value.code == 1
    assert capsys.readouterr().err.startswith(
        'gan-course: cell 7 (What fails · claim("the seed is at least one", seed / 2, '
        "at_least=0.5)) failed: AssertionError"
    )
    notebook = json.loads((tmp_path / "done" / "02_dcgan.ipynb").read_text())
    assert notebook["cells"][6]["outputs"]
    assert not notebook["cells"][7]["outputs"]


def test_run_names_the_first_cell_where_the_kernel_dies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(tmp_path, "# %% [markdown]\n# # A lesson\n\n# %%\nimport os\n\nos._exit(9)\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as leaving:
        app(["run", "02"])
    assert leaving.value.code == 1
    assert (
        "gan-course: cell 2 (A lesson · import os) failed: its kernel died"
        in capsys.readouterr().err
    )
