"""`gan-course train --best-by`: which checkpoint is kept as the best, and sampling from it."""

from __future__ import annotations

from pathlib import Path

from gan_course.training.checkpoint import checkpoints, read_checkpoint
from tests.command import Command

TRAIN = ("train", "gan", "--steps", 20, "--seed", 3, "--checkpoint-every", 4, "--out", "a")


def test_the_best_checkpoint_is_kept_by_its_score(course: Command, tmp_path: Path) -> None:
    assert course(*TRAIN, "--keep", 9, "--best-by", "wasserstein").code == 0
    folder = tmp_path / "a" / "checkpoints"
    scores = {path.name: read_checkpoint(path).score for path in checkpoints(folder)}
    assert len(scores) == 5
    assert read_checkpoint(folder / "best.pt").score == min(
        score for score in scores.values() if score is not None
    )


def test_samples_are_drawn_from_the_best_checkpoint_or_that_of_a_step(
    course: Command, tmp_path: Path
) -> None:
    assert course(*TRAIN, "--best-by", "wasserstein").code == 0
    folder = tmp_path / "a" / "checkpoints"
    (folder / "best.pt").write_bytes((folder / "step-000000016.pt").read_bytes())
    for name in ("best", "16", "20"):
        assert course("sample", "a", "--checkpoint", name, "--out", f"{name}.npz").code == 0
    assert course("sample", "a", "--out", "final.npz").code == 0
    drawn = {
        name: (tmp_path / f"{name}.npz").read_bytes() for name in ("best", "16", "20", "final")
    }
    assert drawn["best"] == drawn["16"] != drawn["20"] == drawn["final"]
