"""Histories and named lines: what is drawn is what was recorded."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from gan_course.colours import DISCRIMINATOR, FAKE, GENERATOR, REAL
from gan_course.training import History
from gan_course.viz import curves, dot_plot, history_plot, png
from gan_course.viz.curves import smooth


def history_of(names: list[str], rows: int = 30) -> History:
    history = History()
    for i in range(rows):
        history.append({name: torch.tensor(float(i + k)) for k, name in enumerate(names)})
    return history


@pytest.mark.parametrize("window", [1, 3, 100])
def test_a_smoothed_value_is_the_mean_of_those_up_to_it(window: int) -> None:
    values = np.random.default_rng(0).normal(size=20)
    expected = [values[max(0, i + 1 - window) : i + 1].mean() for i in range(20)]
    np.testing.assert_allclose(smooth(values, window), expected, atol=1e-12)


def test_nothing_smoothed_is_nothing() -> None:
    assert len(smooth([], 5)) == 0


def test_losses_stand_left_and_scores_right_each_player_in_its_colour() -> None:
    figure = history_plot(
        history_of(["discriminator", "score_real", "score_fake", "generator"]),
        window=1,
        reference=1.386,
    )
    losses, scores = figure.axes
    bold = {
        line.get_label(): line
        for panel in (losses, scores)
        for line in panel.lines
        if line.get_alpha() is None
    }
    assert {
        to_hex(bold["discriminator"].get_color()).upper(),
        to_hex(bold["generator"].get_color()).upper(),
    } == {DISCRIMINATOR, GENERATOR}
    assert [
        to_hex(bold[name].get_color()).upper() for name in ("for real data", "for generated data")
    ] == [REAL, FAKE]
    assert bold["discriminator"].get_ydata().tolist() == [float(i) for i in range(30)]
    assert bold["discriminator"].get_xdata()[0] == 1
    assert any(set(line.get_ydata()) == {1.386} for line in losses.lines)
    assert all(panel.get_xlabel() == "step" and panel.get_ylabel() for panel in figure.axes)


def test_a_critic_takes_the_place_of_the_discriminator() -> None:
    figure = history_plot(history_of(["critic", "score_real", "score_fake", "generator"]))
    losses, scores = figure.axes
    bold = {line.get_label(): line for line in losses.lines if line.get_alpha() is None}
    assert to_hex(bold["critic"].get_color()).upper() == DISCRIMINATOR
    assert scores.get_ylabel() == "mean output of the critic"


def test_a_history_without_scores_has_one_panel() -> None:
    figure = history_plot(history_of(["discriminator", "generator"]))
    assert len(figure.axes) == 1
    assert png(figure).startswith(b"\x89PNG")


def test_named_lines_levels_and_labels_are_drawn_as_given() -> None:
    lines = {"raw": ([1, 10, 100], [5.0, 3.0, 1.0]), "averaged": ([1, 10, 100], [4.0, 2.0, 0.5])}
    figure = curves(
        lines,
        "step",
        "distance",
        colours={"averaged": GENERATOR},
        dashed=["averaged"],
        log_y=True,
        levels={"noise": 9.0},
    )
    (panel,) = figure.axes
    by_label = {line.get_label(): line for line in panel.lines}
    for name, (x, y) in lines.items():
        assert (list(by_label[name].get_xdata()), list(by_label[name].get_ydata())) == (x, y)
    assert to_hex(by_label["averaged"].get_color()).upper() == GENERATOR
    assert (by_label["raw"].get_linestyle(), by_label["averaged"].get_linestyle()) == ("-", "--")
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("step", "distance")
    assert panel.get_yscale() == "log"
    assert [text.get_text() for text in panel.texts] == ["noise"]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["raw", "averaged"]


def test_a_level_is_named_at_the_end_that_the_lines_are_farther_from() -> None:
    lines = {"one": ([0, 1], [0.0, 5.0]), "other": ([0, 1], [1.0, 9.0])}
    figure = curves(lines, "step", "share", levels={"high": 5.2, "low": 0.5, "between": 3.0})
    sides = {text.get_text(): text.get_ha() for text in figure.axes[0].texts}
    assert sides == {"high": "left", "low": "right", "between": "right"}


def test_every_run_is_a_dot_in_the_row_of_its_kind_and_the_median_a_bar() -> None:
    measures = {
        "read": {"one": [0.9, 0.8, 0.95], "other": [0.5, 0.7, 0.6]},
        "distance": {"one": [1.0, 2.0, 9.0], "other": [4.0, 5.0, 6.0]},
    }
    figure = dot_plot(measures)
    for panel, (name, runs) in zip(figure.axes, measures.items(), strict=True):
        assert panel.get_xlabel() == name
        drawn = {
            (line.get_marker(), row): list(line.get_xdata())
            for line in panel.lines
            for row in set(line.get_ydata())
        }
        for row, values in enumerate(runs.values()):
            assert drawn["o", row] == values
            assert drawn["|", row] == [sorted(values)[1]]
    first, second = figure.axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["one", "other"]
    assert first.yaxis_inverted()
    assert second.yaxis_inverted()
    assert first.get_xlim() != second.get_xlim()


def test_panels_that_share_a_scale_have_one() -> None:
    first, second = dot_plot({"a": {"one": [0.0, 1.0]}, "b": {"one": [5.0]}}, shared=True).axes
    assert first.get_xlim() == second.get_xlim()
