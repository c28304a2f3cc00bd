"""What a picture tells of its category, with and without the information term, for a strong and a faint code: lesson 04's table.

The lesson's run on digits, and the same with λ = 0, where a fresh reader is trained on the frozen features; each with a code as strong as the noise
and with one a quarter as strong. Prints and writes gan_course/studies/codes.json.

    python benchmarks/codes.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch
from torch.optim import Adam

from gan_course.data import load
from gan_course.files import write_atomically
from gan_course.information import categorical_bound
from gan_course.metrics import cluster_accuracy, judge_distance
from gan_course.models import InfoGAN
from gan_course.models.infogan import LESSON
from gan_course.nets.infogan import CodeReader
from gan_course.training import fit

FILE = Path(__file__).parents[1] / "gan_course" / "studies" / "codes.json"
N = 2000
READER_STEPS = 300

RUNS = {
    "λ = 0.3, contrast 1": LESSON,
    "λ = 0, contrast 1": replace(LESSON, lambda_q=0.0, lambda_g=0.0),
    "λ = 0.3, contrast 0.25": replace(LESSON, contrast=0.25),
    "λ = 0, contrast 0.25": replace(LESSON, lambda_q=0.0, lambda_g=0.0, contrast=0.25),
}


def train_reader(model: InfoGAN) -> None:
    """Give `model` a fresh reader, trained on clean samples while all else stays as it is."""
    model.discriminator.requires_grad_(False).eval()
    model.reader = CodeReader(model.discriminator.feature_count, *model.parts[1:])
    optimizer = Adam(model.reader.parameters(), 2e-3)
    for _ in range(READER_STEPS):
        latent = model.noise(model.config.batch_size)
        category = latent.split(model.parts, dim=1)[1].argmax(1)
        loss = -categorical_bound(model.read(model.average(latent)).logits, category)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def measured(name: str, seed: int) -> dict[str, float]:
    """Nats that Q reads from clean samples, unsupervised accuracy of Q on held-out digits, and the Fréchet distance (judge)."""
    torch.set_num_threads(1)
    digits = load("digits")
    torch.manual_seed(seed)
    model = InfoGAN(RUNS[name])
    fit(model, digits, seed=seed)
    if not model.config.lambda_q:
        train_reader(model)
    with model.observed():
        latent = model.noise(N)
        images, category = model.average(latent), latent.split(model.parts, dim=1)[1].argmax(1)
        values = {
            "nats": categorical_bound(model.read(images).logits, category).item(),
            "accuracy": cluster_accuracy(model.read(digits.held_out.x).logits.argmax(1), digits.held_out.labels),
            "distance": judge_distance(images, digits.held_out.x),
        }
    return {key: round(value, 4) for key, value in values.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    options = parser.parse_args()
    wanted = [(name, seed) for name in RUNS for seed in range(options.seeds)]
    found: dict[str, list[dict[str, float]]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for (name, seed), values in zip(wanted, pool.map(measured, *zip(*wanted, strict=True)), strict=True):
            print(name, seed, values, flush=True)
            found.setdefault(name, []).append(values)
    write_atomically(FILE, json.dumps({"steps": LESSON.steps, "runs": found}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
