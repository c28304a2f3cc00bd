"""Where `gan-course run` and `gan-course verify` look for lessons."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_course.commands import paths
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
