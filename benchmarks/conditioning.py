"""How a conditional GAN hears of the class, and how long it may learn at a high rate: lesson 03's
two tables.

`networks`: the lesson's run with each discriminator, over seeds; "normed" is the projection with
its class vectors under spectral norm, as all layers are. `rates`: the share of asked-for digits
after 600, 1,200 and 2,400 steps, when the rates fall to 0 over that many steps, and when they stay
where they began; there also of the generator as it is, not averaged. Prints and writes
gan_course/studies/conditioning.json.

    python benchmarks/conditioning.py --seeds 5
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import torch
from studies import parsed, study_parser
from torch.nn.utils.parametrizations import spectral_norm

from gan_course.data import load
from gan_course.files import write_atomically
from gan_course.metrics import coverage, judge, judge_distance, variety_within_classes
from gan_course.models import CGAN, CGANConfig
from gan_course.models.cgan import PROFILES
from gan_course.training import Evaluation, fit

LESSON = PROFILES["lesson"]
LENGTHS = (600, 1200, 2400)
RATE_SEEDS = 3  # at most: these runs take longer
N = 2000


def read_as_asked(model: CGAN) -> float:
    return (judge().read(model.sample(N)) == model.labels(N)).double().mean().item()


def read_as_asked_unaveraged(model: CGAN) -> float:
    labels = model.labels(N)
    return (judge().read(model.generator(model.noise(N), labels)) == labels).double().mean().item()


def trained(config: CGANConfig, seed: int, *watching: Evaluation, normed: bool = False) -> CGAN:
    torch.manual_seed(seed)
    model = CGAN(config)
    if normed:
        spectral_norm(model.discriminator.embedding)
    fit(model, load("balanced_digits"), hooks=watching, seed=seed)
    return model


def measured(model: CGAN) -> dict[str, float]:
    """Share read as asked, Fréchet distance (judge), variety within classes over that of the
    held-out digits (mean and least), coverage."""
    held_out = load("digits").held_out
    with model.evaluating():
        images, labels = model.sample(N), model.labels(N)
    features, real = judge().features(images), judge().features(held_out.x)
    right = judge().read(images) == labels
    ratio = variety_within_classes(features[right], labels[right], 10) / variety_within_classes(
        real, held_out.labels, 10
    )
    values = {
        "read": right.double().mean().item(),
        "distance": judge_distance(images, held_out.x),
        "variety": ratio.mean().item(),
        "least variety": ratio.min().item(),
        "coverage": coverage(real, features),
    }
    return {name: round(value, 4) for name, value in values.items()}


def networks(seeds: list[int]) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {}
    for name, conditioning, normed in (
        ("projection", "projection", False),
        ("..., normed", "projection", True),
        ("concat", "concat", False),
    ):
        for seed in seeds:
            found.setdefault(name, []).append(
                measured(trained(replace(LESSON, conditioning=conditioning), seed, normed=normed))
            )
            print(name, seed, found[name][-1], flush=True)
    return found


def rates(seeds: list[int]) -> dict[str, dict[str, list[float]]]:
    """Share read as asked by the number of steps: rates that fall over them, rates that stay, and
    these without the average."""
    found: dict[str, dict[str, list[float]]] = {}

    def note(kind: str, steps: int, value: float) -> None:
        found.setdefault(kind, {}).setdefault(str(steps), []).append(round(value, 4))

    for seed in seeds:
        for steps in LENGTHS:
            watch = Evaluation(read_as_asked, every=steps)
            trained(replace(LESSON, steps=steps), seed, watch)
            note("falling", steps, watch.values[-1])
        constant(seed, note)
        print("seed", seed, found, flush=True)
    return found


def constant(seed: int, note: Callable[[str, int, float], None]) -> None:
    """One long run whose rates stay, looked at after each of the lengths."""
    watching = {
        "constant": Evaluation(read_as_asked, LENGTHS[0]),
        "constant, not averaged": Evaluation(read_as_asked_unaveraged, LENGTHS[0]),
    }
    trained(replace(LESSON, steps=LENGTHS[-1], decay_start=1.0), seed, *watching.values())
    for kind, watch in watching.items():
        for steps, value in zip(watch.steps, watch.values, strict=True):
            if steps in LENGTHS:
                note(kind, steps, value)


def main() -> None:
    options = parsed(study_parser("conditioning", __doc__))
    torch.set_num_threads(1)
    seeds = list(range(options.seeds))
    result = {
        "steps": LESSON.steps,
        "seeds": seeds,
        "networks": networks(seeds),
        "rate_seeds": seeds[:RATE_SEEDS],
        "rates": rates(seeds[:RATE_SEEDS]),
    }
    write_atomically(options.out, json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
