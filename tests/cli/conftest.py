"""Runs that the commands are tried with, trained once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_course.cli import app


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two runs of each model, of a few steps, by the same commands."""
    root = tmp_path_factory.mktemp("runs")
    for name in ("a", "b"):
        for model, steps in (("gan", 12), ("dcgan", 2)):
            folder = root / model / name
            with pytest.raises(SystemExit) as leaving:
                app(["train", model, "--steps", str(steps), "--seed", "3", "--out", str(folder)])
            assert leaving.value.code == 0
    return root
