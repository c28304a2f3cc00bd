"""Right answers to real questions that few would return: they pass. Right ones that few would
write, in other orders or of functions alone, stand in the questions' own lists."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gan_course.practice.collecting import run
from gan_course.practice.judging import judge
from gan_course.practice.question import Part
from gan_course.practice.registry import MODULES, find
from gan_course.practice.returned import number, tensor, whole_number

PARTS = [part for name in MODULES for part in find(name).parts]
TENSORS, NUMBERS, SIZES = (
    [part for part in PARTS if part.returns is kind] for kind in (tensor, number, whole_number)
)


def talk(x: Any) -> Any:
    print("x" * 10_000)
    print("careful", file=sys.stderr)
    warnings.warn("careful", stacklevel=1)
    return x


ODD: dict[str, tuple[list[Part], Callable[[Any], Any]]] = {
    "prints and warnings": (PARTS, talk),
    "float64": (TENSORS, lambda x: x.double() if x.is_floating_point() else x),
    "a NumPy scalar": (NUMBERS, np.float32),
    "a 0-d array": (NUMBERS, np.array),
    "a Python number": (NUMBERS, float),
    "a whole NumPy scalar": (SIZES, np.int64),
    "a whole 0-d tensor": (SIZES, torch.tensor),
}


@pytest.mark.parametrize("kind", ODD)
def test_honest_but_odd_answers_pass(kind: str) -> None:
    parts, change = ODD[kind]
    assert parts
    for part in parts:
        found = run(part, lambda *given, right=part.right: change(right(*given)), (0,))
        assert judge(part, found, (0,)).hint == "", part.name
