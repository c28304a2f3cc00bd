"""One network, many tasks: what a Pix2Pix makes of each pair set of the course in 600 steps.

Measured as in pairs.py, on held-out pairs. "L1 over nearest" divides by the error of the nearest
training input's partner, "L1 over median" by that of the median of all partners, which knows
nothing of the input. "the truth without texture" knows all but that, so no model can be expected
to have a lower L1. Prints and writes gan_course/studies/atlas.json.

    python benchmarks/atlas.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import torch
from pairs import apart, baselines, median_partner, nearest_partner
from studies import run_study

from gan_course.data import PairSet, load
from gan_course.models import Pix2Pix, Pix2PixConfig
from gan_course.training import fit

SETS: dict[str, Callable[[], PairSet]] = {
    "line → colour": partial(load, "emoji"),
    "colour → line": lambda: load("emoji").swapped(),
    "grey → colour": partial(load, "grey_emoji"),
    "sketch → portrait": partial(load, "avatar_pairs"),
    "portrait → pixels": partial(load, "pixel_portraits"),
    "day → night": partial(load, "day_night"),
    "night → day": lambda: load("day_night").swapped(),
    "map → street": partial(load, "street_maps"),
    "map → aerial": partial(load, "aerial_maps"),
    "aerial → map": lambda: load("aerial_maps").swapped(),
}
STEPS = 600  # fewer than the lesson takes, so that thirty runs fit into half an hour
TEXTURED = ("map → street", "map → aerial")


def measured(kind: str, seed: int) -> dict[str, float]:
    """CPU seconds of one run, and how far its translations of held-out inputs are from the truths,
    beside answers that need no training."""
    torch.set_num_threads(1)
    data = SETS[kind]()
    torch.manual_seed(seed)
    model = Pix2Pix(Pix2PixConfig(steps=STEPS))
    start = time.process_time()
    fit(model, data, seed=seed)
    values = {"steps": model.config.steps, "seconds": time.process_time() - start}
    with model.evaluating():
        values |= apart(model.translate(data.held_out.x), data)
    for name, answer in (("nearest", nearest_partner), ("median", median_partner)):
        values[f"L1 over {name}"] = (
            values["L1"] / (answer(data) - data.held_out.y).abs().mean().item()
        )
    return {key: round(value, 4) for key, value in values.items()}


def untrained(kind: str) -> dict[str, dict[str, float]]:
    """What those score who learn nothing, and, where there is texture, who know all but that."""
    data = SETS[kind]()
    found = baselines(data)
    if kind in TEXTURED:
        values = apart(data.held_out.given["plain"], data)
        found["the truth without texture"] = {key: round(value, 4) for key, value in values.items()}
    return found


if __name__ == "__main__":
    run_study(
        "atlas",
        __doc__,
        SETS,
        measured,
        lambda: {"baselines": {kind: untrained(kind) for kind in SETS}},
    )
