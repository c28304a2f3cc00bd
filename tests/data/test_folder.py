"""Pictures of one's own: whatever lies in a folder becomes images of one shape, split by file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_course.data import Pictures, load, modality_of
from gan_course.data.folder import TURNED
from gan_course.modalities import IMAGES

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "phötos"
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is not expected to be said fails the test
        yield folder


def plain(
    path: Path, colour: object = RED, size: tuple[int, int] = (8, 8), mode: str = "RGB"
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def read(folder: Path, shape: tuple[int, ...] = (3, 4, 4)) -> Pictures:
    return load(f"folder:{folder}", shape=shape)


def one(folder: Path, shape: tuple[int, ...] = (3, 4, 4)) -> torch.Tensor:
    """The image that comes of the file beside a plain one."""
    plain(folder / "zz other.png", BLUE)
    data = read(folder, shape)
    both = torch.cat([data.train.x, data.held_out.x])
    blue = torch.tensor([-1.0, -1.0, 1.0])[:, None, None].expand(3, 4, 4)
    (found,) = (x for x in both if shape[0] == 1 or not torch.allclose(x, blue, atol=0.02))
    return found


def test_pictures_of_mixed_sizes_and_modes_become_images_of_one_shape(pictures: Path) -> None:
    for i, (mode, size) in enumerate(
        [("RGB", (30, 20)), ("L", (5, 9)), ("CMYK", (8, 8)), ("1", (64, 3))]
    ):
        plain(pictures / f"{i}.{'jpg' if mode == 'CMYK' else 'png'}", 0, size, mode)
    data = read(pictures, (3, 6, 10))
    assert data.shape == (3, 6, 10)
    assert len(data.train) + len(data.held_out) == 4
    assert data.train.labels is None
    assert data.modality is modality_of(f"folder:{pictures}") is IMAGES
    assert read(pictures, (1, 6, 10)).shape == (1, 6, 10)


def test_a_picture_is_turned_as_its_exif_says(pictures: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the right edge of what was stored is the lower one
    stored = np.zeros((8, 8, 3), dtype=np.uint8)
    stored[:, 4:] = 255
    Image.fromarray(stored).save(pictures / "turned.png", exif=exif)
    with pytest.warns(UserWarning, match=f"2 pictures in .*: 1 {TURNED}$"):
        found = one(pictures)
    assert found[:, 0].max() < -0.9
    assert found[:, 3].min() > 0.9


def test_what_is_transparent_is_laid_on_white(pictures: Path) -> None:
    plain(pictures / "clear.png", (255, 0, 0, 0), mode="RGBA")
    with pytest.warns(UserWarning, match="1 laid on white"):
        assert one(pictures).min() > 0.98


def test_a_palette_with_a_transparent_entry_is_laid_on_white_too(pictures: Path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.save(pictures / "clear.gif", transparency=1)
    with pytest.warns(UserWarning, match="1 laid on white"):
        assert one(pictures).min() > 0.98


def test_sixteen_bits_are_scaled_and_not_cut_off(pictures: Path) -> None:
    Image.fromarray(np.full((8, 8), 32896, dtype=np.uint16)).save(pictures / "deep.png")
    with pytest.warns(UserWarning, match="1 scaled from 16 bits"):
        assert one(pictures).mean().item() == pytest.approx(0, abs=0.01)


def test_a_picture_is_scaled_to_cover_the_shape_and_cut_in_the_middle(pictures: Path) -> None:
    wide = np.zeros((8, 24, 3), dtype=np.uint8)
    wide[:, 8:16] = 255
    Image.fromarray(wide).save(pictures / "wide.png")
    assert one(pictures)[:, :, 1:3].min() > 0.9


def test_files_that_cannot_be_read_are_named_once(pictures: Path) -> None:
    plain(pictures / "a.png")
    plain(pictures / "b.png")
    (pictures / "notes.txt").write_text("no picture")
    (pictures / "cut.png").write_bytes((pictures / "a.png").read_bytes()[:40])
    for name in (".hidden.png", "Thumbs.db"):
        (pictures / name).write_text("no picture, and not meant to be one")
    with pytest.warns(UserWarning, match=r"2 left out: cut.png \(.+\), notes.txt \(.+\)$") as said:
        twice = [read(pictures), read(pictures)]
    assert [len(data.train) for data in twice] == [1, 1]
    assert len(said) == 1


def test_the_split_is_by_file_and_later_files_move_none(pictures: Path) -> None:
    for i in range(60):
        plain(pictures / f"{i}.png", (4 * i, 0, 0))
    before = {x.max().item() for x in read(pictures).held_out.x}
    assert 2 <= len(before) <= 12
    for i in range(30):
        plain(pictures / f"{i} later.png", (0, 0, 255))
    held_out = read(pictures).held_out.x
    assert {x[0].max().item() for x in held_out if x[2].max() < 0} == before


def test_subfolders_are_labels_and_every_class_can_be_learned(pictures: Path) -> None:
    for kind, colour in (("Ähren", RED), ("cats", BLUE)):
        for i in range(4):
            plain(pictures / kind / "deeper" / f"{i}.png", colour)
    data = read(pictures)
    assert data.class_names == ("cats", "Ähren")
    assert data.classes == 2
    assert data.train.labels is not None
    assert set(data.train.labels.tolist()) == {0, 1}
    assert len(data.held_out) >= 1
    is_red = data.train.x[:, 0].mean((1, 2)) > 0
    assert torch.equal(is_red, data.train.labels == 1)
    plain(pictures / "beside them.png")
    assert read(pictures).classes is None


def test_a_folder_that_has_changed_is_read_again(pictures: Path) -> None:
    plain(pictures / "a.png")
    plain(pictures / "b.png")
    first = read(pictures)
    first.train.x.fill_(0)
    plain(pictures / "c.png", BLUE)
    assert len(read(pictures).train) == 2
    assert read(pictures).train.x.abs().min() > 0.9


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_pictures_are_refused(pictures: Path, count: int) -> None:
    (pictures / "notes.txt").write_text("no picture")
    for i in range(count):
        plain(pictures / f"{i}.png")
    with pytest.raises(
        ValueError, match=rf"expected at least two pictures in .*, found {count}, .*: notes.txt"
    ):
        read(pictures)


def test_a_folder_that_is_not_there_or_is_a_file_is_named(pictures: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere: name the one"):
        read(pictures / "nowhere")
    plain(pictures / "a.png")
    with pytest.raises(NotADirectoryError, match=r"there is no folder .*a.png"):
        read(pictures / "a.png")
    with pytest.raises(FileNotFoundError, match=r"no folder .*C:\\x"):
        load("folder:C:\\x")
    with pytest.raises(ValueError, match="folder: needs the path of a folder behind it"):
        load("folder:")


@pytest.mark.parametrize(
    "shape", [(64, 64), (4, 8, 8), (3, 0, 8), (3, 8, 5000), (3, 8.0, 8), "3x8"]
)
def test_another_shape_than_channels_height_and_width_is_refused(
    pictures: Path, shape: object
) -> None:
    with pytest.raises(ValueError, match=r"expected a shape \(C, H, W\) .* such as \(3, 64, 64\)"):
        load(f"folder:{pictures}", shape=shape)  # type: ignore[arg-type]


def test_data_of_the_catalogue_have_their_own_shape_and_the_way_to_others_is_named() -> None:
    assert load("digits", shape=(1, 28, 28)).shape == (1, 28, 28)
    with pytest.raises(ValueError, match=r"'digits' has samples of shape \(1, 28, 28\)"):
        load("digits", shape=(3, 64, 64))
    with pytest.raises(ValueError, match="pictures of your own are folder:PATH"):
        load("photos")
    with pytest.raises(ValueError, match="has no larger original"):
        load("folder:photos", source="full")
