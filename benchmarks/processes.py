"""What a second process brings: `python benchmarks/processes.py` prints it and writes
processes.json.

A round trains a DCGAN alone, then in two processes that share each batch, then twice side by side
with a seed each; rounds follow one another, so that whatever else the machine does falls on all
three. Throughput is counted in samples learnt from, a second of wall-clock time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

RESULT = Path(__file__).with_name("processes.json")
MODEL = {"width": 8, "latent_dim": 64, "batch_size": 64}  # of the DCGAN that is trained
# batches learnt from at a time
KINDS = {"one process": 1, "two that share each batch": 1, "two independent runs": 2}


def start(folder: Path, steps: int, seed: int = 0, devices: int = 1) -> subprocess.Popen[bytes]:
    arguments = [
        "train",
        "dcgan",
        *(word for field, value in MODEL.items() for word in ("--set", f"{field}={value}")),
        "--accelerator",
        "cpu",
        "--steps",
        str(steps),
        "--checkpoint-every",
        str(steps),
        "--devices",
        str(devices),
    ]
    command = [
        sys.executable,
        "-m",
        "gan_course.cli",
        *arguments,
        "--seed",
        str(seed),
        "--out",
        str(folder),
    ]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603
        command, env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=quiet, stderr=quiet
    )


def seconds(folder: Path, processes: list[subprocess.Popen[bytes]]) -> float:
    """The time that training took, apart from starting Python; of several runs the longest."""
    if any(process.wait() for process in processes):
        raise SystemExit("a run failed: try its command by hand")
    return max(
        float(json.loads(file.read_text("utf-8"))[0]["seconds"])
        for file in folder.rglob("sessions.json")
    )


def one_round(steps: int) -> dict[str, float]:
    """Samples a second of each kind."""
    found = {}
    for kind, batches in KINDS.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if kind == "two independent runs":
                processes = [start(folder / str(seed), steps, seed) for seed in (0, 1)]
            else:
                processes = [
                    start(folder / "run", steps, devices=1 if kind == "one process" else 2)
                ]
            found[kind] = batches * steps * MODEL["batch_size"] / seconds(folder, processes)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=400, help="steps of each run (default: 400)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    options = parser.parse_args()
    rounds = [one_round(options.steps) for _ in range(options.rounds)]
    rates = {kind: [round(each[kind]) for each in rounds] for kind in KINDS}
    ratios = [
        round(each["two that share each batch"] / each["two independent runs"], 3)
        for each in rounds
    ]
    for kind, values in rates.items():
        print(
            f"{kind}: {statistics.median(values):,.0f} samples a second "
            f"({min(values):,}-{max(values):,})"
        )
    print(
        f"sharing a batch over independent runs: {statistics.median(ratios):.2f} "
        f"({min(ratios)}-{max(ratios)})"
    )
    record = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one thread a process, torch "
        f"{torch.__version__}",
        "steps": options.steps,
        "samples_a_second": rates,
        "shared_over_independent": ratios,
    }
    RESULT.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
