from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset
from gan_course.metrics import gradient_histogram, sharpness_distance
from gan_course.metrics.ladder import blur

# Four of its pixels have both neighbours, with the gradients (-2, -2), (0, 0), (0, 0) and (1, 0).
IMAGE = torch.tensor([[1.0, -1.0, -1.0], [-1.0, -1.0, 0.0], [-1.0, -1.0, -1.0]])[None, None]


def test_gradients_are_counted_by_hand_each_channel_by_itself() -> None:
    # Four bins of width 0.71: the magnitude 1 is in the second, 2√2 on the last one's edge.
    assert gradient_histogram(IMAGE, bins=4).tolist() == [0.5, 0.25, 0, 0.25]
    with_a_flat_one = torch.cat([IMAGE, torch.ones_like(IMAGE)], dim=1)
    assert gradient_histogram(with_a_flat_one, bins=4).tolist() == [0.75, 0.125, 0, 0.125]


def test_flat_images_share_no_bin_with_a_checkerboard() -> None:
    squares = 2.0 * ((torch.arange(6)[:, None] + torch.arange(6)) % 2) - 1
    assert sharpness_distance(squares.repeat(3, 1, 1, 1), torch.zeros(2, 1, 9, 5)) == 1
    assert sharpness_distance(squares.repeat(3, 1, 1, 1), squares[None, None]) == 0


def test_blur_and_noise_lie_far_above_the_floor_and_more_blur_farther(digits: Dataset) -> None:
    real, other = digits.held_out.x, digits.train.x[:2000]
    floor = sharpness_distance(real, other)
    little, more = (sharpness_distance(real, blur(other, sigma)) for sigma in (0.5, 1.0))
    assert floor < 0.005
    assert 20 * floor < little < more
    assert more == pytest.approx(0.29, abs=0.01)  # as documented
    assert sharpness_distance(real, (other + 0.2 * torch.rand_like(other)).clamp(-1, 1)) > little


def test_sharpness_does_not_change_when_images_are_moved_mirrored_or_inverted() -> None:
    image = torch.rand(4, 1, 9, 9, generator=torch.Generator().manual_seed(0)) - 0.5
    assert sharpness_distance(image, -image.roll(1, 0)) == 0
    assert sharpness_distance(image, image.mT) == 0


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (torch.zeros(2, 9, 9), r"\(N, C, H, W\), H and W at least 2, got \(2, 9, 9\)"),
        (torch.zeros(2, 1, 1, 9), r"got \(2, 1, 1, 9\)"),
        (torch.zeros(0, 1, 9, 9), r"with at least one value, got shape \(0, 1, 9, 9\)"),
        (torch.full((2, 1, 9, 9), 255.0), r"images in \[-1, 1\], got values from 255 to 255"),
        (torch.full((2, 1, 9, 9), torch.nan), "got values from nan to nan"),
    ],
)
def test_what_is_no_image_is_refused(images: Tensor, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        gradient_histogram(images)
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        gradient_histogram(IMAGE, bins=0)
