"""Pages of the GAN lab, whose networks learn in the page: their controls are the lab's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from authoring.pages.page import Content, Zoo
from gan_course.data import Distribution, PlaneMixture, load
from gan_course.explore import Button, GanLab, View
from gan_course.explore.rules import LAWS, MENUS
from gan_course.models import GAN, GANConfig, WGANConfig
from gan_course.viz.plane import frame

PLACES = 400  # at which a page knows the density of the data
NOTE = "All of it is computed in this page. Under every loss both networks are trained by Adam."
# What a page plays, by what the lab calls it.
PLAYED = {name: name for name in LAWS if LAWS[name].model is GAN} | {"clip": "wasserstein"}


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
    # In the plane a page knows no best discriminator, and offers no sheet to draw modes on.
    return Content(
        (playable(view, without=("best", "drawn")),),
        lab.picture(),
        facts=facts(lab) | {"frame": frame(data), "targets": told},
    )


def facts(lab: GanLab) -> dict[str, Any]:
    """What a page must know to play by the lab's rules."""
    config = lab.model.config
    menus = {menu.field: menu.options(lab.rules) for menu in MENUS}
    return {
        "menus": menus | {"law": list(PLAYED.values())},
        "latent_dim": config.latent_dim,
        "batch_size": config.batch_size,
        "betas": GANConfig().betas,
        "ema_decay": config.ema_decay,
        "clip": WGANConfig().clip,
    }


def playable(view: View, without: tuple[str, ...] = ()) -> View:
    """The view with what a page can do: it plays by the losses in `PLAYED`, and has no controls
    with the keys in `without`."""
    folds = []
    for fold in view.folds:
        rows = [
            tuple(_played(each) for each in row if _is_playable(each, without)) for row in fold.rows
        ]
        folds.append(replace(fold, rows=tuple(row for row in rows if row)))
    return replace(view, folds=tuple(fold for fold in folds if fold.rows), note=NOTE)


def _played(control: Any) -> Any:
    if control.key != "law":
        return control
    return replace(control, options=control.options[: len(PLAYED)])


def _is_playable(control: Any, without: tuple[str, ...]) -> bool:
    law = control.sets.get("law", 0) if control.kind == Button.kind else 0
    return control.key not in without and law < len(PLAYED)
