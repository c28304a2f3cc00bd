"""How like its original an image is: SSIM and PSNR."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.errors import expect_floating, expect_pictures, expect_same_shape
from gan_course.metrics.ladder import gaussian_filter

DATA_RANGE = 2.0  # of images in [-1, 1]
SIGMA, REACH = 1.5, 5  # of SSIM's window, in pixels: 11 × 11
C1, C2 = (0.01 * DATA_RANGE) ** 2, (0.03 * DATA_RANGE) ** 2


def psnr(images: Tensor, originals: Tensor) -> Tensor:
    """Peak signal-to-noise ratio 10 log₁₀(2² / MSE) of each image, in decibels: float64 (N,), on
    the CPU; infinity for a copy, so that a mean over copies is infinite too.

    Both (N, C, H, W) in [-1, 1], a data range of 2. Raises `TypeError` for integers, `ValueError`
    for other shapes, no image, and values outside [-1, 1], NaN among them.
    """
    x, y = _checked(images, originals)
    return 10 * (DATA_RANGE**2 / (x - y).square().mean(dim=(1, 2, 3))).log10()


def ssim(images: Tensor, originals: Tensor) -> Tensor:
    """Structural similarity of each image, from -1 to 1, which only a copy reaches: float64 (N,),
    on the CPU.

    Eq. 13 of Wang et al. 2004 with the constants of theirs that the field uses: a Gaussian window
    of 11 × 11 pixels and σ = 1.5, K₁ = 0.01, K₂ = 0.03; the mean over all channels and all places
    where the window fits, as in theirs (torchmetrics 1.9 also counts places beyond the border).
    Both (N, C, H, W) in [-1, 1], H and W at least 11. SSIM compares luminances, which begin at 0:
    it is taken of x + 1, with a data range of 2, and so agrees with that of 8-bit pictures. Raises
    as `psnr` does, and `ValueError` for smaller images.
    """
    x, y = _checked(images, originals)
    if min(x.shape[2:]) < 2 * REACH + 1:
        raise ValueError(
            "expected images of at least 11 × 11 pixels, the size of SSIM's window, got "
            f"{x.shape[2]} × {x.shape[3]}: take psnr"
        )
    mu_x, mu_y, xx, yy, xy = gaussian_filter(
        torch.cat([x, y, x * x, y * y, x * y]), SIGMA, REACH
    ).chunk(5)
    luminance = (2 * mu_x * mu_y + C1) / (mu_x**2 + mu_y**2 + C1)
    structure = (2 * (xy - mu_x * mu_y) + C2) / ((xx - mu_x**2) + (yy - mu_y**2) + C2)
    return (luminance * structure).mean(dim=(1, 2, 3))


def _checked(images: Tensor, originals: Tensor) -> tuple[Tensor, Tensor]:
    """Both as luminances in [0, 2], in float64."""
    expect_floating("images", images, originals)
    expect_same_shape("images and originals", images, originals)
    if images.ndim != 4:
        raise ValueError(f"expected images of shape (N, C, H, W), got {tuple(images.shape)}")
    for x in (images, originals):
        expect_pictures("images", x, x.shape[1:])
    return images.detach().cpu().double() + 1, originals.detach().cpu().double() + 1
