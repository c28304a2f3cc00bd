"""Pictures of the plane: what is drawn is what was given, and nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from torch import Tensor

from gan_course.colours import DISCRIMINATOR, FAKE, REAL
from gan_course.data import PlaneMixture, load
from gan_course.viz import height_plot, plane_plot, png, slope_plot
from gan_course.viz.plane import frame, plane_grid

GRID, RING = load("grid"), load("ring")
TWO = PlaneMixture(((0.0, 0.0), (4.0, 0.0)), 0.1)


def height(x: Tensor) -> Tensor:
    """A plane that rises by 3 to the right and by 4 upwards."""
    return 3 * x[:, :1] + 4 * x[:, 1:]


@pytest.mark.parametrize(
    "data", [GRID, RING, PlaneMixture(((1.0, 2.0),), 0.5)], ids=["grid", "ring", "one"]
)
def test_the_frame_holds_all_that_the_data_are(data: PlaneMixture) -> None:
    left, right, low, high = frame(data)
    x, y = data.sample(5000, torch.Generator().manual_seed(0)).unbind(1)
    assert left < x.min() < x.max() < right
    assert low < y.min() < y.max() < high


def test_places_cover_the_frame_with_columns_from_the_left_and_rows_from_below() -> None:
    places = plane_grid(TWO, points=5)
    left, right, low, high = frame(TWO)
    assert places.shape == (5, 5, 2)
    torch.testing.assert_close(places[0, 0], torch.tensor([left, low]))
    torch.testing.assert_close(places[0, 4], torch.tensor([right, low]))
    torch.testing.assert_close(places[4, 0], torch.tensor([left, high]))


def test_real_data_are_discs_of_three_standard_deviations_and_samples_are_dots() -> None:
    samples = GRID.sample(100, torch.Generator().manual_seed(0))
    (panel,) = plane_plot(GRID, samples).axes
    discs, dots = panel.collections
    circles = np.stack([path.get_extents().get_points() for path in discs.get_paths()])
    np.testing.assert_allclose(circles.mean(axis=1), GRID.places)
    np.testing.assert_allclose(circles[:, 1] - circles[:, 0], 6 * GRID.std)
    np.testing.assert_allclose(dots.get_offsets(), samples)
    assert [to_hex(each.get_facecolor()[0]).upper() for each in (discs, dots)] == [REAL, FAKE]
    assert (panel.get_xlabel(), panel.get_ylabel(), panel.get_aspect()) == ("x", "y", 1)


def test_samples_far_away_lie_on_the_edge_of_the_picture() -> None:
    (panel,) = plane_plot(TWO, torch.tensor([[1e6, 0.0], [0.0, -1e6]])).axes
    _, right, low, _ = frame(TWO)
    np.testing.assert_allclose(
        panel.collections[1].get_offsets(), [[right, 0], [0, low]], rtol=1e-6
    )


def test_sets_of_samples_stand_side_by_side_under_their_titles() -> None:
    figure = plane_plot(RING, {"WGAN": RING.sample(50), "GAN": RING.sample(50)})
    assert [panel.get_title() for panel in figure.axes] == ["WGAN", "GAN"]


def test_the_map_of_a_critic_rises_where_the_critic_does() -> None:
    figure = height_plot({"rising": height}, GRID)
    filled = figure.axes[0].collections[0]
    left, right, low, high = frame(GRID)
    least, most = 3 * left + 4 * low, 3 * right + 4 * high
    assert filled.levels[0] <= least + 0.5
    assert filled.levels[-1] >= most - 0.5
    # The palest field lies low on the left, the greenest high on the right.
    lowest, highest = (
        paths.vertices.mean(axis=0) for paths in (filled.get_paths()[0], filled.get_paths()[-1])
    )
    assert (lowest < 0).all()
    assert (highest > 0).all()


def test_maps_of_several_critics_stand_side_by_side() -> None:
    figure = height_plot(
        {"clipped": height, "penalised": lambda x: -height(x)}, RING, RING.sample(20)
    )
    assert [panel.get_title() for panel in figure.axes[:2]] == ["clipped", "penalised"]


def test_the_slope_along_a_line_is_the_length_of_the_gradient_wherever_the_line_goes() -> None:
    figure = slope_plot(
        {"rising": height, "steeper": lambda x: 2 * height(x)}, TWO, (0, 0), (4, 3), points=50
    )
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    np.testing.assert_allclose(lines["rising"].get_ydata(), 5, rtol=1e-6)
    np.testing.assert_allclose(lines["steeper"].get_ydata(), 10, rtol=1e-6)
    assert lines["rising"].get_xdata()[-1] == pytest.approx(5)
    assert set(lines["slope one"].get_ydata()) == {1}
    assert to_hex(lines["rising"].get_color()).upper() == DISCRIMINATOR


def test_the_line_is_shaded_where_real_data_lie() -> None:
    figure = slope_plot({"rising": height}, TWO, (0, 0), (4, 0), points=401)
    (shade,) = figure.axes[0].collections
    x = np.concatenate([path.vertices[:, 0] for path in shade.get_paths()])
    assert ((x <= 0.31) | (x >= 3.69)).all()
    assert x.max() == pytest.approx(4)


def test_a_picture_is_small_enough_for_a_lesson() -> None:
    samples = GRID.sample(10_000, torch.Generator().manual_seed(0))
    wild = 2 * torch.randn(10_000, 2, generator=torch.Generator().manual_seed(0))
    for figure in (
        plane_plot(GRID, samples),
        plane_plot(GRID, wild),
        height_plot({"a": height, "b": height}, GRID, samples),
    ):
        assert png(figure).startswith(b"\x89PNG")
        assert len(png(figure)) <= 100_000
