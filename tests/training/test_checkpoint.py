"""Checkpoints are whole or not there, and go into the model they came from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gan_course.data import Gaussian
from gan_course.models import DCGAN, GAN, DCGANConfig, GANConfig
from gan_course.training import fit
from gan_course.training.checkpoint import Checkpoints, checkpoints, load_checkpoint, read_checkpoint, write_checkpoint

SMALL = GANConfig(hidden=(4,), batch_size=8, steps=12)
DATA = Gaussian(2.0, 1.0)


def flat(state: object) -> list[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        return [state]
    values = state.values() if isinstance(state, dict) else state if isinstance(state, list | tuple) else []
    return [tensor for value in values for tensor in flat(value)]


def test_a_loaded_checkpoint_gives_back_the_whole_state_and_the_step(tmp_path: Path) -> None:
    trained, fresh = GAN(SMALL), GAN(SMALL)
    fit(trained, DATA, seed=1)
    write_checkpoint(tmp_path / "a.pt", trained, 12)
    assert load_checkpoint(tmp_path / "a.pt", fresh) == 12
    assert fresh.state_dict().keys() == trained.state_dict().keys()
    pairs = list(zip(flat(fresh.state_dict()), flat(trained.state_dict()), strict=True))
    assert pairs
    assert all(torch.equal(a, b) for a, b in pairs)
    assert fresh.schedule_g.last_epoch == 12


def test_a_checkpoint_holds_the_random_state_of_its_moment(tmp_path: Path) -> None:
    model = GAN(SMALL)
    torch.manual_seed(5)
    write_checkpoint(tmp_path / "a.pt", model, 1)
    expected = torch.randn(3)
    torch.set_rng_state(read_checkpoint(tmp_path / "a.pt").random["torch"])
    assert torch.equal(torch.randn(3), expected)


def test_checkpoints_come_at_the_end_of_each_epoch_and_of_the_run_and_the_newest_are_kept(tmp_path: Path) -> None:
    class ShortEpochs(Gaussian):
        def batches_per_epoch(self, size: int) -> int:
            return 5

    fit(GAN(SMALL), ShortEpochs(2.0, 1.0), hooks=[Checkpoints(tmp_path / "all", keep=9)])
    assert [read_checkpoint(path).step for path in checkpoints(tmp_path / "all")] == [5, 10, 12]
    fit(GAN(SMALL), DATA, hooks=[Checkpoints(tmp_path / "some", every=2)])
    assert [read_checkpoint(path).step for path in checkpoints(tmp_path / "some")] == [8, 10, 12]


def test_writing_checkpoints_does_not_change_the_run(tmp_path: Path) -> None:
    def train(*hooks: Checkpoints) -> list[float]:
        torch.manual_seed(0)
        return fit(GAN(SMALL), DATA, hooks=hooks)["generator"]

    assert train(Checkpoints(tmp_path, every=1)) == train()


def test_a_write_that_fails_leaves_the_old_checkpoint_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    write_checkpoint(path, GAN(SMALL), 1)

    def half(content: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(path, GAN(SMALL), 2)
    assert read_checkpoint(path).step == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (DCGAN(DCGANConfig(width=4)), "is a checkpoint of GAN, not of DCGAN"),
        (GAN(GANConfig(hidden=(5,), batch_size=8, steps=12)), r"hidden = \(4,\), this one has \(5,\)"),
    ],
)
def test_a_checkpoint_of_another_model_is_refused_and_nothing_is_loaded(tmp_path: Path, other: GAN | DCGAN, sentence: str) -> None:
    write_checkpoint(tmp_path / "a.pt", GAN(SMALL), 1)
    before = [tensor.clone() for tensor in flat(other.state_dict())]
    with pytest.raises(ValueError, match=sentence):
        load_checkpoint(tmp_path / "a.pt", other)
    assert all(torch.equal(a, b) for a, b in zip(before, flat(other.state_dict()), strict=True))


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "foreign", "list", "incomplete"])
def test_a_damaged_or_foreign_file_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.pt"
    write_checkpoint(path, GAN(SMALL), 1)
    whole = path.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "text":
            path.write_text("no checkpoint at all")
        case "foreign":
            torch.save({"weight": torch.zeros(2)}, path)
        case "incomplete":
            torch.save({"format": 1, "model": "GAN"}, path)
        case "list":
            torch.save([1, 2], path)
    with pytest.raises(ValueError, match=r"a\.pt is "):
        read_checkpoint(path)


class Payload:
    """Unpickling it would create a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    torch.save({"format": 1, "state": Payload(tmp_path / "created")}, tmp_path / "a.pt")
    with pytest.raises(ValueError, match="damaged or no checkpoint"):
        read_checkpoint(tmp_path / "a.pt")
    assert not (tmp_path / "created").exists()


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no checkpoint at .*a\.pt"):
        read_checkpoint(tmp_path / "a.pt")
