from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gan_course.data import Dataset
from gan_course.metrics import Judge, judge, judge_training

SHORT = replace(judge_training.RECIPE, epochs=1, batch_size=20, ema_decay=0.0)


@pytest.fixture(scope="module")
def trained(digits: Dataset) -> Judge:
    return judge_training.train(digits.train.x[:1000], digits.train.labels[:1000], SHORT, seed=3)


def test_training_is_a_function_of_its_seed(digits: Dataset, trained: Judge) -> None:
    torch.rand(5)
    again, other = (
        judge_training.train(digits.train.x[:1000], digits.train.labels[:1000], SHORT, seed=seed)
        for seed in (3, 4)
    )
    assert all(
        torch.equal(a, b)
        for a, b in zip(trained.state_dict().values(), again.state_dict().values(), strict=True)
    )
    assert not torch.equal(trained.head.weight, other.head.weight)


def test_training_learns(digits: Dataset, trained: Judge) -> None:
    some = slice(500)
    found = judge_training.accuracy(trained, digits.held_out.x[some], digits.held_out.labels[some])
    assert found > 0.5


def test_training_leaves_the_callers_random_state_alone(digits: Dataset) -> None:
    before = torch.get_rng_state()
    judge_training.train(digits.train.x[:100], digits.train.labels[:100], SHORT)
    assert torch.equal(before, torch.get_rng_state())


def test_averaged_weights_move_by_one_part_in_two_hundred_a_step(digits: Dataset) -> None:
    images, labels = digits.train.x[:20], digits.train.labels[:20]  # one step
    start = judge_training.train(images, labels, replace(SHORT, ema_decay=1.0))
    end = judge_training.train(images, labels, replace(SHORT, ema_decay=0.0))
    average = judge_training.train(images, labels, replace(SHORT, ema_decay=0.995))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(judge_training.SHIPPED_SEED)
        torch.testing.assert_close(start.head.weight, Judge().head.weight.detach())
    expected = 0.995 * start.head.weight + 0.005 * end.head.weight
    torch.testing.assert_close(average.head.weight, expected)


def test_augmentation_without_spread_returns_the_picture(digits: Dataset) -> None:
    still = replace(SHORT, rotation=0.0, shift=0.0, zoom=0.0, shear=0.0)
    torch.testing.assert_close(
        judge_training.augment(digits.train.x[:50], still), digits.train.x[:50], rtol=0, atol=1e-4
    )


def test_augmentation_shifts_by_at_most_the_stated_pixels() -> None:
    dot = torch.full((200, 1, 28, 28), -1.0)
    dot[:, :, 14, 14] = 1
    moved = (
        judge_training.augment(dot, replace(SHORT, rotation=0.0, zoom=0.0, shear=0.0, shift=2.0))
        + 1
    )
    columns = (moved.sum(dim=(1, 2)) * torch.arange(28)).sum(dim=1) / moved.sum(dim=(1, 2, 3))
    assert 1.8 < (columns - 14).abs().max() <= 2.001


def test_command_writes_weights_that_load_and_prints_the_accuracy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge_training, "train", lambda *_, **__: judge())
    folder = tmp_path / "made" / "anew"
    monkeypatch.setattr(
        "sys.argv", ["judge_training", "--out", str(folder / "weights.safetensors")]
    )
    judge_training.main()
    assert "held-out accuracy 9" in capsys.readouterr().out
    assert torch.equal(
        load_file(folder / "weights.safetensors")["head.weight"], judge().head.weight
    )
    assert [path.name for path in folder.iterdir()] == ["weights.safetensors"]


def test_command_that_cannot_write_its_file_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    old = tmp_path / "weights.safetensors"
    old.write_bytes(b"old")
    monkeypatch.setattr(judge_training, "train", lambda *_, **__: judge())
    monkeypatch.setattr("os.fsync", full_disk)
    monkeypatch.setattr("sys.argv", ["judge_training", "--out", str(old)])
    with pytest.raises(OSError, match="No space left"):
        judge_training.main()
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]
    assert old.read_bytes() == b"old"


def test_command_refuses_a_folder_that_cannot_be_written_before_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A file where the folder should be stops even an administrator.
    (tmp_path / "taken").write_text("not a folder")
    monkeypatch.setattr(
        judge_training, "train", lambda *_, **__: pytest.fail("trained for nothing")
    )
    monkeypatch.setattr(
        "sys.argv", ["judge_training", "--out", str(tmp_path / "taken" / "weights.safetensors")]
    )
    with pytest.raises(SystemExit) as exit_:
        judge_training.main()
    assert exit_.value.code == 2
    assert "cannot be written" in capsys.readouterr().err
