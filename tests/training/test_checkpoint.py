"""Checkpoints are whole or not there, hold all that a run is, and a run that goes on from one ends
as if nothing had interrupted it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_course import machine
from gan_course.data import Gaussian
from gan_course.models import GAN
from gan_course.training import History, Hook, Run, fit
from gan_course.training.checkpoint import (
    Checkpoints,
    checkpoints,
    newest_whole,
    read_checkpoint,
    write_checkpoint,
)
from tests.training.short_runs import DATA, SMALL, a_run, same, trained


@pytest.fixture(scope="module")
def whole() -> tuple[GAN, History]:
    """A run that nothing interrupted."""
    return trained()


def test_a_resumed_run_ends_where_the_uninterrupted_run_ends(
    tmp_path: Path, whole: tuple[GAN, History]
) -> None:
    trained(Checkpoints(tmp_path, every=5))
    kept = checkpoints(tmp_path)
    assert [path.name for path in kept] == [f"step-{step:09d}.pt" for step in (5, 10, 12)]
    for path in kept:
        torch.manual_seed(99)
        resumed = GAN(SMALL)  # other weights, which the checkpoint replaces
        history = fit(resumed, DATA, seed=1, checkpoint=path)
        assert same(resumed.state_dict(), whole[0].state_dict())
        assert [history[name] for name in history.names] == [
            whole[1][name] for name in whole[1].names
        ]
        assert history.steps == range(1, 13)


def test_a_resumed_run_draws_on_from_every_random_generator(tmp_path: Path) -> None:
    class Draws(Hook):
        def __init__(self) -> None:
            self.drawn: list[tuple[float, float, float]] = []

        def after_step(self, run: Run) -> None:
            numpy = float(np.random.rand())  # noqa: NPY002
            self.drawn.append((random.random(), numpy, torch.rand(()).item()))

    without, before, after = Draws(), Draws(), Draws()
    trained(without)
    trained(before, Checkpoints(tmp_path, every=7))
    trained(after, checkpoint=tmp_path / "step-000000007.pt")
    assert after.drawn == without.drawn[7:]


def test_hooks_of_a_resumed_run_see_where_it_goes_on(tmp_path: Path) -> None:
    trained(Checkpoints(tmp_path, every=5))
    seen: list[tuple[int, int, Path | None]] = []

    class Look(Hook):
        def start(self, run: Run) -> None:
            seen.append((run.step, len(run.history), run.last_checkpoint))

    trained(Look(), checkpoint=tmp_path / "step-000000005.pt")
    assert seen == [(5, 5, tmp_path / "step-000000005.pt")]


def test_a_checkpoint_holds_all_that_a_run_is(tmp_path: Path) -> None:
    run = a_run(step=3)
    write_checkpoint(tmp_path / "a.pt", run, score=0.5)
    stored = read_checkpoint(tmp_path / "a.pt")
    assert (stored.model, stored.config["hidden"]) == ("GAN", (4,))
    assert (stored.seed, stored.step, stored.score) == (1, 3, 0.5)
    assert (stored.threads, stored.versions) == (torch.get_num_threads(), machine.versions())
    assert same(stored.state, run.model.state_dict())
    assert stored.random[0].keys() == {"python", "numpy", "torch"}
    assert stored.history["names"] == ["generator"]
    assert stored.history["values"].tolist() == [run.history["generator"]]


def test_pytorch_reads_a_checkpoint_too(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    assert torch.load(tmp_path / "a.pt", weights_only=True)["step"] == 1


def test_checkpoints_come_at_the_end_of_each_epoch_and_of_the_run_and_the_newest_are_kept(
    tmp_path: Path,
) -> None:
    class ShortEpochs(Gaussian):
        def batches_per_epoch(self, size: int) -> int:
            return 5

    fit(GAN(SMALL), ShortEpochs(2.0, 1.0), hooks=[Checkpoints(tmp_path / "all", keep=9)])
    assert [read_checkpoint(path).step for path in checkpoints(tmp_path / "all")] == [5, 10, 12]
    fit(GAN(SMALL), DATA, hooks=[Checkpoints(tmp_path / "some", every=2)])
    assert [read_checkpoint(path).step for path in checkpoints(tmp_path / "some")] == [8, 10, 12]


def test_generated_data_have_an_epoch_of_500_batches(tmp_path: Path) -> None:
    fit(GAN(replace(SMALL, steps=501)), DATA, hooks=[Checkpoints(tmp_path)])
    assert [read_checkpoint(path).step for path in checkpoints(tmp_path)] == [500, 501]


def test_writing_and_measuring_does_not_change_the_run(
    tmp_path: Path, whole: tuple[GAN, History]
) -> None:
    model, _ = trained(Checkpoints(tmp_path, every=1, measure=lambda m: m.sample(3).mean()))
    assert same(model.state_dict(), whole[0].state_dict())


def scores(values: list[float]) -> Callable[[Any], float]:
    left = iter(values)
    return lambda _: next(left)


def test_the_best_checkpoint_is_kept_besides_the_newest(tmp_path: Path) -> None:
    trained(Checkpoints(tmp_path, every=3, keep=1, measure=scores([4.0, 2.0, float("nan"), 3.0])))
    assert {path.name for path in tmp_path.iterdir()} == {"step-000000012.pt", "best.pt"}
    best = read_checkpoint(tmp_path / "best.pt")
    assert (best.step, best.score) == (6, 2.0)


def test_a_resumed_run_knows_the_best_so_far(tmp_path: Path) -> None:
    trained(Checkpoints(tmp_path, every=6, measure=scores([2.0, 3.0])))
    trained(
        Checkpoints(tmp_path, every=3, measure=scores([2.5, 2.25])),
        checkpoint=tmp_path / "step-000000006.pt",
    )
    assert read_checkpoint(tmp_path / "best.pt").score == 2.0
    trained(
        Checkpoints(tmp_path, every=3, measure=scores([1.5, 2.25])),
        checkpoint=tmp_path / "step-000000006.pt",
    )
    assert read_checkpoint(tmp_path / "best.pt").score == 1.5


def test_a_damaged_newer_file_does_not_push_out_what_is_written(tmp_path: Path) -> None:
    trained(Checkpoints(tmp_path, every=5))
    (tmp_path / "step-000000012.pt").write_bytes(b"cut")
    saving, whole = Checkpoints(tmp_path, every=3, keep=1), tmp_path / "step-000000005.pt"
    fit(GAN(SMALL), DATA, steps=8, seed=1, hooks=[saving], checkpoint=whole)
    assert read_checkpoint(tmp_path / "step-000000008.pt").step == 8


def test_a_write_that_fails_leaves_the_old_checkpoint_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pt"
    write_checkpoint(path, a_run(step=1))

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(path, a_run(step=2))
    assert read_checkpoint(path).step == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_run_that_goes_on_reads_its_checkpoint_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(GAN(SMALL), DATA, steps=4, hooks=[Checkpoints(tmp_path, every=2)])
    read: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    newest, _ = newest_whole(tmp_path)
    assert len(fit(GAN(SMALL), DATA, checkpoint=newest)) == SMALL.steps
    assert read == [tmp_path / "step-000000004.pt"]
