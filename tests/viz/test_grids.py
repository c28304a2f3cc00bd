"""Images side by side: each in its place, in its own grey or colour."""

from __future__ import annotations

import pytest
import torch

from gan_course.viz import image_rows, named_images, png, sample_grid
from gan_course.viz.grids import tile


@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_lies_in_its_place_with_white_between(channels: int) -> None:
    images = torch.rand(5, channels, 4, 6) * 2 - 1
    picture = tile(images, columns=3, gap=2)
    assert picture.shape == (2 * 4 + 2, 3 * 6 + 2 * 2, channels)
    covered = torch.zeros(picture.shape[:2], dtype=torch.bool)
    for i, (row, column) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]):
        place = slice(row * 6, row * 6 + 4), slice(column * 8, column * 8 + 6)
        torch.testing.assert_close(picture[place], (images[i].permute(1, 2, 0) + 1) / 2)
        covered[place] = True
    assert (picture[~covered] == 1).all()


def test_values_beyond_the_range_are_shown_as_black_and_white() -> None:
    picture = tile(torch.tensor([-3.0, 3.0]).view(2, 1, 1, 1), columns=2, gap=0)
    assert picture.flatten().tolist() == [0, 1]


@pytest.mark.parametrize("shape", [(0, 1, 4, 4), (4, 4), (3, 4, 4)])
def test_what_is_no_batch_of_images_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"expected at least one image, of shape \(N, C, H, W\), got"
    ):
        tile(torch.zeros(shape), columns=2)


@pytest.mark.parametrize("channels", [0, 2, 4, 28])
def test_pictures_have_one_channel_or_three(channels: int) -> None:
    with pytest.raises(
        ValueError,
        match=rf"with C = 1 or 3, got \(2, {channels}, 4, 4\): show others channel by channel, "
        r"images\[:, :1\]$",
    ):
        tile(torch.zeros(2, channels, 4, 4), columns=2)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64, torch.bool])
def test_whole_numbers_are_told_how_to_become_images(dtype: torch.dtype) -> None:
    with pytest.raises(
        TypeError,
        match=rf"floating type, got {dtype}: scale the values first, for 8-bit images x / 127.5 - "
        r"1$",
    ):
        tile(torch.ones(2, 1, 4, 4, dtype=dtype), columns=2)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_pixels_that_are_no_numbers_are_not_drawn(value: float) -> None:
    images = torch.zeros(2, 1, 4, 4)
    images[1, 0, 2, 3] = value
    with pytest.raises(
        ValueError,
        match=r"^expected finite images, got NaN or infinity: look for the step at which "
        r"the model diverged$",
    ):
        tile(images, columns=2)


@pytest.mark.parametrize("channels", [1, 3])
def test_grids_of_one_and_of_three_channels_become_pictures(channels: int) -> None:
    images = torch.rand(7, channels, 8, 8) * 2 - 1
    assert png(sample_grid(images, columns=4, title="seven")).startswith(b"\x89PNG")


def test_pixels_are_shown_unscaled_between_black_and_white() -> None:
    # mid-grey throughout: nothing to stretch
    figure = sample_grid(torch.full((1, 1, 4, 4), 0.0), columns=1)
    (image,) = figure.axes[0].images
    assert image.get_clim() == (0, 1)
    assert (image.get_array() == 0.5).all()


def test_groups_stand_one_below_the_other_under_their_titles() -> None:
    images = torch.zeros(6, 1, 8, 8)
    figure = image_rows({"real": images, "generated": images}, columns=3)
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["real", "generated"]
    figure.draw_without_rendering()
    upper, lower = (panel.get_position() for panel in figure.axes)
    assert upper.y0 > lower.y1
    assert upper.height == pytest.approx(lower.height, rel=0.02)


def test_drawing_leaves_the_images_as_they_were() -> None:
    images = torch.linspace(-2, 2, 16).view(1, 1, 4, 4).requires_grad_()
    before = images.detach().clone()
    sample_grid(images)
    assert torch.equal(images, before)


def test_every_image_stands_under_its_own_name() -> None:
    images = torch.rand(5, 1, 4, 4) * 2 - 1
    names = [f"asked {i}\nread {i + 1}" for i in range(5)]
    panels = named_images(images, names, columns=3).axes
    assert [panel.get_title() for panel in panels] == [*names, ""]
    for panel, image in zip(panels, images, strict=False):
        shown = torch.from_numpy(panel.images[0].get_array().data)
        torch.testing.assert_close(shown, image[0] / 2 + 0.5)
    assert not panels[-1].images


def test_images_and_names_are_as_many() -> None:
    with pytest.raises(ValueError, match="a name for each of 3 images, got 2"):
        named_images(torch.zeros(3, 1, 4, 4), ["one", "two"])
