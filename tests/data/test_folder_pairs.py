"""Pairs of one's own, and two domains, in the layouts in which such sets are published."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_course.data import Dataset, Domains, PairSplit, load, modality_of, unpaired_from_folders
from gan_course.modalities import PAIRS, UNPAIRED

SHAPE = (3, 8, 8)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "päirs, of mine"
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is not expected to be said fails the test
        yield folder


def grey(path: Path, level: int, size: tuple[int, int] = (16, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, level).save(path)


def halves(path: Path, left: int, right: int, size: tuple[int, int] = (32, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((size[1], size[0]), left, dtype=np.uint8)
    pixels[:, size[0] // 2 :] = right
    Image.fromarray(pixels).save(path)


def two_folders(root: Path, n: int, sides: tuple[str, str] = ("photos", "sketches")) -> None:
    """Pairs whose grey levels sum to 255."""
    for i in range(n):
        grey(root / sides[0] / f"{i}.jpg", i)
        grey(root / sides[1] / f"{i}.png", 255 - i)


def read(root: Path, kind: str = "pairs") -> Dataset:
    return load(f"{kind}:{root}", shape=SHAPE)


def levels(x: torch.Tensor) -> list[int]:
    assert x.amax((1, 2, 3)).allclose(x.amin((1, 2, 3)), atol=0.02)
    return ((x.mean((1, 2, 3)) + 1) * 127.5).round().int().tolist()


def expect_true_pairs(data: Dataset, n: int) -> None:
    found = []
    for split in (data.train, data.held_out):
        assert isinstance(split, PairSplit)
        x, y = levels(split.x), levels(split.y)
        assert [a + b for a, b in zip(x, y, strict=True)] == [255] * len(x)
        found += x
    assert sorted(found) == list(range(n))


def test_two_subfolders_with_equal_names_are_pairs(root: Path) -> None:
    two_folders(root, 40)
    (root / "photos" / ".hidden.png").write_text("no picture, and not meant to be one")
    data = read(root)
    assert (data.modality, modality_of(f"pairs:{root}")) == (PAIRS, PAIRS)
    assert data.shape == SHAPE
    expect_true_pairs(data, 40)
    assert 1 <= len(data.held_out) <= 10
    assert max(levels(data.train.x)) < 128 < min(levels(data.train.y))


def test_the_other_direction_is_asked_for_by_name(root: Path) -> None:
    two_folders(root, 40)
    swapped = read(root, "swapped_pairs")
    assert swapped.name == f"swapped_pairs:{root}"
    assert torch.equal(swapped.held_out.x, read(root).held_out.y)
    assert torch.equal(swapped.train.y, read(root).train.x)


def test_a_picture_can_hold_both_halves_side_by_side(root: Path) -> None:
    for i in range(40):
        halves(root / f"{i}.png", i, 255 - i)
    expect_true_pairs(read(root), 40)


def test_halves_whose_names_differ_in_their_suffix_are_two_pairs(root: Path) -> None:
    halves(root / "1.png", 0, 255)
    halves(root / "1.jpg", 1, 254)
    expect_true_pairs(read(root), 2)


def test_each_half_of_a_photograph_is_brought_to_the_shape_by_itself(root: Path) -> None:
    for i in range(2):
        halves(root / f"{i}.jpg", 10, 245, (602, 250))
    data = read(root)
    for split in (data.train, data.held_out):
        assert split.x.max() < -0.85
        assert split.y.min() > 0.85


def test_facades_load_as_unpacked(root: Path) -> None:
    for part, numbers in (("train", range(20)), ("val", range(20, 24)), ("test", range(24, 30))):
        for i in numbers:
            halves(root / part / f"{i}.jpg", i, 255 - i)
    (root / "README.txt").write_text("facades")
    with pytest.warns(UserWarning, match=r"30 pictures in .*: 1 left out: README.txt \(no pict"):
        data = read(root)
    expect_true_pairs(data, 30)
    assert (len(data.train), len(data.held_out)) == (20, 10)
    assert max(levels(data.train.x)) == 19


def test_person_face_sketch_loads_as_unpacked(root: Path) -> None:
    for part, first in (("train", 0), ("val", 20), ("test", 24)):
        for i in range(first, first + 4):
            grey(root / part / "photos" / f"{i}.png", i)
            grey(root / part / "sketches" / f"{i}.png", 255 - i)
    data = read(root, "swapped_pairs")
    assert sorted(levels(data.train.y)) == [0, 1, 2, 3]
    assert sorted(levels(data.held_out.y)) == [*range(20, 28)]


def test_horse2zebra_loads_as_unpacked(root: Path) -> None:
    for side, first in (("A", 0), ("B", 100)):
        for part, n in (("train", 5), ("test", 2)):
            for i in range(n):
                grey(root / f"{part}{side}" / f"{i}.jpg", first + i + 50 * (part == "test"))
    data = read(root, "unpaired")
    assert isinstance(data, Domains)
    assert (data.modality, modality_of("unpaired:a,b")) == (UNPAIRED, UNPAIRED)
    assert sorted(levels(data.train.x)) == [0, 1, 2, 3, 4]
    assert sorted(levels(data.train.y)) == [100, 101, 102, 103, 104]
    assert sorted(levels(data.held_out.x)) == [50, 51]
    assert sorted(levels(data.held_out.y)) == [150, 151]


def test_two_folders_of_different_length_are_two_domains(root: Path) -> None:
    for i in range(9):
        grey(root / "a" / f"{i}.png", i)
    for i in range(4):
        grey(root / "b, c" / f"{i}.png", 100 + i, (5 + i, 9))
    data = load(f"unpaired:{root / 'a'},{root / 'b, c'}", shape=SHAPE)
    assert data.name == f"unpaired:{root / 'a'},{root / 'b, c'}"
    assert len(data.train.x) + len(data.held_out.x) == 9
    assert min(levels(data.train.y)) >= 100
    assert torch.equal(
        data.train.y, unpaired_from_folders(str(root / "a"), root / "b, c", SHAPE).train.y
    )


def test_a_picture_without_a_partner_is_named(root: Path) -> None:
    two_folders(root, 5)
    for name in ("3", "4"):
        (root / "sketches" / f"{name}.png").unlink()
    with pytest.raises(ValueError, match=r"^photos/3.jpg has no partner: expected .* in sketches"):
        read(root)


def test_a_pair_of_two_sizes_is_named(root: Path) -> None:
    two_folders(root, 5)
    grey(root / "photos" / "2.jpg", 0, (16, 20))
    with pytest.raises(
        ValueError,
        match=r"one size, and photos/2.jpg has 16×20 and sketches/2.png has 16×16 pixels: scale",
    ):
        read(root)


def test_sizes_are_compared_as_pictures_are_shown(root: Path) -> None:
    two_folders(root, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (24, 8), 0).save(root / "photos" / "0.jpg", exif=exif)
    grey(root / "sketches" / "0.png", 255, (8, 24))
    with pytest.warns(UserWarning, match="6 pictures in .*: 1 turned by their EXIF"):
        expect_true_pairs(read(root), 3)


def test_a_pair_is_left_out_where_one_of_its_pictures_is_broken(root: Path) -> None:
    two_folders(root, 5)
    (root / "sketches" / "4.png").write_bytes(b"broken")
    (root / "photos" / "notes.txt").write_text("no picture")
    with pytest.warns(UserWarning, match=r"2 left out: photos/notes.txt \(.*sketches/4.png \("):
        expect_true_pairs(read(root), 4)


def test_a_picture_that_has_no_two_halves_is_left_out(root: Path) -> None:
    for i in range(3):
        halves(root / f"{i}.png", i, 255 - i)
    grey(root / "odd.png", 0, (31, 16))
    with pytest.warns(UserWarning, match=r"odd.png \(31 pixels wide, which makes no 2 pictures"):
        expect_true_pairs(read(root), 3)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((), r"expected pictures in .*, found 0$"),
        (("notes.txt",), "found 0, and what cannot be read: notes.txt"),
        (("a/1.png", "b/1.png"), "expected at least two pairs in .*, found 1$"),
        (("a/1.png", "b/1.png", "c/1.png"), "side by side, found the subfolders a, b, c$"),
        (("a/1.png", "a/2.png"), "side by side, found the subfolders a$"),
        (("a/1.png", "b/1.png", "x.png"), "x.png lies beside the subfolders a and b"),
        (("a/1.png", "a/1.jpg", "b/1.png"), "a/1.png lies beside a/1.jpg"),
    ],
)
def test_what_makes_no_pairs_is_refused(root: Path, files: tuple[str, ...], sentence: str) -> None:
    for name in files:
        if name.endswith("txt"):
            (root / name).write_text("no picture")
        else:
            grey(root / name, 0)
    with pytest.raises(ValueError, match=sentence):
        read(root)


def test_folders_that_are_not_there_are_named(root: Path) -> None:
    here = root.parent
    grey(here / "a" / "1.png", 0)
    grey(here / "a" / "2.png", 0)
    for name in (
        f"pairs:{here}/no",
        f"unpaired:{here}/no,{here}/a",
        f"unpaired:{here}/a,{here}/no",
    ):
        with pytest.raises(FileNotFoundError, match=r"there is no folder .*no: name the one"):
            load(name)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*trainA: name the one"):
        load(f"unpaired:{root}")
    with pytest.raises(ValueError, match=r"unpaired: needs the path .*: unpaired:PATH_A,PATH_B$"):
        load("unpaired:")
