"""Devices, number formats and processes: what is asked for is what there is, and several processes
learn what one would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_course.training import launch
from gan_course.training.checkpoint import checkpoints
from gan_course.training.launch import choose_accelerator, expect_possible, process_count
from tests.command import Command
from tests.families import together

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two gloo processes ended with, by family."""
    folder = tmp_path_factory.mktemp("together")
    torch.multiprocessing.spawn(together.train_together, (2, str(folder)), nprocs=2)
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.mark.parametrize("name", together.FAMILIES)
def test_two_processes_with_half_the_batch_each_learn_what_one_learns_with_all_of_it(
    shares: list[dict[str, Any]], name: str
) -> None:
    # Measured after 50 steps: weights differ by at most 2e-6, losses by 8e-6. A sum in place of the
    # mean, or no average, is over 1e-2 away.
    one, first, second = together.trained(name), shares[0][name], shares[1][name]
    for key, weight in one["weights"].items():
        assert torch.equal(first["weights"][key], second["weights"][key]), (
            f"the processes' {key} differ"
        )
        assert torch.allclose(first["weights"][key], weight, rtol=0, atol=1e-4), (
            f"{key} differs from that of one process"
        )
    for key, values in one["losses"].items():
        assert first["losses"][key] == second["losses"][key], (
            "what is recorded is the mean over the processes"
        )
        assert first["losses"][key] == pytest.approx(values, abs=1e-4)


def train(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "tests.families", "train", "cyclegan", "--devices", "2"]
    command += ["--data", "tiny_domains", "--set", "width=4"]
    command += ["--out", str(folder), *options]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=one_thread, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_processes_that_are_stopped_and_resumed_end_where_they_would_have_ended(
    tmp_path: Path,
) -> None:
    said = train(
        tmp_path / "a", "--steps", "40", "--checkpoint-every", "10", "--accelerator", "cpu"
    )
    begun = "Training cyclegan on tiny_domains for 40 steps with seed 0 on cpu in 2 processes"
    assert said.count(begun) == 1
    before = {
        name: (tmp_path / "a" / name).read_bytes()
        for name in ("final.safetensors", "history.csv", "samples.png")
    }
    for path in [
        *map((tmp_path / "a").joinpath, before),
        *checkpoints(tmp_path / "a" / "checkpoints")[-2:],
    ]:
        path.unlink()
    assert "Going on from" in train(tmp_path / "a", "--resume")
    assert {name: (tmp_path / "a" / name).read_bytes() for name in before} == before
    assert [
        (each["from_step"], each["to_step"], each["processes"])
        for each in json.loads((tmp_path / "a" / "sessions.json").read_text())
    ] == [(0, 20, 2), (20, 40, 2)]


def test_bf16_trains_and_says_so(course: Command, tmp_path: Path) -> None:
    outcome = course(
        "train", "gan", "--steps", 4, "--precision", "bf16", "--accelerator", "cpu", "--out", "a"
    )
    assert outcome.code == 0
    assert "on cpu, bf16; the run is in a" in outcome.out
    assert course("train", "gan", "--steps", 4, "--accelerator", "cpu", "--out", "b").code == 0
    one, other = (tmp_path / run / "history.csv" for run in ("a", "b"))
    assert one.read_bytes() != other.read_bytes()
    assert course("sample", "a", "--out", "x.npz").code == 0


def test_without_fabric_one_process_trains_and_several_get_a_sentence(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    assert course("train", "gan", "--steps", 1, "--out", "a").code == 0
    outcome = course("train", "gan", "--steps", 1, "--devices", 2)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert 'pip install -e ".[parallel]"' in outcome.err


def there_are(monkeypatch: pytest.MonkeyPatch, cuda: int = 0, mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"), [(0, False, "cpu"), (0, True, "mps"), (2, False, "cuda")]
)
def test_auto_is_the_fastest_that_is_there(
    monkeypatch: pytest.MonkeyPatch, cuda: int, mps: bool, chosen: str
) -> None:
    there_are(monkeypatch, cuda, mps)
    assert choose_accelerator("auto") == chosen
    for name in ("cpu", chosen):
        assert choose_accelerator(name) == name


def test_more_devices_than_there_are_get_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    there_are(monkeypatch, cuda=1)
    with pytest.raises(
        ValueError, match="this machine has 1 cuda device, and 2 are asked for: lower --devices"
    ):
        expect_possible("cuda", 2, "32", 64)
    with pytest.raises(ValueError, match="this machine has 1 mps device, and 2 are asked for"):
        expect_possible("mps", 2, "32", 64)
    expect_possible("cpu", 4, "bf16", 64)


def test_torchrun_decides_how_many_processes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert process_count(1) == 1
    there_are(monkeypatch, cuda=2)
    for name, value in {
        "TORCHELASTIC_RUN_ID": "x",
        "WORLD_SIZE": "6",
        "LOCAL_WORLD_SIZE": "2",
        "GROUP_WORLD_SIZE": "3",
    }.items():
        monkeypatch.setenv(name, value)
    assert process_count(1) == 6
    expect_possible("cuda", 6, "32", 60)
    with pytest.raises(ValueError, match="a batch of 64 cannot be shared evenly by 6 processes"):
        expect_possible("cuda", 6, "32", 64)


def test_a_gpu_is_asked_for_the_same_bits_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(
        torch, "use_deterministic_algorithms", lambda mode, warn_only: asked.append(mode)
    )
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    launch.make_deterministic("cpu")
    assert asked == []
    launch.make_deterministic("cuda")
    assert asked == [True]
    assert os.environ.pop("CUBLAS_WORKSPACE_CONFIG") == ":4096:8"
