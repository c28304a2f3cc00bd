"""What tells each failure of the GAN lab from a game that goes well, under five seeds:
`python benchmarks/failures.py` prints it and writes failures.json."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from gan_course.data import load
from gan_course.explore import GanLab
from gan_course.metrics import count_modes
from gan_course.models import GAN, GANConfig

RESULT = Path(__file__).with_name("failures.json")


class Game(NamedTuple):
    """What the lab plays under the name of a `failure`; with `kept`, where it is not None, by the
    same rules but for the number of real samples that D learns from."""

    failure: str
    data: str
    kept: int | None = None

    @property
    def name(self) -> str:
        """What its record is called."""
        kept = "" if self.kept is None else f" with {self.kept} real samples"
        return f"{self.failure}{kept} on {self.data}"


GAMES = (
    Game("health", "gaussian"),
    Game("oscillation", "gaussian"),
    Game("saturation", "gaussian"),
    Game("overfitting", "gaussian"),
    Game("overfitting", "gaussian", kept=128),
    Game("overfitting", "gaussian", kept=2048),
    Game("health", "ring"),
    Game("collapse", "ring"),
)


def played(asked: Game, seed: int) -> Mapping[str, float]:
    """The signs of a failure at the game's end, and how far the mean wandered in its second
    half."""
    source, failure = load(asked.data), asked.failure
    torch.manual_seed(0)
    lab = GanLab(GAN(GANConfig(shape=source.shape)), source, seed)
    (game,) = (each for each in lab.ground.failures if each.key == failure)
    rules = game.rules if asked.kept is None else {**game.rules, "kept": asked.kept}
    means = []
    lab.ground.failures = (replace(game, rules=rules, rounds=10),)  # type: ignore[misc]
    lab.fail(failure)
    for done in range(10, game.rounds, 5):
        lab.play(5)
        if done >= game.rounds / 2:
            means.append(lab.view().samples.mean(0))
    view = lab.view()
    signs = {
        "Jensen-Shannon": view.trail[-1].js,
        "push": view.pushes.abs().max().item(),
        "D(fake), at most": lab._opponent(lab._shown_samples()).sigmoid().max().item(),
        "loss of D on fresh - on its own": view.discriminator_loss - view.kept_loss,
    }
    if view.samples.ndim == 1:
        swing = torch.stack(means).max() - torch.stack(means).min()
        return signs | {"swing of the mean, in σ": swing.item() / view.data.std}
    modes = count_modes(view.samples, view.data, at_least=20, within=4)
    return signs | {"modes found": modes.found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    found: dict[str, dict[str, list[float]]] = {}
    for game in GAMES:
        runs = [played(game, seed) for seed in seeds]
        signs = {sign: [round(run[sign], 4) for run in runs] for sign in runs[0]}
        found[game.name] = signs
        print(f"{game.name}:", json.dumps(signs, ensure_ascii=False), flush=True)
    RESULT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
