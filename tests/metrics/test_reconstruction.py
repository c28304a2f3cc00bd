"""SSIM and PSNR: worked out by hand, and against torchmetrics."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import psnr, ssim
from gan_course.metrics.ladder import blur


def images(*shape: int, seed: int = 0) -> Tensor:
    return 2 * torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) - 1


def test_flat_images_score_what_can_be_worked_out_by_hand() -> None:
    flat = torch.tensor([-1.0, 0.0, 1.0]).view(3, 1, 1, 1).expand(3, 2, 12, 14)
    white = torch.ones(3, 2, 12, 14)
    # An error of 2, the whole range, is 0 dB, one of 1 is 10 log₁₀ 4.
    assert psnr(flat, white).tolist() == pytest.approx([0, 10 * math.log10(4), math.inf])
    # Without variance the luminances l alone count: (2 l l' + C₁) / (l² + l'² + C₁), of 0, 1, 2.
    c1 = 0.02**2
    assert ssim(flat, white).tolist() == pytest.approx([c1 / (4 + c1), (4 + c1) / (5 + c1), 1])


def by_torchmetrics(x: Tensor, y: Tensor, data_range: float) -> Tensor:
    """SSIM of each image where the window fits: torchmetrics reflects images at their border."""
    from torchmetrics.functional.image import structural_similarity_index_measure

    _, everywhere = structural_similarity_index_measure(
        x.double(), y.double(), data_range=data_range, return_full_image=True
    )
    return everywhere[..., 5:-5, 5:-5].mean((1, 2, 3))


@pytest.mark.parametrize("shape", [(1, 11, 11), (3, 16, 21)])
def test_both_agree_with_torchmetrics(shape: tuple[int, ...]) -> None:
    from torchmetrics.functional.image import peak_signal_noise_ratio

    x, noise = images(5, *shape), images(5, *shape, seed=1)
    y = (x + noise).clamp(-1, 1)
    torch.testing.assert_close(ssim(x, y), by_torchmetrics(x + 1, y + 1, 2.0), rtol=0, atol=1e-6)
    decibels = peak_signal_noise_ratio(x, y, data_range=2.0, reduction="none", dim=(1, 2, 3))
    torch.testing.assert_close(psnr(x, y).float(), decibels)


def test_ssim_is_that_of_the_same_pictures_in_8_bits(digits: Dataset) -> None:
    eight = ((digits.held_out.x[:50] + 1) * 127.5).round().double()
    other = eight.roll(1, 3)
    theirs = by_torchmetrics(eight, other, 255.0)
    torch.testing.assert_close(ssim(eight / 127.5 - 1, other / 127.5 - 1), theirs)


def test_a_copy_scores_exactly_1_a_negative_below_0_and_blur_costs_the_more_the_wider(
    digits: Dataset,
) -> None:
    x = digits.held_out.x[:50]
    assert (ssim(x, x) == 1).all()
    assert (ssim(x, -x) < 0).all()
    for score in (ssim, psnr):
        assert (score(x, blur(x, 0.5)) > score(x, blur(x, 1.5))).all()


def test_an_images_score_depends_neither_on_the_others_nor_on_which_is_the_original() -> None:
    x, y = images(6, 3, 16, 16), images(6, 3, 16, 16, seed=1)
    for score in (ssim, psnr):
        torch.testing.assert_close(score(x, y)[2:3], score(x[2:3], y[2:3]), rtol=0, atol=1e-12)
        assert score(x, y).equal(score(y, x))
        assert score(x, y).equal(score(x.double(), y))


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (
            torch.zeros(2, 1, 12, 12),
            torch.zeros(3, 1, 12, 12),
            r"images and originals of one shape",
        ),
        (torch.zeros(2, 12, 12), torch.zeros(2, 12, 12), r"\(N, C, H, W\), got \(2, 12, 12\)"),
        (torch.zeros(0, 1, 12, 12), torch.zeros(0, 1, 12, 12), "at least one value"),
        (torch.zeros(2, 1, 12, 12), torch.full((2, 1, 12, 12), 255.0), "got values from 255 to"),
        (torch.full((2, 1, 12, 12), math.nan), torch.zeros(2, 1, 12, 12), "got values from nan"),
    ],
)
def test_what_cannot_be_compared_is_refused(x: Tensor, y: Tensor, sentence: str) -> None:
    for score in (ssim, psnr):
        with pytest.raises(ValueError, match=sentence):
            score(x, y)


def test_images_smaller_than_the_window_have_no_ssim() -> None:
    small = torch.zeros(2, 1, 28, 10)
    with pytest.raises(ValueError, match=r"at least 11 × 11 pixels.*got 28 × 10: take psnr"):
        ssim(small, small)
