"""`gan-course train` and `gan-course sample`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gan_course.commands.failures import INTERRUPTED, command, fail

DEVICES = ("auto", "cpu", "cuda", "mps")


@command
def train(
    model: Annotated[str, typer.Argument(help="A model's name; `gan-course list` shows them.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="Folder for the run; by default the first free of runs/MODEL-1, runs/MODEL-2 ...")] = None,
    data: Annotated[str | None, typer.Option(help="Data set; by default the model's own.")] = None,
    steps: Annotated[int | None, typer.Option(help="Length of the run, which the schedules are laid over; by default the profile's.")] = None,
    seed: Annotated[int, typer.Option(help="Decides weights, batches and noise.")] = 0,
    profile: Annotated[str, typer.Option(help="lesson (a minute or two on one core) or full (a GPU, or a night).")] = "lesson",
    source: Annotated[str, typer.Option(help="packaged (no network needed) or full (the large original, fetched once).")] = "packaged",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    checkpoint_every: Annotated[int | None, typer.Option(help="Steps between two checkpoints; by default an epoch.")] = None,
) -> None:
    """Train a model and write a run folder: config.json, history.csv, checkpoints/, final.safetensors, samples.png.

    The same command on the same machine gives the same weights, bit for bit.

    \b
    Examples:
      gan-course train dcgan --steps 500 --seed 3 --out runs/a
      gan-course train gan --data mixture
      gan-course train dcgan --profile full --source full --device cuda
    """
    from gan_course.catalogue import catalogue
    from gan_course.data import load
    from gan_course.errors import expect_positive, expect_seed
    from gan_course.models.base import plain
    from gan_course.training import fit
    from gan_course.training.checkpoint import Checkpoints, checkpoints
    from gan_course.training.progress import Progress
    from gan_course.training.run_folder import Ledger, Recipe, RunFolder
    from gan_course.training.samples import draw, is_image, write_picture

    entry = catalogue().model(model)
    config = entry.configuration(profile)
    steps = config.steps if steps is None else expect_positive("steps", steps)
    dataset = load(data or entry.data, source)
    config = replace(config, shape=tuple(dataset.shape), steps=steps)
    recipe = Recipe(model, plain(config), data or entry.data, source, expect_seed(seed), profile, device=choose_device(device))
    folder = RunFolder(out or _free_folder(Path("runs"), model))
    hooks = [Progress(), Ledger(folder.history), Checkpoints(folder.checkpoints, checkpoint_every)]
    network = recipe.build()
    folder.create(recipe)
    typer.echo(f"Training {model} on {recipe.data} for {steps} steps with seed {seed} on {recipe.device}; the run is in {folder.path}")
    try:
        history = fit(network, dataset, hooks=hooks, seed=seed)
    except KeyboardInterrupt:
        kept = checkpoints(folder.checkpoints)
        newest = f"the newest checkpoint is {kept[-1]}" if kept else "it has no checkpoint yet"
        fail(f"stopped: {folder.path} keeps the history so far, and {newest}", INTERRUPTED)
    folder.write_weights(network, model)
    write_picture(folder.samples, draw(network, 100 if is_image(config.shape) else 10_000, seed), dataset)
    typer.echo(f"Wrote {folder.weights}, {folder.history} ({len(history)} steps) and {folder.samples}")
    typer.echo(f"Next: gan-course sample {folder.path} --n 100 --seed 1 --out samples.png")


@command
def sample(
    run: Annotated[Path, typer.Argument(help="Folder of a run that `gan-course train` wrote.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File to write, .npz or .png.")],
    n: Annotated[int, typer.Option(help="How many samples.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides the noise: the first samples of a seed are the same however many are drawn.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
) -> None:
    """Draw samples from a trained model.

    An .npz holds `images`, uint8 of shape (N, H, W) or (N, H, W, C), or for data that are no images `samples`, float32
    of shape (N, ...). A .png shows images side by side, or points as a histogram over the true density.

    \b
    Examples:
      gan-course sample runs/a --n 2000 --seed 1 --out x.npz
      gan-course sample runs/a --n 64 --out x.png
    """
    from gan_course.data import load
    from gan_course.errors import expect_positive, expect_seed
    from gan_course.files import writable_folder
    from gan_course.training.progress import Meter, face_here
    from gan_course.training.run_folder import RunFolder
    from gan_course.training.samples import draw, expect_fits_picture, write_npz, write_picture

    expect_positive("n", n)
    if out.suffix not in (".npz", ".png"):
        raise ValueError(f"samples are written as .npz or .png, got --out {out}")
    folder = RunFolder(run)
    recipe = folder.recipe()
    network = folder.load(choose_device(device))
    if out.suffix == ".png":
        expect_fits_picture(n, network.config.shape)
    writable_folder(out.parent)
    meter = Meter(face_here(), n, unit="sample")
    samples = draw(network, n, expect_seed(seed), meter.reach)
    meter.face.clear()
    if out.suffix == ".npz":
        write_npz(out, samples)
    else:
        write_picture(out, samples, load(recipe.data))
    typer.echo(f"Wrote {n} samples of shape {tuple(samples.shape[1:])} to {out}")


def choose_device(name: str) -> str:
    """The device a name stands for on this machine; `ValueError` where it has none of that kind."""
    import torch

    from gan_course.errors import unknown_name

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name not in DEVICES:
        raise unknown_name("device", name, DEVICES)
    if name == "auto":
        return next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there[name]:
        raise ValueError(f"this machine or this PyTorch has no {name} device: use --device cpu, or auto")
    return name


def _free_folder(parent: Path, model: str) -> Path:
    number = 1
    while (parent / f"{model}-{number}").exists():
        number += 1
    return parent / f"{model}-{number}"
