"""What a run leaves at its end: its weights, and a picture of what it has learned."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gan_course.models import Model
    from gan_course.training.run_folder import Recipe, RunFolder


def write_results(folder: RunFolder, recipe: Recipe, network: Model[Any], steps: int) -> None:
    """Write the weights, and then the picture: whatever goes wrong with it, they are there."""
    folder.write_weights(network, recipe.model)
    picture = write_picture(folder, recipe, network)
    if picture is None:
        typer.echo(f"Wrote {folder.weights} and {folder.history} ({steps} steps)")
        return
    typer.echo(f"Wrote {folder.weights}, {folder.history} ({steps} steps) and {picture}")
    run = shlex.quote(folder.path.as_posix())
    if network.directions:
        typer.echo(f"Next: gan-course translate {run} PICTURES --out translated")
    else:
        typer.echo(f"Next: gan-course sample {run} --n 100 --seed 1 --out samples{picture.suffix}")


def write_picture(folder: RunFolder, recipe: Recipe, network: Model[Any]) -> Path | None:
    """Draw samples of the finished model for people to look at; where that fails, say why and
    return None."""
    from gan_course.training.samples import draw

    try:
        data = recipe.dataset()
        path = folder.samples(data.modality.picture)
        kind, n = data.modality, data.modality.distinct(data, data.modality.shown)
        kind.write(path, draw(network, n, recipe.seed, condition=kind.asked(data, n)), data)
    except Exception as error:  # whatever a library that draws may raise
        said = str(error).partition("\n")[0] or type(error).__name__
        typer.echo(
            f"gan-course: the samples could not be drawn ({said}); the weights are whole, so try "
            f"again with: {folder.again(recipe.model)}",
            err=True,
        )
        return None
    return path
