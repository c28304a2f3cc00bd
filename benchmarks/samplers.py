"""How diffusion is sampled, steered and started from a GAN's digits, and which settings of it
train: the curves and tables of lesson 10.

"diffusion" and "flow" have their lesson's profiles. The short runs have about half a minute of CPU
time each: three predictions with two schedules, and learning rates from a sixteenth of the lesson's
to sixteen times as much, the GAN's two changed together. Prints and writes
gan_course/studies/samplers.json.

    python benchmarks/samplers.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch
from studies import run_study
from torch import Tensor

from gan_course import diffusion
from gan_course.data import load
from gan_course.metrics import coverage, judge, judge_distance, precision, recall
from gan_course.models import DCGAN, DDPM, Flow, Model
from gan_course.models.dcgan import PROFILES as GANS
from gan_course.models.ddpm import PROFILES
from gan_course.training import fit
from gan_course.training.hooks import DivergenceError
from gan_course.training.samples import draw

N, CHUNK = 2000, 250
MEASURES = ("distance", "coverage", "precision", "recall", "as asked")
COUNTS = (5, 10, 20, 50, 200)
ETAS, SCALES = (0.0, 0.5, 1.0), (0.0, 1.0, 1.5, 2.0, 3.0, 5.0)
LESSON, GAN_LESSON = PROFILES["lesson"], GANS["lesson"]
SHORT, GAN_SHORT = replace(LESSON, steps=LESSON.steps // 3), replace(GAN_LESSON, steps=900)
FACTORS = {str(Fraction(4) ** i): 4.0**i for i in range(-2, 3)}  # "1/16" to "16"

CONFIGS = {
    f"{prediction}, {schedule}": replace(SHORT, prediction=prediction, schedule=schedule)
    for prediction in diffusion.PREDICTIONS
    for schedule in diffusion.SCHEDULES
} | {f"diffusion, rate × {f}": replace(SHORT, lr=LESSON.lr * by) for f, by in FACTORS.items()}
GAN_CONFIGS = {
    f"GAN, rate × {f}": replace(GAN_SHORT, lr_g=GAN_LESSON.lr_g * by, lr_d=GAN_LESSON.lr_d * by)
    for f, by in FACTORS.items()
}
RUNS: dict[str, Callable[[], Model[Any]]] = {
    "diffusion": DDPM,
    "flow": Flow,
    **{name: lambda config=config: DDPM(config) for name, config in CONFIGS.items()},
    **{name: lambda config=config: DCGAN(config) for name, config in GAN_CONFIGS.items()},
}


def measured(name: str, seed: int) -> dict[str, Any]:
    """CPU seconds of one run and what 2,000 samples are like, None where it diverged; of
    "diffusion" and "flow" also when they are sampled in other ways."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model, start = RUNS[name](), time.process_time()
    try:
        fit(model, load("digits"), seed=seed)
    except DivergenceError:
        return dict.fromkeys(MEASURES) | {"seconds": round(time.process_time() - start, 1)}
    found: dict[str, Any] = {"seconds": round(time.process_time() - start, 1)}
    found |= timed(lambda: draw(model, N, seed))
    if name == "flow":
        found["steps"] = {"Euler": {}}
        for count in COUNTS:
            model.config = replace(model.config, sampling_steps=count)
            found["steps"]["Euler"][count] = timed(lambda: draw(model, N, seed))["distance"]
    if name == "diffusion":
        found["steps"] = {
            f"η = {eta:g}": {
                n: timed(lambda n=n, eta=eta: drawn(model, seed, n, eta))["distance"]
                for n in COUNTS
            }
            for eta in ETAS
        }
        found["guidance"] = {
            f"{w:g}": timed(lambda w=w: drawn(model, seed, LESSON.sampling_steps, guidance=w))
            for w in SCALES
        }
        found["hybrid"] = hybrid(model, seed)
    return found


def timed(sampled: Callable[[], Tensor]) -> dict[str, float]:
    """CPU seconds for 1,000 digits, and how far they are from held-out ones; "as asked" is the
    share that is read as 0, 1, ..., 9, 0, 1, ... in turn, chunk by chunk."""
    start = time.process_time()
    images = sampled()
    seconds = (time.process_time() - start) * 1000 / N
    held_out, asked = load("digits").held_out.x, torch.arange(CHUNK).remainder(10)
    real, fake = judge().features(held_out), judge().features(images)
    values = judge_distance(images, held_out), coverage(real, fake), precision(real, fake)
    right = (judge().read(images).view(-1, CHUNK) == asked).double().mean().item()
    found = dict(zip(MEASURES, (*values, recall(real, fake), right), strict=True))
    return {key: round(value, 4) for key, value in (found | {"seconds per 1000": seconds}).items()}


def drawn(
    model: DDPM,
    seed: int,
    count: int,
    eta: float = 0.0,
    guidance: float = 1.0,
    start: Tensor | None = None,
    first: int | None = None,
) -> Tensor:
    """2,000 digits in `count` steps, from noise or from `start` at time `first`."""
    with model.evaluating():
        torch.manual_seed(seed)
        begin = torch.randn(N, *model.config.shape) if start is None else start
        denoise, how = model.guided(CHUNK, guidance=guidance), {"clip": True, "first": first}
        fixed = model.schedule, model.config.prediction
        parts = begin.split(CHUNK)
        return torch.cat(
            [diffusion.sample(denoise, *fixed, part, count, eta, **how) for part in parts]
        )


def hybrid(model: DDPM, seed: int) -> dict[str, dict[str, float]]:
    """A GAN's digits, noised up to some step and refined from there, beside each alone; nobody is
    told a class."""
    torch.manual_seed(seed)
    gan, found = DCGAN(), {}
    fit(gan, load("digits"), seed=seed)
    found["GAN"] = timed(lambda: draw(gan, N, seed))
    images = draw(gan, N, seed)
    torch.manual_seed(seed + 1000)
    noise = torch.randn_like(images)
    for count in (2, 5, 10):
        alone = timed(lambda count=count: drawn(model, seed, count, guidance=0.0))
        found[f"diffusion, {count} steps"] = alone
        for first in (199, 399, 599):
            start = diffusion.q_sample(model.schedule, images, torch.full((N,), first), noise)
            how = {"guidance": 0.0, "start": start, "first": first}
            refined = timed(lambda count=count, how=how: drawn(model, seed, count, **how))
            found[f"GAN + {count} steps from {first + 1}"] = refined
    return found


if __name__ == "__main__":
    run_study("samplers", __doc__, RUNS, measured, lambda: {"samples": N})
