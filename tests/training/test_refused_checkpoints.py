"""A checkpoint that is damaged, foreign or of another run is named and not loaded, and nothing in
it is executed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import torch

from gan_course import machine
from gan_course.models import DCGAN, GAN, DCGANConfig, GANConfig
from gan_course.training import checkpoint, fit
from gan_course.training.checkpoint import (
    load_checkpoint,
    newest_whole,
    read_checkpoint,
    write_checkpoint,
)
from tests.training.short_runs import DATA, SMALL, a_run, flat, same


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (DCGAN(DCGANConfig(width=4)), "is a checkpoint of GAN, not of DCGAN"),
        (
            GAN(GANConfig(hidden=(5,), batch_size=8, steps=12)),
            r"hidden = \(4,\), this one has \(5,\)",
        ),
    ],
)
def test_a_checkpoint_of_another_model_is_refused_and_nothing_is_loaded(
    tmp_path: Path, other: GAN | DCGAN, sentence: str
) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    before = [tensor.clone() for tensor in flat(other.state_dict())]
    with pytest.raises(ValueError, match=sentence):
        load_checkpoint(tmp_path / "a.pt", other)
    assert same(before, other.state_dict())


def test_a_run_with_another_seed_or_fewer_steps_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run(step=9))
    with pytest.raises(
        ValueError, match=r"a\.pt was written by a run with seed = 1, this one has 2: give seed=1"
    ):
        fit(GAN(SMALL), DATA, seed=2, checkpoint=tmp_path / "a.pt")
    with pytest.raises(
        ValueError, match=r"a\.pt was written after step 9, beyond the 8 steps asked for"
    ):
        fit(GAN(SMALL), DATA, steps=8, seed=1, checkpoint=tmp_path / "a.pt")


def test_another_number_of_threads_or_processes_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    with pytest.raises(
        ValueError,
        match=r"with threads = 1, this one has 7: set OMP_NUM_THREADS=1 before starting Python",
    ):
        fit(GAN(SMALL), DATA, seed=1, checkpoint=tmp_path / "a.pt")
    monkeypatch.undo()
    monkeypatch.setattr(checkpoint.processes, "gather", lambda thing: [thing, thing])
    write_checkpoint(tmp_path / "b.pt", a_run())
    with pytest.raises(
        ValueError, match="with processes = 2, this one has 1: start 2, with --devices or torchrun"
    ):
        fit(GAN(SMALL), DATA, seed=1, checkpoint=tmp_path / "b.pt")


def test_a_checkpoint_of_a_newer_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "versions", lambda: machine.versions() | {"gan_course": "99.0"})
    write_checkpoint(tmp_path / "a.pt", a_run())
    with pytest.raises(
        ValueError, match=r"a\.pt was written by gan-course 99\.0, this is .*: update the course"
    ):
        read_checkpoint(tmp_path / "a.pt")
    monkeypatch.setattr(checkpoint, "FORMAT", 77)
    write_checkpoint(tmp_path / "a.pt", a_run())
    monkeypatch.undo()
    with pytest.raises(
        ValueError, match=r"a\.pt has format 77, this version of the course reads 3"
    ):
        read_checkpoint(tmp_path / "a.pt")


def sealed(content: object) -> bytes:
    """A file as `write_checkpoint` would end it, whatever it holds."""
    file = BytesIO()
    torch.save(content, file)
    return (
        file.getvalue() + b"sha256:" + hashlib.sha256(file.getvalue()).hexdigest().encode() + b"\n"
    )


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "cut by a byte": lambda whole: whole[:-1],
    "a flipped bit": lambda whole: whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
    "text": lambda whole: b"no checkpoint at all",
    "foreign": lambda whole: sealed({"weight": torch.zeros(2)}),
    "list": lambda whole: sealed([1, 2]),
    "incomplete": lambda whole: sealed({"format": 3, "model": "GAN"}),
    "of PyTorch alone": lambda whole: whole[: -len(b"sha256:\n") - 64],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_file_is_named_and_the_one_before_is_used(
    tmp_path: Path, damage: str
) -> None:
    for step in (1, 2):
        write_checkpoint(tmp_path / f"step-{step:09d}.pt", a_run(step=step))
    path = tmp_path / "step-000000002.pt"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(ValueError, match=re.escape(str(path))):
        read_checkpoint(path)
    newest, skipped = newest_whole(tmp_path)
    assert newest is not None
    assert newest.path == tmp_path / "step-000000001.pt"
    assert len(skipped) == 1
    assert str(path) in skipped[0]


def test_without_a_checkpoint_that_can_be_read_there_is_no_newest(tmp_path: Path) -> None:
    assert newest_whole(tmp_path) == (None, [])
    (tmp_path / "step-000000001.pt").write_bytes(b"")
    newest, skipped = newest_whole(tmp_path)
    assert (newest, len(skipped)) == (None, 1)


class Payload:
    """Unpickling it would create a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(sealed({"format": 3, "state": Payload(tmp_path / "created")}))
    with pytest.raises(
        ValueError, match=r"a\.pt holds more than numbers and names, and is not read"
    ):
        read_checkpoint(tmp_path / "a.pt")
    assert not (tmp_path / "created").exists()


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no checkpoint at .*a\.pt"):
        read_checkpoint(tmp_path / "a.pt")
