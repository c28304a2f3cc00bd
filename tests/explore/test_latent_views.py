"""What the views of a latent space draw: which latents go into the model, and what is said."""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor
from torch import Tensor

from gan_course.colours import FAKE
from gan_course.data import Dataset
from gan_course.explore import LatentExplorer
from gan_course.explore.latent_arithmetic import arithmetic
from gan_course.explore.latent_truncation import MEASURED, truncation
from gan_course.explore.latent_wheel import SPOKES, wheel
from gan_course.explore.picture import Picture
from gan_course.interpolation import great_circle
from tests.explore.conftest import picture_size


class Watched:
    """A latent space of 4 dimensions, whose images are 4 × 4 pixels of z and its negative; it keeps
    the latents it was asked for."""

    latent_dim, seed, index = 4, 0, None

    def __init__(self) -> None:
        self.asked: list[Tensor] = []

    def latent(self, seed: int) -> Tensor:
        return torch.randn(1, 4, generator=torch.Generator().manual_seed(seed))

    def images(self, z: Tensor) -> Tensor:
        self.asked.append(z)
        return self.drawn(z)

    @staticmethod
    def drawn(z: Tensor) -> Tensor:
        return torch.cat([z, -z, z, -z], dim=1).view(-1, 1, 4, 4).clamp(-1, 1)


def views(explorer: LatentExplorer) -> dict[str, dict[str, Any]]:
    return {view.key: view.values for view in explorer.views()}


def test_a_wheel_has_even_steps_on_the_circle_and_its_angle_in_the_middle() -> None:
    space = Watched()
    picture = wheel(space, 3, 5, 75)
    (asked,) = space.asked
    angles = torch.tensor([*(2 * math.pi / SPOKES * i for i in range(SPOKES)), math.radians(75)])
    torch.testing.assert_close(asked, great_circle(space.latent(3), space.latent(5), angles))
    torch.testing.assert_close(asked[0], space.latent(3)[0])
    assert "at the top seed 3, then clockwise towards seed 5" in picture.alt
    assert "In the middle, the image at 75°." in picture.alt
    assert f"from its middle, {space.latent(3).norm():.1f}:" in picture.alt
    assert picture_size(picture) == (416, 416)


def test_a_turn_of_the_wheel_changes_its_picture_and_a_whole_turn_does_not() -> None:
    def turned(degrees: float) -> bytes:
        return bytes(wheel(Watched(), 0, 1, degrees))

    assert turned(45) != turned(50)
    whole, none = (wheel(Watched(), 0, 1, degrees) for degrees in (360, 0))
    assert whole.alt.replace("360°", "0°") == none.alt


def test_one_seed_twice_makes_a_wheel_too() -> None:
    space = Watched()
    for seed in range(20):
        assert "whose direction is passed at 0°" in wheel(space, seed, seed, 0).alt
    length = space.latent(19).norm()
    torch.testing.assert_close(space.asked[-1].norm(dim=1), length.expand(SPOKES + 1))


def test_the_dot_of_the_wheel_stands_at_its_angle() -> None:
    def dot(degrees: float) -> tuple[float, float]:
        """Where the colour of what is generated lies, from the middle, above the angle's words."""
        picture = Image.open(BytesIO(wheel(Watched(), 0, 1, degrees).png())).convert("RGB")
        away = np.abs(np.asarray(picture, dtype=int) - ImageColor.getrgb(FAKE)).sum(axis=2)
        down, across = np.nonzero((away < 30) & (np.hypot(*(np.indices(away.shape) - 207.5)) > 110))
        return across.mean() - 207.5, 207.5 - down.mean()

    for degrees in (0, 90, 135):
        x, y = dot(degrees)
        assert math.degrees(math.atan2(x, y)) == pytest.approx(degrees, abs=1)


def test_arithmetic_is_of_the_means_of_latents_and_as_long_as_noise() -> None:
    space = Watched()
    arithmetic(space, [0, 1], [2, 3], [4, 5])
    (asked,) = space.asked
    marked, means, total = asked[:6], asked[6:9], asked[9]
    torch.testing.assert_close(marked, torch.cat([space.latent(seed) for seed in range(6)]))
    torch.testing.assert_close(means, marked.view(3, 2, 4).mean(dim=1))
    wanted = means[0] - means[1] + means[2]
    torch.testing.assert_close(total / total.norm(), wanted / wanted.norm())
    assert total.norm().item() == pytest.approx(2.0)


def test_arithmetic_of_pixels_is_the_same_sum_beside_it() -> None:
    space = Watched()
    a, b, c = (space.drawn(space.latent(seed)) for seed in (0, 1, 2))
    sum_of_latents = space.latent(0) - space.latent(1) + space.latent(2)
    by_latents = space.drawn(2 * sum_of_latents / sum_of_latents.norm())
    change = (by_latents - (a - b + c).clamp(-1, 1)).abs().mean() / 2
    picture = arithmetic(space, [0], [1], [2])
    assert "a of seeds 0; b of seeds 1; c of seeds 2" in picture.alt
    assert f"which differ by {change:.1%} of a pixel's range" in picture.alt


def test_truncation_multiplies_the_latents_of_the_same_seeds() -> None:
    space = Watched()
    picture = truncation(space, 0.5, 7)
    whole, scaled = space.asked
    torch.testing.assert_close(
        whole, torch.cat([space.latent(seed) for seed in range(7, 7 + MEASURED)])
    )
    torch.testing.assert_close(scaled, whole / 2)
    spread = [space.drawn(z).std(dim=0).mean() / 2 for z in (whole, scaled)]
    assert f"varies by {spread[1]:.1%} of its range" in picture.alt
    assert f"at ψ = 1 by {spread[0]:.1%}." in picture.alt
    assert "varies by 0.0%" in truncation(space, 0).alt


def test_arithmetic_takes_as_many_marked_seeds_as_are_asked_for(explorer: LatentExplorer) -> None:
    values = views(explorer)["arithmetic"] | {"a0": 11, "b0": 12, "c0": 13, "c1": 14}

    def told(count: int) -> str:
        return explorer.show("arithmetic", values | {"count": count}).alt

    assert "a of seeds 11; b of seeds 12; c of seeds 13," in told(0)
    assert "a of seeds 11 1; b of seeds 12 4; c of seeds 13 14," in told(1)


def test_every_control_of_every_view_changes_what_is_drawn(explorer: LatentExplorer) -> None:
    for key, values in views(explorer).items():
        before = explorer.show(key, values)
        for name, value in values.items():
            other = value - 1 if name in ("count", "psi") else value + 20
            if name.startswith("direction"):
                other = 2.0
            changed = explorer.show(key, values | {name: max(other, 0)})
            assert changed != before, (key, name)
            assert changed.alt != before.alt, (key, name)


def test_a_space_of_one_dimension_has_no_wheel(digits: Dataset) -> None:
    line = LatentExplorer(lambda z: z[:, :, None, None].expand(-1, 1, 28, 28).tanh(), 1)
    assert list(views(line)) == ["directions", "between", "arithmetic", "truncation"]
    plane = LatentExplorer(lambda z: z[:, :1, None, None].expand(-1, 1, 28, 28), 2, digits.train.x)
    assert set(views(plane)) - set(views(line)) == {"wheel", "nearest"}


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda space: arithmetic(space, [0, 1], [2], [3]), "equally many seeds .* 2, 1 and 1"),
        (lambda space: arithmetic(space, [], [], []), "equally many seeds .* 0, 0 and 0"),
        (lambda space: truncation(space, 1.6), r"ψ lies between 0 and 1\.5, got 1\.6"),
        (lambda space: truncation(space, float("nan")), r"ψ lies between 0 and 1\.5, got nan"),
    ],
)
def test_bad_input_gets_one_clear_sentence(draw: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw(Watched())


def test_views_show_pictures_with_words(explorer: LatentExplorer) -> None:
    for key, values in views(explorer).items():
        picture = explorer.show(key, values)
        assert isinstance(picture, Picture)
        assert picture.alt.endswith("."), key
