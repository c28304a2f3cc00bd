"""Every question proved from its own lists: the stub fails, right answers pass however they are
written, each mistake fails with its own hint, and what holds for all questions holds for it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch._lazy import ts_backend

from gan_course.practice.checking import PUBLIC_SEEDS, attempt, collect
from gan_course.practice.collecting import Run, run
from gan_course.practice.judging import judge, known, verdict
from gan_course.practice.proof import prove
from gan_course.practice.question import Part, Question, in_turn, value_and_slopes
from gan_course.practice.registry import MODULES, find
from gan_course.practice.returned import tensor
from tests.practice.conftest import SOLUTIONS

OTHER_SEEDS = (11, 2024)
QUESTIONS = [q for q in map(find, MODULES) if isinstance(q, Question)]
PARTS = [part for question in QUESTIONS for part in question.parts]
TENSORS = [part for part in PARTS if part.returns is tensor]
Written = dict[bool, dict[str, dict[str, Any]]]

of_questions = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
of_parts = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)


@pytest.fixture(scope="session", params=["lazy", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> str:
    """A GPU, and a device of PyTorch's that every machine has: like a GPU, it is not the CPU and
    has numbers."""
    if request.param == "lazy":
        ts_backend.init()  # once a process
    return str(request.param)


def solution(question: Question, written: Written, *, stub: bool = False) -> list[Any]:
    return [written[stub][question.id[:2]][name] for name in question.asks]


@of_questions
@pytest.mark.parametrize("seeds", [PUBLIC_SEEDS, OTHER_SEEDS[:1]], ids=str)
def test_right_answers_pass_and_each_mistake_fails_with_its_own_hint(
    question: Question, seeds: tuple[int, ...]
) -> None:
    assert [proved for proved in prove(question, seeds) if not proved.holds] == []


@of_parts
def test_every_part_has_two_more_right_answers_and_mistakes_of_different_hints(part: Part) -> None:
    spoken = [mistake.hint for mistake in part.mistakes]
    assert len(part.also_right) >= 2
    assert len(spoken) >= 3
    assert len(set(spoken)) == len(spoken)
    assert all(mistake.functions for mistake in part.mistakes)


@of_questions
def test_solution_passes_and_stub_is_not_written_yet(question: Question, written: Written) -> None:
    for seeds in (PUBLIC_SEEDS, *((seed,) for seed in OTHER_SEEDS)):
        assert attempt(question, solution(question, written), seeds).passed
    hint = attempt(question, solution(question, written, stub=True), PUBLIC_SEEDS).hint
    assert hint.startswith(f"`{question.asks[0]}` is not written yet")


RETURNED: dict[str, tuple[Callable[[torch.Tensor], Any], str]] = {
    "nothing": (lambda value: None, "returned None"),
    "a tuple": (lambda value: (value, value), "returned a tuple"),
    "complex": (lambda value: value + 0j, "returned complex numbers"),
    "one dimension more": (lambda value: value[None].expand(2, *value.shape), "shape ("),
    "nan": (lambda value: value * torch.nan, "nan or infinite"),
    "half a gradient": (lambda value: (value + value.detach()) / 2, "a wrong gradient at"),
    "no gradient": (lambda value: value.detach(), "no gradient"),
    "a device without numbers": (lambda value: value.to("meta"), "on meta"),
}


@pytest.mark.parametrize("kind", RETURNED)
@pytest.mark.parametrize("part", TENSORS, ids=lambda part: part.name)
def test_what_no_question_asks_for_is_named(part: Part, kind: str) -> None:
    spoil, words = RETURNED[kind]
    learns = part.probe in (value_and_slopes, in_turn) and any(
        name.startswith("at ") and slope.any()
        for name, slope in known(part, part.right, (0,)).values[0, part.cases[0]].items()
    )
    if "gradient" in words and not learns:
        return
    found = judge(part, run(part, lambda *given: spoil(part.right(*given)), (0,)), (0,))
    own = bool(part.not_finite) and part.not_finite in found.hint
    assert not found.passed
    assert words in found.hint or own or found.known


@pytest.mark.parametrize("part", TENSORS, ids=lambda part: part.name)
def test_right_answer_worked_out_on_another_device_passes(part: Part, device: str) -> None:
    found = run(part, lambda *given: part.right(*given).to(device), (0,))
    assert judge(part, found, (0,)).passed


def inputs(question: Question, answers: list[Any], seed: int) -> list[list[str]]:
    """What each of a question's functions is called with, as text."""
    seen: list[list[str]] = [[] for _ in answers]

    def recording(own: list[str], answer: Any) -> Any:
        def call(*given: Any) -> Any:
            own.extend(
                str(list(x.state_dict().values()) if isinstance(x, torch.nn.Module) else x)
                for x in given
            )
            return answer(*given)

        return call

    recorders = [recording(own, answer) for own, answer in zip(seen, answers, strict=True)]
    collect(question, recorders, (seed,))
    return seen


@of_questions
def test_every_function_sees_other_inputs_under_another_seed(
    question: Question, written: Written
) -> None:
    """So an answer that remembers what the public seeds gave fails where an instructor grades with
    others."""
    public, other = (inputs(question, solution(question, written), seed) for seed in (0, 2024))
    assert all(one and one != two for one, two in zip(public, other, strict=True))


@of_parts
def test_values_remembered_from_a_public_seed_fail_under_another(part: Part) -> None:
    remembered = known(part, part.right, (0,)).values
    found = Run({(2024, case): values for (_, case), values in remembered.items()})
    assert not judge(part, found, (2024,)).passed


SPOILT: dict[str, Callable[[torch.Tensor], torch.Tensor | None]] = {
    "missing": lambda value: None,
    "empty": lambda value: torch.zeros(0),
    "nan": lambda value: torch.full(value.shape, torch.nan),
    "huge": lambda value: torch.full(value.shape, 3.4e38),
    "boolean": lambda value: torch.zeros(value.shape, dtype=torch.bool),
    "complex": lambda value: torch.zeros(value.shape, dtype=torch.complex64),
    "of more dimensions": lambda value: value.expand(1, 2, *value.shape),
    "text": lambda value: "7",  # type: ignore[return-value,arg-type]
}


@of_parts
@pytest.mark.parametrize("kind", SPOILT)
def test_judging_raises_on_no_values_and_passes_none_that_are_spoilt(part: Part, kind: str) -> None:
    right = known(part, part.right, (0,)).values
    for at, values in right.items():
        for name, value in values.items():
            spoilt = SPOILT[kind](value)
            others = {key: other for key, other in values.items() if key != name}
            own = others if spoilt is None else others | {name: spoilt}
            found = judge(part, Run({**right, at: own}), (0,))
            assert bool(found.hint) != found.passed
            assert not found.passed or kind == "boolean", name


@of_questions
def test_values_are_plain_tensors_and_the_same_ones_again(
    question: Question, written: Written
) -> None:
    answers, before = solution(question, written), torch.get_rng_state()
    first, second = collect(question, answers, (5,)), collect(question, answers, (5,))
    assert torch.equal(torch.get_rng_state(), before)
    for name, found in first.items():
        for at, values in found.values.items():
            again = second[name].values[at]
            assert values.keys() == again.keys()
            assert all(type(value) is torch.Tensor for value in values.values())
            assert not any(value.requires_grad for value in values.values())
            assert all(torch.equal(values[key], again[key]) for key in values)


@of_questions
def test_first_part_that_is_wrong_speaks(question: Question) -> None:
    def stopped(*given: Any) -> None:
        raise ZeroDivisionError

    runs = collect(question, [part.right for part in question.parts], (0,))
    for part in reversed(question.parts):
        runs[part.name] = run(part, stopped, (0,))
        assert verdict(question, runs, (0,)).hint.startswith("`stopped` stopped at line")
    assert all(runs[part.name].fault for part in question.parts)


@pytest.mark.parametrize("question_id", MODULES)
def test_points_of_the_notebooks_are_those_of_the_questions(question_id: str) -> None:
    question = find(question_id)
    text = next(SOLUTIONS.glob(f"{question_id[:2]}_solution.py")).read_text(encoding="utf-8")
    (points,) = re.findall(rf'"grade_id": "{question_id[3:]}_check".*?"points": (\d+)', text)
    assert int(points) == question.points
    assert question.id == question_id
    assert f'check("{question_id}", {", ".join(question.asks)})' in text


def test_registry_finds_every_question_of_the_solutions() -> None:
    asked = [
        found
        for source in sorted(SOLUTIONS.glob("*.py"))
        for found in re.findall(r'^check\("([^"]+)"', source.read_text(encoding="utf-8"), re.M)
    ]
    assert list(MODULES) == asked


def test_importing_practice_loads_neither_pictures_nor_widgets() -> None:
    code = (
        "import sys, gan_course.practice; print([m for m in ('matplotlib', 'torchvision', "
        "'scipy', 'ipywidgets', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
