"""The loop. It knows `step`, batches and hooks, and nothing of what a model does with them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from gan_course import processes
from gan_course.data.source import Source, expect_source
from gan_course.errors import expect_positive, expect_seed
from gan_course.models.base import Model
from gan_course.models.config import expect_for_data
from gan_course.random_state import seed_everything
from gan_course.training.checkpoint import Checkpoint, resume
from gan_course.training.history import History
from gan_course.training.hooks import Hook, Run
from gan_course.training.interrupt import interruptible_between_steps

HEED_EVERY = 10  # steps after which several processes ask each other whether to stop

# Python, NumPy and PyTorch have one state of randomness for all threads of a process.
_RANDOM_STATE = threading.RLock()


def fit(
    model: Model[Any],
    data: Source,
    steps: int | None = None,
    hooks: Iterable[Hook] = (),
    seed: int = 0,
    checkpoint: Path | Checkpoint | None = None,
    autocast: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> History:
    """Train `model` on `data` for `steps` (default: its configuration's) and return what was
    recorded at each.

    `seed` decides the batches and the noise; the weights a model starts from were drawn when it was
    built. Given the `checkpoint` of an earlier run with the same seed, this one goes on from there
    and ends where that one would have ended, on a CPU bit for bit. Each step runs inside
    `autocast()`. Several processes that train together take equal parts of each batch.

    Without a checkpoint every call is a run of its own: its steps are counted from 1 and its
    batches are those of `seed`, but the weights, optimisers and schedules of a model that has been
    trained go on from where they are. A warning says so, because most often a cell was run twice.

    Hooks see the run after each step and, in reverse order, at its end, even where an exception
    ends it; a hook that failed to start does not see the end. Ctrl-C lets the step in progress and
    its hooks finish, then raises `KeyboardInterrupt`; a second Ctrl-C does not wait.

    Raises what `expect_can_learn` raises; `ValueError` where `steps` is below 1 or above those its
    schedules are laid over, or `seed` is not from 0 to 2^32 - 1; what `load_checkpoint` raises;
    `RuntimeError` where another thread of this process trains too; and
    `DivergenceError` where a loss or a gradient becomes NaN or infinite.
    """
    steps = expect_positive("steps", model.config.steps if steps is None else steps)
    if steps > model.config.steps:
        raise ValueError(
            f"this {type(model).__name__} was built for {model.config.steps} steps, which its "
            "schedules are laid over: build "
            f"it with steps={steps} in its configuration"
        )
    expect_can_learn(model, data)
    run = Run(model=model, data=data, total=steps, seed=expect_seed(seed), history=History())
    # A batch that the processes cannot share is refused before the first step.
    processes.share(model.samples_per_step)
    with _alone():
        if checkpoint is not None:
            resume(run, checkpoint)
        else:
            _begin(run)
        _train(run, list(hooks), autocast)
    return run.history


@contextmanager
def _alone() -> Iterator[None]:
    if not _RANDOM_STATE.acquire(blocking=False):
        raise RuntimeError(
            "another thread of this process is training, and the two would draw from the same "
            "random state: wait for it, or train in two processes"
        )
    try:
        yield
    finally:
        _RANDOM_STATE.release()


def _begin(run: Run) -> None:
    if any(optimizer.state for optimizer in run.model.optimizers().values()):
        warnings.warn(
            f"this {type(run.model).__name__} has been trained before, and learns on from there; "
            f"steps are counted from 1 again, with the batches of seed {run.seed}. To begin anew, "
            "build the model again; to go on with a run, give its checkpoint.",
            stacklevel=3,
        )
    # Each process draws noise of its own; they share what they learn from it.
    seed_everything((run.seed + processes.rank()) % 2**32)


def _train(
    run: Run, hooks: list[Hook], autocast: Callable[[], AbstractContextManager[Any]]
) -> None:
    model, together = run.model, processes.count() > 1
    device = model.device
    model.train()
    with ExitStack() as started, interruptible_between_steps() as stop:
        for hook in hooks:
            hook.start(run)
            started.callback(hook.end, run)
        for index in range(run.step, run.total):
            run.rates.append((index + 1, model.learning_rates()))
            size = model.samples_per_step  # a model that grows may change it
            batch = run.data.batch(index, size, run.seed)
            if together:
                batch = batch[processes.share(size)]
            batch = batch.to(device)
            with autocast():
                record = model.step(batch)
            run.history.append(record)
            run.step = index + 1
            run.expect_finite()
            if not together or run.step % HEED_EVERY == 0:
                run.stopping = processes.any_of(stop.asked, device)
            for hook in hooks:
                hook.after_step(run)
            if run.stopping and run.step < run.total:
                raise KeyboardInterrupt
        run.history.flush()
        run.expect_finite()


def expect_can_learn(model: Model[Any], data: Source) -> None:
    """Raise `ValueError` where the data are of a kind that is not the model's, or of another shape
    or number of classes than it was built for, or fewer than a step takes."""
    expect_learns(type(model), data)
    expect_for_data(model.config, data)
    takes, batch_size = model.samples_per_step, model.config.batch_size
    if not data.batches_per_epoch(takes):
        there, batches = data.batches_per_epoch(1), takes // batch_size
        raise ValueError(
            f"batch_size must be at most {there // batches} for these data, got {batch_size}: a "
            f"step takes {takes} samples, and there are {there}"
        )


def expect_learns(kind: type[Model[Any]], data: Source) -> None:
    """Raise `ValueError` where a model of this `kind` cannot learn samples such as `data` has,
    `TypeError` where `data` are none to draw batches from."""
    expect_source(data)
    if kind.modalities and data.modality not in kind.modalities:
        raise ValueError(
            f"a {kind.__name__} learns {' or '.join(known.name for known in kind.modalities)}, "
            f"the data are {data.modality.name}: choose other data, or another model"
        )
