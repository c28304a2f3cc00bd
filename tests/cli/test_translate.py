"""`gan-course translate`: pictures of one's own, turned into others by a trained model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_course.cli import app
from gan_course.data.folder import as_images, read_picture
from gan_course.modalities.images import to_bytes
from gan_course.training.run_folder import RunFolder
from tests.command import Command

SHAPE = (3, 32, 48)
TINY = [
    *("--steps", "4", "--set", "width=2", "--set", "batch_size=2"),
    *("--set", "lr_g=0.1", "--set", "ema_decay=0.5"),
]


def photo(path: Path, seed: int, size: tuple[int, int], mode: str = "RGB", **how: object) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).resize(size).convert(mode).save(path, **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of each translator on a few pictures."""
    root = tmp_path_factory.mktemp("translators")
    own = root / "pictures"
    for i in range(12):
        photo(own / "a" / f"{i}.png", i, (60 + i, 50))
        photo(own / "b" / f"{i}.png", 20 + i, (60 + i, 50))
    for model, data in (
        ("pix2pix", f"pairs:{own}"),
        ("cyclegan", f"unpaired:{own / 'a'},{own / 'b'}"),
        ("sketch_gan", f"pairs:{own}"),
    ):
        shape = "3x32x32" if model == "sketch_gan" else "x".join(map(str, SHAPE))
        options = ("--data", data, "--shape", shape, "--checkpoint-every", "2", *TINY)
        with pytest.raises(SystemExit) as leaving:
            app(["train", model, *options, "--out", str(root / "runs" / model)])
        assert leaving.value.code == 0
    return root / "runs"


def translated(run: Path, file: Path, method: str = "translate") -> np.ndarray:
    network = RunFolder(run).load()
    read = read_picture(file, network.config.shape)
    assert not isinstance(read, str), read
    with network.evaluating():
        return to_bytes(getattr(network, method)(as_images([read.pixels])))[0]


def pixels(path: str) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_a_picture_becomes_what_the_model_makes_of_it(course: Command, runs: Path) -> None:
    photo(Path("cat.jpg"), 0, (211, 90))
    outcome = course("translate", runs / "pix2pix", "cat.jpg", "--out", "new/out")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "Wrote 1 picture of 48×32 pixels to new/out\n"
    assert np.array_equal(pixels("new/out/cat.png"), translated(runs / "pix2pix", Path("cat.jpg")))


def test_the_way_back_and_a_checkpoint_can_be_asked_for(course: Command, runs: Path) -> None:
    photo(Path("cat.jpg"), 0, (211, 90))
    found = {}
    for name, options in {
        "there": (),
        "back": ("--back",),
        "earlier": ("--checkpoint", 2),
    }.items():
        assert course("translate", runs / "cyclegan", "cat.jpg", "--out", name, *options).code == 0
        found[name] = pixels(f"{name}/cat.png")
    assert np.array_equal(found["back"], translated(runs / "cyclegan", Path("cat.jpg"), "back"))
    assert not np.array_equal(found["back"], found["there"])
    assert not np.array_equal(found["earlier"], found["there"])


def test_the_input_can_stand_beside_what_became_of_it(course: Command, runs: Path) -> None:
    photo(Path("cat.png"), 0, SHAPE[:0:-1])
    outcome = course("translate", runs / "pix2pix", "cat.png", "--out", "o", "--beside")
    assert outcome.out == "Wrote 1 picture of 96×32 pixels to o\n"
    assert np.array_equal(pixels("o/cat.png")[:, :48], pixels("cat.png"))
    assert np.array_equal(
        pixels("o/cat.png")[:, 48:], translated(runs / "pix2pix", Path("cat.png"))
    )


def test_what_becomes_of_a_picture_does_not_depend_on_the_others(
    course: Command, runs: Path
) -> None:
    for i in range(3):
        photo(Path(f"in/{i}.png"), i, (40, 40))
    # Of the three, this one joins noise to what it reads.
    assert course("translate", runs / "sketch_gan", "in", "--out", "all").code == 0
    assert course("translate", runs / "sketch_gan", "in/2.png", "--out", "one").code == 0
    assert Path("all/2.png").read_bytes() == Path("one/2.png").read_bytes()


def test_any_kind_of_picture_is_read_and_keeps_its_name_and_folder(
    course: Command, runs: Path
) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    photo(Path("in/turned.jpg"), 0, (90, 40), exif=turned)
    photo(Path("in/deep/er/palette.v2.gif"), 1, (33, 7), "P")
    photo(Path("in/deep/clear.png"), 2, (1, 1), "LA")
    photo(Path("in/grey.tiff"), 3, (640, 480), "L")
    Image.fromarray(np.full((5, 9), 40_000, dtype=np.uint16)).save("in/sixteen.png")
    Path("in/broken.png").write_bytes(Path("in/sixteen.png").read_bytes()[:40])
    Path("in/notes.txt").write_text("no picture", encoding="utf-8")
    Path("in/.hidden").write_text("passed over", encoding="utf-8")
    outcome = course("translate", runs / "pix2pix", "in", "--out", "out")
    assert (outcome.code, outcome.out) == (0, "Wrote 5 pictures of 48×32 pixels to out\n")
    assert outcome.err.startswith(
        "gan-course: 5 pictures: 1 turned by their EXIF; 1 laid on white; 1 scaled from 16 bits; 2 "
        "left out: in/broken.png ("
    )
    assert outcome.err.endswith(", in/notes.txt (no picture that can be read)\n")
    found = sorted(str(path.relative_to("out")) for path in Path("out").rglob("*.*"))
    assert found == [
        "deep/clear.png",
        "deep/er/palette.v2.png",
        "grey.png",
        "sixteen.png",
        "turned.png",
    ]
    assert {Image.open(Path("out", name)).size for name in found} == {(48, 32)}


@pytest.mark.parametrize(
    ("run", "words", "sentence"),
    [
        ("nowhere", "in --out o", "there is no run at "),
        ("pix2pix", "nothing.png --out o", "there is no picture and no folder nothing.png: look"),
        ("pix2pix", "empty --out o", "expected pictures in empty, found no file"),
        ("pix2pix", "in/notes.txt --out o", "found none that can be read: 1 left out: in/notes"),
        ("pix2pix", "in --out in", "--out in lies inside in, whose pictures are translated: choo"),
        ("pix2pix", "in --out in/o", "--out in/o lies inside in, whose pictures are translated"),
        ("pix2pix", "in/1.png --out in", "in/1.png would lie among the pictures that are transla"),
        ("pix2pix", "in/1.png --out in/2.jpg", "the folder in/2.jpg cannot be written (File exi"),
        ("pix2pix", "in same --out o", "in/1.png and same/1.PNG would both become o/1.png: trans"),
        (
            "pix2pix",
            "in --out o --back",
            "a Pix2Pix has learned one direction, so leave out --back",
        ),
        ("pix2pix", "in --out o --checkpoint 3", "has no checkpoint '3'; it has 2, 4"),
        ("pix2pix", "in --out o --accelerator cuba", "did you mean 'cuda'"),
    ],
)
def test_what_cannot_be_translated_is_told_in_a_sentence_and_nothing_is_written(
    course: Command, runs: Path, run: str, words: str, sentence: str
) -> None:
    for name in ("in/1.png", "in/2.jpg", "same/1.PNG"):
        photo(Path(name), 0, (20, 20))
    Path("empty").mkdir()
    Path("in/notes.txt").write_text("no picture", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in Path.cwd().rglob("*.*")}
    outcome = course("translate", runs / run, *words.split())
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith("gan-course: ")
    assert sentence in outcome.err
    assert {path: path.stat().st_mtime_ns for path in Path.cwd().rglob("*.*")} == before
    assert not Path("o").exists()


def test_a_model_that_draws_from_noise_is_named_with_the_command_for_it(
    course: Command, trained: Path
) -> None:
    photo(Path("cat.png"), 0, (20, 20))
    for model, what in (("dcgan", "a DCGAN makes images"), ("gan", "a GAN makes points on a line")):
        outcome = course("translate", trained / model / "a", "cat.png", "--out", "o")
        assert outcome.code == 2
        assert f"{what} from noise and turns no picture into another: gan-course sample" in (
            outcome.err
        )


def test_training_ends_with_the_command_that_comes_next(course: Command, runs: Path) -> None:
    options = ("--data", f"pairs:{runs.parent / 'pictures'}", *TINY)
    said = course("train", "pix2pix", *options, "--out", "a").out
    assert "\nNext: gan-course translate a PICTURES --out translated\n" in said
    assert "\nNext: gan-course sample b " in course("train", "gan", "--steps", 1, "--out", "b").out


def test_the_sheet_that_a_run_leaves_shows_each_held_out_picture_once(runs: Path) -> None:
    width, height = Image.open(runs / "pix2pix" / "samples.png").size
    assert height < width / 4  # one row
