"""`gan-course sample`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gan_course.commands.failures import command
from gan_course.commands.room import expect_room


@command
def sample(
    run: Annotated[
        Path,
        typer.Argument(help="Folder of a run that `gan-course train` wrote.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="File to write, .npz or .png.")],
    n: Annotated[int, typer.Option(help="How many samples.")] = 100,
    seed: Annotated[
        int,
        typer.Option(
            help="Decides the noise: the first samples of a seed are the same, however many are "
            "drawn."
        ),
    ] = 0,
    given: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="What every sample is asked to be, such as label=7; may be repeated. "
            "`gan-course list` shows what each model takes.",
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
    over the true density, points in the plane one by one.

    \b
    Examples:
      gan-course sample runs/a --n 2000 --seed 1 --out x.npz
      gan-course sample runs/a --n 64 --out x.png
      gan-course sample runs/cgan-1 --given label=7 --n 64 --out sevens.png
      gan-course sample runs/infogan-1 --given category=3 --given code=0:1.5 --out coded.png
      gan-course sample runs/a --checkpoint best --out best.png
    """
    from gan_course.data import load
    from gan_course.errors import expect_positive, expect_seed
    from gan_course.files import writable_folder
    from gan_course.training.launch import choose_accelerator
    from gan_course.training.progress import Meter, face_here
    from gan_course.training.run_folder import RunFolder
    from gan_course.training.samples import draw

    expect_positive("n", n)
    folder = RunFolder(run)
    recipe = folder.recipe()
    condition = _conditions(recipe.model, given or ())
    data = load(recipe.data, recipe.source)
    data.modality.expect_writable(out, n)
    expect_room(n, data.shape, out)
    network = folder.load(choose_accelerator(accelerator), checkpoint)
    writable_folder(out.parent)
    meter = Meter(face_here(), n, unit="sample")
    samples = draw(network, n, expect_seed(seed), meter.reach, condition)
    meter.face.clear()
    data.modality.write(out, samples, data)
    typer.echo(f"Wrote {n} samples of shape {tuple(samples.shape[1:])} to {out}")


def _conditions(name: str, given: Sequence[str]) -> dict[str, Any]:
    """What the model is asked for, from texts such as "label=7".

    `ValueError` for a text of another form, for a condition given twice or with a value that cannot
    be read, and for one that the model does not take: it says what this model takes, and which
    models take that condition.
    """
    from gan_course.catalogue import catalogue

    models = catalogue().models
    known = models[name].kind.conditions
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
            values[asked] = known[asked].read(value)
        except ValueError as error:
            raise ValueError(f"--given {asked}: {error}") from error
    return values
