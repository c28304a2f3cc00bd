"""Whether there is room for what a command is about to make."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import typer

MUCH = 2**30  # bytes from which on it is said what drawing takes


def expect_room(n: int, shape: Sequence[int], out: Path) -> None:
    """Say what many samples take, before the first is drawn; `ValueError` where it is more than is
    free."""
    from gan_course.machine import free_memory
    from gan_course.training.samples import needed_memory, needed_space

    memory, space = needed_memory(n, shape), needed_space(n, shape)
    if memory < MUCH:
        return
    takes = (
        f"{n:,} samples of shape {tuple(shape)} take about {_size(memory)} of memory and a file of "
        f"up to {_size(space)}"
    )
    there = next(folder for folder in out.absolute().parents if folder.is_dir())
    free, disk = free_memory(), shutil.disk_usage(there).free
    if space > disk or (free is not None and memory > free):
        known = f"{_size(free)} of memory and " if free is not None else ""
        raise ValueError(
            f"{takes}, and {known}{_size(disk)} on the disk are free: lower --n, or draw several "
            "files, each with a --seed of its own"
        )
    typer.echo(takes)


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if count < 1024:
            return f"{count:.3g} {unit}"
        count /= 1024
    return f"{count:,.0f} PiB"
