from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset
from gan_course.explore import LatentExplorer
from gan_course.interpolation import slerp
from gan_course.metrics import nearest_distance
from gan_course.models import DCGAN, DCGANConfig
from tests.explore.conftest import picture_size

PICTURES: dict[str, Callable[[LatentExplorer], bytes]] = {
    "picture": LatentExplorer.picture,
    "traversals": LatentExplorer.traversals,
    "interpolation": lambda explorer: explorer.interpolation(0, 1),
    "nearest": LatentExplorer.nearest,
}


def linear_sampler(strengths: Tensor) -> Callable[[Tensor], Tensor]:
    """Images of 4 × 4 whose pixel i is `strengths[i]` times coordinate i."""
    return lambda z: torch.nn.functional.pad(z * strengths, (0, 16 - len(strengths))).view(
        -1, 1, 4, 4
    )


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("picture", (686, 250)),
        ("traversals", (640, 372)),
        ("interpolation", (698, 198)),
        ("nearest", (698, 198)),
    ],
)
def test_pictures_are_of_whole_pixels(
    explorer: LatentExplorer, name: str, size: tuple[int, int]
) -> None:
    assert picture_size(PICTURES[name](explorer)) == size


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_drawn_in_a_quarter_of_a_second(explorer: LatentExplorer, name: str) -> None:
    PICTURES[name](explorer)
    spent = []
    for _ in range(3):
        start = time.process_time()
        PICTURES[name](explorer)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.25


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_leave_random_state_alone_and_repeat(explorer: LatentExplorer, name: str) -> None:
    random = torch.get_rng_state()
    first = PICTURES[name](explorer)
    assert torch.equal(torch.get_rng_state(), random)
    torch.manual_seed(5)
    assert PICTURES[name](explorer) == first


def test_a_move_changes_the_picture_and_reset_brings_it_back(explorer: LatentExplorer) -> None:
    start = explorer.picture()
    explorer.move(0, 2.0)
    moved = explorer.picture()
    assert moved != start
    assert "+2 along direction 1" in moved.alt
    explorer.reset()
    assert explorer.picture() == start


def test_offsets_are_distances_along_perpendicular_unit_directions(
    explorer: LatentExplorer,
) -> None:
    torch.testing.assert_close(
        explorer.directions @ explorer.directions.T, torch.eye(6), atol=1e-5, rtol=0
    )
    explorer.move(1, 3.0)
    explorer.move(4, -1.0)
    offset = (explorer.z - explorer.latent(0)) @ explorer.directions.T
    torch.testing.assert_close(offset, torch.tensor([[0, 3.0, 0, 0, -1.0, 0]]), atol=1e-5, rtol=0)


def test_directions_of_a_linear_sampler_are_its_strongest_coordinates() -> None:
    strengths = torch.tensor([0.1, 3.0, 0.2, 1.0])
    explorer = LatentExplorer(linear_sampler(strengths), 4, directions=2)
    torch.testing.assert_close(explorer.directions, torch.eye(4)[[1, 3]], atol=1e-5, rtol=0)
    torch.testing.assert_close(explorer.gains, strengths[[1, 3]] / strengths.square().mean().sqrt())


def test_directions_change_a_generator_more_than_random_ones_by_the_gains_they_state(
    explorer: LatentExplorer,
) -> None:
    z = torch.randn(400, 8, generator=torch.Generator().manual_seed(1))

    def change(direction: Tensor) -> Tensor:
        return (
            (explorer.images(z + 0.5 * direction) - explorer.images(z - 0.5 * direction))
            .flatten(1)
            .square()
            .sum(1)
            .mean()
            .sqrt()
        )

    random = torch.nn.functional.normalize(
        torch.randn(400, 8, generator=torch.Generator().manual_seed(2)), dim=1
    )
    measured = torch.stack([change(direction) for direction in explorer.directions]) / change(
        random
    )
    torch.testing.assert_close(measured, explorer.gains, rtol=0.15, atol=0)
    assert measured[0] > 1


def test_explorer_keeps_the_generator_as_it_was(digits: Dataset) -> None:
    model = DCGAN(DCGANConfig(latent_dim=8, width=4))
    explorer = LatentExplorer.of(model, digits)
    before = explorer.picture()
    with torch.no_grad():
        for parameter in model.ema.parameters():
            parameter.add_(1)
    assert explorer.picture() == before


def test_interpolation_begins_and_ends_at_the_two_seeds(explorer: LatentExplorer) -> None:
    seen: list[Tensor] = []
    draw = explorer.sampler
    explorer.sampler = lambda z: (seen.append(z), draw(z))[1]  # type: ignore[func-returns-value]
    explorer.interpolation(3, 7, steps=5)
    (path,) = seen
    arc, line = path.split(5)
    for way in (arc, line):
        torch.testing.assert_close(
            way[[0, -1]], torch.cat([explorer.latent(3), explorer.latent(7)])
        )
    torch.testing.assert_close(line[2], (line[0] + line[-1]) / 2)
    torch.testing.assert_close(arc[2], slerp(arc[:1], arc[-1:], 0.5)[0])


def test_copies_of_training_images_are_found_at_distance_zero(digits: Dataset) -> None:
    copies = digits.train.x[100:110]
    explorer = LatentExplorer(lambda z: copies[: len(z)], 4, digits.train.x)
    assert "from 0.0 to 0.0, median 0.0" in explorer.nearest(10).alt


def test_distances_that_nearest_states_are_those_of_the_metric(
    explorer: LatentExplorer, digits: Dataset
) -> None:
    seen: list[Tensor] = []
    draw = explorer.sampler
    explorer.sampler = lambda z: (seen.append(draw(z)), seen[-1])[1]  # type: ignore[func-returns-value]
    alt = explorer.nearest(6).alt
    distance = nearest_distance(seen[0], digits.train.x)
    assert (
        f"from {distance.min():.1f} to {distance.max():.1f}, median {distance.median():.1f}" in alt
    )
    assert explorer.nearest(6, draw=1) != explorer.nearest(6)


def test_colour_images_of_other_sizes_are_drawn() -> None:
    explorer = LatentExplorer(lambda z: z[:, :3, None, None].expand(-1, -1, 64, 64).tanh(), 4)
    assert picture_size(explorer.interpolation(0, 1, steps=4)) == (118 + 4 * 66, 24 + 3 * 66)
    assert picture_size(explorer.picture()) == (8 + 2 * 258, 24 + 258)


def test_bad_input_gets_one_clear_sentence(explorer: LatentExplorer, digits: Dataset) -> None:
    sampler = linear_sampler(torch.ones(4))
    with pytest.raises(
        ValueError, match="no training images to search: build it with train_images"
    ):
        LatentExplorer(sampler, 4).nearest()
    with pytest.raises(
        ValueError, match=r"training images of shape \(N, 1, 4, 4\), got \(8000, 1, 28, 28\)"
    ):
        LatentExplorer(sampler, 4, digits.train.x)
    with pytest.raises(ValueError, match=r"images \(N, C, H, W\), got \(1, 4\) for one latent"):
        LatentExplorer(lambda z: z, 4)
    with pytest.raises(ValueError, match="latent_dim must be at least 1, got 0"):
        LatentExplorer(sampler, 0)
    with pytest.raises(ValueError, match="directions 0 to 5, got 6"):
        explorer.move(6, 1.0)
    with pytest.raises(ValueError, match="between -4 and 4, got 9"):
        explorer.move(0, 9.0)
    with pytest.raises(ValueError, match=r"seed must be a whole number from 0 to .*, got -1"):
        explorer.start_from(-1)
    with pytest.raises(ValueError, match="at least 2 steps"):
        explorer.interpolation(0, 1, steps=1)


def test_refused_moves_change_nothing(explorer: LatentExplorer) -> None:
    before = explorer.picture()
    for refused in (lambda: explorer.move(0, float("nan")), lambda: explorer.start_from(-1)):
        with pytest.raises(ValueError, match="got"):
            refused()
    assert explorer.picture() == before
