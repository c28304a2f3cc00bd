"""A real training process is killed at random moments, resumed, killed again, and ends bit for bit
where one ends that nobody killed.

`KILLS=200 pytest tests/training/test_kill.py -k dcgan -s` kills as often as one likes, and says
how.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from gan_course.catalogue import catalogue
from gan_course.files import LEFTOVER
from gan_course.training.checkpoint import Checkpoint, checkpoints, newest_whole, read_checkpoint
from tests.families import MODELS

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS") or 2)
STEPS, EVERY = 90, 3
PATIENCE = 120.0  # seconds for a process to train from a checkpoint to the next
NAMES = [*catalogue().models, *MODELS]
# Their gradients add in no fixed order there: of grid_sample, and of padding by reflection; of
# WGAN-GP's penalty it was seen once, and which operation it is was not found.
LOOSE_ON_A_GPU = ("infogan", "cyclegan", "wgan_gp")
CASES = [("cpu", name) for name in NAMES] + [
    pytest.param("cuda", name, marks=pytest.mark.gpu)
    for name in NAMES
    if name not in LOOSE_ON_A_GPU
]


@dataclass
class Tally:
    """What the kills met."""

    kills: int = 0
    while_writing: int = 0  # a checkpoint, or another of the run's files
    too_late: int = 0  # the run had ended before it was killed
    at: Counter[int] = field(default_factory=Counter)  # step of the newest checkpoint at the kill


def start(
    name: str, folder: Path, *options: str, accelerator: str = "cpu"
) -> subprocess.Popen[bytes]:
    train = [sys.executable, "-m", "tests.families", "train", name, "--out", str(folder)]
    run = ["--steps", str(STEPS), "--seed", "7", "--checkpoint-every", str(EVERY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    log = folder.with_suffix(".log").open("ab")
    return subprocess.Popen(
        [*train, *run, "--accelerator", accelerator, *options],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )


def whole_run(name: str, folder: Path, accelerator: str) -> float:
    """A run that nobody kills; returns the seconds that its training took."""
    process = start(name, folder, accelerator=accelerator)
    assert process.wait(PATIENCE) == 0, folder.with_suffix(".log").read_text()
    return float(json.loads((folder / "sessions.json").read_text())[0]["seconds"])


def newest(folder: Path) -> str:
    return max((path.name for path in checkpoints(folder / "checkpoints")), default="")


def killed(process: subprocess.Popen[bytes], folder: Path, wait: float) -> bool:
    """Kill `process` `wait` seconds after it has written its first checkpoint; False where it had
    ended by then."""
    before, deadline = newest(folder), time.monotonic() + PATIENCE
    while newest(folder) == before and process.poll() is None:
        assert time.monotonic() < deadline, folder.with_suffix(".log").read_text()
        time.sleep(0.001)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def kill_and_resume(
    name: str,
    folder: Path,
    training: float,
    chance: random.Random,
    tally: Tally,
    accelerator: str,
) -> None:
    """One run from its start to its end, killed up to `KILLS` times in all."""
    options: list[str] = []
    while tally.kills < KILLS:
        process = start(name, folder, *options, accelerator=accelerator)
        if not killed(process, folder, chance.uniform(0, training / 4)):
            assert process.returncode == 0, folder.with_suffix(".log").read_text()
            tally.too_late += 1
            return
        tally.kills += 1
        tally.while_writing += any(LEFTOVER.fullmatch(path.name) for path in folder.rglob(".*"))
        found, skipped = newest_whole(folder / "checkpoints")
        assert found is not None
        assert skipped == [], "a kill damaged a checkpoint"
        tally.at[found.step] += 1
        options = ["--resume"]
    last = start(name, folder, *options, accelerator=accelerator)
    assert last.wait(PATIENCE) == 0, folder.with_suffix(".log").read_text()


def everything(checkpoint: Checkpoint) -> list[object]:
    """All that a checkpoint holds, in an order, tensors as they are."""

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for key in sorted(value, key=str) for leaf in [key, *leaves(value[key])]]
        if isinstance(value, list | tuple):
            return [len(value), *(leaf for part in value for leaf in leaves(part))]
        return [value]

    return leaves({name: part for name, part in vars(checkpoint).items() if name != "path"})


def expect_the_same_end(folder: Path, whole: Path) -> None:
    (samples,) = whole.glob("samples.*")
    for name in ("final.safetensors", "history.csv", samples.name, "config.json"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), (
            f"{name} differs from that of the run that was not killed"
        )
    kept = [path.name for path in checkpoints(whole / "checkpoints")]
    assert [path.name for path in checkpoints(folder / "checkpoints")] == kept
    for name in kept:
        pairs = zip(
            *(everything(read_checkpoint(each / "checkpoints" / name)) for each in (folder, whole)),
            strict=True,
        )
        for one, other in pairs:
            assert (
                torch.equal(one, other)
                if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)
                else one == other
            ), name
    assert not [path for path in folder.rglob(".*") if path.name.startswith(".")], (
        "a killed process left something behind"
    )


@pytest.mark.parametrize(("accelerator", "name"), CASES)
def test_a_run_that_is_killed_and_resumed_ends_where_the_one_ends_that_was_not(
    accelerator: str, name: str, tmp_path: Path
) -> None:
    whole, tally = tmp_path / "whole", Tally()
    training = whole_run(name, whole, accelerator)
    chance = random.Random(f"{name} {KILLS}")
    for attempt in range(2 + 2 * KILLS):
        if tally.kills < KILLS:
            folder = tmp_path / f"killed-{attempt}"
            kill_and_resume(name, folder, training, chance, tally, accelerator)
            expect_the_same_end(folder, whole)
    print(
        f"\n{name}: {tally.kills} kills, {tally.while_writing} of them while a file was being "
        f"written, {tally.too_late} runs ended before a kill"
    )
    print(f"steps of the newest checkpoint at the kills: {sorted(tally.at.elements())}")
    assert tally.kills == KILLS, f"only {tally.kills} kills came before the end: {tally}"
