"""Cards: how a model of the zoo was made, at what cost, and what was measured on it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import isclose
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from gan_course.files import read_json, write_atomically
from gan_course.zoo.entries import Entry

if TYPE_CHECKING:
    import torch

    from gan_course.data.source import Source
    from gan_course.models.base import Model
    from gan_course.training.run_folder import RunFolder

SEEDS = range(5)  # of the samples that are measured
POINTS = 60  # of a curve, at most
PART, PARTS = 1024, 16  # samples of a batch, and batches, that are looked at for a checksum
ALIKE = 1e-4  # how far two numbers of a checksum may lie apart
SHOWN = 40  # images in a picture of samples


@dataclass(frozen=True)
class Card:
    """What is known of the weights that ship; measured on them as they ship."""

    command: str  # that trains it
    recipe: dict[str, Any]  # of the run, as its config.json has it, with the versions
    data_checksum: list[float]
    cpu_seconds: float  # of the training
    processor: str
    parameters: int  # that ship
    bytes: int  # of the file of weights
    curve: dict[str, list[float | None]]  # the players' losses, at the steps under "step"
    metrics: dict[str, list[float]]  # by name, a value for each of `SEEDS`
    beside: dict[str, dict[str, float]]  # by name of the metric, what else scores
    alt: str  # its picture of samples in words

    def value(self, metric: str) -> float:
        """The median over the seeds."""
        return median(self.metrics[metric])

    def spread(self, metric: str) -> str:
        """The median, and the least and the greatest where they differ."""
        values = self.metrics[metric]
        ends = f" ({min(values):.3g} – {max(values):.3g})" if min(values) < max(values) else ""
        return f"{self.value(metric):.3g}{ends}"


def read_card(path: Path, entry: Entry) -> Card:
    """The card of `entry`; `ValueError` where it is damaged or of another recipe."""
    try:
        card = Card(**read_json(path))
    except TypeError as error:
        raise ValueError(f"{path} is damaged or no card of the zoo") from error
    if card.command != entry.command:
        raise ValueError(
            f"{path} is the card of `{card.command}`, and `{entry.command}` is declared: make it "
            f"with `gan-course zoo rebuild {entry.name}`"
        )
    return card


def ship(entry: Entry, run: RunFolder, folder: Path) -> Card:
    """Measure the model of a finished `run`, and write its weights, card and picture into
    `folder`; nothing is written before all is measured."""
    from gan_course.zoo.weights import as_shipped, needed, write_half

    recipe = run.recipe()
    model, data = run.load(), recipe.dataset()
    as_shipped(model, entry)
    model.eval()
    metrics = measured(entry, model, data)
    beside = {name: values for one in entry.measures for name, values in rivals(one, data).items()}
    weights = folder / f"{entry.name}.safetensors"
    write_half(weights, model, entry)
    alt = _pictured(entry, model, data, folder / f"{entry.name}.png")
    card = Card(
        command=entry.command,
        recipe=asdict(recipe),
        data_checksum=checksum(data),
        parameters=sum(w.numel() for w in needed(model, entry).values()),
        bytes=weights.stat().st_size,
        curve=_curve(run, [player.loss for player in model.players]),
        metrics=metrics,
        beside=beside,
        alt=alt,
        **_cost(run),
    )
    text = json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / f"{entry.name}.json", text)
    return card


def measured(
    entry: Entry, model: Model[Any], data: Any, seeds: range = SEEDS
) -> dict[str, list[float]]:
    """What `entry` is to be measured by: by name, a value for each of `seeds`."""
    from gan_course.zoo.measures import MEASURES, Look

    found: dict[str, list[float]] = {}
    for look in (Look(model, data, seed) for seed in seeds):
        for measure in (MEASURES[name] for name in entry.measures):
            for name, value in measure.of(look).items():
                found.setdefault(name, []).append(_short(value))
    return found


def rivals(measure: str, data: Any) -> dict[str, dict[str, float]]:
    """What stands beside a measure's values, by their names: what else scores on `data`."""
    from gan_course.zoo.measures import MEASURES

    return {
        name: {rival: _short(value) for rival, value in values.items()}
        for name, values in MEASURES[measure].beside(data).items()
    }


def checksum(data: Source) -> list[float]:
    """Numbers that change when any sample does that a model learns from or is measured on: of each
    tensor of an epoch (or its beginning) and of what is held out, in parts of 1,024 samples, the
    mean, each value weighted by its place.

    No digest, since data that are computed differ in their last digits from processor to processor:
    `same_data` says whether two checksums are alike.
    """
    parts = min(data.batches_per_epoch(PART), PARTS)
    batches = [data.batch(index, PART, seed=0) for index in range(parts)]
    found = [part for batch in batches for part in batch.tensors()]
    held_out = data.reference(PART * PARTS).tensors()
    found += [part for tensor in held_out for part in tensor.split(PART)]
    return [round(_weighted(part), 6) for part in found]


def _weighted(tensor: torch.Tensor) -> float:
    import torch

    values = tensor.cpu().double().flatten(1) if tensor.ndim > 1 else tensor.cpu().double()[:, None]
    weights = (torch.linspace(1, 2, side, dtype=torch.double) for side in values.shape)
    down, across = weights
    return (down @ values @ across).item() / values.numel()


def same_data(one: list[float], other: list[float]) -> bool:
    """Whether two checksums are of the same data, to the last digits."""
    return len(one) == len(other) and all(
        isclose(a, b, rel_tol=0, abs_tol=ALIKE) for a, b in zip(one, other, strict=True)
    )


def _curve(run: RunFolder, columns: list[str]) -> dict[str, list[float | None]]:
    """Means over as many equal stretches of the run as there are points; None where nothing was
    recorded."""
    from gan_course.training.history import read_csv

    history = read_csv(run.history)
    stretch = -(-len(history) // POINTS)
    ends = [min(start + stretch, len(history)) for start in range(0, len(history), stretch)]
    found: dict[str, list[float | None]] = {"step": [float(end) for end in ends]}
    for name in columns:
        values: list[list[float]] = [[] for _ in ends]
        for step, value in zip(history.steps_of(name), history[name], strict=True):
            values[(step - 1) // stretch].append(value)
        found[name] = [_short(sum(part) / len(part)) if part else None for part in values]
    return found


def _cost(run: RunFolder) -> dict[str, Any]:
    from gan_course.training.sessions import read_sessions

    sessions = read_sessions(run.sessions)
    return {
        "cpu_seconds": round(sum(session["cpu_seconds"] for session in sessions)),
        "processor": sessions[-1]["machine"]["processor"],
    }


def _pictured(entry: Entry, model: Model[Any], data: Any, path: Path) -> str:
    """Write a picture of samples, and say in words what it shows."""
    from gan_course.training.samples import draw

    kind = data.modality
    # Alone they fill four rows; beside data, as many as keep the file small.
    beside = 2 * kind.in_a_frame(tuple(data.shape)) // 3
    n = kind.distinct(data, beside if kind.over_data else SHOWN)
    kind.write(path, draw(model, n, seed=0, condition=kind.asked(data, n)), data)
    return f"{n} samples of {entry.name}: {entry.summary}."


def _short(value: float) -> float:
    return float(f"{value:.5g}")
