"""Pages of the GAN lab, whose networks learn in the page: their controls are the lab's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from authoring.pages.page import Content, Zoo
from gan_course.data import Distribution, PlaneMixture, load
from gan_course.explore import GanLab, View
from gan_course.explore.gan_plane import APART, MOST, NARROW
from gan_course.explore.rules import LAWS, MENUS, Law
from gan_course.models import GAN, GANConfig
from gan_course.models.config import plain
from gan_course.viz.plane import frame

PLACES = 400  # at which a page knows the density of the data
NOTE = (
    "Everything is computed in this page. Adam trains both networks under every loss; the lab in "
    "Python trains a critic with clipped weights by RMSprop."
)


def line(zoo: Zoo) -> Content:  # noqa: ARG001 - nothing in it was trained before
    torch.manual_seed(0)
    data: Distribution = load("gaussian")
    lab = GanLab(GAN(), data)
    low, high = lab.ground.places().flatten()[[0, -1]].tolist()
    middles = low + (torch.arange(PLACES) + 0.5) / PLACES * (high - low)
    (view,) = lab.views()
    bars = view.values["bars"]
    return Content(
        (playable(view),),
        lab.picture(),
        tensors={"density": data.density(middles).float()},
        facts=facts(lab) | {"low": low, "high": high, "bars": bars},
    )


def plane(zoo: Zoo) -> Content:  # noqa: ARG001 - as above
    torch.manual_seed(0)
    data: PlaneMixture = load("ring")
    lab = GanLab(GAN(GANConfig(shape=(2,), hidden=(64, 64))), data)
    (view,) = lab.views()
    (modes,) = (control for control in view.controls if control.key == "modes")
    targets = [
        lab.ground.target({"modes": i, "drawn": {"strokes": []}})
        for i in range(len(modes.as_data()["options"]))
    ]
    told = [{"centres": target.centres, "std": target.std} for target in targets]
    place = {"frame": frame(data), "targets": told, "apart": APART, "most": MOST, "narrow": NARROW}
    # In the plane a page knows no best discriminator.
    return Content(
        (playable(view, without=("best",)),),
        lab.picture(),
        facts=facts(lab) | place,
    )


def facts(lab: GanLab) -> dict[str, Any]:
    """What a page must know to play by the lab's rules."""
    config = lab.model.config
    return {
        "menus": {menu.field: menu.options(lab.rules) for menu in MENUS},
        "laws": [played(law) for law in LAWS.values()],
        "length": lab.ground.length,
        "latent_dim": config.latent_dim,
        "batch_size": config.batch_size,
        "ema_decay": config.ema_decay,
    }


def played(law: Law) -> dict[str, Any]:
    """How a page plays by this law: its loss, by the page's name for it, what holds the opponent's
    slope, and Adam's betas."""
    config = plain(law.config())
    return {
        "loss": law.fields.get("loss", "wasserstein"),
        "opponent": law.opponent,
        "probability": law.probability,
        "betas": config.get("betas", GANConfig().betas),
        "clip": config.get("clip", 0.0),
        "toOne": config.get("penalty_weight", 0.0),
        "r1": int("r1_weight" in config),
    }


def playable(view: View, without: tuple[str, ...] = ()) -> View:
    """The view as a page has it, without the controls with these keys."""
    folds = []
    for fold in view.folds:
        rows = [tuple(each for each in row if each.key not in without) for row in fold.rows]
        folds.append(replace(fold, rows=tuple(row for row in rows if row)))
    return replace(view, folds=tuple(fold for fold in folds if fold.rows), note=NOTE)
