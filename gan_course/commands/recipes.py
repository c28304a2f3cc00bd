"""The recipe of a run: a new one, from what the command line asks for, or an earlier run's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gan_course.training.run_folder import Recipe, RunFolder


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; None where it leaves the choice to the profile or, with
    --resume, to the earlier run."""

    model: str
    settings: tuple[str, ...]  # fields of the configuration, "name=value"
    data: str | None
    shape: str | None
    steps: int | None
    seed: int | None
    profile: str | None
    source: str | None
    accelerator: str | None
    devices: int | None
    precision: str | None
    sync_batch_norm: bool | None


def new_recipe(asked: Asked) -> Recipe:
    """The recipe of a new run; `ValueError` where what is asked for does not fit together."""
    from dataclasses import replace

    from gan_course.catalogue import catalogue
    from gan_course.commands.fields import read_fields, read_shape
    from gan_course.data import full_name, load, modality_of
    from gan_course.errors import expect_positive, expect_seed
    from gan_course.models.config import for_data, plain
    from gan_course.training.fit import expect_learns
    from gan_course.training.launch import choose_accelerator, process_count
    from gan_course.training.run_folder import Recipe

    entry = catalogue().model(asked.model)
    source, data = asked.source or "packaged", full_name(asked.data or entry.data)
    profile = entry.profile_for(asked.profile or "lesson", data, modality_of(data).name)
    # Data that are drawn come in several shapes: a model's own in that which its profile is for.
    own = entry.configuration(profile).shape if data == entry.data else None
    samples = load(data, source, shape=read_shape(asked.shape) or own)
    expect_learns(entry.kind, samples)
    usual = for_data(entry.configuration(profile), samples)
    steps = usual.steps if asked.steps is None else expect_positive("steps", asked.steps)
    config = replace(usual, steps=steps, **read_fields(usual, asked.settings))
    accelerator = choose_accelerator(asked.accelerator or "auto")
    if asked.sync_batch_norm and accelerator != "cuda":
        raise ValueError(
            f"--sync-batch-norm needs GPUs, and the accelerator is {accelerator}: leave it out; "
            "each process then normalises its own part"
        )
    return Recipe(
        model=asked.model,
        config=plain(config),
        data=data,
        source=source,
        seed=expect_seed(asked.seed or 0),
        profile=profile,
        accelerator=accelerator,
        devices=process_count(1 if asked.devices is None else asked.devices),
        precision=asked.precision or "32",
        sync_batch_norm=bool(asked.sync_batch_norm),
    )


def earlier_recipe(folder: RunFolder, asked: Asked) -> Recipe:
    """The recipe of the run in `folder`; `ValueError` where what is asked for now is not what the
    run was started with. Another device may be asked for: a machine may lack the one it had."""
    from dataclasses import fields

    from gan_course.catalogue import catalogue
    from gan_course.commands.fields import read_fields, read_shape
    from gan_course.data import full_name
    from gan_course.models.config import as_config
    from gan_course.training.launch import process_count

    recipe = folder.recipe()
    devices = None if asked.devices is None else process_count(asked.devices)
    pairs: dict[str, tuple[Any, Any]] = {
        name: (getattr(recipe, name), value)
        for name, value in vars(asked).items()
        if name in {field.name for field in fields(recipe)} - {"accelerator"}
    }
    pairs |= {"steps": (recipe.config["steps"], asked.steps), "devices": (recipe.devices, devices)}
    pairs["shape"] = (tuple(recipe.config["shape"]), read_shape(asked.shape))
    pairs["data"] = (recipe.data, None if asked.data is None else full_name(asked.data))
    if asked.profile == recipe.profile.partition("/")[0]:
        del pairs["profile"]  # "lesson" is "lesson/images" where the data are images
    config = as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
    set_anew = read_fields(config, asked.settings)
    pairs |= {name: (getattr(config, name), value) for name, value in set_anew.items()}
    for name, (there, here) in pairs.items():
        if here is not None and here != there:
            option = (
                "the model"
                if name == "model"
                else f"--set {name}"
                if name in set_anew
                else f"--{name.replace('_', '-')}"
            )
            raise ValueError(
                f"the run in {folder.path} was started with {name} = {there}, and {option} asks "
                f"for {here}: leave that, or choose another --out"
            )
    return recipe


def accelerator_here(folder: RunFolder, recipe: Recipe, asked: str | None) -> str:
    """The kind of device on which the run in `folder` goes on: that of its `recipe`, unless another
    is `asked` for.

    `ValueError` where this machine lacks it, or has another number of threads.
    """
    from gan_course.training.launch import choose_accelerator, has
    from gan_course.training.run_folder import threads

    if threads() != recipe.threads:
        raise ValueError(
            f"the run in {folder.path} was started with {recipe.threads} threads, here are "
            f"{threads()}: set OMP_NUM_THREADS={recipe.threads}"
        )
    if has(recipe.accelerator) and asked in (None, "auto"):
        return recipe.accelerator
    if asked is None:
        raise ValueError(
            f"the run in {folder.path} was started on {recipe.accelerator}, which this machine or "
            "this PyTorch has not: go on with it where there is one or, though not to the same "
            "bits, on what there is here, with --accelerator auto"
        )
    kind = choose_accelerator(asked)
    if recipe.sync_batch_norm and kind != "cuda":
        raise ValueError(
            f"the run in {folder.path} was started with --sync-batch-norm, which needs GPUs, and "
            f"the accelerator is {kind}: go on with it where there are GPUs"
        )
    return kind
