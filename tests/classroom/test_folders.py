"""A folder that a command writes is whole or not there, and nothing in it is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gan_course.classroom.folders import new_folder


def test_an_empty_folder_that_somebody_stands_in_is_filled_and_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    before = here.stat().st_ino
    with new_folder(Path()) as making:
        (making / "inside").mkdir()
        (making / "inside" / "a").write_text("a")
    assert here.stat().st_ino == before
    assert Path("inside/a").read_text(encoding="utf-8") == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def fill(place: Path, meanwhile: Callable[[], object]) -> None:
    with new_folder(place) as making:
        (making / "a").write_text("new")
        meanwhile()


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        fill(tmp_path / "new", (tmp_path / "lacking").unlink)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("meanwhile", [False, True])
def test_what_is_there_is_never_overwritten(meanwhile: bool, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.mkdir()
    mine = partial((place / "a").write_text, "mine")
    if not meanwhile:
        mine()
    with pytest.raises(FileExistsError, match="is not empty"):
        fill(place, mine)
    assert (place / "a").read_text() == "mine"
    assert list(tmp_path.iterdir()) == [place]
