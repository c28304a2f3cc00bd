"""A small model of the zoo, which trains in a moment."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from gan_course import zoo
from gan_course.catalogue import catalogue
from gan_course.data import PlaneMixture
from gan_course.zoo import measures
from gan_course.zoo.entries import Entry
from tests.command import Command

TINY = Entry(
    name="tiny",
    model="gan",
    data="grid",
    steps=250,
    seed=3,
    summary="points",
    limits="It has learned next to nothing.",
    measures=("modes",),
    settings={"hidden": "4,4", "batch_size": 8},
    plays=("discriminator",),
    at_least={"modes": 25},
)


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Entry]:
    """A zoo that holds the small model alone, and which a test may change; measured on few points,
    and with checkpoints at short distances."""
    catalogue()  # is read once, and names models of the whole zoo
    held = {"tiny": TINY}
    monkeypatch.setattr(zoo, "declared", lambda: held)
    monkeypatch.setattr(measures, "POINTS", 1000)
    monkeypatch.setattr(PlaneMixture, "batches_per_epoch", lambda self, size: 100)
    return held


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small model is kept once a test has built it."""
    return tmp_path_factory.mktemp("zoo") / "tiny"


@pytest.fixture
def built(course: Command, tmp_path: Path, declared: dict[str, Entry], once: Path) -> Path:
    """Where the small model was built."""
    folder = tmp_path / "runs" / "zoo" / "tiny"
    if not once.exists():
        outcome = course("zoo", "rebuild", "tiny")
        assert outcome.code == 0, outcome.err
        copytree(folder, once)
    return copytree(once, folder, dirs_exist_ok=True)
