"""`gan-course sample`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import command
from gan_course.commands.room import expect_room

if TYPE_CHECKING:
    from torch import Tensor

    from gan_course.modalities import Modality
    from gan_course.training.run_folder import Recipe, RunFolder


@command
def sample(
    run: Annotated[
        Path,
        typer.Argument(help="Folder of a run that `gan-course train` wrote.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="File to write, .npz, .png or .gif.")],
    n: Annotated[
        int | None,
        typer.Option(help="How many samples; by default 100, or as many as --grid holds."),
    ] = None,
    grid: Annotated[
        str | None,
        typer.Option(metavar="RxC", help="Rows and columns of a picture of images, such as 8x8."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Decides the noise: the first samples of a seed are the same, however many are "
            "drawn; by default 0."
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="What every sample is asked to be, such as label=7, or label=0,1,2 to take these "
            "in turn; may be repeated. `gan-course list` shows what each model takes.",
        ),
    ] = None,
    checkpoint: Annotated[
        str | None,
        typer.Option(
            help="best, or the step of a checkpoint that was kept; by default the final weights."
        ),
    ] = None,
    accelerator: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
) -> None:
    """Draw samples from a trained model.

    An .npz holds `images`, uint8 of shape (N, H, W) or (N, H, W, C), or for data other than images
    `samples` of shape (N, ...). A .png shows images side by side, points on a line as a histogram
    over the true density, points in the plane one by one. A .gif shows how the run learned: the few
    samples that it kept now and then, always from the same noise.

    \b
    Examples:
      gan-course sample runs/a --n 2000 --seed 1 --out x.npz
      gan-course sample runs/a --grid 8x8 --out x.png
      gan-course sample runs/a --out learned.gif
      gan-course sample runs/cgan-1 --given label=7 --n 64 --out sevens.png
      gan-course sample runs/infogan-1 --given category=3 --given code=0:1.5 --out coded.png
      gan-course sample runs/a --checkpoint best --out best.png
    """
    from gan_course.data import modality_of
    from gan_course.training.run_folder import RunFolder

    folder = RunFolder(run)
    recipe = folder.recipe()
    kind = modality_of(recipe.data)
    if out.suffix in kind.animations():
        options = {"n": n, "grid": grid, "seed": seed, "given": given, "checkpoint": checkpoint}
        _animate(folder, recipe, kind, out, options)
        return
    columns, n = _layout(grid, n)
    if columns is None:
        kind.expect_writable(out, n)
    else:
        kind.expect_grid(out, n)
    condition = _conditions(recipe.model, given or (), n)
    expect_room(n, recipe.config["shape"], out)
    # Where the picture shows no data, none are needed: they may be elsewhere by now.
    data = recipe.dataset() if kind.over_data else None
    if data is not None:
        condition = {**kind.asked(data, n), **condition}
    samples = _drawn(folder, out, n, seed or 0, condition, checkpoint, accelerator)
    if columns is None:
        kind.write(out, samples, data)
    else:
        kind.grids()[out.suffix](out, samples, columns)
    typer.echo(f"Wrote {n} samples of shape {tuple(samples.shape[1:])} to {out}")


def _layout(grid: str | None, n: int | None) -> tuple[int | None, int]:
    """How many columns, None without a grid, and how many samples."""
    from gan_course.commands.fields import read_sides
    from gan_course.errors import expect_positive

    if grid is None:
        return None, expect_positive("n", 100 if n is None else n)
    rows, columns = read_sides("--grid", grid, "8x8")
    if n not in (None, rows * columns):
        raise ValueError(
            f"--grid {grid} holds {rows * columns} samples, and --n asks for {n}: leave one of "
            "them out"
        )
    return columns, rows * columns


def _drawn(
    folder: RunFolder,
    out: Path,
    n: int,
    seed: int,
    condition: dict[str, Any],
    checkpoint: str | None,
    accelerator: str,
) -> Tensor:
    from gan_course.errors import expect_seed
    from gan_course.files import writable_folder
    from gan_course.training.launch import choose_accelerator
    from gan_course.training.progress import Meter, face_here
    from gan_course.training.samples import draw

    network = folder.load(choose_accelerator(accelerator), checkpoint)
    writable_folder(out.parent)
    meter = Meter(face_here(), n, unit="sample")
    samples = draw(network, n, expect_seed(seed), meter.reach, condition)
    meter.face.clear()
    return samples


def _animate(
    folder: RunFolder, recipe: Recipe, kind: Modality, out: Path, options: dict[str, Any]
) -> None:
    """Write how the run learned, from the frames it kept."""
    from gan_course.files import writable_folder
    from gan_course.training.frames import read_frames

    for name, value in options.items():
        if value not in (None, []):
            raise ValueError(
                f"a {out.suffix} shows the samples that the run kept while it learned, and "
                f"--{name} cannot change them: leave it out"
            )
    frames = read_frames(folder.frames)
    data = recipe.dataset() if kind.over_data else None
    writable_folder(out.parent)
    titled = {f"step {step:,}": frame for step, frame in frames.items()}
    kind.animations()[out.suffix](out, titled, data)
    typer.echo(f"Wrote {len(frames)} frames, of steps {min(frames):,} to {max(frames):,}, to {out}")


def _conditions(name: str, given: Sequence[str], n: int) -> dict[str, Any]:
    """What the model is asked for, from texts such as "label=7"; several values are taken in turn
    by its `n` samples.

    `ValueError` for a text of another form, for a condition given twice or with a value that cannot
    be read, and for one that the model does not take: it says what this model takes, and which
    models take that condition.
    """
    from gan_course.catalogue import catalogue

    models = catalogue().models
    known = {
        name: condition.read
        for name, condition in models[name].kind.conditions.items()
        if condition.read is not None
    }
    values: dict[str, Any] = {}
    for text in given:
        asked, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise ValueError(f"--given takes a name and a value, such as label=7, got {text!r}")
        if asked not in known:
            takes = " and ".join(known) or "no condition"
            others = [entry.name for entry in models.values() if asked in entry.kind.conditions]
            that = f"; {asked} is for {', '.join(others)}" if others else ""
            raise ValueError(f"{name} takes {takes}, so it cannot be asked for {asked!r}{that}")
        if asked in values:
            raise ValueError(f"--given gives {asked} twice: leave one of them out")
        try:
            read = known[asked](value)
        except ValueError as error:
            raise ValueError(f"--given {asked}: {error}") from error
        several = isinstance(read, list)
        values[asked] = [read[i % len(read)] for i in range(n)] if several else read
    return values
