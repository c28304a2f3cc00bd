from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gan_course.data.avatars import Avatars
from gan_course.metrics import PortraitJudge, portrait_judge, portrait_judge_training
from gan_course.metrics.ladder import blur
from gan_course.metrics.portrait_judge_training import RECIPE, augment

SHORT = replace(RECIPE, epochs=1, batch_size=20, ema_decay=0.0)
STILL = replace(SHORT, shift=0.0, blur=0.0, tint=0.0, contrast=0.0, noise=0.0)


def short_training(portraits: Avatars, seed: int = 3) -> PortraitJudge:
    return portrait_judge_training.train(
        portraits.train.y[:200], portraits.train.given, SHORT, seed=seed
    )


def test_training_is_a_function_of_its_seed_and_leaves_the_callers_random_state_alone(
    portraits: Avatars,
) -> None:
    first = short_training(portraits)
    torch.rand(5)
    before = torch.get_rng_state()
    again, other = short_training(portraits), short_training(portraits, seed=4)
    assert torch.equal(before, torch.get_rng_state())
    pairs = zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(first.heads["head"].weight, other.heads["head"].weight)


def test_every_head_learns(portraits: Avatars) -> None:
    images, given = portraits.train.y[:20], portraits.train.given
    network = portrait_judge_training.train(images, given, replace(STILL, epochs=60))
    for name, read in network.read(images).items():
        assert (read == given[name][:20]).double().mean() > 0.9, name


def test_augmentation_without_spread_returns_the_picture(portraits: Avatars) -> None:
    images = portraits.train.y[:50]
    torch.testing.assert_close(augment(images, STILL), images, rtol=0, atol=1e-4)


def test_augmentation_shifts_by_at_most_a_pixel_and_brings_white_in() -> None:
    dot = torch.ones(200, 3, 32, 32)
    dot[:, :, 16, 16] = -1
    moved = 1 - augment(dot, replace(STILL, shift=1.0))
    columns = (moved.sum((1, 2)) * torch.arange(32)).sum(1) / moved.sum((1, 2, 3))
    assert 0.9 < (columns - 16).abs().max() <= 1.001
    assert moved[:, :, [0, -1]].abs().max() == 0


def test_each_picture_is_blurred_by_a_width_of_its_own(portraits: Avatars) -> None:
    images, widths = portraits.train.y[:3], torch.tensor([0.5, 0.9, 1.2])
    found = portrait_judge_training._blurred(images, widths)
    for image, expected, sigma in zip(found, images, widths.tolist(), strict=True):
        # The two cut the kernel off at different widths.
        torch.testing.assert_close(image, blur(expected[None], sigma)[0], rtol=0, atol=0.02)


def test_noise_and_colour_stay_within_their_limits() -> None:
    grey = torch.zeros(300, 3, 32, 32)
    noise = augment(grey, replace(STILL, noise=0.1)).std((1, 2, 3))
    assert 0.09 < noise.max() < 0.11
    tinted = augment(grey + 0.5, replace(STILL, tint=0.1, contrast=0.1))
    assert tinted.std((2, 3)).max() < 1e-6
    assert 0.1 < (tinted - 0.5).abs().max() <= 0.15


def test_command_writes_half_precision_and_prints_the_accuracy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = portrait_judge_training.PortraitJudge()
    shipped.load_state_dict(portrait_judge().state_dict())
    monkeypatch.setattr(portrait_judge_training, "train", lambda *_, **__: shipped.eval())
    file = tmp_path / "weights.safetensors"
    monkeypatch.setattr("sys.argv", ["portrait_judge_training", "--out", str(file)])
    portrait_judge_training.main()
    assert "held-out accuracy: head 9" in capsys.readouterr().out
    written = load_file(file)["heads.head.weight"]
    assert written.dtype == torch.float16
    torch.testing.assert_close(written.float(), portrait_judge().heads["head"].weight)
