"""The digits that ship with the course, and all of MNIST where there is a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from gan_course.data import Dataset, load
from gan_course.data.digits import FILE, packaged_digits

PER_CLASS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


def test_there_are_8000_digits_to_learn_from_and_2000_held_out(digits: Dataset) -> None:
    assert digits.train.x.shape == (8000, 1, 28, 28)
    assert digits.held_out.x.shape == (2000, 1, 28, 28)
    assert digits.shape == (1, 28, 28)
    assert (len(digits.train), len(digits.held_out)) == (8000, 2000)
    assert {split.x.dtype for split in (digits.train, digits.held_out)} == {torch.float32}
    assert {split.labels.dtype for split in (digits.train, digits.held_out)} == {torch.int64}
    assert digits.name == "digits"
    assert "LeCun" in digits.credit


def test_every_class_has_the_published_number_of_digits(digits: Dataset) -> None:
    labels = torch.cat([digits.train.labels, digits.held_out.labels])
    assert labels.bincount(minlength=10).tolist() == PER_CLASS


def test_images_are_the_files_grey_levels_in_minus_one_to_one(digits: Dataset) -> None:
    with np.load(FILE) as archive:
        levels = torch.from_numpy(archive["images"])
    for split, rows in ((digits.train, levels[:8000]), (digits.held_out, levels[8000:])):
        assert split.x.aminmax() == (-1, 1)
        assert torch.equal(((split.x[:, 0] + 1) * 127.5).round().to(torch.uint8), rows)


def test_no_held_out_digit_is_learned_from(digits: Dataset) -> None:
    train = {image.tobytes() for image in digits.train.x.numpy()}
    assert not any(image.tobytes() in train for image in digits.held_out.x.numpy())


def test_a_damaged_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    damaged = tmp_path / "digits.npz"
    content = bytearray(FILE.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(
        ValueError,
        match=r"digits.npz is damaged: its sha256 is \w{12}…, expected f1a23f2fb1a1…; install "
        r"gan-course again",
    ):
        packaged_digits(damaged)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"the digits are not at .*nowhere.npz: install gan-course again"
    ):
        packaged_digits(tmp_path / "nowhere.npz")


def refuse(*_: object) -> None:
    """What torchvision's download does where there is no network."""
    raise RuntimeError(
        "Error downloading train-images-idx3-ubyte.gz:\nTried ..., got:\n<urlopen error [Errno -3] "
        "...>\n"
    )


def break_off(images: MNIST) -> None:
    """A download that ends in the middle of its first file."""
    folder = Path(images.raw_folder)
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(b"half")
    raise URLError("connection reset")


def deliver(images: MNIST) -> None:
    """A download that succeeds: 30 images to learn from and 10 held out, in MNIST's own format,
    with the archives they came in."""
    folder = Path(images.raw_folder)
    folder.mkdir(parents=True)
    for part, count in (("train", 30), ("t10k", 10)):
        pixels = np.arange(count, dtype=np.uint8).repeat(28 * 28)
        header = b"".join(size.to_bytes(4, "big") for size in (0x803, count, 28, 28))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + pixels.tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            (0x801).to_bytes(4, "big") + count.to_bytes(4, "big") + bytes(range(10)) * (count // 10)
        )
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(b"archive")


@pytest.mark.parametrize("download", [refuse, break_off])
def test_without_a_network_the_full_digits_are_one_clear_sentence_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, download: object
) -> None:
    monkeypatch.setattr(MNIST, "download", download)
    with pytest.raises(
        ConnectionError,
        match=r"could not be downloaded \(.*\): connect to a network, or use the 10,000 digits",
    ) as caught:
        load("digits", source="full", cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").rglob("*")) == []


def test_the_full_digits_are_fetched_once_and_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "download", deliver)
    fetched = load("digits", source="full", cache=tmp_path)
    assert (fetched.train.x.shape, fetched.held_out.x.shape) == ((30, 1, 28, 28), (10, 1, 28, 28))
    assert torch.allclose(fetched.train.x[:, 0, 0, 0], torch.arange(30) / 127.5 - 1)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
    ]
    monkeypatch.setattr(MNIST, "download", refuse)
    assert torch.equal(load("digits", source="full", cache=tmp_path).train.x, fetched.train.x)


def test_a_cache_in_which_a_file_is_missing_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "download", deliver)
    load("digits", source="full", cache=tmp_path)
    (tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    assert len(load("digits", source="full", cache=tmp_path).held_out) == 10


HEADER = 8  # bytes before the labels: what it is, and how many


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        # a RuntimeError in torchvision, as a missing file is
        ("train-images-idx3-ubyte", lambda content: content[:1000]),
        ("t10k-images-idx3-ubyte", lambda content: content[:16]),
        ("train-labels-idx1-ubyte", lambda content: b""),
        ("train-images-idx3-ubyte", lambda content: b"<html>not found</html>"),
        # a KeyError in torchvision
        ("train-images-idx3-ubyte", lambda content: b"\0\0\x0a" + content[3:]),
        ("t10k-labels-idx1-ubyte", lambda content: b"\0\0\x0b" + content[3:]),
        # 10 too few
        (
            "train-labels-idx1-ubyte",
            lambda content: content[:4] + (20).to_bytes(4, "big") + content[HEADER : HEADER + 20],
        ),
    ],
    ids=[
        "cut short",
        "no images",
        "empty",
        "a page",
        "unknown type",
        "other type",
        "too few labels",
    ],
)
def test_a_damaged_cache_is_named_and_fetched_again_once_it_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, damage: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(MNIST, "download", deliver)
    load("digits", source="full", cache=tmp_path)
    damaged = tmp_path / "MNIST" / "raw" / file
    damaged.write_bytes(damage(damaged.read_bytes()))
    with pytest.raises(
        ValueError,
        match=r"^the full MNIST in \S+MNIST is damaged: delete that folder, and it is fetched "
        r"again$",
    ) as caught:
        load("digits", source="full", cache=tmp_path)
    assert str(tmp_path / "MNIST") in str(caught.value)
    shutil.rmtree(tmp_path / "MNIST")
    assert len(load("digits", source="full", cache=tmp_path).train) == 30


@pytest.mark.parametrize("error", [PermissionError, MemoryError])
def test_a_cache_that_cannot_be_read_just_now_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(MNIST, "download", deliver)
    load("digits", source="full", cache=tmp_path)
    monkeypatch.setattr(MNIST, "_load_data", stop)
    with pytest.raises(error):
        load("digits", source="full", cache=tmp_path)


def test_a_cache_that_cannot_be_written_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "download", deliver)
    # A file where the folder should be stops even an administrator.
    (tmp_path / "taken").write_text("not a folder")
    for cache in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(
            PermissionError,
            match=r"the cache folder .*taken.* cannot be written: pass another one, load\(\.\.\., "
            r"cache=folder\)",
        ):
            load("digits", source="full", cache=cache)
    assert (tmp_path / "taken").read_text() == "not a folder"
