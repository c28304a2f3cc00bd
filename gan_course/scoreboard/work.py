"""Who trains the cells: processes of this machine, or workers of a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

from gan_course.install import how_to_install
from gan_course.scoreboard.cells import Cell, finish

START = "start `dask scheduler`, and `dask worker ADDRESS --nthreads 1` on each machine"
Crew = tuple[Executor, Callable[[], int]]  # who works, and on how many cells at a time


@contextmanager
def side_by_side(jobs: int) -> Iterator[Crew]:
    """So many processes of this machine, a new one for each cell. Ctrl-C reaches them too: they
    stop after the step in hand, with a checkpoint."""
    # A process that is forked starts to count its memory anew, and Windows has no forks.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool:
        yield pool, lambda: jobs


@contextmanager
def cluster(address: str, root: Path) -> Iterator[Crew]:
    """The workers of the Dask cluster whose scheduler is at `address`; what a lost worker had in
    hand goes on with another, so all of them must see the folder `root`.

    Raises `ModuleNotFoundError` without Dask, `ConnectionError` where no scheduler or no worker
    answers, `FileNotFoundError` where a worker does not see the folder.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"a cluster needs Dask, which is missing: {how_to_install('cluster')}"
        ) from error
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"no Dask cluster answers at {address!r}: {START}") from error

    def workers() -> int:
        try:
            client.wait_for_workers(1, timeout=60)
        except OSError as error:
            raise ConnectionError(
                f"the cluster at {address!r} has no worker, and finished cells are kept: {START}"
            ) from error
        return len(client.nthreads())

    with client:
        workers()
        for worker, sees in client.run(root.is_dir).items():
            if not sees:
                raise FileNotFoundError(f"{worker} sees no {root}: give an --out that all share")
        yield client.get_executor(pure=False), workers


def play(
    cells: Sequence[Cell],
    crew: Crew,
    on_done: Callable[[Cell], None],
    on_look: Callable[[], None],
) -> None:
    """Finish all `cells`; `on_done` is told each that was finished here, `on_look` is called every
    second. What another scoreboard has in hand is taken up only where that one stops."""
    (pool, places), running, waiting = crew, dict[Future[bool], Cell](), list(cells)
    while waiting or running:
        waiting = [cell for cell in waiting if not cell.file.is_file()]
        free = [cell for cell in waiting if not cell.run.training]
        for cell in free[: max(0, places() - len(running))]:
            waiting.remove(cell)
            running[pool.submit(finish, cell)] = cell
        time.sleep(0 if running else 1)
        for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
            try:
                finished = future.result()
            except BrokenExecutor as error:
                raise ChildProcessError(
                    "a training was killed; most often, the machine ran out of memory. Finished "
                    "cells are kept, and the same command goes on, perhaps with --jobs 1"
                ) from error
            cell = running.pop(future)
            (on_done if finished else waiting.append)(cell)
        on_look()
