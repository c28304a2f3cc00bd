"""Pictures of one's own, named by where they lie: "folder:PATH" and its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gan_course.data.dataset import Dataset
from gan_course.data.folder import SHAPE, folder
from gan_course.data.folder_pairs import pairs_from_folder, unpaired_from_folders
from gan_course.modalities import IMAGES, PAIRS, UNPAIRED, Modality


def _one(text: str) -> tuple[Path, ...]:
    return (Path(text),)


def _one_or_two(text: str) -> tuple[Path, ...]:
    """The paths on both sides of a comma. Paths may hold commas too: what is a folder is not cut,
    and of several places to cut it is the first with folders on both sides."""
    parts = text.split(",")
    cuts = [(Path(",".join(parts[:i])), Path(",".join(parts[i:]))) for i in range(1, len(parts))]
    there = [cut for cut in cuts if all(path.expanduser().is_dir() for path in cut)]
    whole = Path(text).expanduser().is_dir() or not cuts
    return _one(text) if whole else (there or cuts)[0]


@dataclass(frozen=True)
class Own:
    """Data called by a word, a colon and `places`, as one types them: the paths in that text, and
    who reads them."""

    places: str
    modality: Modality
    paths: Callable[[str], tuple[Path, ...]]
    read: Callable[..., Dataset]


OWN = {
    "folder": Own("PATH", IMAGES, _one, folder),
    "pairs": Own("PATH", PAIRS, _one, pairs_from_folder),
    "swapped_pairs": Own("PATH", PAIRS, _one, partial(pairs_from_folder, swapped=True)),
    "unpaired": Own("PATH_A,PATH_B", UNPAIRED, _one_or_two, unpaired_from_folders),
}


def is_own(name: str) -> bool:
    """Whether `name` is that of one's own data."""
    kind, colon, _ = name.partition(":")
    return bool(colon) and kind in OWN


def own_modality(name: str) -> Modality:
    return OWN[name.partition(":")[0]].modality


def full_name(name: str) -> str:
    """`name` as it is understood from everywhere: for one's own data, with their whole paths;
    `ValueError` where none are given."""
    if not is_own(name):
        return name
    kind, _, text = name.partition(":")
    if not text:
        raise ValueError(f"{kind}: needs the path of a folder behind it: {kind}:{OWN[kind].places}")
    whole = (path.expanduser().resolve() for path in OWN[kind].paths(text))
    return f"{kind}:{','.join(map(str, whole))}"


def own(name: str, shape: Sequence[int] | None) -> Dataset:
    """The data called `name`, brought to `shape`, by default (3, 32, 32)."""
    kind, _, text = full_name(name).partition(":")
    return OWN[kind].read(*OWN[kind].paths(text), shape=SHAPE if shape is None else shape)
