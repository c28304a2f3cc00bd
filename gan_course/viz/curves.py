"""Numbers over the steps of a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gan_course.colours import DISCRIMINATOR, FAKE, GENERATOR, OTHERS, QUIET, REAL
from gan_course.training.history import History
from gan_course.viz.picture import axes

ROLES = {
    "discriminator": DISCRIMINATOR,
    "critic": DISCRIMINATOR,
    "generator": GENERATOR,
    "score_real": REAL,
    "score_fake": FAKE,
}
LABELS = {"score_real": "for real data", "score_fake": "for generated data"}


def smooth(values: ArrayLike, window: int) -> np.ndarray:
    """The mean of the last `window` values at every point (of fewer where there are fewer)."""
    total = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=np.float64))])
    end = np.arange(1, len(total))
    start = np.maximum(end - window, 0)
    return (total[end] - total[start]) / (end - start)


def history_plot(
    history: History, window: int | None = None, reference: float | None = None
) -> Figure:
    """A run's losses (left) and the discriminator's or critic's mean outputs (right), faint as
    recorded and bold as the mean of `window` steps.

    `reference` draws a dashed line, "equilibrium", among the losses.
    """
    window = window or max(1, len(history) // 50)
    losses, scores = (
        [name for name in names if name in history.names]
        for names in (("discriminator", "critic", "generator"), ("score_real", "score_fake"))
    )
    groups = [losses, scores] if scores else [losses]
    figure, panels = axes(len(groups))
    for panel, names in zip(panels, groups, strict=True):
        for name in names:
            panel.plot(
                history.steps_of(name), history[name], color=ROLES[name], alpha=0.2, linewidth=0.6
            )
            panel.plot(
                history.steps_of(name),
                smooth(history[name], window),
                color=ROLES[name],
                label=LABELS.get(name, name),
            )
        panel.set_xlabel("step")
    panels[0].set_ylabel("loss")
    if scores:
        panels[1].set_ylabel(
            f"mean output of the {'critic' if 'critic' in losses else 'discriminator'}"
        )
    if reference is not None:
        panels[0].axhline(reference, color=QUIET, linestyle="--", linewidth=1, label="equilibrium")
    for panel in panels:
        panel.legend(fontsize=8, frameon=False)
    return figure


def curves(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x_label: str,
    y_label: str,
    *,
    colours: Mapping[str, str] | None = None,
    dashed: Collection[str] = (),
    log_y: bool = False,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Named lines (x values, y values) in one frame; `levels` are named horizontal lines, such as
    the rungs of a ladder."""
    for name, (x, y) in lines.items():
        if len(x) != len(y):
            raise ValueError(
                f"a line has as many x as y values, got {len(x)} and {len(y)} for {name!r}"
            )
    figure, (panel,) = axes()
    palette = [REAL, FAKE, DISCRIMINATOR, *OTHERS]
    for i, (name, (x, y)) in enumerate(lines.items()):
        colour = (colours or {}).get(name, palette[i % len(palette)])
        panel.plot(
            x,
            y,
            color=colour,
            linestyle="--" if name in dashed else "-",
            label=name,
            marker="o" if len(x) < 12 else None,
            markersize=3,
        )
    for name, level in (levels or {}).items():
        panel.axhline(level, color=QUIET, linestyle="--", linewidth=1)
        # At the end where the lines leave more room.
        end = max((-1, 0), key=lambda end: min(abs(y[end] - level) for _, y in lines.values()))
        place, side = (1, "right") if end else (0, "left")
        panel.annotate(
            name,
            (place, level),
            xycoords=("axes fraction", "data"),
            ha=side,
            va="bottom",
            fontsize=8,
            color=QUIET,
        )
    if log_y:
        panel.set_yscale("log")
    panel.set_xlabel(x_label)
    panel.set_ylabel(y_label)
    if len(lines) > 1:
        panel.legend(fontsize=8, frameon=False)
    return figure


def dot_plot(
    measures: Mapping[str, Mapping[str, Sequence[float]]], *, shared: bool = False
) -> Figure:
    """Runs of several kinds: a panel for each measure, a row for each kind of run, a dot for each
    run, and a bar at the median.

    `measures[name][kind]` are the values of the runs; every measure has the same kinds. `shared`
    gives all panels one scale.
    """
    kinds = list(next(iter(measures.values())))
    figure, panels = axes(len(measures), height=0.7 + 0.35 * len(kinds), shared=shared)
    for panel, (name, runs) in zip(panels, measures.items(), strict=True):
        for row, kind in enumerate(kinds):
            colour, values = OTHERS[row % len(OTHERS)], runs[kind]
            panel.plot(values, [row] * len(values), "o", color=colour, alpha=0.5, markersize=6)
            panel.plot(median(values), row, "|", color=colour, markersize=16)
        panel.set_ylim(len(kinds) - 0.5, -0.5)
        panel.set_yticks(range(len(kinds)), kinds)
        panel.tick_params(axis="y", length=0, labelleft=panel is panels[0])
        panel.grid(axis="x", alpha=0.3)
        panel.set_xlabel(name)
    return figure
