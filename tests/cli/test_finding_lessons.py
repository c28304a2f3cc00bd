"""Where commands look for lessons, and how lessons are copied out of an installed package."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from gan_course.commands import lab, paths
from gan_course.commands.prompt import PROMPT
from gan_course.install import how_to_install
from tests.command import Command


def test_a_lesson_that_is_not_on_this_machine_says_where_to_get_it(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    outcome = course("run", "02")
    assert outcome.code == 2
    assert "git clone https://github.com/" in outcome.err
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "01_gaussian_gan.py").touch()
    outcome = course("verify", "02")
    assert outcome.code == 2
    assert "update your clone" in outcome.err


def test_a_folder_of_chapters_that_are_no_lessons_does_not_hide_the_clones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clone" / "chapters").mkdir(parents=True)
    (tmp_path / "clone" / "chapters" / "01_gaussian_gan.py").touch()
    monkeypatch.setattr(paths, "CLONE", tmp_path / "clone")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.tex").touch()
    monkeypatch.chdir(tmp_path)
    assert paths.chapters() == tmp_path / "clone" / "chapters"


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lessons as an installed package holds them."""
    root = tmp_path / "packaged"
    for name in ("chapters/01_gaussian_gan.py", "chapters/__pycache__/a.pyc", "exercises/a.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("theirs", encoding="utf-8")
    monkeypatch.setattr(paths, "PACKAGED", root)
    return root


def test_a_folder_that_holds_something_is_left_as_it_is(course: Command, packaged: Path) -> None:
    assert course("lessons", "mine").code == 0
    assert sorted(path.name for path in Path("mine").rglob("*.py*")) == [
        "01_gaussian_gan.py",
        "a.py",
    ]
    Path("mine/exercises/a.py").write_text("mine", encoding="utf-8")
    Path("file").touch()
    for name in ("mine", "file"):
        outcome = course("lessons", name)
        assert outcome.code == 2
        assert outcome.err == (
            f"gan-course: {name} is not an empty folder, and nothing is overwritten: name a new "
            "folder\n"
        )
    assert Path("mine/exercises/a.py").read_text(encoding="utf-8") == "mine"


def test_of_lessons_that_cannot_be_copied_whole_none_are_left(
    course: Command, packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, copy: Path) -> None:
        if source.name == "a.py":
            raise OSError(errno.ENOSPC, "No space left on device", str(copy))
        copy.touch()

    monkeypatch.setattr(shutil, "copyfile", full)
    outcome = course("lessons", "mine")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert list(Path("mine").iterdir()) == []


def test_evidence_of_an_installed_package_stays_as_it_is(course: Command, packaged: Path) -> None:
    outcome = course("verify", "01", "--seeds", 1)
    assert outcome.code == 2
    assert "work in a copy, `gan-course lessons FOLDER`" in outcome.err


def test_lab_says_in_a_sentence_that_no_lessons_can_be_copied_here(
    course: Command, packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/proc")  # where nobody can make a folder, not even root
    outcome = course("lab", "--no-browser")
    assert outcome.code == 2
    assert outcome.err.startswith("gan-course: the folder gan-course cannot be written (")
    assert outcome.err.count("\n") == 1


def test_lab_shows_the_lessons_that_are_here_already(
    course: Command, packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[str]] = []
    monkeypatch.setenv("MPLBACKEND", "agg")  # which `lab` forgets
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", told.append)
    assert course("lab", "--lesson", "2", "--port", 8900).out.startswith("Copied ")
    assert course("lab", "--author").out == ""
    monkeypatch.chdir("gan-course")
    assert course("lab").out == ""
    first, second, third = told
    ours = [f"--ServerApp.{PROMPT}", f"--ServerApp.root_dir={Path.cwd()}"]
    assert first[-5:] == [
        *ours,
        "--LabApp.default_url=/lab/tree/chapters/02_dcgan.ipynb",
        "--port",
        "8900",
    ]
    assert second == [*ours, "--LabApp.default_url=/lab/tree/chapters/01_gaussian_gan.ipynb"]
    assert third[:2] == [f"--ContentsManager.hide_globs={glob}" for glob in lab.HIDDEN]


def test_what_is_missing_is_installed_from_where_the_course_came() -> None:
    assert how_to_install("learn", clone=False) == 'pip install "gan-course[learn]"'
    assert how_to_install("learn", clone=True).startswith("run `make lab` in your clone")
    assert how_to_install("cluster", clone=True) == 'in your clone, pip install -e ".[cluster]"'
