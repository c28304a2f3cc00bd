"""A latent space of two dimensions: where images lie in it, and what is drawn from each place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log, sqrt

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from torch import Tensor

from gan_course.colours import CLASSES, EXACT, PAPER, REAL
from gan_course.errors import expect_finite, expect_labels, expect_shape
from gan_course.viz.grids import tile
from gan_course.viz.picture import DPI, axes

REACH = 4.0  # the plane is shown from -REACH to REACH: a VAE puts one code in eight beyond 3
SHARES = (0.5, 0.95)  # of the prior N(0, I), held by the circles


def code_plot(codes: Mapping[str, Tensor], labels: Tensor | None = None) -> Figure:
    """Where models put images: `codes` (N, 2) by title side by side, coloured by `labels` (N,) with
    each class's number at its median. The dashed circles hold half and 95 % of the prior N(0, I).
    Raises as `draw_codes` does, and `ValueError` where there is no model.
    """
    side = min(4.5, 9.0 / _expect_models(codes))
    figure, panels = axes(len(codes), width=side * len(codes), height=side + 0.4, shared=True)
    for panel, (title, places) in zip(panels, codes.items(), strict=True):
        draw_codes(panel, places, labels)
        for share in SHARES:
            radius = sqrt(-2 * log(1 - share))  # of a Rayleigh distribution
            panel.add_patch(Circle((0, 0), radius, fill=False, color=EXACT, linestyle="--"))
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("$z_1$")
        panel.set_aspect("equal")
    panels[0].set_ylabel("$z_2$")
    reach = max(REACH, *(places.abs().max().item() for places in codes.values()))
    panels[0].set(xlim=(-reach, reach), ylim=(-reach, reach))
    return figure


def code_map(codes: Tensor, labels: Tensor | None, pixels: int) -> Figure:
    """The plane from -REACH to REACH as a square of so many `pixels` without a ground and nothing
    around it, with a dot for each of the `codes` (N, 2); those outside lie on the edge."""
    figure = Figure(figsize=(pixels / DPI, pixels / DPI), facecolor="none")
    panel = figure.add_axes((0, 0, 1, 1))
    panel.axis("off")
    draw_codes(panel, codes.clamp(-REACH, REACH), labels, size=pixels / 100)
    panel.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    return figure


def draw_codes(panel: Axes, codes: Tensor, labels: Tensor | None = None, size: float = 3.0) -> None:
    """A dot of `size` for each of the `codes` (N, 2), in the colour of its class, whose number
    stands at the median of its codes. `ValueError` for another shape, no code, NaN and infinity,
    and unless there is a label for each."""
    expect_shape("codes", codes, (2,))
    if not len(codes):
        raise ValueError("expected at least one code, got none")
    expect_finite("codes", codes)
    x, y = codes.detach().cpu().unbind(1)
    if labels is not None:
        expect_labels(labels, len(codes), int(labels.max()) + 1)
    classes = torch.tensor([]) if labels is None else labels.cpu()
    colours = [CLASSES[label % len(CLASSES)] for label in classes.tolist()]
    panel.scatter(x, y, s=size, c=colours or REAL, alpha=0.6, linewidths=0)
    for label in classes.unique().tolist():
        mine = classes == label
        panel.text(
            x[mine].median().item(),
            y[mine].median().item(),
            str(label),
            fontsize=6 + size,
            weight="bold",
            color=CLASSES[label % len(CLASSES)],
            ha="center",
            va="center",
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )


def manifold_plot(decoders: Mapping[str, Callable[[Tensor], Tensor]], points: int = 12) -> Figure:
    """What each decoder, a function from latent vectors (N, 2) to images (N, C, H, W) in [-1, 1],
    draws at `points` × `points` places from -REACH to REACH: by title side by side, every image
    where its latent vector lies. `ValueError` where there is no decoder."""
    side = min(5.0, 9.0 / _expect_models(decoders))
    figure, panels = axes(len(decoders), width=side * len(decoders), height=side + 0.2)
    along = torch.linspace(-REACH, REACH, points)
    y, x = torch.meshgrid(along.flip(0), along, indexing="ij")  # rows from above
    edge = REACH * points / (points - 1)  # half an image beyond the last place
    for panel, (title, decode) in zip(panels, decoders.items(), strict=True):
        with torch.no_grad():
            images = decode(torch.stack([x, y], dim=-1).flatten(0, 1))
        picture = tile(images, points, gap=0).squeeze(-1).numpy()
        # Smoothed pixels would take twice the space in a notebook.
        panel.imshow(
            picture,
            cmap="gray",
            vmin=0,
            vmax=1,
            interpolation="nearest",
            extent=(-edge, edge, -edge, edge),
        )
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("$z_1$")
    panels[0].set_ylabel("$z_2$")
    return figure


def _expect_models(named: Mapping[str, object]) -> int:
    if not named:
        raise ValueError("expected at least one model by its name, got none")
    return len(named)
