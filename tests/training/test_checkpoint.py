"""Checkpoints are whole or not there, hold all that a run is, and go into the run they came
from."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_course import machine
from gan_course.data import Gaussian
from gan_course.models import DCGAN, GAN, DCGANConfig, GANConfig, Model
from gan_course.training import History, Hook, Run, checkpoint, fit
from gan_course.training.checkpoint import (
    Checkpoints,
    checkpoints,
    load_checkpoint,
    newest_whole,
    read_checkpoint,
    write_checkpoint,
)

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=12)
DATA = Gaussian(2.0, 1.0)


def flat(state: object) -> list[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        return [state]
    values = (
        state.values()
        if isinstance(state, dict)
        else state
        if isinstance(state, list | tuple)
        else []
    )
    return [tensor for value in values for tensor in flat(value)]


def same(one: object, other: object) -> bool:
    pairs = list(zip(flat(one), flat(other), strict=True))
    return bool(pairs) and all(torch.equal(a, b) for a, b in pairs)


def a_run(model: Model[Any] | None = None, step: int = 1) -> Run:
    run = Run(model or GAN(SMALL), DATA, total=12, seed=1, history=History(), step=step)
    for _ in range(step):
        run.history.append({"generator": torch.tensor(0.1)})
    return run


@pytest.fixture(scope="module")
def whole() -> tuple[GAN, History]:
    """A run that nothing interrupted."""
    return trained()


def trained(*hooks: Hook, **options: Any) -> tuple[GAN, History]:
    torch.manual_seed(0)
    model = GAN(SMALL)
    return model, fit(model, DATA, hooks=hooks, seed=1, **options)


def test_a_resumed_run_ends_where_the_uninterrupted_run_ends(
    tmp_path: Path, whole: tuple[GAN, History]
) -> None:
    trained(Checkpoints(tmp_path, every=5))
    assert [path.name for path in checkpoints(tmp_path)] == [
        "step-000000005.pt",
        "step-000000010.pt",
        "step-000000012.pt",
    ]
    for path in checkpoints(tmp_path):
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
    assert (stored.model, stored.config["hidden"], stored.seed, stored.step, stored.score) == (
        "GAN",
        (4,),
        1,
        3,
        0.5,
    )
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
    assert (
        read_checkpoint(tmp_path / "best.pt").step,
        read_checkpoint(tmp_path / "best.pt").score,
    ) == (6, 2.0)


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
    fit(
        GAN(SMALL),
        DATA,
        steps=8,
        seed=1,
        hooks=[Checkpoints(tmp_path, every=3, keep=1)],
        checkpoint=tmp_path / "step-000000005.pt",
    )
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


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (DCGAN(DCGANConfig(width=4)), "is a checkpoint of GAN, not of DCGAN"),
        (
            GAN(GANConfig(hidden=(5,), batch_size=8, steps=12)),
            r"hidden = \(4,\), this one has \(5,\)",
        ),
    ],
)
def test_a_checkpoint_of_another_model_is_refused_and_nothing_is_loaded(
    tmp_path: Path, other: GAN | DCGAN, sentence: str
) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    before = [tensor.clone() for tensor in flat(other.state_dict())]
    with pytest.raises(ValueError, match=sentence):
        load_checkpoint(tmp_path / "a.pt", other)
    assert same(before, other.state_dict())


def test_a_run_with_another_seed_or_fewer_steps_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run(step=9))
    with pytest.raises(
        ValueError, match=r"a\.pt was written by a run with seed = 1, this one has 2: give seed=1"
    ):
        fit(GAN(SMALL), DATA, seed=2, checkpoint=tmp_path / "a.pt")
    with pytest.raises(
        ValueError, match=r"a\.pt was written after step 9, beyond the 8 steps asked for"
    ):
        fit(GAN(SMALL), DATA, steps=8, seed=1, checkpoint=tmp_path / "a.pt")


def test_another_number_of_threads_or_processes_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    with pytest.raises(
        ValueError,
        match=r"with threads = 1, this one has 7: set OMP_NUM_THREADS=1 before starting Python",
    ):
        fit(GAN(SMALL), DATA, seed=1, checkpoint=tmp_path / "a.pt")
    monkeypatch.undo()
    monkeypatch.setattr(checkpoint.processes, "gather", lambda thing: [thing, thing])
    write_checkpoint(tmp_path / "b.pt", a_run())
    with pytest.raises(
        ValueError, match="with processes = 2, this one has 1: start 2, with --devices or torchrun"
    ):
        fit(GAN(SMALL), DATA, seed=1, checkpoint=tmp_path / "b.pt")


def test_a_checkpoint_of_a_newer_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "versions", lambda: machine.versions() | {"gan_course": "99.0"})
    write_checkpoint(tmp_path / "a.pt", a_run())
    with pytest.raises(
        ValueError, match=r"a\.pt was written by gan-course 99\.0, this is .*: update the course"
    ):
        read_checkpoint(tmp_path / "a.pt")
    monkeypatch.setattr(checkpoint, "FORMAT", 77)
    write_checkpoint(tmp_path / "a.pt", a_run())
    monkeypatch.undo()
    with pytest.raises(
        ValueError, match=r"a\.pt has format 77, this version of the course reads 3"
    ):
        read_checkpoint(tmp_path / "a.pt")


def sealed(content: object) -> bytes:
    """A file as `write_checkpoint` would end it, whatever it holds."""
    file = BytesIO()
    torch.save(content, file)
    return (
        file.getvalue() + b"sha256:" + hashlib.sha256(file.getvalue()).hexdigest().encode() + b"\n"
    )


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "cut by a byte": lambda whole: whole[:-1],
    "a flipped bit": lambda whole: whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
    "text": lambda whole: b"no checkpoint at all",
    "foreign": lambda whole: sealed({"weight": torch.zeros(2)}),
    "list": lambda whole: sealed([1, 2]),
    "incomplete": lambda whole: sealed({"format": 3, "model": "GAN"}),
    "of PyTorch alone": lambda whole: whole[: -len(b"sha256:\n") - 64],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_file_is_named_and_the_one_before_is_used(
    tmp_path: Path, damage: str
) -> None:
    for step in (1, 2):
        write_checkpoint(tmp_path / f"step-{step:09d}.pt", a_run(step=step))
    path = tmp_path / "step-000000002.pt"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(ValueError, match=re.escape(str(path))):
        read_checkpoint(path)
    newest, skipped = newest_whole(tmp_path)
    assert newest is not None
    assert newest.path == tmp_path / "step-000000001.pt"
    assert len(skipped) == 1
    assert str(path) in skipped[0]


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


def test_without_a_checkpoint_that_can_be_read_there_is_no_newest(tmp_path: Path) -> None:
    assert newest_whole(tmp_path) == (None, [])
    (tmp_path / "step-000000001.pt").write_bytes(b"")
    newest, skipped = newest_whole(tmp_path)
    assert (newest, len(skipped)) == (None, 1)


class Payload:
    """Unpickling it would create a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(sealed({"format": 3, "state": Payload(tmp_path / "created")}))
    with pytest.raises(
        ValueError, match=r"a\.pt holds more than numbers and names, and is not read"
    ):
        read_checkpoint(tmp_path / "a.pt")
    assert not (tmp_path / "created").exists()


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no checkpoint at .*a\.pt"):
        read_checkpoint(tmp_path / "a.pt")
