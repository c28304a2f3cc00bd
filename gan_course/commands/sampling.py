"""`gan-course sample`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gan_course.commands.failures import command


@command
def sample(
    run: Annotated[Path, typer.Argument(help="Folder of a run that `gan-course train` wrote.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File to write, .npz or .png.")],
    n: Annotated[int, typer.Option(help="How many samples.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides the noise: the first samples of a seed are the same however many are drawn.")] = 0,
    checkpoint: Annotated[str | None, typer.Option(help="best, or the step of a checkpoint that was kept; by default the final weights.")] = None,
    accelerator: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
) -> None:
    """Draw samples from a trained model.

    An .npz holds `images`, uint8 of shape (N, H, W) or (N, H, W, C), or for data that are no images `samples`, float32
    of shape (N, ...). A .png shows images side by side, points on a line as a histogram over the true density, points in the plane one by one.

    \b
    Examples:
      gan-course sample runs/a --n 2000 --seed 1 --out x.npz
      gan-course sample runs/a --n 64 --out x.png
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
