"""Where a run takes place: device, number format, and processes. Lightning Fabric launches, places
and autocasts; the step knows nothing of it."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from gan_course import processes
from gan_course.errors import expect_positive, unknown_name
from gan_course.machine import memory
from gan_course.models.base import Model

DEVICES = ("cpu", "cuda", "mps")
ACCELERATORS = ("auto", *DEVICES)
PRECISIONS = ("32", "bf16")


@dataclass(frozen=True)
class Place:
    """Where this process trains. A step runs inside `autocast()`."""

    device: torch.device
    autocast: Callable[[], AbstractContextManager[Any]] = nullcontext


def has(accelerator: str) -> bool:
    """Whether this machine has a device of that kind, and this PyTorch can use it."""
    return {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }[accelerator]


def choose_accelerator(name: str) -> str:
    """The kind of device that `name` stands for on this machine; `ValueError` where it has none of
    that kind."""
    if name not in ACCELERATORS:
        raise unknown_name("accelerator", name, ACCELERATORS)
    if name == "auto":
        return next(kind for kind in ("cuda", "mps", "cpu") if has(kind))
    if not has(name):
        raise ValueError(
            f"this machine or this PyTorch has no {name} device: use --accelerator cpu, or auto"
        )
    return name


def process_count(devices: int) -> int:
    """How many processes a run has that is started with `--devices devices`, here or by
    torchrun."""
    return int(os.environ["WORLD_SIZE"]) if torchrun() else expect_positive("devices", devices)


def expect_possible(accelerator: str, count: int, precision: str, batch_size: int) -> None:
    """Raise `ValueError` where a number format is unknown, devices are lacking for `count`
    processes, or these cannot share a batch evenly."""
    if precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    here = int(os.environ["LOCAL_WORLD_SIZE"]) if torchrun() else count
    there = {"cpu": here, "mps": 1}.get(accelerator, torch.cuda.device_count())
    if here > there:
        raise ValueError(
            f"this machine has {there} {accelerator} {'device' if there == 1 else 'devices'}, and "
            f"{here} are asked for: lower --devices"
        )
    if batch_size % count:
        raise ValueError(
            f"a batch of {batch_size} cannot be shared evenly by {count} processes: choose a "
            f"number that divides {batch_size}"
        )


def expect_room(model: Model[Any], kind: str) -> None:
    """Raise `ValueError` where the weights of `model`, built on "meta" where nothing is filled,
    and one batch are more than a device of that kind holds."""
    weights = sum(tensor.numel() for tensor in model.weights().values())
    samples = model.samples_per_step * math.prod(model.config.shape)
    needed, there = 4 * (weights + samples), memory(kind)
    if there is not None and needed > there:
        raise ValueError(
            f"{weights:,} weights and batches of {model.samples_per_step:,} samples need "
            f"{needed / 2**30:,.0f} GiB of memory at the least, and this machine's {kind} has "
            f"{there / 2**30:,.0f} GiB: make the networks or the batch smaller"
        )


def torchrun() -> bool:
    """Whether torchrun has started this process, and others with it."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def launch(accelerator: str, devices: int = 1, precision: str = "32") -> Place:
    """Start the other processes, if there are to be any, and say where this one trains.

    Each of the others runs the whole command up to here; from here on all run side by side. Raises
    `ModuleNotFoundError` where Lightning Fabric is needed and not installed.
    """
    make_deterministic(accelerator)
    if devices == 1 and precision == "32" and not torchrun():
        return Place(torch.device(accelerator))
    from lightning_fabric import Fabric

    # What it says is said by the command itself.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    machines = 1
    if torchrun():
        devices, machines = int(os.environ["LOCAL_WORLD_SIZE"]), int(os.environ["GROUP_WORLD_SIZE"])
    together = devices * machines > 1
    fabric = Fabric(
        accelerator=accelerator,
        devices=devices,
        num_nodes=machines,
        strategy="ddp" if together else "auto",
        precision="bf16-mixed" if precision == "bf16" else "32-true",
    )
    fabric.launch()
    return Place(fabric.device, fabric.autocast)


def make_deterministic(accelerator: str) -> None:
    """Ask for algorithms that give the same bits every time; on a CPU with a fixed number of
    threads, those of the course do anyway."""
    if accelerator == "cuda":
        # cuBLAS reads this when it is first used.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True, warn_only=True)


def leave_together() -> None:
    """Wait for the other processes, if there are any, and part from them."""
    if processes.count() > 1:
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
