"""What a picture tells of its category, and what the generator is paid for it: lesson 04's table.

The lesson's run on digits with a code as strong as the noise, a quarter and a tenth as strong, each
with the generator paid for being read and without: λ here is `lambda_g`, and Q learns to read in
every run. Prints and writes gan_course/studies/codes.json.

    python benchmarks/codes.py --seeds 5 --jobs 2
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import torch
from studies import parsed, study_parser

from gan_course.data import load
from gan_course.files import write_atomically
from gan_course.information import categorical_bound
from gan_course.metrics import cluster_accuracy, judge_distance, variety_within_classes
from gan_course.models import InfoGAN
from gan_course.models.infogan import PROFILES
from gan_course.training import fit

LESSON = PROFILES["lesson"]
N = 2000

RUNS = {
    f"λ = {weight:g}, contrast {contrast:g}": replace(LESSON, lambda_g=weight, contrast=contrast)
    for contrast in (1.0, 0.25, 0.1)
    for weight in (LESSON.lambda_g, 0.0)
}


def measured(name: str, seed: int) -> dict[str, float]:
    """Nats that Q reads from samples, clean and disturbed; unsupervised accuracy of Q on held-out
    digits; the samples' Fréchet distance (judge); and the mean Euclidean
    distance, over all pixels, between two samples of one category.
    """
    torch.set_num_threads(1)
    digits = load("digits")
    torch.manual_seed(seed)
    model = InfoGAN(RUNS[name])
    fit(model, digits, seed=seed)
    with model.evaluating():
        latent = model.noise(N)
        images, category = model.ema(latent), latent.split(model.parts, dim=1)[1].argmax(1)
        values = {
            "nats": categorical_bound(model.read(images).logits, category).item(),
            "nats, disturbed": model.information(images, latent)["information_category"].item(),
            "accuracy": cluster_accuracy(
                model.read(digits.held_out.x).logits.argmax(1), digits.held_out.labels
            ),
            "distance": judge_distance(images, digits.held_out.x),
            "apart": variety_within_classes(images.flatten(1), category, model.config.categories)
            .mean()
            .item(),
        }
    return {key: round(value, 4) for key, value in values.items()}


def main() -> None:
    parser = study_parser("codes", __doc__)
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    options = parsed(parser)
    seeds = list(range(options.seeds))
    wanted = [(name, seed) for name in RUNS for seed in seeds]
    found: dict[str, list[dict[str, float]]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for (name, seed), values in zip(
            wanted, pool.map(measured, *zip(*wanted, strict=True)), strict=True
        ):
            print(name, seed, values, flush=True)
            found.setdefault(name, []).append(values)
    result = {"steps": LESSON.steps, "seeds": seeds, "runs": found}
    write_atomically(options.out, json.dumps(result, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
