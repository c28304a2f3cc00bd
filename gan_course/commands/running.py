"""One session of a run: from where it stands to its end."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from gan_course.commands.failures import FAILED, INTERRUPTED, fail
from gan_course.commands.results import write_results

if TYPE_CHECKING:
    from gan_course.data import Source
    from gan_course.training.checkpoint import Checkpoint, Checkpoints
    from gan_course.training.launch import Place
    from gan_course.training.run_folder import Recipe, RunFolder


def run(
    folder: RunFolder,
    recipe: Recipe,
    dataset: Source,
    saving: Checkpoints,
    place: Place,
    resume: bool,
) -> None:
    """From here on every process does the same; the first alone speaks, and writes."""
    from gan_course import processes
    from gan_course.training import fit
    from gan_course.training.checkpoint import newest_whole
    from gan_course.training.frames import Frames
    from gan_course.training.hooks import DivergenceError, Hook
    from gan_course.training.launch import leave_together
    from gan_course.training.progress import Progress
    from gan_course.training.run_folder import Ledger
    from gan_course.training.sessions import Sessions, TensorBoard, has_tensorboard

    network = recipe.build(place.device)
    checkpoint, skipped = newest_whole(folder.checkpoints)
    hooks: list[Hook] = [Ledger(folder.history), saving, Sessions(folder.sessions)]
    shown = dataset.modality.in_a_frame(tuple(dataset.shape))
    n = dataset.modality.distinct(dataset, shown)
    hooks.append(Frames(folder.frames, network.config.steps, n))
    if has_tensorboard():
        hooks.append(TensorBoard(folder.tensorboard))
    if processes.rank() == 0:
        _announce(folder, recipe, place, checkpoint, skipped, resume)
        hooks.append(Progress())
    again = folder.again(recipe.model)
    try:
        history = fit(
            network,
            dataset,
            hooks=hooks,
            seed=recipe.seed,
            checkpoint=checkpoint,
            autocast=place.autocast,
        )
        if processes.rank() == 0:
            write_results(folder, recipe, network, len(history))
    except KeyboardInterrupt:
        fail(f"stopped; {_kept(folder)}; go on with: {again}", INTERRUPTED)
    except DivergenceError as error:
        doctor = f"gan-course doctor {shlex.quote(folder.path.as_posix())}"
        fail(f"{error}; for what it may be, see: {doctor}", FAILED)
    except OSError as error:
        if not folder.config.is_file():
            fail(
                f"the run in {folder.path} was removed while it was in training, so nothing more "
                "can be kept: start it anew"
            )
        fail(
            f"{error.filename2 or error.filename or folder.path}: {error.strerror or error}; "
            f"{_kept(folder)}; then go on with: {again}"
        )
    leave_together()


def _announce(
    folder: RunFolder,
    recipe: Recipe,
    place: Place,
    checkpoint: Checkpoint | None,
    skipped: list[str],
    resume: bool,
) -> None:
    from gan_course.machine import versions

    for sentence in skipped:
        typer.echo(f"gan-course: skipped: {sentence}", err=True)
    together = f" in {recipe.devices} processes" if recipe.devices > 1 else ""
    kind = f"{place.device.type}{together}{', bf16' if recipe.precision == 'bf16' else ''}"
    typer.echo(
        f"Training {recipe.model} on {recipe.data} for {recipe.config['steps']} steps with seed "
        f"{recipe.seed} on {kind}; the run is in {folder.path}"
    )
    if checkpoint is not None:
        typer.echo(f"Going on from {checkpoint.path}")
    elif resume:
        typer.echo(f"There is no checkpoint in {folder.path} yet: starting at step 0")
    if place.device.type != recipe.accelerator:
        typer.echo(
            f"gan-course: the run was started on {recipe.accelerator}, this is "
            f"{place.device.type}: it goes on, but not to the same bits",
            err=True,
        )
    for name, here in versions().items():
        if (there := recipe.versions.get(name)) != here:
            typer.echo(
                f"gan-course: the run was started with {name} {there}, this is {here}: it goes on, "
                "perhaps not to the same bits",
                err=True,
            )


def _kept(folder: RunFolder) -> str:
    from gan_course.training.checkpoint import checkpoints

    kept = checkpoints(folder.checkpoints)
    return f"the newest checkpoint is {kept[-1]}" if kept else "there is no checkpoint yet"
