"""Pictures that are moved, turned, stretched and made noisy."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_course.augmentation import disturbed


def blob(x: float = 14.0, y: float = 14.0, wide: float = 4.0, high: float = 2.5) -> Tensor:
    pixels = torch.arange(28) + 0.5
    return torch.exp(-(((pixels - x) / wide) ** 2) - ((pixels[:, None] - y) / high) ** 2).expand(
        400, 1, 28, 28
    )


def centres(x: Tensor) -> Tensor:
    pixels, light = torch.arange(28) + 0.5, x[:, 0].sum((1, 2))
    return torch.stack(
        [(x[:, 0].sum(1) * pixels).sum(1) / light, (x[:, 0].sum(2) * pixels).sum(1) / light], dim=1
    )


def test_without_a_disturbance_pictures_stay_as_they_are() -> None:
    assert torch.equal(disturbed(blob()), blob())


def test_pictures_move_by_up_to_so_many_pixels_each_by_its_own() -> None:
    moved = centres(disturbed(blob(), shift=3.0)) - 14
    assert moved.amin(0).tolist() == pytest.approx([-3, -3], abs=0.2)
    assert moved.amax(0).tolist() == pytest.approx([3, 3], abs=0.2)
    assert moved.abs().max() <= 3.05
    assert abs(torch.corrcoef(moved.T)[0, 1]) < 0.2


def test_pictures_turn_by_up_to_so_many_radians() -> None:
    turned = disturbed(blob(), turn=0.5)
    assert (centres(turned) - 14).abs().max() < 0.05
    pixels = torch.arange(28) + 0.5 - 14
    moments = [
        (turned[:, 0] * weight).sum((1, 2))
        for weight in (
            pixels**2 * torch.ones(28, 1),
            pixels[:, None] ** 2,
            pixels * pixels[:, None],
        )
    ]
    angle = 0.5 * torch.atan2(2 * moments[2], moments[0] - moments[1])
    assert angle.abs().max().item() == pytest.approx(0.5, abs=0.02)
    assert angle.std().item() == pytest.approx(0.5 / math.sqrt(3), abs=0.03)


def test_pictures_are_stretched_by_up_to_a_factor_each_side_by_its_own() -> None:
    light = disturbed(blob(wide=3.0, high=3.0), stretch=0.3)[:, 0]
    spread = [
        (light * place**2).sum((1, 2)) / light.sum((1, 2))
        for place in (torch.arange(28) - 13.5, torch.arange(28)[:, None] - 13.5)
    ]
    factors = torch.stack(spread, dim=1).sqrt().log() - math.log(3 / math.sqrt(2))
    assert factors.abs().max().item() == pytest.approx(0.3, abs=0.03)
    assert abs(torch.corrcoef(factors.T)[0, 1]) < 0.2


def test_noise_has_its_standard_deviation() -> None:
    assert (disturbed(blob(), noise=0.7) - blob()).std().item() == pytest.approx(0.7, abs=0.01)


def test_gradients_pass_through_every_disturbance() -> None:
    x = blob()[:4].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(
        disturbed(x, shift=2, turn=0.2, stretch=0.2, noise=0.5).sum(), x
    )
    assert (gradient.abs().sum((1, 2, 3)) > 1).all()


def test_a_generator_decides_every_disturbance_and_leaves_the_global_one_alone() -> None:
    state = torch.get_rng_state()
    one, same = (
        disturbed(blob(), 2, 0.2, 0.2, 0.5, torch.Generator().manual_seed(seed)) for seed in (4, 4)
    )
    assert torch.equal(one, same)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(one, disturbed(blob(), 2, 0.2, 0.2, 0.5, torch.Generator()))
