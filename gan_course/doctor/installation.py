"""What `gan-course doctor` says of the installation. Each check is a function that yields findings;
a package that it cannot import becomes a finding too."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from gan_course.install import RESTORE
from gan_course.machine import processor

SMALL_MACHINE = 4  # cores up to which several threads cost more time than they save


@dataclass(frozen=True)
class Finding:
    """One line of the report: "ok", "advice" (usable as it is) or "missing" (something will not
    work), with the remedy where one is needed."""

    what: str
    state: Literal["ok", "advice", "missing"]
    detail: str
    remedy: str = ""


def examine(install: str, chapters: Path | None) -> Iterator[Finding]:
    """Every finding, in the order of the report: `install` says how packages are installed,
    `chapters` is where the lessons are, if they are anywhere."""
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "Python": python,
        "library": partial(packages, "library", "", install),
        "learner's extra": partial(packages, "learner's extra", "learn", install),
        "pictures": partial(packages, "pictures", "pictures", install),
        "device": device,
        "threads": threads,
        "lessons": partial(lessons, chapters),
        "data": shipped_data,
        "judge": judge,
        "cache": cache,
    }
    for name, check in checks.items():
        try:
            yield from check()
        except ImportError as error:
            # The packages' own check says which to install.
            said = f"could not be looked at: {error}"
            yield Finding(name, "missing", said, "install what is missing above")


def python() -> Iterator[Finding]:
    enough = sys.version_info >= (3, 11)
    yield Finding(
        "Python",
        "ok" if enough else "missing",
        platform.python_version(),
        "" if enough else "install Python 3.11 or newer",
    )


def packages(what: str, extra: str, remedy: str) -> Iterator[Finding]:
    """What the library needs, or what one of its extras adds."""
    # packaging comes with matplotlib.
    from packaging.requirements import Requirement

    try:
        declared = [Requirement(line) for line in requires("gan-course") or []]
    except PackageNotFoundError:
        yield Finding(what, "advice", "gan-course is not installed, only imported", remedy)
        return
    wanted = [
        r
        for r in declared
        if r.name != "gan-course"  # an extra that holds another, which has a line of its own
        and (
            (r.marker is None and not extra)
            or (r.marker is not None and extra and r.marker.evaluate({"extra": extra}))
        )
    ]
    found, lacking = [], []
    for requirement in wanted:
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            lacking.append(f"{requirement.name} is not installed")
            continue
        if requirement.specifier.contains(installed, prereleases=True):
            found.append(f"{requirement.name} {installed}")
        else:
            lacking.append(f"{requirement.name} is {installed}, expected {requirement.specifier}")
    if found:
        yield Finding(what, "ok", ", ".join(found))
    if lacking:
        yield Finding(what, "advice" if extra else "missing", "; ".join(lacking), remedy)


def device() -> Iterator[Finding]:
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        yield Finding(
            "device", "ok", f"cuda: {properties.name}, {properties.total_memory / 2**30:.0f} GiB"
        )
    elif torch.backends.mps.is_available():
        yield Finding("device", "ok", "mps: the GPU of this Mac")
    else:
        yield Finding("device", "ok", f"cpu: {processor()}; every lesson is made for it")


def threads() -> Iterator[Finding]:
    import torch

    count, cores = torch.get_num_threads(), os.cpu_count() or 1
    detail = f"{count} of PyTorch on {cores} {'core' if cores == 1 else 'cores'}"
    if count > 1 and cores <= SMALL_MACHINE:
        remedy = (
            "set OMP_NUM_THREADS=1 before starting Python (`gan-course lab` does): small "
            "networks run faster so, much faster on a busy machine"
        )
        yield Finding("threads", "advice", detail, remedy)
    else:
        yield Finding("threads", "ok", detail)


def lessons(folder: Path | None) -> Iterator[Finding]:
    from gan_course.catalogue import catalogue

    every = catalogue().lessons
    here = [
        lesson
        for lesson in every
        if folder is not None and (folder / f"{lesson.name}.py").is_file()
    ]
    if len(here) == len(every):
        yield Finding("lessons", "ok", f"all {len(every)} of the catalogue in {folder}")
    else:
        absent = ", ".join(lesson.id for lesson in every if lesson not in here)
        remedy = f"git clone https://github.com/{catalogue().repository}, and work in that folder"
        yield Finding(
            "lessons", "advice", f"{len(here)} of {len(every)} found; not {absent}", remedy
        )


def shipped_data() -> Iterator[Finding]:
    """The data sets that are files of the package."""
    from gan_course.catalogue import catalogue

    for entry in catalogue().data.values():
        if not entry.ships:
            continue
        try:
            data = entry.load()
        except (OSError, ValueError) as error:
            yield Finding(entry.name, "missing", str(error), RESTORE)
        else:
            found = f"{len(data.train)} to learn from, {len(data.held_out)} held out"
            yield Finding(entry.name, "ok", f"{found}, checksum right")


def judge() -> Iterator[Finding]:
    from safetensors import SafetensorError

    from gan_course.metrics import judge as load_judge

    try:
        network = load_judge()
    except (OSError, RuntimeError, SafetensorError) as error:
        yield Finding(
            "judge", "missing", f"its weights cannot be read: {str(error).splitlines()[0]}", RESTORE
        )
    else:
        yield Finding("judge", "ok", f"{sum(p.numel() for p in network.parameters()):,} weights")


def cache() -> Iterator[Finding]:
    from gan_course.files import user_cache

    folder = user_cache()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        yield Finding("cache", "ok", f"{folder} can be written")
    else:
        yield Finding(
            "cache",
            "advice",
            f"{there} cannot be written",
            "only data that are drawn once, or come from the network, need it: set XDG_CACHE_HOME, "
            "or pass load(..., cache=folder)",
        )
