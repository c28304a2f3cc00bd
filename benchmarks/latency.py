"""What it takes from a control's values to the new picture, for every view of every explorer:
`python -m benchmarks.latency` writes latency.json; with `--browser`, also what one sees of it in
JupyterLab, as `gan-course lab` starts it, in Chromium, dragging included.

The models are untrained and as large as in the lessons. Each view's first control is moved; a
button is pressed. Computing runs in one thread, and its time is split: networks, painting, the
rest. In the page the mouse moves sixty times a second, a held key repeats thirty times, and the
clock runs from an input event to the frame that shows its picture. Several events may share one: it
is due to the last of them that Python was told of.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from itertools import cycle, islice
from math import cos, pi, sin
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from gan_course.data import Dataset, load
from gan_course.explore import (
    ClassExplorer,
    CodeExplorer,
    Compare,
    CriticLab,
    Explorer,
    GanLab,
    LatentExplorer,
    LatentPlane,
    Press,
    RoundTrip,
    SketchPad,
    Timeline,
    View,
    paint,
    picture,
    shape_factors,
)
from gan_course.metrics import judge
from gan_course.models import (
    AAE,
    CGAN,
    DCGAN,
    DDPM,
    GAN,
    VAE,
    WGANGP,
    AAEConfig,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    VAEConfig,
)
from gan_course.models.infogan import SHAPES
from gan_course.training import Snapshots

RESULT = Path(__file__).with_name("latency.json")
MOVES = 40


@cache
def digits() -> Dataset:
    return load("digits")


def autoencoders() -> dict[str, Any]:
    plane: dict[str, Any] = {"latent_dim": 2}
    return {"VAE": VAE(VAEConfig(**plane)), "AAE": AAE(AAEConfig(**plane))}


def round_trip() -> RoundTrip:
    model, snapshots = CycleGAN(), Snapshots(1)
    snapshots.steps, snapshots.weights = [0, 400], 2 * [model.weights()]
    return RoundTrip(model, snapshots, sheets(), -sheets())


def sheets() -> Tensor:
    return 2 * torch.rand(24, 3, 32, 32) - 1


EXPLORERS: dict[str, Callable[[], Explorer]] = {
    "GanLab": lambda: GanLab(GAN(), load("gaussian")),
    "CriticLab": lambda: CriticLab(WGANGP(), load("grid")),
    "LatentExplorer": lambda: LatentExplorer.of(DCGAN(), digits()),
    "Compare": lambda: Compare({"DCGAN": DCGAN(), "CGAN": CGAN(), "VAE": VAE()}),
    "ClassExplorer": lambda: ClassExplorer.of(CGAN(), judge().read),
    "CodeExplorer, digits": lambda: CodeExplorer.of(InfoGAN(), judge().read),
    "CodeExplorer, shapes": lambda: CodeExplorer.of(InfoGAN(SHAPES), factors=shape_factors()),
    "LatentPlane": lambda: LatentPlane(autoencoders(), digits(), judge().read),
    "SketchPad": lambda: SketchPad({"Pix2Pix": Pix2Pix(), "L1": Pix2Pix()}, sheets(), -sheets()),
    "RoundTrip": round_trip,
    "Timeline": lambda: Timeline(DDPM(), digits()),
}


def opened(name: str) -> Explorer:
    """The explorer of this name, its models the same each time."""
    torch.manual_seed(0)
    return EXPLORERS[name]()


def sweep(low: float, high: float) -> Iterator[float]:
    """Places from one end to the other and back."""
    while True:
        yield from (low + (high - low) * i / MOVES for i in range(MOVES))
        yield from (high + (low - high) * i / MOVES for i in range(MOVES))


def strokes(control: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A line that grows."""
    points = [[0.5 + 0.4 * cos(i / 5), 0.5 + 0.4 * sin(i / 5)] for i in range(2 * MOVES)]
    width = control["pens"][0]["width"]
    while True:
        for n in range(1, len(points)):
            yield {"sheet": 0, "strokes": [{"points": points[:n], "width": width}]}


# For each kind of control, the values that it takes one after the other.
MOVED: dict[str, Callable[[dict[str, Any]], Iterator[Any]]] = {
    "slider": lambda control: (
        control["low"] + round((value - control["low"]) / control["step"]) * control["step"]
        for value in sweep(control["low"], control["high"])
    ),
    "seed": lambda control: (control["low"] + round(value) for value in sweep(0, MOVES)),
    "choice": lambda control: (round(v) for v in sweep(0, len(control["options"]) - 1)),
    "switch": lambda _: cycle((True, False)),
    "pad": lambda control: (
        [control["high"][0] * cos(angle), control["high"][1] * sin(angle)]
        for angle in sweep(0, 2 * pi)
    ),
    "drawing": strokes,
}


class Shares:
    """Seconds of CPU time spent in networks and in painting, each counted once where one part of it
    calls another."""

    def __init__(self) -> None:
        self.seconds = {"networks": 0.0, "painting": 0.0}
        self._inside = False

    def counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, which adds to the seconds of `name`."""

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            if self._inside:
                return function(*given, **named)
            self._inside, start = True, time.process_time()
            try:
                return function(*given, **named)
            finally:
                self.seconds[name] += time.process_time() - start
                self._inside = False

        return timed

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what is done inside."""
        watched: list[tuple[str, Any, str]] = [("networks", torch.nn.Module, "__call__")]
        for kind in (paint.Painting, paint.Plot):
            watched += [("painting", kind, name) for name in vars(kind) if name[0] != "_"]
            watched.append(("painting", kind, "__init__"))
        watched.append(("painting", picture, "pixels"))
        before = [(where, name, getattr(where, name)) for _, where, name in watched]
        for (part, where, name), (*_, function) in zip(watched, before, strict=True):
            setattr(where, name, self.counted(part, function))
        try:
            yield
        finally:
            for where, name, function in before:
                setattr(where, name, function)


def wishes(view: View) -> Iterator[tuple[dict[str, Any], Press | None]]:
    """The values of the view as its first control is moved, or the press of it."""
    control = view.controls[0].as_data()
    if control["kind"] == "button":
        while True:
            yield view.values, Press(control["key"])
    for value in MOVED[control["kind"]](control):
        yield view.values | {control["key"]: value}, None


def measured(explorer: Explorer, view: View) -> dict[str, Any]:
    """Milliseconds from values to picture, and the picture's size."""
    asked = wishes(view)
    for values, press in islice(asked, 3):  # what is built once is built
        explorer.show(view.key, values, press)
    shares, wall, cpu, size = Shares(), [], [], 0
    with shares.watching():
        for values, press in islice(asked, MOVES):
            began, start = time.perf_counter(), time.process_time()
            size = len(explorer.show(view.key, values, press))
            wall.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - start))
    parts = {name: round(1000 * s / MOVES, 2) for name, s in shares.seconds.items()}
    return {
        "moved": view.controls[0].label,
        "cpu_ms": spread(cpu),
        "wall_ms": spread(wall),
        "mean_ms": parts | {"rest": round(sum(cpu) / MOVES - sum(parts.values()), 2)},
        "bytes": size,
    }


def spread(values: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    in_order = sorted(values)
    most = in_order[min(len(values) - 1, round(0.95 * len(values)))]
    return {"median": round(median(values), 2), "p95": round(most, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--browser", action="store_true", help="measure in JupyterLab as well")
    parser.add_argument("--only", default="", help="explorers with this in their names")
    parser.add_argument("--out", type=Path, default=RESULT, help="write there instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    views, measures = {}, {}
    for name in (each for each in EXPLORERS if options.only in each):
        explorer = opened(name)
        views[name] = explorer.views()
        for view in views[name]:
            measures[f"{name}: {view.title}"] = measured(explorer, view)
    if options.browser:
        from benchmarks.latency_in_page import in_page

        for name, times in in_page(views).items():
            measures[name] |= {"page_ms": spread(times), "pictures_in_page": len(times)}
    for name, measure in measures.items():
        print(f"{name}: {measure}")
    busy = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    machine = f"{platform.machine()}, one thread, {busy}, torch {torch.__version__}"
    record = {"machine": machine, "moves": MOVES, "views": measures}
    options.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
