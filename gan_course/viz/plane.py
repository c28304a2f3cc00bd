"""Points in the plane, what a critic thinks of every place in it, and how steep it is along a
line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

import torch
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from torch import Tensor

from gan_course.colours import DISCRIMINATOR, EXACT, FAKE, OTHERS, PAPER, QUIET, REAL
from gan_course.errors import expect_finite, expect_floating, expect_shape
from gan_course.penalties import slopes
from gan_course.viz.picture import axes

# Points (N, 2) to scores (N, 1) or (N,).
Critic: TypeAlias = Callable[[Tensor], Tensor]

HEIGHTS = LinearSegmentedColormap.from_list("heights", [PAPER, DISCRIMINATOR])
MARGIN = 0.15  # around the centres, as a share of how far apart they lie


class Modes(Protocol):
    """What a mixture in the plane must know to be drawn: its centres, as pairs and as a tensor (K,
    2), and the standard deviation around each."""

    @property
    def centres(self) -> tuple[tuple[float, float], ...]: ...

    @property
    def places(self) -> Tensor: ...

    @property
    def std(self) -> float: ...


def frame(data: Modes) -> tuple[float, float, float, float]:
    """Left, right, lower and upper edge of the picture: all centres, with a margin of at least six
    standard deviations around them."""
    (left, low), (right, high) = data.places.amin(0).tolist(), data.places.amax(0).tolist()
    margin = max(6 * data.std, MARGIN * (right - left), MARGIN * (high - low))
    return left - margin, right + margin, low - margin, high + margin


def plane_grid(data: Modes, points: int = 120) -> Tensor:
    """`points` × `points` places over the whole `frame`: float32 (points, points, 2), rows from
    below, columns from the left."""
    left, right, low, high = frame(data)
    y, x = torch.meshgrid(
        torch.linspace(low, high, points), torch.linspace(left, right, points), indexing="ij"
    )
    return torch.stack([x, y], dim=-1)


def draw_points(panel: Axes, data: Modes, samples: Tensor | None) -> None:
    """Real data as discs of three standard deviations, where 98.9 % of a mode lie; generated
    `samples` (N, 2) as dots, those outside on the edge."""
    panel.add_collection(
        PatchCollection(
            [Circle(centre, 3 * data.std) for centre in data.centres], color=REAL, linewidth=0
        )
    )
    left, right, low, high = frame(data)
    if samples is not None:
        expect_shape("samples", samples, (2,))
        expect_floating("samples", samples)
        expect_finite("samples", samples)
        x, y = samples.detach().cpu().double().unbind(1)
        # The more there are, the paler, so that one sees where they are dense.
        alpha = min(0.9, max(0.25, 2000 / len(samples)))
        panel.scatter(
            x.clamp(left, right),
            y.clamp(low, high),
            s=1.5,
            color=FAKE,
            alpha=alpha,
            linewidths=0,
            zorder=2,
        )
    panel.set_xlim(left, right)
    panel.set_ylim(low, high)
    panel.set_aspect("equal")
    panel.set_xlabel("x")
    panel.set_ylabel("y")


def draw_heights(panel: Axes, places: Tensor, heights: Tensor, levels: int = 12) -> ContourSet:
    """Scores `heights` (points, points) at the `places` of a `plane_grid` as a map: the greener,
    the higher.

    About `levels` lines of equal height are drawn over it. Returns the coloured fields, whose
    `levels` are the heights of the lines.
    """
    x, y = places[0, :, 0], places[:, 0, 1]
    filled = panel.contourf(x, y, heights, levels=levels, cmap=HEIGHTS)
    panel.contour(x, y, heights, levels=filled.levels, colors=EXACT, linewidths=0.3)
    return filled


def draw_real_data_on_a_line(panel: Axes, data: Modes, line: Tensor, distance: Tensor) -> None:
    """Shade the `distance` (N,) along a `line` of places (N, 2) wherever these lie within three
    standard deviations of a centre."""
    near = torch.cdist(line.double(), data.places).amin(dim=1) <= 3 * data.std
    panel.fill_between(
        distance,
        0,
        1,
        where=near.numpy(),
        transform=panel.get_xaxis_transform(),
        color=REAL,
        alpha=0.18,
        linewidth=0,
        label="real data",
    )


def plane_plot(data: Modes, samples: Tensor | Mapping[str, Tensor] | None = None) -> Figure:
    """Where the real data lie, and `samples` (N, 2) as dots; several sets of samples by title stand
    side by side."""
    groups = samples if isinstance(samples, Mapping) else {"": samples}
    side = 4.5 if len(groups) == 1 else max(2.2, 7.0 / len(groups))
    figure, panels = axes(len(groups), width=side * len(groups), height=side + 0.4, shared=True)
    for panel, (title, values) in zip(panels, groups.items(), strict=True):
        draw_points(panel, data, values)
        panel.set_title(title, fontsize=10)
    _legend_above(figure, generated=any(values is not None for values in groups.values()))
    for panel in panels[1:]:
        panel.set_ylabel("")
    return figure


def height_plot(
    critics: Mapping[str, Critic], data: Modes, samples: Tensor | None = None
) -> Figure:
    """Each critic's score at every place, by title side by side, as a map: the greener, the higher,
    with lines of equal height.

    A critic's scores are known up to a constant only, so that each map has a scale of its own.
    `samples` (N, 2) are shown as dots.
    """
    figure, panels = axes(
        len(critics), width=3.5 * len(critics) if len(critics) > 1 else 4.5, height=3.4
    )
    places = plane_grid(data, points=80)
    for panel, (title, critic) in zip(panels, critics.items(), strict=True):
        with torch.no_grad():
            heights = critic(places.flatten(0, 1)).view(places.shape[:2])
        filled = draw_heights(panel, places, heights)
        draw_points(panel, data, samples)
        panel.set_title(title, fontsize=10)
        figure.colorbar(filled, ax=panel, shrink=0.75).ax.tick_params(labelsize=7)
    _legend_above(figure, generated=samples is not None)
    return figure


def slope_plot(
    critics: Mapping[str, Critic],
    data: Modes,
    start: tuple[float, float],
    end: tuple[float, float],
    points: int = 400,
) -> Figure:
    """How steep each critic is, ‖∇critic‖, at `points` places on the straight line from `start` to
    `end`; shaded where real data lie."""
    figure, (panel,) = axes()
    ends = torch.tensor([start, end], dtype=torch.float32)
    along = torch.linspace(0, 1, points)
    line = torch.lerp(ends[0], ends[1], along[:, None])
    distance = along * (ends[1] - ends[0]).norm()
    draw_real_data_on_a_line(panel, data, line, distance)
    panel.axhline(1, color=QUIET, linestyle="--", linewidth=1, label="slope one")
    for colour, (title, critic) in zip((DISCRIMINATOR, *OTHERS), critics.items(), strict=False):
        panel.plot(distance, slopes(critic, line).detach(), color=colour, label=title)
    panel.set_xlabel(
        f"distance along the line from ({start[0]:g}, {start[1]:g}) to ({end[0]:g}, {end[1]:g})"
    )
    panel.set_ylabel("slope of the critic")
    panel.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=2 + len(critics), fontsize=8, frameon=False)
    return figure


def _legend_above(figure: Figure, *, generated: bool) -> None:
    labels = {"real data, three standard deviations": REAL} | (
        {"generated samples": FAKE} if generated else {}
    )
    # Marks of their own, since the picture's are too small and too pale to be read off.
    marks = [
        Line2D([], [], color=colour, marker="o", linestyle="", markersize=5, label=label)
        for label, colour in labels.items()
    ]
    figure.legend(handles=marks, loc="outside upper center", ncols=2, fontsize=8, frameon=False)
