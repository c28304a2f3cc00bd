"""The loop. It knows `step`, batches and hooks, and nothing of what a model does with them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from gan_course.data.batches import Source
from gan_course.errors import expect_positive, expect_seed
from gan_course.models.base import Model
from gan_course.random_state import seed_everything
from gan_course.training.history import History
from gan_course.training.hooks import Hook, Run


def fit(model: Model[Any], data: Source, steps: int | None = None, hooks: Iterable[Hook] = (), seed: int = 0) -> History:
    """Train `model` on `data` for `steps` (default: its configuration's) and return what was recorded at each.

    `seed` decides the batches and the noise; the weights a model starts from were drawn when it was built.
    Hooks see the run after each step and, in reverse order, at its end, also when it ends by an exception; one that failed to start sees no end.
    Raises `ValueError` where the data's shape is not the model's, or `steps` is below 1 or above those its schedules are laid over,
    or `seed` is not from 0 to 2^32 - 1.
    """
    steps = expect_positive("steps", model.config.steps if steps is None else steps)
    if steps > model.config.steps:
        raise ValueError(
            f"this {type(model).__name__} was built for {model.config.steps} steps, which its schedules are laid over: "
            f"build it with steps={steps} in its configuration"
        )
    if tuple(data.shape) != tuple(model.config.shape):
        raise ValueError(f"{type(model).__name__} was built for samples of shape {tuple(model.config.shape)}, the data has {tuple(data.shape)}")
    expect_seed(seed)
    run = Run(model=model, data=data, total=steps, seed=seed, history=History())
    hooks = list(hooks)
    device, size = model.device, model.config.batch_size
    seed_everything(seed)
    model.train()
    with ExitStack() as started:
        for hook in hooks:
            hook.start(run)
            started.callback(hook.end, run)
        for index in range(steps):
            record = model.step(data.batch(index, size, seed).to(device))
            run.history.append(record)
            run.step = index + 1
            for hook in hooks:
                hook.after_step(run)
    return run.history
