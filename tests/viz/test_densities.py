"""Distributions on a line: the picture shows the exact density and every sample."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gan_course.data import Gaussian, load
from gan_course.viz import decision_plot, density_plot, png
from gan_course.viz.densities import line_grid

REAL, FAKE = Gaussian(2.0, 1.0), Gaussian(0.0, 1.5)


@pytest.mark.parametrize("name", ["gaussian", "mixture"])
def test_the_line_shows_all_but_a_thousandth_of_the_distribution(name: str) -> None:
    distribution = load(name)
    x = line_grid(distribution, points=50)
    assert len(x) == 50
    assert distribution.cdf(x[0]) < 5e-4
    assert distribution.cdf(x[-1]) > 1 - 5e-4


def test_the_curve_is_the_exact_density_and_the_histogram_is_a_density_too() -> None:
    figure = density_plot(REAL, REAL.sample(20_000, torch.Generator().manual_seed(0)))
    (panel,) = figure.axes
    (curve,) = panel.lines
    x = torch.as_tensor(curve.get_xdata())
    torch.testing.assert_close(torch.as_tensor(curve.get_ydata()), REAL.density(x))
    outline = next(patch for patch in panel.patches if len(patch.get_xy()) > 80).get_xy()
    assert outline[:, 1].max() == pytest.approx(REAL.density(torch.tensor(2.0)).item(), rel=0.15)
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("x", "density")


def test_samples_far_away_are_not_lost_from_the_picture() -> None:
    figure = density_plot(REAL, torch.full((50, 1), 1e6))
    outline = next(patch for patch in figure.axes[0].patches if len(patch.get_xy()) > 80).get_xy()
    assert outline[:, 1].max() > 0


def test_sets_of_samples_stand_side_by_side_under_their_titles() -> None:
    figure = density_plot(REAL, {"raw": REAL.sample(100), "averaged": REAL.sample(100)})
    assert [panel.get_title() for panel in figure.axes] == ["raw", "averaged"]
    assert png(figure).startswith(b"\x89PNG")


def test_an_exact_answer_is_dashed_and_a_learned_one_is_not() -> None:
    x = line_grid(REAL, points=60)
    exact = REAL.density(x) / (REAL.density(x) + FAKE.density(x))
    figure = decision_plot(REAL, FAKE, x, {"exact": exact, "learned": exact * 0.9})
    _, scale = figure.axes
    lines = {line.get_label(): line for line in scale.lines}
    assert (lines["exact"].get_linestyle(), lines["learned"].get_linestyle()) == ("--", "-")
    np.testing.assert_allclose(lines["exact"].get_ydata(), exact)
    assert scale.get_ylim() == (0, 1.05)
    assert png(figure).startswith(b"\x89PNG")
