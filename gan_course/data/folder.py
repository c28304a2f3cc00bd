"""Your own pictures: whatever lies in a folder, brought to one shape and split by file."""

from __future__ import annotations

import hashlib
import os
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from gan_course.data.dataset import Dataset, Split

SHAPE = (3, 32, 32)  # what a laptop trains in minutes
LARGEST = 1024  # pixels a side
HELD_OUT = 0.1  # share of the files
# Listed, because Pillow would start another program to read some others.
FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
LITTER = ("thumbs.db", "desktop.ini", "__macosx")  # what systems leave in folders, in small letters
ORIENTATION = 0x0112  # the EXIF tag; 1 is upright
TURNED, FLATTENED, SCALED = "turned by their EXIF", "laid on white", "scaled from 16 bits"
NAMED = 5  # files that a sentence names at most


class Read(NamedTuple):
    """A picture, uint8 (H, W) or (H, W, 3), its width and height as they were, and what was done to
    it."""

    pixels: np.ndarray
    size: tuple[int, int]
    done: tuple[str, ...]


@dataclass(frozen=True)
class Pictures(Dataset):
    """Pictures of a folder; `class_names[label]` is the subfolder that those of a label lie in."""

    class_names: tuple[str, ...] = ()


def folder(path: Path, shape: Sequence[int] = SHAPE) -> Pictures:
    """The pictures in the folder at `path` and in the folders below it, as images of `shape` (C, H,
    W), C = 1 for grey or 3 for colour.

    A picture is turned as its EXIF says, laid on white where it is transparent, brought from 16
    bits to 8, scaled until it covers H × W, and what stands out on two sides is cut off. About a
    tenth of the files, at least one, are held out, by a hash of the name inside the folder: files
    that come later move none. Where every picture lies in a subfolder, its label is the number of
    that subfolder, in the order of `class_names`. Hidden files are passed over, and links to
    folders are not followed.

    One warning names the files that cannot be read, and says what was done to the others. Raises
    `FileNotFoundError` or `NotADirectoryError` where there is no such folder, and `ValueError`
    where it holds fewer than two pictures, and for another shape.
    """
    root = existing(path)
    good, _ = read_pictures(root, shape, least=2)
    x = as_images([one.pixels for one in good.values()])
    labels, class_names = _labels(list(good))
    chosen = held_out(list(good), labels)
    train, rest = (
        Split(x[rows], None if labels is None else labels[rows]) for rows in (~chosen, chosen)
    )
    return Pictures(f"folder:{root}", train, rest, "Your own pictures", class_names=class_names)


def existing(path: Path) -> Path:
    """The whole path of the folder at `path`; `FileNotFoundError` or `NotADirectoryError` where
    there is none."""
    root = path.expanduser().resolve()
    if not root.is_dir():
        kind = NotADirectoryError if root.exists() else FileNotFoundError
        raise kind(
            f"there is no folder {path}: name the one that holds your pictures or, where a run "
            "learns from it, put it or a link to it back there"
        )
    return root


def read_pictures(
    root: Path, shape: Sequence[int], parts: int = 1, least: int = 1
) -> tuple[dict[str, Read], list[str]]:
    """The pictures below the folder `root` by their names inside it, as `folder` makes them, and
    the names of what cannot be read; one warning says what was done.

    With `parts`, each holds as many pictures of one size side by side, which are brought to `shape`
    one by one. `ValueError` where there are fewer than `least`, and for another shape.
    """
    sides = _expect_shape(shape)
    found = tuple(files(root))
    # When they were written is part of the key: what has changed is read again.
    stamps = tuple((file.stat().st_mtime_ns, file.stat().st_size) for file in found)
    return _read_all(root, found, stamps, sides, parts, least)


def as_images(pixels: Sequence[np.ndarray]) -> Tensor:
    """Pictures uint8 (H, W) or (H, W, 3) as float32 (N, C, H, W) in [-1, 1]."""
    x = torch.from_numpy(np.stack(pixels))
    return (x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)).float() / 127.5 - 1


@lru_cache(maxsize=4)  # a run asks for its data more than once, and they may lie in four folders
def _read_all(
    root: Path,
    found: tuple[Path, ...],
    _stamps: object,
    shape: tuple[int, int, int],
    parts: int,
    least: int,
) -> tuple[dict[str, Read], list[str]]:
    with ThreadPoolExecutor() as pool:
        read = list(pool.map(lambda file: read_picture(file, shape, parts), found))
    names = [key(file.relative_to(root)) for file in found]
    good = {name: one for name, one in zip(names, read, strict=True) if isinstance(one, Read)}
    bad = {name: one for name, one in zip(names, read, strict=True) if isinstance(one, str)}
    left_out = [f"{name} ({why})" for name, why in bad.items()]
    if len(good) < least:
        wanted = "at least two pictures" if least > 1 else "pictures"
        held = ", one to learn from and one held out" if least > 1 else ""
        raise ValueError(
            f"expected {wanted} in {root}{held}, found {len(good)}"
            f"{', and what cannot be read: ' if bad else ''}{_listed(left_out)}"
        )
    _say(root, list(good.values()), left_out)
    return good, list(bad)


def _expect_shape(shape: Sequence[int]) -> tuple[int, int, int]:
    sides = tuple(shape)
    whole = all(isinstance(side, int) and 1 <= side <= LARGEST for side in sides)
    if len(sides) != 3 or not whole or sides[0] not in (1, 3):
        raise ValueError(
            "expected a shape (C, H, W) with C = 1 for grey or 3 for colour, and sides from 1 to "
            f"{LARGEST} pixels, such as (3, 64, 64), got {shape}"
        )
    return sides


def files(root: Path) -> Iterator[Path]:
    """The files below `root`, in an order that is the same on every machine."""
    found = []
    for here, folders, names in os.walk(root, onerror=_stop):
        folders[:] = [name for name in folders if not _hidden(name)]
        found += [Path(here, name) for name in names if not _hidden(name)]
    yield from sorted(filter(Path.is_file, found), key=lambda file: key(file.relative_to(root)))


def _stop(error: OSError) -> None:
    raise error


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER


def key(name: Path) -> str:
    """The name of a file as it is compared and shown."""
    # Systems write one and the same umlaut in two ways.
    return unicodedata.normalize("NFC", name.as_posix())


def read_picture(file: Path, shape: Sequence[int], parts: int = 1) -> Read | str:
    """The picture in `file` as `read_pictures` makes it, or why there is none."""
    channels, height, width = shape
    try:
        with Image.open(file, formats=FORMATS) as image:
            # A photograph is many times larger than what is made of it: its file can be read so
            # that only a part of the work is done.
            size = image.size
            image.draft("RGB", (2 * parts * max(height, width),) * 2)
            upright = ImageOps.exif_transpose(image)
            orientation = image.getexif().get(ORIENTATION, 1)
            size = size[::-1] if orientation in range(5, 9) else size
            flat, done = _flattened(upright, image.format or "")
        if size[0] % parts:
            return f"{size[0]} pixels wide, which makes no {parts} pictures of one size"
        fitted = [
            ImageOps.fit(part, (width, height), Image.Resampling.LANCZOS)
            for part in _cut(flat.convert("L" if channels == 1 else "RGB"), parts)
        ]
    except UnidentifiedImageError:
        return "no picture that can be read"
    except OSError as error:
        return error.strerror or str(error)
    except Exception as error:  # Pillow has no list of what a damaged file can raise
        return str(error).partition("\n")[0] or type(error).__name__
    done = (TURNED, *done) if orientation in range(2, 9) else done
    return Read(np.concatenate([np.asarray(part) for part in fitted], 1), size, done)


def _cut(image: Image.Image, parts: int) -> Iterator[Image.Image]:
    """Parts of one width, from left to right; what a coarse reading of the file has left over is
    between them."""
    width = image.width // parts
    for i in range(parts):
        left = i * (image.width - width) // max(1, parts - 1)
        yield image.crop((left, 0, left + width, image.height))


def _flattened(image: Image.Image, form: str) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture with 8 bits a channel and nothing to see through, and what was done for it."""
    sixteen = image.mode.startswith("I;16") or (image.mode == "I" and form in ("PNG", "PPM"))
    if sixteen:
        values = np.asarray(image).astype(np.float64) / 257
        return Image.fromarray(values.round().clip(0, 255).astype(np.uint8)), (SCALED,)
    if image.mode in ("I", "F"):
        raise ValueError("32 bits a pixel, whose range is not known")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(white, over).convert("RGB"), (FLATTENED,)
    return image, ()


def _labels(names: Sequence[str]) -> tuple[Tensor | None, tuple[str, ...]]:
    """For each file the number of the subfolder it lies in, int64 (N,), and the subfolders' names;
    none where a file lies beside them."""
    if not all("/" in name for name in names):
        return None, ()
    folders = [name.partition("/")[0] for name in names]
    class_names = tuple(sorted(set(folders)))
    return torch.tensor([class_names.index(name) for name in folders]), class_names


def held_out(names: Sequence[str], labels: Tensor | None) -> Tensor:
    """Which files are held out, bool (N,): at least one and, where that can be, of no class all."""
    shares = torch.tensor([share(name) for name in names], dtype=torch.float64)
    classes = torch.zeros(len(names), dtype=torch.int64) if labels is None else labels
    chosen = shares < HELD_OUT
    for label in classes.unique():
        rows = (classes == label).nonzero().flatten()
        if chosen[rows].all():
            chosen[rows[shares[rows].argmax()]] = False
    if not chosen.any():
        alone = classes.bincount()[classes] == 1
        chosen[(shares + alone).argmin()] = True
    return chosen


def share(name: str) -> float:
    """A number in [0, 1) that the name decides."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _say(root: Path, good: Sequence[Read], bad: Sequence[str]) -> None:
    if said := report([one.done for one in good], bad):
        # The line that asked for the data, most often with `load`, is seven calls above.
        warnings.warn(f"{len(good)} pictures in {root}: {said}", stacklevel=7)


def report(done: Iterable[Sequence[str]], bad: Sequence[str]) -> str:
    """What was done to pictures, of which `done` tells for each, and what was left out, in words;
    an empty text where there is nothing to say."""
    counts = Counter(step for steps in done for step in steps)
    parts = [f"{counts[step]} {step}" for step in (TURNED, FLATTENED, SCALED) if counts[step]]
    return "; ".join(parts + ([f"{len(bad)} left out: {_listed(bad)}"] if bad else []))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
