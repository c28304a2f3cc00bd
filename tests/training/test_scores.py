"""What a run is judged by while it trains: less is better, and the same model always gets the same
number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from gan_course.data import Dataset, load
from gan_course.metrics import judge_distance, wasserstein_1d, wasserstein_samples
from gan_course.modalities.images import JUDGED as SAMPLES
from gan_course.modalities.plane import PAIRED
from gan_course.models import GANConfig, Model
from gan_course.training.samples import draw
from gan_course.training.scores import score


class Drawing(Model[GANConfig]):
    """A model that only draws, by a function of the number of samples."""

    def __init__(self, sample: Callable[[int], Tensor]) -> None:
        super().__init__(GANConfig())
        self.network = nn.Linear(1, 1)
        self.sample = sample  # type: ignore[method-assign]

    def step(self, batch: object) -> dict[str, Tensor]:
        raise NotImplementedError

    def sample(self, n: int) -> Tensor:
        raise NotImplementedError


def shifted(by: float) -> Drawing:
    """A model that draws the Gaussian of the course, but `by` too far to the right."""
    return Drawing(lambda n: load("gaussian").sample(n) + by)


def noisy(digits: Dataset, share: float) -> Drawing:
    """A model that draws digits it was taught, of which a `share` gives way to noise."""
    return Drawing(
        lambda n: (
            digits.train.x[torch.randperm(len(digits.train.x))[:n]] * (1 - share)
            + share * (2 * torch.rand(n, 1, 28, 28) - 1)
        )
    )


def test_points_are_scored_by_their_wasserstein_distance_to_the_density() -> None:
    data, model = load("gaussian"), shifted(0.5)
    measured = score("wasserstein", data)(model)
    assert measured == wasserstein_1d(draw(model, SAMPLES, seed=0), data)
    assert measured == pytest.approx(0.5, abs=0.05)
    assert SAMPLES == 2000


def test_points_in_the_plane_are_scored_by_their_exact_distance_to_as_many_real_ones() -> None:
    data = load("grid")
    measure, model = score("wasserstein", data), Drawing(lambda n: data.sample(n) + 1)
    measured = measure(model)
    # carrying all by (1, 1) is best, and costs its length
    assert measured == pytest.approx(2**0.5, abs=0.1)
    assert measure(model) == measured
    assert measure(Drawing(data.sample)) < 0.25  # as far as 1,000 real samples from 1,000 others
    real = data.sample(PAIRED, torch.Generator().manual_seed(0))
    assert measured == pytest.approx(
        wasserstein_samples(draw(model, PAIRED, seed=0), real), abs=0.1
    )


def test_digits_are_scored_by_their_frechet_distance_to_held_out_ones() -> None:
    digits, model = load("digits"), noisy(load("digits"), 0.3)
    measured = score("frechet", digits)(model)
    assert measured == pytest.approx(
        judge_distance(draw(model, SAMPLES, seed=0), digits.held_out.x[:SAMPLES]), rel=1e-6
    )


def test_the_worse_a_model_draws_the_higher_is_its_score() -> None:
    on_the_line, of_digits = (
        score("wasserstein", load("gaussian")),
        score("frechet", load("digits")),
    )
    points = [on_the_line(shifted(by)) for by in (0, 0.2, -1)]
    assert points == sorted(points)
    assert points[0] < 0.06  # N perfect samples score 1.2 / √N, 0.03
    images = [of_digits(noisy(load("digits"), share)) for share in (0, 0.3, 0.8)]
    assert images == sorted(images)
    assert images[2] > 10 * images[0]


def test_a_score_is_always_taken_over_the_same_noise_and_leaves_the_random_state_alone() -> None:
    measure, model = score("wasserstein", load("gaussian")), shifted(0)
    torch.manual_seed(1)
    first = measure(model)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert measure(model) == first
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "frchet",
            "digits",
            "there is no score 'frchet' (did you mean 'frechet'?); known are frechet, for images",
        ),
        (
            "wasserstein",
            "digits",
            "there is no score 'wasserstein'; known are frechet, for images",
        ),
        (
            "frechet",
            "gaussian",
            "there is no score 'frechet'; known are wasserstein, for points on a line",
        ),
        ("frechet", "shapes", "no score fits these images, so 'frechet' does not: leave it out"),
        (
            "frechet",
            "grid",
            "there is no score 'frechet'; known are wasserstein, for points in the plane",
        ),
    ],
)
def test_a_score_that_is_unknown_or_does_not_fit_is_refused_with_the_one_that_does(
    name: str, data: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match="score") as refused:
        score(name, load(data))
    assert str(refused.value) == sentence
