"""Handwritten digits: 10,000 that ship with the course, or all of MNIST where there is a
network."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from gan_course.data.dataset import Dataset, Split
from gan_course.files import user_cache

FILE = Path(__file__).with_name("mnist_10k.npz")
SHA256 = "f1a23f2fb1a1c97bb00a811807ddd50a888dbcdcdead94147993273c22ee3f37"
TRAIN_ROWS = 8000  # the file is already shuffled
CREDIT = "MNIST, by Yann LeCun, Corinna Cortes and Christopher J.C. Burges; CC BY-SA 3.0"
RAW = Path("MNIST", "raw")  # where torchvision puts the files, below the folder it is given
RAW_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def digits(source: str = "packaged", cache: Path | None = None) -> Dataset:
    """The digits that ship with the course, or where `source` is "full" all of MNIST, kept in
    `cache` (default: the user's cache folder); raises what `packaged_digits` and `full_digits`
    raise."""
    return packaged_digits() if source == "packaged" else full_digits(cache or user_cache())


def balanced_digits(source: str = "packaged", cache: Path | None = None) -> Dataset:
    """The same digits, in batches that hold all classes equally often, give or take one sample."""
    return replace(digits(source, cache), balanced=True)


def disturbed_digits(source: str = "packaged", cache: Path | None = None) -> Dataset:
    """The same digits, moved, turned and stretched a little, anew in each batch; those held out
    stay as they are."""
    return replace(digits(source, cache), disturbed=True)


def packaged_digits(file: Path = FILE) -> Dataset:
    """8,000 digits to learn from and 2,000 held out, (1, 28, 28) each.

    Raises `FileNotFoundError` where `file` is missing and `ValueError` where its checksum is not
    the one it was shipped with.
    """
    if not file.is_file():
        raise FileNotFoundError(f"the digits are not at {file}: install gan-course again")
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ValueError(
            f"{file} is damaged: its sha256 is {found[:12]}…, expected {SHA256[:12]}…; install "
            "gan-course again"
        )
    with np.load(BytesIO(content)) as archive:
        images, labels = torch.from_numpy(archive["images"]), torch.from_numpy(archive["labels"])
    return Dataset(
        "digits",
        _split(images[:TRAIN_ROWS], labels[:TRAIN_ROWS]),
        _split(images[TRAIN_ROWS:], labels[TRAIN_ROWS:]),
        CREDIT,
        judged=True,
    )


def full_digits(cache: Path) -> Dataset:
    """MNIST as published, 60,000 and 10,000 digits, fetched once by torchvision into `cache`.

    Where they are not in `cache` yet, raises `PermissionError` if it cannot be written and
    `ConnectionError` if there is no network. Raises `ValueError` where the files in `cache` cannot
    be read as MNIST; `cache/MNIST` is then to be deleted, and is fetched again.
    """
    try:
        train, held_out = _read(cache)
    except FileNotFoundError:
        _fetch(cache)
        train, held_out = _read(cache)
    return Dataset("digits", train, held_out, CREDIT, judged=True)


def _read(cache: Path) -> list[Split]:
    """Both splits; `FileNotFoundError` where a file is missing and `ValueError` where one is
    damaged."""
    from torchvision.datasets import MNIST

    try:
        return [
            _split(images.data, images.targets)
            for images in (MNIST(str(cache), train=True), MNIST(str(cache), train=False))
        ]
    except (OSError, MemoryError):
        raise  # no fault of the files' content
    except Exception as error:
        # To torchvision a missing file is a RuntimeError, but so is one cut short; other damage is
        # an AssertionError, a KeyError and more.
        if not all((cache / RAW / file).is_file() for file in RAW_FILES):
            raise FileNotFoundError(f"the full MNIST is not in {cache}") from error
        raise ValueError(
            f"the full MNIST in {cache / RAW.parent} is damaged: delete that folder, and it is "
            "fetched again"
        ) from error


def _fetch(cache: Path) -> None:
    """Download into a folder of its own and move in whole files, so that a broken download leaves
    nothing behind."""
    from torchvision.datasets import MNIST

    try:
        cache.mkdir(parents=True, exist_ok=True)
        incoming = TemporaryDirectory(dir=cache)
    except OSError as error:
        raise PermissionError(
            f"the cache folder {cache} cannot be written: pass another one, load(..., cache=folder)"
        ) from error
    with incoming as folder:
        try:
            MNIST(folder, download=True)
        except (RuntimeError, OSError) as error:
            # The last line says what the last server, or a proxy on the way to it, has answered.
            said = (str(error).strip() or type(error).__name__).splitlines()[-1]
            raise ConnectionError(
                f"the full MNIST is not on this machine and could not be downloaded ({said}): "
                "connect to a network, or use the 10,000 digits that ship with the course, "
                'load("digits")'
            ) from error
        (cache / RAW).mkdir(parents=True, exist_ok=True)
        for file in (Path(folder) / RAW).iterdir():
            if not file.suffix:  # the archives they came in are not needed again
                file.replace(cache / RAW / file.name)


def _split(images: Tensor, labels: Tensor) -> Split:
    return Split(images[:, None].float() / 127.5 - 1, labels.long())
