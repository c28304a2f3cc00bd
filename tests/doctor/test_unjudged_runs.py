"""Runs that are too short, broken off, damaged or of another kind: what cannot be judged is not
guessed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gan_course.catalogue import catalogue
from gan_course.data import load
from gan_course.doctor.examination import examine
from gan_course.doctor.report import Curve, Examination
from gan_course.models.config import plain
from gan_course.models.gan import GAN
from gan_course.training import fit
from gan_course.training.checkpoint import checkpoints
from gan_course.training.history import read_csv
from gan_course.training.run_folder import Ledger, Recipe, RunFolder
from tests.doctor.runs import KINDS, copied, states, the, trained


def test_three_steps_are_not_judged(reports: dict[str, Examination]) -> None:
    report = reports["short"]
    judged = dict.fromkeys(("progress", "numbers"), "ok")
    unjudged = dict.fromkeys(("gradients", "discriminator", "variety"), "unknown")
    assert states(report) == judged | unjudged
    early = "step 3 is too early to judge by, samples tell from step 600 on"
    assert early in the(report, "variety").detail
    assert "--steps 600" in the(report, "discriminator").remedy
    assert not report.healthy


def test_a_run_that_has_just_begun_is_not_judged(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(runs["healthy"].recipe())
    report = examine(folder)
    assert report.curves == ()
    assert {state for what, state in states(report).items() if what != "progress"} == {"unknown"}
    assert the(report, "progress").detail == "not finished: step 0 of 300; there is no checkpoint"


def test_a_killed_run_is_told_how_to_go_on_and_low_variety_may_still_come_right(
    tmp_path: Path,
) -> None:
    data, seed, config = KINDS["one bell only"]
    folder = trained(tmp_path / "a run", data, seed, replace(config, steps=700), steps=300)
    report = examine(folder)
    found = the(report, "progress")
    assert found.detail == (
        "not finished: step 300 of 700; the newest checkpoint is that of step 300"
    )
    assert found.remedy.endswith(f"gan-course train gan --out '{folder.path}' --resume")
    assert len(report.curves[0].values) == 300
    assert the(report, "variety").state == "advice"


def test_an_unfinished_run_can_be_healthy(tmp_path: Path) -> None:
    data, seed, config = KINDS["healthy"]
    report = examine(trained(tmp_path / "run", data, seed, replace(config, steps=600), steps=300))
    assert (states(report)["progress"], report.healthy) == ("advice", True)


def test_curves_are_those_that_reach_furthest(runs: dict[str, RunFolder], tmp_path: Path) -> None:
    folder = trained(tmp_path / "run", "gaussian", 0, replace(KINDS["short"][2], steps=9), steps=4)
    assert {len(curve.values) for curve in examine(folder).curves} == {4}
    head, *rows = runs["healthy"].history.read_text().splitlines()
    for lines, expected in ((2, 4), (6, 6)):
        folder.history.write_text("\n".join([head, *rows[:lines]]) + "\n")
        assert {len(curve.values) for curve in examine(folder).curves} == {expected}
    longer = read_csv(runs["healthy"].history)["discriminator"]
    assert examine(folder).curves[0].values == tuple(longer[:6])


def test_a_curve_has_a_median_though_it_ends_in_nan() -> None:
    assert Curve("loss", (1.0, 2.0, 9.0, float("nan"))).median == 2.0


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_looked_at(tmp_path: Path) -> None:
    folder = trained(tmp_path / "run", "gaussian", 0, KINDS["short"][2], steps=3, every=1)
    newest = checkpoints(folder.checkpoints)[-1]
    newest.write_bytes(newest.read_bytes()[:-100])
    report = examine(folder)
    assert the(report, "files").state == "advice"
    assert str(newest) in the(report, "files").detail
    assert "the newest checkpoint is that of step 2" in the(report, "progress").detail


@pytest.mark.parametrize(
    "content",
    [
        "",
        "step,generator\n1,0.5\n3,0.5\n",
        "step,generator\n1\n",
        "step,generator\n1,much\n",
        "generator\n0.5\n",
    ],
)
def test_a_damaged_history_is_named_and_the_checkpoints_taken(
    runs: dict[str, RunFolder], tmp_path: Path, content: str
) -> None:
    folder = copied(runs["short"], tmp_path / "run")
    folder.history.write_text(content)
    with pytest.raises(ValueError, match=r"history\.csv is damaged"):
        read_csv(folder.history)
    report = examine(folder)
    assert str(folder.history) in the(report, "files").detail
    assert len(report.curves[0].values) == 3


def test_a_wasserstein_critic_has_no_accuracy(tmp_path: Path) -> None:
    folder = trained(
        tmp_path / "run", "gaussian", 0, replace(KINDS["short"][2], loss="wasserstein")
    )
    found = the(examine(folder), "discriminator")
    assert found.state == "unknown"
    assert found.detail.startswith("a Wasserstein critic has no accuracy")


@pytest.mark.parametrize("name", ["wgan", "wgan_gp"])
def test_a_run_with_a_critic_is_judged_by_all_but_an_accuracy(tmp_path: Path, name: str) -> None:
    entry = catalogue().model(name)
    config = replace(entry.configuration(), hidden=(8,), batch_size=8, steps=120, ema_decay=0.9)  # type: ignore[type-var, call-arg]
    folder, source = RunFolder(tmp_path / "run"), load("grid")
    recipe = Recipe(name, plain(config), "grid", "packaged", 0, "lesson", "cpu")
    folder.create(recipe)
    model = recipe.build()
    fit(model, source, hooks=[Ledger(folder.history)], seed=0)
    folder.write_weights(model, name)
    report = examine(folder)
    found = states(report)
    assert {found[what] for what in ("progress", "numbers", "gradients")} == {"ok"}
    assert found["discriminator"] == "unknown"
    assert the(report, "discriminator").detail.startswith("a Wasserstein critic has no accuracy")
    # So small a network draws one cloud, and leaves most modes out.
    assert found["variety"] == "problem"
    assert "of them would have to lie elsewhere" in the(report, "variety").detail
    assert "batch_size" not in the(report, "variety").remedy


def test_a_model_without_a_discriminator_is_not_judged_by_one(
    runs: dict[str, RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GAN, "adversary", lambda self: None)
    report = examine(runs["healthy"])
    found = the(report, "discriminator")
    assert found.state == "unknown"
    assert found.detail == "a GAN names no network that parts real samples from drawn ones"
    assert the(report, "variety").state == "ok"


def test_data_that_cannot_be_fetched_leave_samples_unjudged(
    runs: dict[str, RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise ConnectionError("the full MNIST is not on this machine and could not be downloaded")

    monkeypatch.setattr(Recipe, "dataset", no_network)
    report = examine(runs["healthy"])
    assert the(report, "gradients").state == "ok"
    assert the(report, "discriminator").state == the(report, "variety").state == "unknown"
    assert "could not be downloaded" in the(report, "variety").detail


def test_a_checkpoint_of_another_configuration_is_refused(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = copied(runs["short"], tmp_path / "run")
    folder.config.write_text(folder.config.read_text().replace('"lr_g": 0.0005', '"lr_g": 0.1'))
    with pytest.raises(
        ValueError, match=r"is a checkpoint of a GAN with lr_g = 0\.0005, this one has 0\.1"
    ):
        examine(folder)
