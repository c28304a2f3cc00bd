"""`gan-course train`."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import FAILED, INTERRUPTED, command, fail
from gan_course.commands.recipes import Asked, earlier_recipe, new_recipe

if TYPE_CHECKING:
    from gan_course.data import Source
    from gan_course.models import Model
    from gan_course.training.checkpoint import Checkpoint, Checkpoints
    from gan_course.training.launch import Place
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
    data: Annotated[str | None, typer.Option(help="Data set; by default the model's own.")] = None,
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
            help="lesson (a minute or two on one core), full (a GPU, or a night) or another of the "
            "model's; by default the lesson's for these data."
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
            "wasserstein for points."
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
    final.safetensors, samples.png.

    The same command on the same machine gives the same weights, also where the run was killed on
    its way and resumed: bit for bit on a CPU; on a GPU some operations add in no fixed order.

    \b
    Examples:
      gan-course train dcgan --steps 500 --seed 3 --out runs/a
      gan-course train dcgan --out runs/a --resume
      gan-course train cgan --set conditioning=concat
      gan-course train gan --data mixture --set lr_g=0.004 --best-by wasserstein
      gan-course train dcgan --profile full --source full --accelerator cuda --devices 4
    """
    from gan_course.data import load
    from gan_course.training.checkpoint import Checkpoints
    from gan_course.training.fit import expect_can_learn
    from gan_course.training.launch import expect_possible
    from gan_course.training.run_folder import RunFolder
    from gan_course.training.scores import score

    asked = Asked(
        model,
        tuple(settings or ()),
        data,
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
    folder = RunFolder(out or _free_folder(Path("runs"), model))
    begun = resume and folder.config.is_file()
    if not begun:
        folder.expect_new()
    recipe = earlier_recipe(folder, asked) if begun else new_recipe(asked)
    if folder.finished:
        typer.echo(f"{folder.path} is finished: there is nothing to go on with")
        return
    dataset = load(recipe.data, recipe.source)
    # All that can be known before the first step, before anything is written.
    expect_can_learn(recipe.build("meta"), dataset)
    saving = Checkpoints(
        folder.checkpoints,
        checkpoint_every,
        keep,
        None if best_by is None else score(best_by, dataset),
    )
    expect_possible(
        recipe.accelerator, recipe.devices, recipe.precision, recipe.config["batch_size"]
    )
    _run(folder, recipe, dataset, saving, begun, resume)


def _run(
    folder: RunFolder,
    recipe: Recipe,
    dataset: Source,
    saving: Checkpoints,
    begun: bool,
    resume: bool,
) -> None:
    """From here on every process does the same; the first alone speaks, and writes."""
    from gan_course import processes
    from gan_course.training import fit
    from gan_course.training.checkpoint import newest_whole
    from gan_course.training.hooks import DivergenceError, Hook
    from gan_course.training.launch import launch, leave_together
    from gan_course.training.progress import Progress
    from gan_course.training.run_folder import Ledger
    from gan_course.training.sessions import Sessions, TensorBoard, has_tensorboard

    place = launch(recipe.accelerator, recipe.devices, recipe.precision)
    network = recipe.build(place.device)
    checkpoint, skipped = newest_whole(folder.checkpoints) if begun else (None, [])
    _together(lambda: _prepare(folder, recipe, begun))
    hooks: list[Hook] = [Ledger(folder.history), saving, Sessions(folder.sessions)]
    if has_tensorboard():
        hooks.append(TensorBoard(folder.tensorboard))
    if processes.rank() == 0:
        _announce(folder, recipe, place, checkpoint, skipped, resume)
        hooks.append(Progress())
    place_of_run = shlex.quote(folder.path.as_posix())
    again = f"gan-course train {recipe.model} --out {place_of_run} --resume"
    try:
        history = fit(
            network,
            dataset,
            hooks=hooks,
            seed=recipe.seed,
            checkpoint=checkpoint,
            autocast=place.autocast,
        )
    except KeyboardInterrupt:
        fail(f"stopped; {_kept(folder)}; go on with: {again}", INTERRUPTED)
    except DivergenceError as error:
        fail(f"{error}; for what it may be, see: gan-course doctor {place_of_run}", FAILED)
    except OSError as error:
        fail(
            f"{error.filename2 or error.filename or folder.path}: {error.strerror or error}; "
            f"{_kept(folder)}; then go on with: {again}"
        )
    if processes.rank() == 0:
        _write_results(folder, recipe, network, dataset, len(history))
    leave_together()


def _together(prepare: Callable[[], None]) -> None:
    """Let the first process prepare; what it fails with, all fail with."""
    from gan_course import processes

    problem: OSError | None = None
    if processes.rank() == 0:
        try:
            prepare()
        except OSError as error:
            problem = error
    problem = processes.from_first(problem)
    if problem is not None:
        raise problem


def _prepare(folder: RunFolder, recipe: Recipe, begun: bool) -> None:
    if not begun:
        folder.create(recipe)
    folder.clear_leftovers()


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


def _write_results(
    folder: RunFolder, recipe: Recipe, network: Model[Any], dataset: Source, steps: int
) -> None:
    from gan_course.training.samples import draw

    kind = dataset.modality
    samples = folder.samples(kind.picture)
    kind.write(samples, draw(network, kind.shown, recipe.seed), dataset)
    folder.write_weights(network, recipe.model)
    typer.echo(f"Wrote {folder.weights}, {folder.history} ({steps} steps) and {samples}")
    typer.echo(
        f"Next: gan-course sample {shlex.quote(folder.path.as_posix())} --n 100 --seed 1 --out "
        f"samples{kind.picture}"
    )


def _free_folder(parent: Path, model: str) -> Path:
    number = 1
    while (parent / f"{model}-{number}").exists():
        number += 1
    return parent / f"{model}-{number}"
