"""A game on a line: its target, a histogram that one draws, and the best opponent in closed
form."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from gan_course.data import Distribution, Histogram
from gan_course.explore.controls import Bars, Button, Rows, Value
from gan_course.explore.gan_failures import ON_A_LINE
from gan_course.explore.gan_ground import GIVEN, Ground
from gan_course.explore.gan_picture import ARROWS, in_words, paint
from gan_course.explore.gan_view import GameView, Layers
from gan_course.explore.rules import LAWS, Law
from gan_course.metrics import wasserstein_1d_samples
from gan_course.viz.densities import line_grid

BINS = 80  # of the histogram that the divergences are computed from
BARS = 24  # that one draws
EVEN = 1e-3  # shares this near are one: below the noise of the samples


class LineGround(Ground[Distribution]):
    """The line, as far as the given data reach; every target lies there."""

    where: ClassVar = "on a line"
    length: ClassVar = "σ of the data"
    shown: ClassVar = 4000
    layers: ClassVar = Layers()
    failures: ClassVar = ON_A_LINE

    def __init__(self, given: Distribution) -> None:
        super().__init__(given)
        self._x = line_grid(given)
        self._edges = torch.linspace(self.low, self.high, BINS + 1, dtype=torch.float64)
        self._bars = _bars(lambda place: given.density(self._at(place)))

    @property
    def low(self) -> float:
        """The left end of what is seen."""
        return self._x[0].item()

    @property
    def high(self) -> float:
        """The right end."""
        return self._x[-1].item()

    @property
    def presets(self) -> Mapping[str, Mapping[str, Value]]:
        shapes = {GIVEN: self._bars} | {name: _bars(shape) for name, shape in SHAPES.items()}
        return {name: {"bars": heights} for name, heights in shapes.items()}

    def controls(self, now: Mapping[str, Any]) -> Rows:
        bars = Bars(
            key="bars",
            label="real density",
            help="draw a density of your own",
            low=self.low,
            high=self.high,
            value=tuple(now["bars"]),
        )
        presets = tuple(
            Button(key=name, label=name.capitalize(), help="as the real density", sets=values)
            for name, values in self.presets.items()
        )
        return ((bars,), presets)

    def target(self, values: Mapping[str, Any]) -> Distribution:
        heights = tuple(values["bars"])
        return self.given if heights == self._bars else Histogram(heights, self.low, self.high)

    def places(self) -> Tensor:
        return self._x[:, None]

    def points(self, samples: Tensor) -> Tensor:
        return samples.quantile((torch.arange(ARROWS, device=samples.device) + 0.5) / ARROWS)

    def shares(self, samples: Tensor) -> Tensor:
        inside = samples.double().clamp(self.low, self.high)
        counts = torch.histc(inside, BINS, self.low, self.high)
        return (counts + 1 / BINS) / (len(samples) + 1)

    def exact_shares(self, data: Distribution) -> Tensor:
        inner = data.cdf(self._edges[1:-1])
        return torch.cat([inner.new_zeros(1), inner, inner.new_ones(1)]).diff()

    def wasserstein(self, samples: Tensor, data: Distribution) -> float:
        """Against so many exact quantiles of the data."""
        return wasserstein_1d_samples(samples, _quantiles(data, len(samples))) / data.std

    def best(self, law: Law, view: GameView[Distribution]) -> Tensor:
        if law.loss.boundary is None:
            slope = best_slope(view.data.cdf(self._x), _cdf(view.samples, self._x))
            if law is LAWS["clip"]:  # its slope has a bound that nobody knows: as steep as it is
                slope *= view.answers.diff().abs().max() / self._x.diff()[0]
            height = torch.cumulative_trapezoid(slope, self._x)
            height = torch.cat([height.new_zeros(1), height])
            return height - height.mean() + view.answers.mean()
        p, q = view.data.density(self._x), smoothed(view.samples, self._x)
        return best_answer(p, q) if law is not LAWS["hinge"] else torch.sign(p - q)

    def paint(self, view: GameView[Distribution]) -> bytes:
        return paint(view)

    def in_words(self, view: GameView[Distribution]) -> str:
        return in_words(view)

    def _at(self, place: float) -> Tensor:
        """The point that lies this far from the left end to the right one, from 0 to 1."""
        return torch.tensor(self.low + place * (self.high - self.low), dtype=torch.float64)


def best_answer(p: Tensor, q: Tensor) -> Tensor:
    """p / (p + q), prop. 1 of Goodfellow et al. 2014, of densities or shares of any one shape; ½
    where there is neither."""
    least = 1e-6 * max(p.max().item(), q.max().item())
    return (p + least) / (p + q + 2 * least)


def best_slope(p_below: Tensor, q_below: Tensor) -> Tensor:
    """Slope of the critic of slope one that tells two distributions on a line apart best, from
    their cumulative distributions at places (P,): ∫ f (p - q) = ∫ f' (Q - P), which f' = sign(Q -
    P) makes largest; 0 where they agree."""
    ahead = q_below - p_below
    return torch.where(ahead.abs() > EVEN, ahead.sign(), 0.0)


def smoothed(samples: Tensor, x: Tensor) -> Tensor:
    """Density of `samples` (N,) at evenly spaced places `x` (P,), float64: their histogram, smeared
    by a Gaussian of Silverman's width, 0.9 · min(σ, IQR / 1.34) · N^(-1/5)."""
    values, width = samples.double(), (x[1] - x[0]).item()
    low, high = values.quantile(torch.tensor([0.25, 0.75], dtype=torch.float64)).tolist()
    spread = min(values.std().item(), (high - low) / 1.34)
    sigma = max(0.9 * spread * len(values) ** -0.2, width)
    counts = torch.histc(values, len(x), x[0].item() - width / 2, x[-1].item() + width / 2)
    reach = torch.arange(-math.ceil(4 * sigma / width), math.ceil(4 * sigma / width) + 1)
    kernel = torch.exp(-0.5 * (reach * width / sigma).double().square())
    found = np.convolve(counts.numpy(), (kernel / kernel.sum()).numpy())
    return torch.from_numpy(found[len(reach) // 2 :][: len(x)]) / (len(values) * width)


@lru_cache(maxsize=1)  # of a mixture they take longer than all the rest
def _quantiles(data: Distribution, count: int) -> Tensor:
    return data.quantile((torch.arange(count, dtype=torch.float64) + 0.5) / count)


def _cdf(samples: Tensor, x: Tensor) -> Tensor:
    return torch.searchsorted(samples.double().sort().values, x, right=True) / len(samples)


# Heights at a share of the way from the left end to the right one.
SHAPES: dict[str, Callable[[float], float]] = {
    "one bell": lambda x: math.exp(-0.5 * ((x - 0.5) / 0.1) ** 2),
    "a far bell": lambda x: math.exp(-0.5 * ((x - 0.8) / 0.05) ** 2),
    "two bells": lambda x: math.exp(-0.5 * ((abs(x - 0.5) - 0.25) / 0.06) ** 2),
    "a box": lambda x: float(abs(x - 0.5) < 0.25),
}


def _bars(shape: Callable[[float], Any]) -> tuple[float, ...]:
    """Bars of a shape, the highest 1 high."""
    heights = [float(shape((bar + 0.5) / BARS)) for bar in range(BARS)]
    return tuple(round(height / max(heights), 2) for height in heights)
