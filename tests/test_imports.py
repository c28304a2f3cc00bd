"""Importing the library is quick: what is heavy is imported where it is used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PARTS = (
    "gan_course.data, gan_course.models, gan_course.training, gan_course.metrics, "
    "gan_course.practice"
)
HEAVY = (
    "matplotlib",
    "torchvision",
    "scipy",
    "ipywidgets",
    "IPython",
    "rich",
    "lightning",
    "lightning_fabric",
    "torchmetrics",
    "sklearn",
)
CPU_SECONDS = 0.3
MEASURE = f"""
import json, sys, time
import torch
start = time.process_time()
import gan_course, {PARTS}
seconds = time.process_time() - start
loaded = [name for name in {HEAVY} if name in sys.modules]
print(json.dumps({{"seconds": seconds, "loaded": loaded}}))
"""


def imported(code: str = MEASURE) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def attempts() -> list[dict[str, object]]:
    # CPU time hardly feels what else the machine does; the best of three feels it still less.
    return [imported() for _ in range(3)]


def test_importing_the_library_loads_nothing_heavy(attempts: list[dict[str, object]]) -> None:
    assert attempts[0]["loaded"] == []


def test_importing_the_library_adds_at_most_three_tenths_of_a_second_to_importing_torch(
    attempts: list[dict[str, object]],
) -> None:
    assert min(attempt["seconds"] for attempt in attempts) <= CPU_SECONDS


def test_what_is_heavy_and_what_is_slow_would_be_noticed() -> None:
    slow = "end = time.process_time() + 0.31\nwhile time.process_time() < end: pass\n"
    attempt = imported(MEASURE.replace(f"import gan_course, {PARTS}\n", "import rich\n" + slow))
    assert attempt["loaded"] == ["rich"]
    assert attempt["seconds"] > CPU_SECONDS
