"""Questions of the old form (lessons 01-04) proved both ways: the stub fails, right answers pass,
each wrong one fails with its own hint."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import answers_01
import answers_03
import answers_04
import pytest
import torch

from gan_course.practice.checking import PUBLIC_SEEDS, attempt
from gan_course.practice.judged import Question, Verdict
from gan_course.practice.registry import MODULES, find

SEEDS = (*PUBLIC_SEEDS, 11, 2024)
QUESTIONS = [q for q in MODULES if isinstance(find(q), Question)]
SOLUTIONS = Path(__file__).parents[2] / "solutions"
ANSWERS = (answers_01, answers_03, answers_04)
RIGHT: dict[str, dict[str, Any]] = {
    name: answers for module in ANSWERS for name, answers in module.RIGHT.items()
}
WRONG: dict[str, dict[str, Any]] = {
    name: answers for module in ANSWERS for name, answers in module.WRONG.items()
}


def every(table: dict[str, dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(question_id, name, id=f"{question_id}-{name}")
        for question_id, named in table.items()
        for name in named
    ]


def hints(question_id: str, answers: Any, seeds: tuple[int, ...] = SEEDS) -> list[str]:
    """The hint for each seed, "" where the answer passed."""
    verdicts = [attempt(find(question_id), tuple(answers), (seed,)) for seed in seeds]
    assert all(bool(verdict.hint) != verdict.passed for verdict in verdicts)
    return [verdict.hint for verdict in verdicts]


def without_numbers(hint: str) -> str:
    return re.sub(r"[-\d.,×()]+", "", hint)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_every_question_has_two_other_right_answers_and_three_wrong_ones(question_id: str) -> None:
    assert len(RIGHT[question_id]) >= 2
    assert len({words for _, words in WRONG[question_id].values()}) >= 3


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_solution_passes_on_public_and_other_seeds(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    names = written[False][question_id[:2]]
    assert hints(question_id, [names[name] for name in find(question_id).asks]) == [""] * len(SEEDS)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_stub_fails_as_not_written_yet(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    names = written[True][question_id[:2]]
    (hint,) = set(hints(question_id, [names[name] for name in find(question_id).asks]))
    assert hint.startswith(f"`{find(question_id).asks[0]}` is not written yet")


@pytest.mark.parametrize(("question_id", "name"), every(RIGHT))
def test_right_answer_written_differently_passes(question_id: str, name: str) -> None:
    assert hints(question_id, RIGHT[question_id][name]) == [""] * len(SEEDS)


@pytest.mark.parametrize(("question_id", "name"), every(WRONG))
def test_wrong_answer_fails_on_every_seed_with_the_hint_of_its_mistake(
    question_id: str, name: str
) -> None:
    answers, words = WRONG[question_id][name]
    assert [words in hint for hint in hints(question_id, answers)] == [True] * len(SEEDS), hints(
        question_id, answers
    )


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_different_mistakes_get_different_hints(question_id: str) -> None:
    first = {}
    for name, (answers, words) in WRONG[question_id].items():
        first.setdefault(words, (name, without_numbers(hints(question_id, answers, seeds=(0,))[0])))
    spoken = [hint for _, hint in first.values()]
    assert len(set(spoken)) == len(spoken), sorted(spoken)


def inputs(question_id: str, names: dict[str, Any], seed: int) -> dict[str, list[str]]:
    """What each of a question's functions is called with, as text."""
    seen: dict[str, list[str]] = {name: [] for name in find(question_id).asks}

    def recording(name: str) -> Any:
        def call(*arguments: Any) -> Any:
            seen[name] += [
                str(list(x.state_dict().values()) if isinstance(x, torch.nn.Module) else x)
                for x in arguments
            ]
            return names[name](*arguments)

        return call

    find(question_id).values(tuple(recording(name) for name in seen), seed)
    return seen


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_every_function_sees_other_inputs_under_another_seed(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    """So an answer that remembers what the public seeds gave fails where an instructor grades with
    others."""
    public, other = (
        inputs(question_id, written[False][question_id[:2]], seed) for seed in (0, 2024)
    )
    assert all(public[name] and public[name] != other[name] for name in find(question_id).asks)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_values_remembered_from_a_public_seed_fail_under_another(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    names, question = written[False][question_id[:2]], find(question_id)
    remembered = question.values(tuple(names[name] for name in question.asks), seed=0)
    assert not question.verdict(remembered, seed=2024).passed


def spoilt(question_id: str, written: dict[bool, dict[str, Any]], kind: str) -> dict[str, Verdict]:
    """The verdict on a solution's values after one of them was spoilt, by the name of that one."""
    names, question = written[False][question_id[:2]], find(question_id)
    values = question.values(tuple(names[name] for name in question.asks), seed=0)
    verdicts = {}
    for key, value in values.items():
        others = {name: tensor for name, tensor in values.items() if name != key}
        instead = {
            "missing": {},
            "empty": {key: torch.zeros(0)},
            "nan": {key: torch.full(value.shape, torch.nan)},
            "huge": {key: torch.full(value.shape, 3.4e38)},
            "boolean": {key: torch.zeros(value.shape, dtype=torch.bool)},
        }
        verdicts[key] = question.verdict(others | instead[kind], seed=0)
    return verdicts


@pytest.mark.parametrize("question_id", QUESTIONS)
@pytest.mark.parametrize("kind", ["missing", "empty", "nan"])
def test_judge_passes_no_value_that_is_missing_empty_or_nan(
    question_id: str, kind: str, written: dict[bool, dict[str, Any]]
) -> None:
    assert [
        key for key, verdict in spoilt(question_id, written, kind).items() if verdict.passed
    ] == []


@pytest.mark.parametrize("question_id", QUESTIONS)
@pytest.mark.parametrize("kind", ["huge", "boolean"])
def test_judge_decides_on_any_values_without_raising(
    question_id: str, kind: str, written: dict[bool, dict[str, Any]]
) -> None:
    assert all(
        verdict.passed or verdict.hint for verdict in spoilt(question_id, written, kind).values()
    )


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_checking_leaves_the_random_state_as_it_was(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    names = written[False][question_id[:2]]
    before = torch.get_rng_state()
    hints(question_id, [names[name] for name in find(question_id).asks], seeds=(0,))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_probe_returns_plain_tensors_and_the_same_ones_again(
    question_id: str, written: dict[bool, dict[str, Any]]
) -> None:
    names, question = written[False][question_id[:2]], find(question_id)
    answers = tuple(names[name] for name in question.asks)
    first, second = question.values(answers, seed=5), question.values(answers, seed=5)
    assert all(type(value) is torch.Tensor and not value.requires_grad for value in first.values())
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
