"""What the commands are tried with: trained runs, a small lesson, a clock of another zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_course.cli import app
from tests.cli.small_lesson import LESSON, write_lesson


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of each model, of a few steps, by the same commands."""
    root = tmp_path_factory.mktemp("runs")
    for name in ("a", "b"):
        for model, steps in (("gan", 12), ("dcgan", 2)):
            folder = root / model / name
            with pytest.raises(SystemExit) as leaving:
                app(["train", model, "--steps", str(steps), "--seed", "3", "--out", str(folder)])
            assert leaving.value.code == 0
    return root


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small lesson in a folder of chapters, some of whose claims fail."""
    return write_lesson(tmp_path_factory.mktemp("lesson"), LESSON)


@pytest.fixture
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall is five hours and a half before that of the world."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EAST-05:30")
        time.tzset()
        yield
    time.tzset()
