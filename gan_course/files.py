"""Files that are either whole or not there."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# What `replacing` calls a file until it is whole.
LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.part")


@contextmanager
def replacing(path: Path, new: bool = False) -> Iterator[Path]:
    """Give a temporary path in the same folder to write to; on success it takes the place of `path`
    in one move.

    Whatever interrupts the writing, a reader of `path` finds the old file or the new one, never a
    part. With `new` there must be no old one: of several who write at once, all but one get
    `FileExistsError`. An `OSError`, such as that of a full disk, names `path`.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            # Without this the move can reach the disk before the bytes do, and a power cut leaves
            # an empty file.
            os.fsync(file.fileno())
        _move_to_new(temporary, path) if new else temporary.replace(path)
    except OSError as error:
        if error.errno is None:
            raise
        # A write that fails names no file, and a move names one that nobody has heard of.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _move_to_new(temporary: Path, path: Path) -> None:
    try:
        path.hardlink_to(temporary)  # unlike a move, it never takes another file's place
    except FileExistsError:
        raise
    except OSError:
        # Some file systems, that of most memory sticks say, know no links.
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.replace(path)


def write_atomically(path: Path, content: bytes | str, new: bool = False) -> None:
    """Write a whole file in one move, as `replacing` does; text as UTF-8 with "\n" at the end of
    lines."""
    with replacing(path, new) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def new_files(texts: Mapping[Path, str]) -> Iterator[None]:
    """Write new files, in folders that are made where they are missing. Where one cannot be
    written, or what follows in the block fails, they are taken away again, and the folders with
    them.

    Raises `FileExistsError` before anything is written where one is there already.
    """
    if found := [path for path in texts if path.exists()]:
        raise FileExistsError(f"{found[0]} is there already, and nothing is overwritten")
    made: list[Path] = []
    try:
        for path, text in texts.items():
            if not path.parent.exists():
                path.parent.mkdir()
                made.append(path.parent)
            write_atomically(path, text, new=True)
            made.append(path)
        yield
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):  # something else lies in the folder by now
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def read_json(path: Path) -> Any:
    """What a JSON file holds; `ValueError` where it is damaged or nested too deeply to be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged or no JSON file") from error


def writable_folder(path: Path, remedy: str = "choose another with --out") -> Path:
    """`path` itself, made where it was missing; `PermissionError` says so, before any work is done,
    where it cannot be written, and ends with `remedy`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable.{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"the folder {path} cannot be written ({error.strerror or error}): {remedy}"
        ) from error
    return path


def expect_folder(path: Path) -> None:
    """Raise the operating system's own `FileNotFoundError` where there is no folder at `path`."""
    if not path.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def user_cache() -> Path:
    """The folder of this user's cache where the course keeps what it has fetched or made."""
    from platformdirs import user_cache_path

    return user_cache_path("gan_course")
