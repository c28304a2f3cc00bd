"""What a run can be judged by while it trains: functions of the model, of which less is better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_course.data import Data, Dataset, Distribution, PlaneMixture, random_generator
from gan_course.errors import unknown_name
from gan_course.models.base import Model
from gan_course.training.samples import draw

SCORES = ("frechet", "wasserstein")
SAMPLES = 2000
PAIRED = 1000  # in the plane: to pair twice as many takes ten times as long


def score(name: str, data: Data) -> Callable[[Model[Any]], float]:
    """The score with that name, over 2,000 samples (1,000 in the plane) that are always drawn from
    the same noise.

    "frechet" is the Fréchet distance (judge) to the held-out digits, "wasserstein" the
    Wasserstein-1 distance to a density on a line, or in the plane to as many real samples, always
    the same. Raises `ValueError` for an unknown name, and for one that does not fit the data: the
    judge knows digits only, so that no score fits shapes.
    """
    if name not in SCORES:
        raise unknown_name("score", name, SCORES)
    if isinstance(data, Dataset) and data.name != "digits":
        raise ValueError(
            f"the score {name!r} does not fit {data.name}: the judge knows digits only, and no "
            "other score fits images, so leave it out"
        )
    fits = "frechet" if isinstance(data, Dataset) else "wasserstein"
    if name != fits:
        raise ValueError(f"the score {name!r} does not fit these data: use {fits!r}")
    if isinstance(data, Distribution):
        from gan_course.metrics import wasserstein_1d

        return lambda model: wasserstein_1d(draw(model, SAMPLES, seed=0), data)
    if isinstance(data, PlaneMixture):
        from gan_course.metrics import wasserstein_samples

        # A key of three numbers: no batch of a run is drawn from it.
        real = data.sample(PAIRED, random_generator(0, 0, 0))
        return lambda model: wasserstein_samples(draw(model, PAIRED, seed=0), real)
    from gan_course.metrics import frechet_distance, judge

    network = judge()
    held_out = network.features(data.held_out.x[:SAMPLES])
    return lambda model: frechet_distance(network.features(draw(model, SAMPLES, seed=0)), held_out)
