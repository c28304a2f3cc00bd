"""`gan-course sample`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import command

if TYPE_CHECKING:
    from gan_course.models import Model


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
            help="Decides the noise: the first samples of a seed are the same however many are "
            "drawn."
        ),
    ] = 0,
    label: Annotated[
        int | None,
        typer.Option(help="For cgan: the class of every sample; by default each class in turn."),
    ] = None,
    category: Annotated[
        int | None,
        typer.Option(help="For infogan: the categorical code of every sample; by default drawn."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=VALUE",
            help="For infogan: a continuous code, such as 0=1.5; may be repeated. Those left out "
            "are drawn.",
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

    An .npz holds `images`, uint8 of shape (N, H, W) or (N, H, W, C), or for data that are no images
    `samples`, float32 of shape (N, ...). A .png shows images side by side, points on a line as a
    histogram over the true density, points in the plane one by one.

    \b
    Examples:
      gan-course sample runs/a --n 2000 --seed 1 --out x.npz
      gan-course sample runs/a --n 64 --out x.png
      gan-course sample runs/cgan-1 --label 7 --n 64 --out sevens.png
      gan-course sample runs/infogan-1 --category 3 --code 0=1.5 --out coded.png
      gan-course sample runs/a --checkpoint best --out best.png
    """
    from gan_course.data import load
    from gan_course.errors import expect_positive, expect_seed
    from gan_course.files import writable_folder
    from gan_course.training.launch import choose_accelerator
    from gan_course.training.progress import Meter, face_here
    from gan_course.training.run_folder import RunFolder
    from gan_course.training.samples import draw, expect_fits_picture, write_npz, write_picture

    expect_positive("n", n)
    if out.suffix not in (".npz", ".png"):
        raise ValueError(f"samples are written as .npz or .png, got --out {out}")
    folder = RunFolder(run)
    recipe = folder.recipe()
    network = folder.load(choose_accelerator(accelerator), checkpoint)
    asked = {"label": label, "category": category, "code": _codes(code) if code else None}
    condition = {name: value for name, value in asked.items() if value is not None}
    _expect_takes(recipe.model, network, condition)
    if out.suffix == ".png":
        expect_fits_picture(n, network.config.shape)
    writable_folder(out.parent)
    meter = Meter(face_here(), n, unit="sample")
    samples = draw(network, n, expect_seed(seed), meter.reach, condition)
    meter.face.clear()
    if out.suffix == ".npz":
        write_npz(out, samples)
    else:
        write_picture(out, samples, load(recipe.data))
    typer.echo(f"Wrote {n} samples of shape {tuple(samples.shape[1:])} to {out}")


def _codes(settings: Sequence[str]) -> dict[int, float]:
    """Values by the codes' numbers from texts such as "0=1.5"; `ValueError` for a text that is not
    of this form, or a code given twice."""
    values: dict[int, float] = {}
    for setting in settings:
        number, _, value = setting.partition("=")
        try:
            position, parsed = int(number), float(value)
        except ValueError:
            raise ValueError(
                f"--code takes the number of a code and its value, such as 0=1.5, got {setting!r}"
            ) from None
        if position in values:
            raise ValueError(f"--code gives code {position} twice: leave one of them out")
        values[position] = parsed
    return values


def _expect_takes(name: str, network: Model[Any], condition: Mapping[str, Any]) -> None:
    """Raise `ValueError` where the model cannot be asked for one of `condition`; it says what the
    model takes, and which models take that."""
    from gan_course.catalogue import catalogue

    for asked in condition:
        if asked not in network.conditions():
            takes = ", ".join(f"--{option}" for option in network.conditions()) or "no condition"
            others = ", ".join(
                entry.name
                for entry in catalogue().models.values()
                if asked in entry.kind.conditions()
            )
            raise ValueError(
                f"{name} takes {takes}, so it cannot be asked for --{asked}; --{asked} is for "
                f"{others}"
            )
