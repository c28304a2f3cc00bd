"""Pictures of what a model made of others: side by side with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from gan_course.data import Dataset, Domains, PairSplit, UnpairedSplit
from gan_course.modalities import PAIRS, UNPAIRED
from gan_course.viz import grids


def images(n: int, value: float) -> torch.Tensor:
    return torch.full((n, 3, 8, 8), value) + torch.arange(n)[:, None, None, None] / 100


PAIR = PairSplit(images(4, -0.9), y=images(4, 0.9))
PAIRED = Dataset("pairs", PAIR, PAIR, "no one")
UNKNOWN = UnpairedSplit(PAIR.x, y=PAIR.y)
DOMAINS = Domains("two", UNKNOWN, UNKNOWN, "no one")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Images, columns and title of every grid that is drawn."""
    found: list[Any] = []
    draw = grids.sample_grid

    def noticed(*grid: Any) -> Any:
        found.append(grid)
        return draw(*grid)

    monkeypatch.setattr(grids, "sample_grid", noticed)
    return found


def test_each_input_stands_beside_what_became_of_it_and_beside_the_truth(
    shown: list[Any], tmp_path: Path
) -> None:
    outputs = images(6, 0)
    PAIRS.write(tmp_path / "x.png", outputs, PAIRED)
    ((drawn, columns, title),) = shown
    assert (columns, title) == (12, "input, output, truth")
    for i, output in enumerate(outputs):
        row = PAIR.x[i % 4], output, PAIR.y[i % 4]
        assert torch.equal(drawn[3 * i : 3 * i + 3], torch.stack(row))
    assert Image.open(tmp_path / "x.png").width > 500


def test_of_two_domains_no_truth_is_shown(shown: list[Any], tmp_path: Path) -> None:
    UNPAIRED.write(tmp_path / "x.png", images(3, 0), DOMAINS)
    ((drawn, columns, title),) = shown
    assert (len(drawn), columns, title) == (6, 12, "input, output")
    assert torch.equal(drawn[::2], PAIR.x[:3])


def test_of_two_domains_the_truth_is_shown_and_measured_where_pairs_are_held_out(
    shown: list[Any], tmp_path: Path
) -> None:
    known = Domains("two", UNKNOWN, PAIR, "no one")
    UNPAIRED.write(tmp_path / "x.png", images(3, 0), known)
    assert shown[0][1:] == (12, "input, output, truth")
    score = UNPAIRED.score("l1", known)
    assert score.measure(PAIR.y[: score.samples] - 0.25) == pytest.approx(0.25)
    assert UNPAIRED.scores(DOMAINS) == {}


def test_frames_show_what_becomes_of_the_same_inputs(shown: list[Any], tmp_path: Path) -> None:
    frames = {f"step {i}": images(2, i / 2) for i in range(3)}
    PAIRS.animations()[".gif"](tmp_path / "x.gif", frames, PAIRED)
    assert [title for _, _, title in shown] == [f"input, output, truth; step {i}" for i in range(3)]
    assert Image.open(tmp_path / "x.gif").n_frames == 3
