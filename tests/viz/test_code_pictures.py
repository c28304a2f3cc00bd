"""Pictures of a latent space: every code in its place and colour, every image at its z."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from torch import Tensor

from gan_course.colours import CLASSES
from gan_course.viz import code_plot, manifold_plot, png
from gan_course.viz.codes import code_map

CODES = torch.tensor([[0.0, 1.0], [2.0, 1.0], [-5.0, 0.5]])
LABELS = torch.tensor([3, 3, 1])


def drawn(figure: Figure) -> tuple[np.ndarray, list[str]]:
    """Where the dots of its first panel lie, and their colours."""
    (dots,) = figure.axes[0].collections
    return np.asarray(dots.get_offsets()), [
        to_hex(colour).upper() for colour in dots.get_facecolor()
    ]


def test_a_code_is_a_dot_in_its_classs_colour_and_the_class_stands_at_the_median() -> None:
    figure = code_plot({"VAE": CODES, "AAE": CODES / 2}, LABELS)
    places, colours = drawn(figure)
    np.testing.assert_array_equal(places, CODES)
    assert colours == [CLASSES[3], CLASSES[3], CLASSES[1]]
    words = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    assert words == {"1": (-5.0, 0.5), "3": (0.0, 1.0)}
    assert [panel.get_xlim() for panel in figure.axes] == [(-5.0, 5.0)] * 2


def test_the_circles_hold_half_and_95_percent_of_the_prior() -> None:
    radii = [circle.get_radius() for circle in code_plot({"": CODES}).axes[0].patches]
    lengths = torch.randn(100_000, 2, generator=torch.Generator().manual_seed(0)).norm(dim=1)
    assert [(lengths < radius).double().mean().item() for radius in radii] == pytest.approx(
        [0.5, 0.95], abs=0.005
    )


def test_a_map_is_so_many_pixels_with_codes_from_outside_on_its_edge() -> None:
    figure = code_map(CODES, LABELS, 150)
    np.testing.assert_array_equal(drawn(figure)[0], [[0, 1], [2, 1], [-4, 0.5]])
    assert int.from_bytes(png(figure)[16:20], "big") == 150


def test_in_a_manifold_every_image_lies_at_its_z() -> None:
    def decode(z: Tensor) -> Tensor:
        return (z / 4).sum(dim=1).div(2)[:, None, None, None].expand(-1, 1, 2, 2)

    picture = np.asarray(manifold_plot({"": decode}, points=3).axes[0].images[0].get_array())
    # Of (-4, 4), (4, 4), (-4, -4) and (4, -4): grey, white, black and grey.
    assert picture[::5, ::5].tolist() == [[0.5, 1.0], [0.0, 0.5]]


def test_codes_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match=r"codes of shape \(N, 2\), got \(3, 20\)"):
        code_plot({"VAE": torch.zeros(3, 20)})
    with pytest.raises(ValueError, match=r"labels of shape \(3,\)"):
        code_plot({"VAE": CODES}, LABELS[:2])


@pytest.mark.parametrize("plot", [code_plot, manifold_plot])
def test_no_model_is_told_in_a_sentence(plot: Callable[[dict[str, Any]], Figure]) -> None:
    with pytest.raises(ValueError, match="at least one model by its name, got none"):
        plot({})
