"""`gan-course train`."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.commands.failures import command
from gan_course.commands.keeping import first_free, taken, together
from gan_course.commands.recipes import Asked, accelerator_here, earlier_recipe, new_recipe
from gan_course.commands.results import write_picture
from gan_course.commands.running import run

if TYPE_CHECKING:
    from gan_course.training.run_folder import Recipe, RunFolder


@command
def train(
    model: Annotated[
        str,
        typer.Argument(help="A model's name; `gan-course list` shows them.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the run; by default the first free of runs/MODEL-1, runs/MODEL-2 ..."
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="Data set, or pictures of your own, folder:PATH, pairs:PATH, swapped_pairs:PATH "
            "or unpaired:PATH_A,PATH_B; by default the model's own data."
        ),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(
            metavar="CxHxW",
            help="Of your own pictures: 3x64x64 for colour, 1x64x64 for grey; by default 3x32x32.",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            help="Length of the run, which the schedules are laid over; by default the profile's."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Decides weights, batches and noise; by default 0.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="lesson (the default: a minute or two on one core) or full (a GPU, or a night), "
            "each as it is for these data."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="packaged (the default, no network needed) or full (the large original, fetched "
            "once)."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A field of the configuration, such as lr_g=0.004; may be repeated.",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with the run in --out; options left out are those it was started with.",
        ),
    ] = False,
    checkpoint_every: Annotated[
        int | None, typer.Option(help="Steps between two checkpoints; by default an epoch.")
    ] = None,
    keep: Annotated[int, typer.Option(help="How many of the newest checkpoints are kept.")] = 3,
    best_by: Annotated[
        str | None,
        typer.Option(
            help="Keep the best checkpoint too, by a score that fits the data: frechet for digits, "
            "wasserstein for points, l1 for pairs of images."
        ),
    ] = None,
    accelerator: Annotated[
        str | None, typer.Option(help="auto (the default), cpu, cuda or mps.")
    ] = None,
    devices: Annotated[
        int | None,
        typer.Option(
            help="Processes that share each batch, each on a device of its own; by default 1."
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="32 (the default) or bf16, which saves memory and time on a recent GPU."),
    ] = None,
    sync_batch_norm: Annotated[
        bool | None,
        typer.Option(
            "--sync-batch-norm",
            help="Several GPUs normalise the whole batch, not each its own part.",
        ),
    ] = None,
) -> None:
    """Train a model and write a run folder: config.json, history.csv, checkpoints/,
    final.safetensors, samples.png and frames.npz.

    The same command on the same machine gives the same weights, also where the run was killed on
    its way and resumed: bit for bit on a CPU; on a GPU some operations add in no fixed order.

    \b
    Examples:
      gan-course train dcgan --steps 500 --seed 3 --out runs/a
      gan-course train dcgan --out runs/a --resume
      gan-course train cgan --set conditioning=concat
      gan-course train dcgan --data folder:photos --shape 3x64x64
      gan-course train pix2pix --data pairs:drawings --best-by l1
      gan-course train gan --data mixture --set lr_g=0.004 --best-by wasserstein
      gan-course train dcgan --profile full --source full --accelerator cuda --devices 4
    """
    from gan_course.training.checkpoint import Checkpoints
    from gan_course.training.fit import expect_can_learn
    from gan_course.training.launch import expect_possible, expect_room, launch
    from gan_course.training.run_folder import RunFolder
    from gan_course.training.scores import score

    asked = Asked(
        model,
        tuple(settings or ()),
        data,
        shape,
        steps,
        seed,
        profile,
        source,
        accelerator,
        devices,
        precision,
        sync_batch_norm,
    )
    if resume and out is None:
        raise ValueError(
            "--resume goes on with the run in --out: name its folder; `gan-course runs` lists "
            "those in runs/"
        )
    folder = RunFolder(out or first_free(model))
    begun = resume and folder.config.is_file()
    if not begun:
        folder.expect_new()
    recipe = earlier_recipe(folder, asked) if begun else new_recipe(asked)
    if _is_complete(folder, recipe):
        return
    kind = accelerator_here(folder, recipe, accelerator) if begun else recipe.accelerator
    dataset = recipe.dataset()
    # All that can be known before the first step, before anything is written.
    empty = recipe.build("meta")
    expect_can_learn(empty, dataset)
    expect_room(empty, kind)
    saving = partial(
        Checkpoints,
        every=checkpoint_every,
        keep=keep,
        measure=None if best_by is None else score(best_by, dataset),
    )
    saving(folder.checkpoints)  # refuses what it cannot do before anything is written
    expect_possible(kind, recipe.devices, recipe.precision, recipe.config["batch_size"])
    with ExitStack() as holding:
        place = launch(kind, recipe.devices, recipe.precision)
        folder = together(lambda: taken(folder, out is not None, recipe, begun, holding))
        run(folder, recipe, dataset, saving(folder.checkpoints), place, resume)


def _is_complete(folder: RunFolder, recipe: Recipe) -> bool:
    """Whether the run has reached its end; damaged weights are named, and written anew by going
    on."""
    if not folder.finished:
        return False
    from gan_course.training.weights import expect_whole

    try:
        expect_whole(folder.weights)
    except ValueError as error:
        typer.echo(f"gan-course: {error}: it is written anew", err=True)
        return False
    if not any(folder.path.glob("samples.*")) and not folder.training:
        write_picture(folder, recipe, folder.load())
    typer.echo(f"{folder.path} is finished: there is nothing to go on with")
    return True
