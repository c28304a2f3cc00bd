"""How the models of the zoo are measured: as the lessons do, by the same functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gan_course.data.batches import Batch
from gan_course.likelihood import bernoulli_log_likelihood
from gan_course.metrics import (
    cluster_accuracy,
    colour_distance,
    count_modes,
    judge,
    match,
    nearest,
    pixel_clusters,
    read_shapes,
    real_floor,
    shape_correlations,
)
from gan_course.scoreboard.measures import COLUMNS, REAL, N, quality
from gan_course.training.samples import draw, draw_batch

POINTS = 20_000  # samples of points, as lesson 05 takes them
DIGITS = ("frechet", "precision", "recall", "readable", "memorisation")
TRANSLATED = {"l1": "L1 on held-out pairs ↓", "colour": "colour distance ↓"}
Values = dict[str, float]


@dataclass(frozen=True)
class Look:
    """A model with its data, and the seed that its samples are drawn by."""

    model: Any
    data: Any
    seed: int

    @cached_property
    def drawn(self) -> Batch:
        """Samples, which several measures share."""
        return draw_batch(self.model, N, self.seed)


@dataclass(frozen=True)
class Measure:
    """One way to measure: `of` a look come numbers by name; `columns` are these names in words; and
    `beside` stands what else scores on the same data."""

    columns: Mapping[str, str]
    of: Callable[[Look], Values]
    beside: Callable[[Any], Mapping[str, Values]]


def _digits(look: Look) -> Values:
    found = quality(look.drawn.x, look.data)
    return {name: found[name] for name in DIGITS}


def _as_asked(look: Look) -> Values:
    return {"as_asked": _read_right(look.drawn.x.clamp(-1, 1), look.drawn.expect_labels())}


def _read_right(images: Tensor, labels: Tensor) -> float:
    return (judge().read(images) == labels).double().mean().item()


def _clusters(look: Look) -> Values:
    held_out = look.data.held_out
    with look.model.evaluating():
        found = look.model.read(held_out.x).logits.argmax(1)
    return {"clusters": cluster_accuracy(found, held_out.labels)}


def _codes(look: Look) -> Values:
    model, data = look.model, look.data
    with model.evaluating():
        torch.manual_seed(look.seed)
        latent = model.noise(N)
        reading = read_shapes(model.ema(latent))
        answers = model.read(data.held_out.x).mu
    codes = latent.split(model.parts, dim=1)[2]
    drawn = shape_correlations(codes, reading.kinds, reading.factors)
    return {"codes_drawn": _weakest(drawn), "codes_real": _matched(answers, data)}


def _matched(codes: Tensor, data: Any) -> float:
    held_out = data.held_out
    return _weakest(shape_correlations(codes, held_out.labels, held_out.factors))


def _weakest(correlations: Tensor) -> float:
    return min(pair.strength for pair in match(correlations))


def _components(data: Any) -> Values:
    pixels = data.train.x.flatten(1)
    directions = torch.linalg.svd(pixels - pixels.mean(0), full_matrices=False).Vh[:3]
    components = (data.held_out.x.flatten(1) - pixels.mean(0)) @ directions.T
    return {"three principal components": _matched(components, data)}


def _modes(look: Look) -> Values:
    return _counted(draw(look.model, POINTS, look.seed), look.data)


def _counted(samples: Tensor, data: Any) -> Values:
    modes = count_modes(samples, data)
    return {"modes": modes.found, "good": modes.good, "variation": modes.variation}


def _perfect(data: Any) -> dict[str, Values]:
    perfect = _counted(data.reference(POINTS).x, data)
    return {name: {"the grid itself": value} for name, value in perfect.items()}


def _bound(look: Look) -> Values:
    with look.model.evaluating():
        torch.manual_seed(look.seed)
        log_likelihood, kl = look.model.bound(_white(look.data.held_out.x))
    return {"nats": (kl.sum(1) - log_likelihood).double().mean().item()}


def _mean_image(data: Any) -> Values:
    held_out = _white(data.held_out.x)
    logits = _white(data.train.x).mean(0).clamp(1e-6, 1 - 1e-6).logit()
    found = bernoulli_log_likelihood(logits.expand_as(held_out), held_out)
    return {"the mean image": -found.double().mean().item()}


def _white(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def _pairs(look: Look) -> Values:
    x, y = look.data.held_out.x, look.data.held_out.y
    made = draw(look.model, len(x), look.seed, condition={"inputs": x}).clamp(-1, 1)
    return {"l1": _l1(made, y), "colour": colour_distance(made, y).mean}


def _back(look: Look) -> Values:
    with look.model.evaluating():
        made = look.model.back(look.data.held_out.y)
    return {"l1_back": _l1(made, look.data.held_out.x)}


def _rivals(data: Any) -> dict[str, Values]:
    x, y = data.held_out.x, data.held_out.y
    made = {"copying": x, "the mean picture": data.train.y.mean(0).expand_as(y)}
    return {
        "l1": {name: _l1(images, y) for name, images in made.items()},
        "colour": {name: colour_distance(images, y).mean for name, images in made.items()},
    }


def _rivals_in_pairs(data: Any) -> dict[str, Values]:
    known = data.train.y[nearest(data.held_out.x, data.train.x).index]
    found, truth = _rivals(data), data.held_out.y
    found["l1"]["the nearest input's partner"] = _l1(known, truth)
    found["colour"]["the nearest input's partner"] = colour_distance(known, truth).mean
    return found


def _l1(images: Tensor, truth: Tensor) -> float:
    return (images - truth).abs().double().mean().item()


MEASURES = {
    "digits": Measure(
        {name: COLUMNS[name] for name in DIGITS},
        _digits,
        lambda data: {"frechet": {REAL: real_floor(data)}},
    ),
    "as_asked": Measure(
        {"as_asked": "share read as asked ↑"},
        _as_asked,
        lambda data: {
            "as_asked": {"held-out digits": _read_right(data.held_out.x, data.held_out.labels)}
        },
    ),
    "clusters": Measure(
        {"clusters": "unsupervised accuracy on held-out digits ↑"},
        _clusters,
        lambda data: {
            "clusters": {
                "k-means": cluster_accuracy(
                    pixel_clusters(data.held_out.x, 10), data.held_out.labels
                )
            }
        },
    ),
    "codes": Measure(
        {
            "codes_drawn": "weakest matched correlation, drawn shapes ↑",
            "codes_real": "the same, Q on held-out shapes ↑",
        },
        _codes,
        lambda data: {"codes_real": _components(data)},
    ),
    "modes": Measure(
        {
            "modes": "modes found, of 25 ↑",
            "good": "share of good samples ↑",
            "variation": "total variation over modes ↓",
        },
        _modes,
        _perfect,
    ),
    "bound": Measure(
        {"nats": "−ELBO of held-out digits at ½, nats ↓"},
        _bound,
        lambda data: {"nats": _mean_image(data)},
    ),
    "pairs": Measure(TRANSLATED, _pairs, _rivals_in_pairs),
    "unpaired": Measure(TRANSLATED, _pairs, _rivals),
    "back": Measure(
        {"l1_back": "L1 on the way back ↓"},
        _back,
        lambda data: {"l1_back": {"copying": _l1(data.held_out.y, data.held_out.x)}},
    ),
}
