"""Folders that are either whole or not there."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path` to fill; on success `path` is it, or holds what it
    held, where `path` is there already: somebody may stand in it.

    `FileExistsError` where there is a file or a folder with something in it, which is left alone.
    """
    path = path.absolute()
    _expect_free(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    making.mkdir()
    try:
        yield making
        _expect_free(path)  # something may have come into it meanwhile
        if path.is_dir():
            for made in making.iterdir():
                made.rename(path / made.name)
        else:
            making.rename(path)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _expect_free(path: Path) -> None:
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise FileExistsError(
            f"{path} is not empty, and nothing in it is overwritten: name a folder that is new or "
            "empty"
        )
