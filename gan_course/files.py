"""Files that are either whole or not there."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What `replacing` calls a file until it is whole.
LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.part")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder to write to; on success it takes the place of `path`
    in one move.

    Whatever interrupts the writing, a reader of `path` finds the old file or the new one, never a
    part.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            # Without this the move can reach the disk before the bytes do, and a power cut leaves
            # an empty file.
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a whole file in one move; text as UTF-8 with "\\n" at the end of lines."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def read_json(path: Path) -> Any:
    """What a JSON file holds; `ValueError` where it is damaged or nested too deeply to be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged or no JSON file") from error


def writable_folder(path: Path) -> Path:
    """`path` itself, made where it was missing; `PermissionError` says so, before any work is done,
    where it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable.{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"the folder {path} cannot be written ({error.strerror or error}): choose another with "
            "--out"
        ) from error
    return path


def user_cache() -> Path:
    """The folder of this user's cache where the course keeps what it has fetched or made."""
    from platformdirs import user_cache_path

    return user_cache_path("gan_course")
