"""Is the cycle needed? The question of Chen et al. 2025 (arXiv:2411.10368), asked of sketches and
portraits: tables of lesson 09.

Networks, rates and batches are those of the lesson's CycleGAN; the steps are fewer. Without a cycle
the two directions have nothing to do with each other and learn one by one. Measured on held-out
pairs. Prints and writes gan_course/studies/cycle.json.

    python benchmarks/cycle.py --seeds 3 --jobs 2
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from one_way import NoisyCycleGAN, OneWay
from studies import run_study
from torch import Tensor

from gan_course.data import load
from gan_course.data.pairs import Domains, UnpairedSplit
from gan_course.metrics import colour_distance, sharpness_distance
from gan_course.models import CycleGAN
from gan_course.models.cyclegan import PROFILES, CycleGANConfig
from gan_course.random_state import seed_everything

LESSON = replace(PROFILES["lesson"], steps=600, identity=0.0)
SEEN = 300  # held-out pairs that are looked at
GROUP = 100  # of them among which an output is to find its own truth
HATS = ("hatBeanie", "hatHip", "hijab", "turban")
CODE = 4  # channels of 4 × 4: 64 numbers for 3,072

Translation = Callable[[Tensor], Tensor]
TO_PORTRAITS, TO_SKETCHES = "to portraits", "to sketches"


@dataclass(frozen=True)
class Kind:
    """One way to learn: the model's fields, and what else differs."""

    config: CycleGANConfig
    images: int = 1200  # of each domain
    both_ways: bool = False  # always so with a cycle
    again: bool = False  # portraits are to become portraits
    hats: bool = True  # whether portraits have any
    values: int = 0  # with which a critic answers; 0 for the usual discriminator
    noise: int = 0  # channels of it, beside the input


def alone(**changes: Any) -> CycleGANConfig:
    return replace(LESSON, **{"cycle": 0.0, **changes})


SLOWER = alone(steps=4 * LESSON.steps, lr_g=2e-4, lr_d=2e-4)  # the paper's rates
LOSSES: dict[str, dict[str, Any]] = {
    "adversarial only": {"cycle": 0.0},
    "+ identity": {"cycle": 0.0, "identity": 5.0},
    "+ cycle": {"cycle": 10.0},
}
SETTINGS: dict[str, tuple[dict[str, Any], int]] = {
    "": ({}, 1200),
    ", skip": ({"skip": True}, 1200),
    ", code": ({"code": CODE}, 1200),
    ", 100 images": ({}, 100),
    ", code, 100 images": ({"code": CODE}, 100),
}
TABLE = {
    name + setting: Kind(replace(LESSON, **loss, **fields), images, images == 1200)
    for setting, (fields, images) in SETTINGS.items()
    for name, loss in LOSSES.items()
}
KINDS = TABLE | {
    "+ cycle and identity": Kind(replace(LESSON, identity=PROFILES["lesson"].identity)),
    "adversarial only, longer": Kind(alone(steps=4 * LESSON.steps)),
    "adversarial only, longer and slower": Kind(SLOWER),
    "again, pixels, code": Kind(alone(code=CODE, adversarial=0.0, identity=1.0), again=True),
    "again, code": Kind(alone(code=CODE), again=True),
    "again, no code": Kind(alone(), again=True),
    "again, no code, longer and slower": Kind(SLOWER, again=True),
    "again, skip, code": Kind(alone(code=CODE, skip=True), again=True),
    "again, code, 16 values": Kind(alone(code=CODE), again=True, values=16),
    "1 value": Kind(alone(), values=1),
    "16 values": Kind(alone(), values=16),
    "adversarial only, noise": Kind(alone(), noise=2),
    "+ cycle, noise": Kind(LESSON, noise=2),
    "adversarial only, no hats": Kind(alone(), hats=False),
    "+ cycle, no hats": Kind(LESSON, hats=False),
}


def measured(name: str, seed: int) -> dict[str, Any]:
    """CPU seconds of one run; the mean squared error of its portraits while it learned, by the
    number of images seen; and what its translations of held-out inputs are like, each way."""
    torch.set_num_threads(1)
    kind = KINDS[name]
    data = domains(kind)
    start = time.process_time()
    curve, found = learned(kind, data, seed)
    values: dict[str, Any] = {"seconds": round(time.process_time() - start, 1), "curve": curve}
    held = data.held_out
    ways = {
        TO_PORTRAITS: (held.x, held.y, data.train.y),
        TO_SKETCHES: (held.y, held.x, data.train.x),
    }
    for way, translation in found.items():
        inputs, truths, learned_from = ways[way]
        with torch.no_grad():
            torch.manual_seed(seed)
            outputs = translation(inputs[:SEEN])
            values[way] = apart(outputs, inputs[:SEEN], truths[:SEEN], learned_from)
            if kind.noise:
                values[way] |= two_answers(outputs, translation(inputs[:SEEN]))
            if way == TO_PORTRAITS and not kind.again:
                values[way] |= hats(translation)
    return values


def domains(kind: Kind) -> Domains:
    """What this kind learns from."""
    data = load("avatars")
    x, y = data.train.x, data.train.y
    if not kind.hats:
        y = y[~wearing(load("avatar_pairs").train.given["head"][-len(y) :])]
    if kind.again:
        held = replace(data.held_out, x=data.held_out.y)
        return replace(data, train=UnpairedSplit(y, y=y), held_out=held)
    return replace(data, train=UnpairedSplit(x[: kind.images], y=y[: kind.images]))


def learned(
    kind: Kind, data: Domains, seed: int
) -> tuple[dict[str, float], dict[str, Translation]]:
    """The curve of one run, and its translations by their direction."""
    seed_everything(seed)
    if kind.config.cycle:
        model: CycleGAN = (
            NoisyCycleGAN(kind.config, kind.noise) if kind.noise else CycleGAN(kind.config)
        )
        curve = train(model, data, seed)
        return curve, {TO_PORTRAITS: model.translate, TO_SKETCHES: model.back}
    there = OneWay(kind.config, kind.values, kind.noise)
    curve = train(there, data, seed)
    found: dict[str, Translation] = {TO_PORTRAITS: there.translate}
    if kind.both_ways:
        back = OneWay(kind.config)
        train(back, replace(data, train=UnpairedSplit(data.train.y, y=data.train.x)), seed)
        found[TO_SKETCHES] = back.translate
    return curve, found


def train(model: CycleGAN | OneWay, data: Domains, seed: int) -> dict[str, float]:
    """Mean squared error of the first hundred held-out inputs by how many images were seen."""
    x, y = data.held_out.x[:GROUP], data.held_out.y[:GROUP]
    curve = {}
    measured_after = [model.config.steps >> i for i in range(8)]
    for i in range(model.config.steps):
        model.step(data.batch(i, model.config.batch_size, seed))
        if i + 1 in measured_after:
            with model.evaluating():
                error = (model.translate(x) - y).square().mean().item()
            curve[str((i + 1) * model.config.batch_size)] = round(error, 4)
    return curve


def apart(outputs: Tensor, inputs: Tensor, truths: Tensor, learned: Tensor) -> dict[str, float]:
    """How far `outputs` are from `truths`, and whether they still are of their inputs. "Over
    copying" is divided by what the inputs themselves score; "over the median" by what the median of
    `learned` scores, which is the best answer by L1 that ignores the input."""
    error = l1(outputs, truths)
    fixed = l1(learned.median(0).values.expand_as(truths), truths)
    values = {
        "L1": error,
        "L1 over the median": error / fixed,
        "sharpness": sharpness_distance(outputs, truths),
        "colour": colour_distance(outputs, truths).mean,
        "spread": spread(outputs) / spread(truths),
        "own": own(outputs, truths),
    }
    if (copied := l1(inputs, truths)) > 0:
        values["L1 over copying"] = error / copied
        values["colour over copying"] = values["colour"] / colour_distance(inputs, truths).mean
    return rounded(values)


def l1(a: Tensor, b: Tensor) -> float:
    return (a - b).abs().mean().item()


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference of each of `a` (N, C, H, W) from each of `b` (M, C, H, W)."""
    return torch.cdist(a.flatten(1), b.flatten(1), p=1) / a[0].numel()


def spread(images: Tensor) -> float:
    """Mean absolute difference between two of `images`."""
    n = len(images)
    return (distances(images, images).sum() / (n * (n - 1))).item()


def own(outputs: Tensor, truths: Tensor) -> float:
    """Share of `outputs` whose nearest of a hundred `truths` is their own."""
    found = [
        distances(*group).argmin(1) == torch.arange(GROUP)
        for group in zip(outputs.split(GROUP), truths.split(GROUP), strict=True)
    ]
    return torch.cat(found).double().mean().item()


def two_answers(one: Tensor, other: Tensor) -> dict[str, float]:
    """How far two answers to one input are apart, over how far answers to two inputs are."""
    return rounded({"two answers": l1(one, other), "over two inputs": l1(one, other) / spread(one)})


def wearing(heads: Tensor) -> Tensor:
    """Which of `heads`, numbers of their kinds, have a hat on."""
    names = load("avatar_pairs").attributes["head"]
    return torch.isin(heads, torch.tensor([names.index(hat) for hat in HATS]))


def hats(translation: Translation) -> dict[str, Any]:
    """What becomes of people with hats and of the others, all held-out ones. A head is read as that
    of the nearest held-out portrait, both in grey: colours are anyone's guess."""
    people = load("avatar_pairs").held_out
    names = load("avatar_pairs").attributes["head"]
    heads = people.given["head"]
    hat = wearing(heads)
    outputs = translation(people.x)
    nearest = distances(outputs.mean(1, keepdim=True), people.y.mean(1, keepdim=True)).argmin(1)
    read = heads[nearest]
    values = {}
    for who, rows in (("hats", hat), ("others", ~hat)):
        copied = l1(people.x[rows], people.y[rows])
        values[f"{who}: L1 over copying"] = l1(outputs[rows], people.y[rows]) / copied
        values[f"{who}: read as hats"] = wearing(read[rows]).double().mean().item()
    most = Counter(names[i] for i in read[hat]).most_common(3)
    return rounded(values) | {"hats: read as": most}


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def baselines() -> dict[str, dict[str, Any]]:
    """What those score who learn nothing: who copy, who always give the median, and who give
    another real picture."""
    data, found = load("avatars"), {}
    sketches, portraits = data.held_out.x[:SEEN], data.held_out.y[:SEEN]
    for way, inputs, truths, learned_from in (
        (TO_PORTRAITS, sketches, portraits, data.train.y),
        (TO_SKETCHES, portraits, sketches, data.train.x),
    ):
        answers = {
            "copying": inputs,
            "the median": learned_from.median(0).values.expand_as(truths),
            "another real one": learned_from[:SEEN],
        }
        found[way] = {
            answer: apart(outputs, inputs, truths, learned_from)
            | rounded({"MSE": (outputs - truths).square().mean().item()})
            for answer, outputs in answers.items()
        }
    found[TO_PORTRAITS]["copying"] |= hats(lambda x: x)
    return found


if __name__ == "__main__":
    facts = {"code": CODE * 16, "steps": LESSON.steps, "hats": HATS, "baselines": baselines()}
    run_study("cycle", __doc__, KINDS, measured, facts)
