"""A check judges under PyTorch as it starts, and leaves the notebook's settings and random state as
it found them; whatever an answer does, it gets a hint."""

from __future__ import annotations

import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import numpy as np
import pytest
import torch

from gan_course.losses import non_saturating
from gan_course.practice.checking import attempt
from gan_course.practice.collecting import run
from gan_course.practice.judging import judge, known
from gan_course.practice.registry import find
from gan_course.practice.surroundings import settings
from tests.practice.test_questions import QUESTIONS, Written, solution

bce_d, bce_g = non_saturating.discriminator, non_saturating.generator


@contextmanager
def changed(write: Callable[[Any], object], value: Any, before: Any) -> Iterator[None]:
    write(value)
    try:
        yield
    finally:
        write(before)


@contextmanager
def every_warning_an_error() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


NOTEBOOKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "float64": lambda: changed(torch.set_default_dtype, torch.float64, torch.float32),
    "float16": lambda: changed(torch.set_default_dtype, torch.float16, torch.float32),
    "default device": lambda: changed(torch.set_default_device, "meta", None),
    "with torch.device": lambda: torch.device("meta"),
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "anomalies": torch.autograd.detect_anomaly,
    "deterministic": lambda: changed(torch.set_deterministic_debug_mode, 2, 0),
    "matmul": lambda: changed(torch.set_float32_matmul_precision, "medium", "highest"),
    "warnings": every_warning_an_error,
    "NumPy's errors": lambda: np.errstate(all="raise"),
}


def state() -> list[Any]:
    numpy = np.random.get_state(legacy=False)["state"]
    return [
        *settings(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        list(warnings.filters),
        np.geterr(),
        random.getstate(),
        (numpy["key"].tolist(), numpy["pos"]),
        torch.get_rng_state().tolist(),
    ]


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_right_answers_pass_whatever_the_notebook_has_set(notebook: str, written: Written) -> None:
    known.cache_clear()
    with NOTEBOOKS[notebook]():
        before = state()
        found = {q.id: attempt(q, solution(q, written), (0,)).hint for q in QUESTIONS}
        assert state() == before
    assert {name: hint for name, hint in found.items() if hint} == {}


DEEDS: dict[str, Callable[[], object]] = {
    "draws": lambda: (torch.rand(2), np.random.rand(2), random.random()),
    "seeds": lambda: (torch.manual_seed(1), np.random.seed(1), random.seed(1)),
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "device": lambda: torch.set_default_device("meta"),
    "gradients": lambda: torch.set_grad_enabled(False),
    "inference": lambda: torch.inference_mode().__enter__(),
    "autocast": lambda: torch.set_autocast_enabled("cpu", True),
    "anomalies": lambda: torch.autograd.set_detect_anomaly(True),
    "deterministic": lambda: torch.use_deterministic_algorithms(True),
    "matmul": lambda: torch.set_float32_matmul_precision("medium"),
    "threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "warnings": lambda: warnings.simplefilter("error"),
    "NumPy's errors": lambda: np.seterr(all="raise"),
    "output": lambda: setattr(sys, "stdout", sys.stderr),
}


@pytest.mark.parametrize("way", ["returns", "raises", "is interrupted"])
@pytest.mark.parametrize("deed", DEEDS)
def test_what_an_answer_sets_ends_with_the_check(deed: str, way: str) -> None:
    errors = {"returns": None, "raises": ValueError("no"), "is interrupted": KeyboardInterrupt()}

    def answer(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        DEEDS[deed]()
        if (error := errors[way]) is not None:
            raise error
        return bce_d(real, fake)

    before = state()
    with suppress(KeyboardInterrupt):
        attempt(find("01.q1"), (answer, bce_g), (0,))
    assert state() == before


def hint(answer: Callable[..., Any]) -> str:
    return attempt(find("01.q1"), (answer, bce_g), (0,)).hint


def raising(error: BaseException) -> Callable[..., Any]:
    def answer(real: Any, fake: Any) -> None:
        raise error

    return answer


class Unreadable(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Stop(BaseException):
    pass


def test_an_exception_that_cannot_be_read_is_told_by_its_type() -> None:
    said = hint(raising(Unreadable()))
    assert said.endswith("`raise error`. Unreadable: (a message that cannot be read)")


@pytest.mark.parametrize("error", [Stop("here"), GeneratorExit("here")])
def test_an_exception_of_any_base_is_told(error: BaseException) -> None:
    assert hint(raising(error)).endswith(f"{type(error).__name__}: here")


def test_a_long_message_is_cut() -> None:
    assert len(hint(raising(ValueError("x" * 10_000)))) < 500


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "a nested tensor"),
        (
            lambda: torch.nested.nested_tensor([torch.ones(2)], layout=torch.jagged),
            "a nested tensor",
        ),
        (lambda: torch.eye(3).to_sparse(), "a sparse tensor"),
        (lambda: torch.eye(3).to_sparse_csr(), "a sparse tensor"),
        (
            lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8),
            "a quantised tensor",
        ),
        (lambda: torch.zeros((), device="meta"), "a tensor on meta"),
        (lambda: 10**400, "the number 100000000000"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*prototype stage", "ignore:Sparse CSR", "ignore:.*quantiz")
def test_a_tensor_of_an_unusual_kind_is_named(returned: Callable[[], Any], words: str) -> None:
    assert f"`discriminator_loss` returned {words}" in hint(lambda real, fake: returned())


def test_a_network_that_was_moved_to_no_device_is_told_so() -> None:
    part = find("05.q2").parts[0]

    def lost(*given: Any) -> Any:
        value = part.right(*given)
        for network in given:
            if isinstance(network, torch.nn.Module):
                network.to("meta")
        return value

    said = judge(part, run(part, lost, (0,)), (0,)).hint
    assert said.startswith(f"`{part.name}` puts new parameters in place of the old ones")


# Each body runs for ever but the last, which waits for longer than it may compute.
BODIES = [
    "while True: pass",
    "while True:\n        try: pass\n        except Exception: pass",
    "while True:\n        try: x = 1\n        except: pass",
    "while real is not None: real = real + 1",
    "sum(iter(lambda: 1, 2))",
    "time.sleep(3); return non_saturating.discriminator(real, fake)",
]
CHECKS = """
import threading, time
from gan_course.practice import check, collecting, surroundings
from gan_course.losses import non_saturating

collecting.limited = lambda: surroundings.limited(1)

def work(body):
    names = {"time": time, "non_saturating": non_saturating}
    exec("def discriminator_loss(real, fake):\\n    " + body, names)
    try:
        check("01.q1", names["discriminator_loss"], non_saturating.generator)
    except AssertionError:
        pass
    for _ in range(10**6): pass  # where an exception that comes too late would end it

before = threading.active_count()
for body in BODIES:
    work(body)
elsewhere = threading.Thread(target=work, args=(BODIES[0],))
elsewhere.start()
elsewhere.join()
assert threading.active_count() == before
"""


def test_an_endless_loop_ends_with_a_hint_in_any_thread_and_a_wait_does_not() -> None:
    code = f"BODIES = {BODIES!r}\n{CHECKS}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    *ended, waited, elsewhere = done.stdout.splitlines()
    for said in (*ended, elsewhere):
        assert "`discriminator_loss` had not come to an end after 20 seconds, and was at l" in said
        assert said.endswith("Which condition should end it?")
    assert len(ended) == 5
    assert "right, 3 points" in waited
    assert (done.stderr, done.returncode) == ("", 0)


DEBUGGED = """
import sys
from gan_course.practice.surroundings import TimeUp, limited

for seconds in (20, -1):
    try:
        with limited(seconds):
            for _ in range(10**8 if seconds < 0 else 1): pass
    except TimeUp:
        pass

def stepped():
    return 1

sys.settrace(lambda *_: None)  # as a debugger does, and a tool that measures coverage
print(stepped())
"""


def test_a_debugger_gets_on_after_a_check() -> None:
    done = subprocess.run([sys.executable, "-c", DEBUGGED], capture_output=True, timeout=60)
    assert (done.stdout.split(), done.stderr) == ([b"1"], b"")
