"""Distributions on a line, and what a discriminator thinks of every point on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gan_course.colours import DISCRIMINATOR, EXACT, FAKE, REAL
from gan_course.errors import expect_finite, expect_floating, expect_same_shape
from gan_course.viz.picture import axes


class Distribution(Protocol):
    """What a distribution on a line must know to be drawn; functions of float64 tensors."""

    @property
    def std(self) -> float: ...

    def density(self, x: Tensor) -> Tensor: ...

    def quantile(self, u: Tensor) -> Tensor: ...


def line_grid(distribution: Distribution, points: int = 400) -> Tensor:
    """`points` places on the line, float64: where all but a ten-thousandth of the distribution
    lies, and a standard deviation more on both sides."""
    low, high = distribution.quantile(torch.tensor([5e-5, 1 - 5e-5], dtype=torch.float64)).tolist()
    return torch.linspace(
        low - distribution.std, high + distribution.std, points, dtype=torch.float64
    )


def draw_density(
    panel: Axes, distribution: Distribution, samples: Tensor | None, x: Tensor
) -> None:
    """The exact density as a line over the histogram of `samples` (any shape), both in probability
    per unit of x."""
    panel.fill_between(x, distribution.density(x), color=REAL, alpha=0.18, linewidth=0)
    panel.plot(x, distribution.density(x), color=REAL, label="real density p")
    if samples is not None:
        expect_floating("samples", samples)
        expect_finite("samples", samples)
        values = samples.detach().cpu().flatten().double().clamp(float(x[0]), float(x[-1]))
        panel.hist(
            values.numpy(),
            bins=80,
            range=(float(x[0]), float(x[-1])),
            density=True,
            histtype="step",
            color=FAKE,
            label="generated samples",
        )
    panel.set_xlabel("x")
    panel.set_ylabel("density")
    panel.set_ylim(bottom=0)


def density_plot(
    distribution: Distribution, samples: Tensor | Mapping[str, Tensor] | None = None
) -> Figure:
    """The exact density and the histogram of `samples`; several sets of samples by title stand side
    by side."""
    groups = samples if isinstance(samples, Mapping) else {"": samples}
    figure, panels = axes(
        len(groups), width=7.0 if len(groups) < 4 else 2.2 * len(groups), shared=True
    )
    for panel, (title, values) in zip(panels, groups.items(), strict=True):
        draw_density(panel, distribution, values, line_grid(distribution))
        panel.set_title(title, fontsize=10)
    panels[0].legend(fontsize=8, frameon=False)
    for panel in panels[1:]:
        panel.set_ylabel("")
    return figure


def decision_plot(
    real: Distribution, fake: Distribution, x: Tensor, answers: Mapping[str, Tensor]
) -> Figure:
    """Two known densities (left scale) and probabilities "real" at `x` (right scale); an answer
    named "exact" is drawn dashed."""
    expect_finite("places and answers", x, *answers.values())
    expect_same_shape("places and answers", x, *answers.values())
    figure, (panel,) = axes()
    draw_density(panel, real, None, x)
    panel.plot(x, fake.density(x), color=FAKE, label="generated density q")
    scale = panel.twinx()
    scale.spines["top"].set_visible(False)
    for name, answer in answers.items():
        exact = name == "exact"
        scale.plot(
            x,
            answer,
            color=EXACT if exact else DISCRIMINATOR,
            linestyle="--" if exact else "-",
            label=name,
        )
    scale.set_ylim(0, 1.05)
    scale.set_ylabel("D(x), probability of real", fontsize=9)
    scale.tick_params(labelsize=8)
    handles = [*panel.get_legend_handles_labels()[0], *scale.get_legend_handles_labels()[0]]
    panel.legend(handles=handles, fontsize=8, frameon=False, loc="upper left")
    return figure
