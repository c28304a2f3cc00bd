"""Pictures that take seconds to draw are drawn once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gan_course.files import replacing, user_cache
from gan_course.install import how_to_install
from gan_course.locks import held

Arrays = Mapping[str, NDArray[Any]]
T = TypeVar("T")


def drawn_once(
    name: str,
    packages: Sequence[str],
    code: Sequence[str],
    draw: Callable[[], Arrays],
    cache: Path | None = None,
) -> Arrays:
    """What `draw` gives, from the file in `cache` (default: the user's cache folder) in which it
    was kept, or drawn and kept there.

    `packages` are those that the pictures come from and `code` are the files of the program that
    draws them: where a version or the program is another, so is the file's name. A file that is
    damaged is drawn again, one of another version is not read, and what cannot be kept is drawn
    every time; a warning says so. Of several processes one draws, and the others wait. Raises
    `ModuleNotFoundError` where a package is missing.
    """
    folder = cache or user_cache()
    program = b"".join(Path(file).read_bytes() for file in code)
    digest = hashlib.sha256(program).hexdigest()[:8]
    path = folder / f"{name}-{'-'.join(map(_version, packages))}-{digest}.npz"

    def kept_or_drawn() -> Arrays:
        kept = _read(path)  # another process may have drawn it by now
        return _draw(name, draw, path) if kept is None else kept

    kept = _read(path)
    if kept is not None:
        return kept
    lock = folder / "drawing.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        warnings.warn(
            f"{folder} cannot be written ({error.strerror}), so {name} is drawn each time: set "
            "XDG_CACHE_HOME, or pass load(..., cache=folder)",
            stacklevel=4,
        )
        return draw()
    while True:
        with held(lock) as mine:
            if mine:
                return kept_or_drawn()


def _draw(name: str, draw: Callable[[], Arrays], path: Path) -> Arrays:
    """What `draw` gives, kept at `path`."""
    if path.exists():
        warnings.warn(f"{path} is damaged: it is drawn again", stacklevel=6)
    elif any(path.parent.glob(f"{name}-*.npz")):
        warnings.warn(
            f"what {path.parent} holds of {name} is of another version: it is drawn anew",
            stacklevel=6,
        )
    arrays = draw()
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    return arrays


def _version(package: str) -> str:
    try:
        return f"{package}-{version(package)}"
    except PackageNotFoundError:
        raise ModuleNotFoundError(
            f"these pictures come from {package}, which is not installed: "
            f"{how_to_install('pictures')}"
        ) from None


def _read(path: Path) -> Arrays | None:
    """What was kept at `path`; None where there is nothing, or where it is damaged."""
    try:
        with path.open("rb") as file, np.load(file) as archive:  # which checks its checksums
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def tracked(items: Sequence[T]) -> Iterator[T]:
    """Each of `items`, while a bar shows how far the work on them is."""
    # Only who draws needs it; it imports much of the library.
    from gan_course.training.progress import Meter, face_here

    meter, began = Meter(face_here(), len(items), unit="picture"), time.process_time()
    for done, item in enumerate(items):
        meter.reach(done)
        yield item
    took = time.process_time() - began
    meter.face.finish(f"{len(items):,} pictures drawn in {took:.0f} s of CPU time")
