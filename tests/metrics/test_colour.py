from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.data import load
from gan_course.metrics import colour_distance, colour_histograms
from gan_course.metrics.colour import lab

WHITE, RED, GREEN, BLUE, GREY = (1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1), (0, 0, 0)


def flat(*colours: tuple[float, float, float]) -> Tensor:
    """An image of 2 × 2 pixels in each of these colours."""
    return torch.tensor(colours, dtype=torch.float32)[:, :, None, None].expand(-1, -1, 2, 2)


def test_lab_is_that_of_the_calculator_that_scikit_image_is_tested_by() -> None:
    # brucelindbloom.com, with sRGB and D65
    known = {
        WHITE: (100.0, 0.0, 0.0),
        (1, 1, -1): (97.1393, -21.5537, 94.4780),
        (-1, 1, 1): (91.1132, -48.0875, -14.1312),
        GREEN: (87.7347, -86.1827, 83.1793),
        (1, -1, 1): (60.3242, 98.2343, -60.8249),
        RED: (53.2408, 80.0925, 67.2032),
        BLUE: (32.2970, 79.1875, -107.8602),
        (-1, -1, -1): (0.0, 0.0, 0.0),
    }
    expected = torch.tensor(list(known.values()), dtype=torch.float64)
    torch.testing.assert_close(lab(flat(*known))[:, :, 0, 0], expected, rtol=0, atol=1e-4)


def test_greys_have_no_colour_and_the_lightness_worked_out_by_hand() -> None:
    dark = 10 / 255  # sRGB is linear down here, and L too: 903.3 Y
    found = lab(flat(GREY, (2 * dark - 1,) * 3))[:, :, 0, 0]
    linear = ((0.5 + 0.055) / 1.055) ** 2.4
    assert found[0].tolist() == pytest.approx([116 * linear ** (1 / 3) - 16, 0, 0], abs=1e-9)
    assert found[1].tolist() == pytest.approx([(29 / 3) ** 3 * dark / 12.92, 0, 0], abs=1e-4)


def test_pixels_are_counted_in_bins_of_four_units() -> None:
    found = colour_histograms(flat(WHITE, WHITE, RED, BLUE))
    assert {name: len(shares) for name, shares in found.items()} == {"L": 25, "a": 55, "b": 55}
    # White's 100 is in the last bin; red's 53.2 in the 14th, blue's 32.3 in the 9th.
    assert found["L"].nonzero().flatten().tolist() == [8, 13, 24]
    # Both have an a of about 80: (80.1 + 110) / 4 and (79.2 + 110) / 4 are 47.
    assert found["a"][[27, 47]].tolist() == [0.5, 0.5]
    assert found["b"][[0, 27, 44]].tolist() == [0.25, 0.5, 0.25]


def test_the_distance_is_the_share_of_pixels_whose_colour_differs() -> None:
    found = colour_distance(flat(WHITE, WHITE, WHITE, RED), flat(WHITE))
    assert found == pytest.approx((0.25, 0.25, 0.25))
    # Blue is as red as red is, to within a bin, but darker and bluer.
    assert colour_distance(flat(RED), flat(BLUE)) == (1, 0, 1)
    assert colour_distance(flat(RED), flat(BLUE)).mean == pytest.approx(2 / 3)


def test_a_faint_tint_of_grey_is_no_other_colour() -> None:
    grey = torch.linspace(-1, 1, 99)[:, None, None, None].expand(-1, 3, 2, 2)
    tinted = grey * torch.tensor([1.0, 0.998, 1.0]).view(1, 3, 1, 1)
    assert colour_distance(grey, tinted).a == 0


def test_it_sees_no_places_and_no_pairs() -> None:
    images = 2 * torch.rand(6, 3, 5, 7, generator=torch.Generator().manual_seed(0)) - 1
    assert colour_distance(images, images.flip(0).mT) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "copies", "mean_picture", "floor"),
    [("emoji", 0.185, 0.308, 0.020), ("avatar_pairs", 0.271, 0.257, 0.014)],
)
def test_distances_of_real_pictures_are_as_documented(
    name: str, copies: float, mean_picture: float, floor: float
) -> None:
    data = load(name)
    truth, mean = data.held_out.y, data.train.y.mean(0, keepdim=True)
    found = [colour_distance(x, truth).mean for x in (data.held_out.x, mean, data.train.y)]
    assert found == pytest.approx([copies, mean_picture, floor], abs=2e-3)


@pytest.mark.parametrize("shape", [(2, 1, 4, 4), (3, 4, 4), (2, 4, 4, 4), (2, 3, 4, 4, 1)])
def test_what_is_not_in_three_channels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"images in colour, of shape \(N, 3, H, W\), got"):
        colour_histograms(torch.zeros(shape))
