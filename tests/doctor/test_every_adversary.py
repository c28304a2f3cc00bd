"""The doctor judges the discriminator of every model of the catalogue that has one, at a loss of 0
as at one that is worse than guessing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gan_course.catalogue import catalogue
from gan_course.data import load
from gan_course.doctor import evidence
from gan_course.doctor.examination import examine
from gan_course.doctor.measures import Accuracy
from gan_course.doctor.report import Finding
from gan_course.doctor.thresholds import LATE
from gan_course.models import Model
from gan_course.models.config import plain
from gan_course.models.declarations import CRITIC
from gan_course.training.run_folder import Recipe, RunFolder
from tests.doctor.runs import the

SMALL = {"width": 2, "hidden": (4,), "batch_size": 10, "ema_decay": 0.9}


def finding(path: Path, name: str, loss: float) -> Finding:
    """What is said of the discriminator of a run of the model called `name` whose loss was, in the
    end, `loss` times what guessing costs."""
    entry = catalogue().model(name)
    kind, usual, data = entry.kind, entry.configuration(), load(entry.data)
    changes: dict[str, Any] = {key: v for key, v in SMALL.items() if key in plain(usual)}
    config = replace(usual, shape=tuple(data.shape), steps=10 * LATE, **changes)
    folder = RunFolder(path)
    folder.create(Recipe(name, plain(config), entry.data, "packaged", 0, "lesson", "cpu"))
    model = folder.recipe().build()
    folder.write_weights(model, name)
    adversary = model.adversary()
    assert adversary is not None
    values = dict.fromkeys((column for p in kind.players for column in (p.norm, p.loss)), 1.0)
    opponent = next(player for player in kind.players if player.opposes)
    values[opponent.loss] = loss * (adversary.loss.guessing or 1.0)
    rows = [",".join(["step", *values])]
    rows += [",".join(map(str, [step, *values.values()])) for step in range(1, config.steps + 1)]
    folder.history.write_text("\n".join(rows) + "\n")
    return the(examine(folder), "discriminator")


# Some discriminators look at no samples: those of codes, or of pairs with a code.
ADVERSARIES = {
    name: entry.kind
    for name, entry in catalogue().models.items()
    if entry.kind.adversary is not Model.adversary
}
CRITICS = [name for name, kind in ADVERSARIES.items() if CRITIC in kind.players]
JUDGED = [name for name in ADVERSARIES if name not in CRITICS]


def test_every_model_with_an_adversary_of_samples_is_tried() -> None:
    assert {"gan", "dcgan", "cgan", "infogan", "vae_gan"} <= set(JUDGED)
    assert {"wgan", "wgan_gp"} <= set(CRITICS)
    models = catalogue().models
    others = {name for name in models if not any(p.opposes for p in models[name].kind.players)}
    assert {*models} - {*ADVERSARIES} - others == {"aae", "avb"}


@pytest.mark.parametrize("name", JUDGED)
@pytest.mark.parametrize(
    ("loss", "right", "state", "beginning"),
    [
        (0.0, Accuracy(1.0, 1.0, 1000), "problem", "too strong for the generator to learn from"),
        (2.0, Accuracy(0.4, 0.4, 1000), "problem", "worse than guessing"),
        (1.0, Accuracy(0.5, 0.5, 1000), "ok", ""),
    ],
)
def test_a_discriminator_is_judged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    loss: float,
    right: Accuracy,
    state: str,
    beginning: str,
) -> None:
    monkeypatch.setattr(evidence, "accuracy", lambda *_: right)
    found = finding(tmp_path / "run", name, loss)
    assert found.state == state
    assert found.detail.startswith(beginning)
    assert bool(found.remedy) == (state == "problem")


@pytest.mark.parametrize("name", JUDGED)
def test_how_often_it_is_right_is_measured_for_every_one(tmp_path: Path, name: str) -> None:
    found = finding(tmp_path / "run", name, 1.0)
    assert found.state != "unknown"
    held_out = len(load(catalogue().model(name).data).reference(evidence.SAMPLES))
    assert f"of {held_out:,} real samples that it has not seen" in found.detail


@pytest.mark.parametrize("name", CRITICS)
def test_a_critic_is_said_to_have_no_accuracy(tmp_path: Path, name: str) -> None:
    found = finding(tmp_path / "run", name, 0.0)
    assert found.state == "unknown"
    assert found.detail.startswith("a Wasserstein critic has no accuracy")
