"""How far a recipe gets in a given time: the lesson's DCGAN beside one with the hyper-parameters
that most scripts copy.

The common recipe is that of section 4 of Radford et al. 2015 with 64 channels at the finest
resolution: cross-entropy, no spectral norm, Adam at 2e-4 with β₁ = 0.5, a constant rate and no
average. Radford et al. also have batch norm in the discriminator, which ours has not. Prints both
curves and writes common_recipe.json.

    python benchmarks/common_recipe.py --seconds 480
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import torch

from gan_course.data import load
from gan_course.files import write_atomically
from gan_course.metrics import judge_distance, ladder
from gan_course.models import DCGAN, DCGANConfig
from gan_course.models.dcgan import PROFILES

FILE = Path(__file__).with_suffix(".json")
LESSON = PROFILES["lesson"]
COMMON = replace(
    LESSON,
    latent_dim=64,
    width=64,
    loss="non_saturating",
    spectral_norm=False,
    lr_g=2e-4,
    lr_d=2e-4,
    betas=(0.5, 0.999),
    ema_decay=0.0,
    batch_size=64,
    steps=10**9,  # so that the rate never falls
)


def curve(
    config: DCGANConfig, seconds: float, points: int = 5, seed: int = 0
) -> list[tuple[int, float, float]]:
    """(steps, seconds of CPU time spent on training, distance of 2,000 samples) at `points` even
    intervals of `seconds`, or until the run ends."""
    digits = load("digits")
    torch.manual_seed(seed)
    model = DCGAN(config)
    found: list[tuple[int, float, float]] = []
    spent, step = 0.0, 0
    while len(found) < points and step < config.steps:
        due = seconds * (len(found) + 1) / points
        begin = time.process_time()
        while spent + time.process_time() - begin < due and step < config.steps:
            model.step(digits.batch(step, config.batch_size, seed))
            step += 1
        spent += time.process_time() - begin
        with model.evaluating():
            found.append(
                (
                    step,
                    round(spent, 1),
                    round(judge_distance(model.sample(2000), digits.held_out.x), 1),
                )
            )
        print(f"  {step} steps, {spent:.0f} s: {found[-1][2]}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--seconds",
        type=float,
        default=480,
        help="CPU time for the common recipe; the lesson's run ends by itself",
    )
    parser.add_argument(
        "--out", type=Path, default=FILE, help="where to write (default: what is shown)"
    )
    options = parser.parse_args()
    if (stored := stored_seconds(options.out)) > options.seconds:
        parser.error(
            f"{options.out.name} holds a curve of {stored:.0f} seconds, and --seconds "
            f"{options.seconds:g} would leave a shorter one: ask for {stored:.0f} or more, or "
            "write elsewhere with --out FILE"
        )
    torch.set_num_threads(1)
    result = {"ladder": ladder(load("digits")), "columns": ["steps", "cpu_seconds", "distance"]}
    for name, config, seconds in (("lesson", LESSON, 100.0), ("common", COMMON, options.seconds)):
        print(name, flush=True)
        result[name] = curve(config, seconds)
    write_atomically(options.out, json.dumps(result, indent=2) + "\n")


def stored_seconds(file: Path) -> float:
    """The CPU time that the common recipe was given in `file`, in whole seconds; 0 where there is
    none yet."""
    if not file.exists():
        return 0
    _, seconds, _ = json.loads(file.read_text(encoding="utf-8"))["common"][-1]
    return float(seconds // 1)


if __name__ == "__main__":
    main()
