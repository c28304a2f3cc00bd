"""Folders that are either whole or not there."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path` to fill; on success it takes the place of `path`.

    `FileExistsError` where there is a file or a folder with something in it, which is left alone.
    """
    path = path.absolute()
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise FileExistsError(
            f"{path} is not empty, and nothing in it is overwritten: name a folder that is new or "
            "empty"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    making.mkdir()
    try:
        yield making
        if path.is_dir():
            path.rmdir()  # raises where something has come into it meanwhile
        making.rename(path)
    finally:
        shutil.rmtree(making, ignore_errors=True)
