"""What each part of Pix2Pix does, on emoji and on portraits: the table of lesson 08.

Every kind is the lesson's profile with the fields named here changed. Measured on held-out pairs in
eval mode. "L1 over copying" divides by the error of leaving the input as it is. Colour and
sharpness are distances to the held-out truths. Of portraits, the share in which each part is read
as it is, and the Fréchet distance (portrait judge). Prints and writes
gan_course/studies/pairs.json.

    python benchmarks/pairs.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from studies import run_study
from torch import Tensor, nn

from gan_course.data import Dataset, load
from gan_course.metrics import (
    attribute_agreement,
    colour_distance,
    frechet_distance,
    portrait_judge,
    sharpness_distance,
)
from gan_course.models import Pix2Pix, SketchGAN
from gan_course.models.pix2pix import PROFILES, Paired
from gan_course.models.sketch_gan import PROFILES as SKETCH
from gan_course.training import fit

EMOJI, PORTRAITS = "emoji", "avatar_pairs"
LESSON = PROFILES["lesson"]


def pix2pix(**changes: Any) -> Callable[[], Pix2Pix]:
    return lambda: Pix2Pix(replace(LESSON, **changes))


KINDS: dict[str, tuple[str, Callable[[], Paired[Any]]]] = {
    "both": (EMOJI, pix2pix()),
    "L1 only": (EMOJI, pix2pix(adversarial=0.0)),
    "adversarial only": (EMOJI, pix2pix(l1=0.0)),
    "both, λ = 5": (EMOJI, pix2pix(l1=5.0)),
    "no skips": (EMOJI, pix2pix(skips=False)),
    "dropout": (EMOJI, pix2pix(dropout=0.5)),
    "portraits, U-Net": (PORTRAITS, pix2pix(steps=600)),
    "portraits, U-Net without skips": (PORTRAITS, pix2pix(steps=600, skips=False)),
    "portraits, vector": (PORTRAITS, lambda: SketchGAN(replace(SKETCH["lesson"], steps=600))),
    "portraits, vector, longer": (
        PORTRAITS,
        lambda: SketchGAN(replace(SKETCH["lesson"], steps=2400)),
    ),
}


def measured(kind: str, seed: int) -> dict[str, float]:
    """CPU seconds of one run, and how far its translations of held-out inputs are from the
    truths."""
    torch.set_num_threads(1)
    name, build = KINDS[kind]
    data = load(name)
    torch.manual_seed(seed)
    model = build()
    start = time.process_time()
    fit(model, data, seed=seed)
    values = {"steps": model.config.steps, "seconds": time.process_time() - start}
    x = data.held_out.x
    with model.evaluating():
        torch.manual_seed(seed)
        values |= apart(model.translate(x), data)
        for part in (m for m in model.ema.modules() if isinstance(m, nn.Dropout)):
            part.train()  # the only noise that the paper's generator has
        values["two answers"] = (model.translate(x) - model.translate(x)).abs().mean().item()
    return {key: round(value, 4) for key, value in values.items()}


def apart(images: Tensor, data: Dataset) -> dict[str, float]:
    """How far `images` are from what the held-out inputs of `data` are to become."""
    x, y = data.held_out.x, data.held_out.y
    colour = colour_distance(images, y)
    l1 = (images - y).abs().mean()
    found = {
        "L1": l1.item(),
        "L1 over copying": (l1 / (x - y).abs().mean()).item(),
        "L": colour.L,
        "a": colour.a,
        "b": colour.b,
        "colour": colour.mean,
        "sharpness": sharpness_distance(images, y),
    }
    if data.name == PORTRAITS:
        found |= attribute_agreement(images, data.held_out.given)
        features = portrait_judge().features
        found["distance"] = frechet_distance(features(images), features(y))
    return found


def nearest_partner(data: Dataset) -> Tensor:
    """For each held-out input, the partner of the nearest training input, by L1."""
    unseen, x = data.held_out.x.flatten(1), data.train.x.flatten(1)
    return data.train.y[torch.cdist(unseen, x, p=1).argmin(1)]


def median_partner(data: Dataset) -> Tensor:
    """The same answer to every held-out input, pixel by pixel the one with the least L1."""
    return data.train.y.median(0).values.expand_as(data.held_out.x)


def baselines(data: Dataset) -> dict[str, dict[str, float]]:
    """What those score who learn nothing, or nothing of the input; and other real pictures."""
    unseen, y = data.held_out.x, data.train.y
    answers = {
        "the truth": data.held_out.y,
        "copying the input": unseen,
        "the nearest training input's partner": nearest_partner(data),
        "the median of all partners": median_partner(data),
        "the mean of all partners": y.mean(0).expand_as(unseen),
        "other real pictures": y,
    }
    found = {}
    for answer, images in answers.items():
        values = apart(images[: len(unseen)], data)
        if answer == "other real pictures":
            # These are no answers, so nothing that compares one by one is said of them.
            whole = ("L", "a", "b", "colour", "sharpness", "distance")
            values = {key: values[key] for key in whole if key in values}
        found[answer] = {key: round(value, 4) for key, value in values.items()}
    return found


if __name__ == "__main__":
    run_study(
        "pairs",
        __doc__,
        KINDS,
        measured,
        lambda: {"baselines": {name: baselines(load(name)) for name in (EMOJI, PORTRAITS)}},
    )
