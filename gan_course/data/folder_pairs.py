"""Your own pictures to translate: pairs, or two domains, in the layouts in which such sets are
published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from torch import Tensor

from gan_course.data.dataset import Dataset
from gan_course.data.folder import (
    SHAPE,
    Read,
    as_images,
    existing,
    files,
    folder,
    held_out,
    key,
    read_pictures,
)
from gan_course.data.pairs import Domains, PairSplit, UnpairedSplit

CREDIT = "Your own pictures"
LEARNED, UNSEEN = "train", ("val", "test")  # folders of a set that comes with its split


def pairs_from_folder(
    path: str | Path, shape: Sequence[int] = SHAPE, swapped: bool = False
) -> Dataset:
    """The pairs in the folder at `path`, each picture brought to `shape` (C, H, W) as `folder`
    does.

    Either two subfolders hold pictures of equal names, whatever their suffix; the subfolder whose
    name comes first holds the inputs. Or each picture holds both, the input on its left half.
    `swapped` exchanges the two. Where all of this lies in folders `train` and `val` or `test`,
    pairs in `train` are learned from and the others held out; else about a tenth is held out, by a
    hash of the name. A pair is left out where one of its pictures cannot be read.

    Raises `ValueError` for a picture without a partner or of another size than its partner, for
    another layout and for fewer than two pairs; and as `folder` does.
    """
    root = existing(Path(path))
    names = [key(file.relative_to(root)) for file in files(root)]
    tops = {name.partition("/")[0] for name in names if "/" in name}
    split = LEARNED in tops and tops <= {LEARNED, *UNSEEN}
    sides = _sides(root, [name.partition("/")[2] for name in names] if split else names)
    good, bad = read_pictures(root, shape, parts=1 if sides else 2)
    places = {name: _place(name, split, sides) for name in names}
    if sides:
        pairs = _matched(good, {places[name] for name in bad}, places, sides)
    else:
        pairs = {name: np.split(one.pixels, 2, axis=1) for name, one in good.items()}
    if len(pairs) < 2:
        raise ValueError(f"expected at least two pairs in {root}, found {len(pairs)}")
    x, y = (as_images(side) for side in zip(*pairs.values(), strict=True))
    unseen = torch.tensor([not name.startswith(f"{LEARNED}/") for name in pairs])
    chosen = unseen if split and 0 < unseen.sum() < len(unseen) else held_out(list(pairs), None)
    if swapped:
        x, y = y, x
    train, rest = (PairSplit(x[rows], y=y[rows]) for rows in (~chosen, chosen))
    kind = "swapped_pairs" if swapped else "pairs"
    return Dataset(f"{kind}:{root}", train, rest, CREDIT)


def _sides(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    """The two subfolders that pictures are paired across; none where each holds both halves."""
    found = sorted({name.partition("/")[0] for name in names if "/" in name})
    if len(found) not in (0, 2):
        raise ValueError(
            f"expected in {root} two subfolders with pictures of equal names, or pictures that "
            f"hold both halves side by side, found the subfolders {', '.join(found)}"
        )
    return tuple(found)


def _place(name: str, split: bool, sides: tuple[str, ...]) -> tuple[str, str]:
    """The side that a file is on, and what it shares with its partner."""
    part, _, rest = name.partition("/") if split and "/" in name else ("", "", name)
    side, _, inner = rest.partition("/") if sides and "/" in rest else ("", "", rest)
    return side, str(PurePosixPath(part, inner).with_suffix(""))


def _matched(
    good: Mapping[str, Read],
    bad: set[tuple[str, str]],
    places: Mapping[str, tuple[str, str]],
    sides: tuple[str, ...],
) -> dict[str, list[np.ndarray]]:
    """Both pictures of each pair, by what their names share."""
    found: dict[tuple[str, str], str] = {}
    for name in good:
        side, shared = places[name]
        if side not in sides or (side, shared) in found:
            other = found.get((side, shared), f"the subfolders {' and '.join(sides)}")
            raise ValueError(f"{name} lies beside {other}: expected one picture for each partner")
        found[side, shared] = name
    pairs = {}
    for (side, shared), name in sorted(found.items(), key=lambda one: one[0][1]):
        other = sides[1 - sides.index(side)]
        if (other, shared) in bad:
            continue
        if (other, shared) not in found:
            raise ValueError(
                f"{name} has no partner: expected a picture of that name in {other}, or none here"
            )
        partner = found[other, shared]
        if good[name].size != good[partner].size:
            sizes = [
                f"{file} has {'×'.join(map(str, good[file].size))}" for file in (name, partner)
            ]
            raise ValueError(
                f"pairs are of one size, and {' and '.join(sizes)} pixels: scale one of them"
            )
        pairs[shared] = [good[found[one, shared]].pixels for one in sides]
    return pairs


def unpaired_from_folders(
    a: str | Path, b: str | Path | None = None, shape: Sequence[int] = SHAPE
) -> Domains:
    """The pictures in the folders at `a` and at `b` as two domains, brought to `shape` (C, H, W)
    and split as `folder` does; raises as it does.

    Without `b`, `a` holds `trainA` and `trainB` and, where they are, `testA` and `testB`, which are
    held out.
    """
    roots = [existing(Path(one)) for one in (a, b) if one is not None]
    where = roots if b else [roots[0] / f"train{side}" for side in "AB"]
    held = [None, None] if b else [roots[0] / f"test{side}" for side in "AB"]
    (x, unseen_x), (y, unseen_y) = (
        _domain(learned, unseen, shape) for learned, unseen in zip(where, held, strict=True)
    )
    train, rest = UnpairedSplit(x, y=y), UnpairedSplit(unseen_x, y=unseen_y)
    return Domains(f"unpaired:{','.join(map(str, roots))}", train, rest, CREDIT)


def _domain(learned: Path, unseen: Path | None, shape: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What is learned from and what is held out."""
    if unseen is None or not unseen.is_dir():
        pictures = folder(learned, shape)
        return pictures.train.x, pictures.held_out.x
    read = [read_pictures(existing(one), shape)[0].values() for one in (learned, unseen)]
    train, rest = (as_images([picture.pixels for picture in part]) for part in read)
    return train, rest
