"""A distribution on a line that somebody drew: bars side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_course.data.gaussians import Distribution
from gan_course.errors import expect_positive, expect_tensor


@dataclass(frozen=True)
class Histogram(Distribution):
    """Bars of equal width side by side from `low` to `high`. The density is even inside each bar,
    proportional to its height, and 0 outside; only the ratios of the `heights` matter.

    Raises `ValueError` for heights that are negative, not finite or all 0, and for ends that are
    not finite or out of order.
    """

    heights: tuple[float, ...]
    low: float = -4.0
    high: float = 4.0

    def __post_init__(self) -> None:
        if not self.heights or not all(0 <= height < math.inf for height in self.heights):
            raise ValueError(
                f"the bars of a histogram are finite and at least 0 high, got {self.heights}"
            )
        if not 0 < sum(self.heights) < math.inf:
            raise ValueError(
                "a histogram needs at least one bar above 0, because its shares sum to 1, got "
                f"{self.heights}"
            )
        if not -math.inf < self.low < self.high < math.inf:
            raise ValueError(
                f"a histogram needs two finite ends in order, got {self.low} and {self.high}"
            )

    @property
    def mean(self) -> float:  # type: ignore[override]
        return (self._shares * self._middles).sum().item()

    @property
    def std(self) -> float:  # type: ignore[override]
        """Of the whole histogram: the spread between the bars and that inside each, width² / 12."""
        between = (self._shares * (self._middles - self.mean).square()).sum().item()
        return math.sqrt(between + self._width**2 / 12)

    def density(self, x: Tensor) -> Tensor:
        expect_tensor("places", x)
        bar, inside = self._bar(x)
        return torch.where(inside, self._shares.to(x.device)[bar] / self._width, 0.0)

    def cdf(self, x: Tensor) -> Tensor:
        expect_tensor("places", x)
        bar, _ = self._bar(x)
        before = x.double() - self.low - bar.double() * self._width
        below, shares = self._below.to(x.device), self._shares.to(x.device)
        return (below[bar] + shares[bar] * before / self._width).clamp(0, 1)

    def quantile(self, u: Tensor) -> Tensor:
        expect_tensor("shares", u)
        u = u.double()
        below, shares = self._below.to(u.device), self._shares.to(u.device)
        # The first bar whose end reaches u, which has a share above 0.
        bar = torch.searchsorted(below[1:], u.contiguous()).clamp(max=len(shares) - 1)
        return self.low + self._width * (bar + (u - below[bar]) / shares[bar])

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        expect_positive("n", n)
        bar = torch.multinomial(self._shares, n, replacement=True, generator=generator)
        return self.low + self._width * (bar[:, None] + torch.rand(n, 1, generator=generator))

    @property
    def _width(self) -> float:
        return (self.high - self.low) / len(self.heights)

    @property
    def _shares(self) -> Tensor:
        heights = torch.tensor(self.heights, dtype=torch.float64, device="cpu")
        return heights / heights.sum()

    @property
    def _below(self) -> Tensor:
        """What lies below each edge of a bar: float64 (bars + 1,), from 0 to 1."""
        below = torch.nn.functional.pad(self._shares.cumsum(0), (1, 0))
        below[-1] = 1.0  # whatever the rounding of the sum
        return below

    @property
    def _middles(self) -> Tensor:
        bars = torch.arange(len(self.heights), dtype=torch.float64, device="cpu")
        return self.low + self._width * (bars + 0.5)

    def _bar(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The number of the bar that each place lies in, or is nearest to, and whether it lies in
        one."""
        place = (x.double() - self.low) / self._width
        inside = (place >= 0) & (place < len(self.heights))
        return place.nan_to_num().floor().clamp(0, len(self.heights) - 1).long(), inside
