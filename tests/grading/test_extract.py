"""What of a question goes to where a learner's code runs: inputs and probes, no right answer."""

from __future__ import annotations

import ast

import pytest

from gan_course.grading.extract import harness, inputs
from gan_course.practice.question import Part, Question
from gan_course.practice.registry import MODULES, find

QUESTIONS = list(map(find, MODULES))
LISTS = ("Part(", "mistakes(", "Computed(", "QUESTION")
SOLVERS = ("linear_sum_assignment", "permutations")
of_questions = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)


def defined(question: Question) -> set[str]:
    """The names of all functions, classes and lambdas in the source that is sent, with modules."""
    return {
        f"{module}.{getattr(node, 'name', '<lambda>')}"
        for module, source in harness(question)["modules"]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
    }


def answers(part: Part) -> set[str]:
    """Where the functions stand that a part's lists name, right and wrong."""
    functions = [part.right, *part.also_right.values(), *([part.read] if part.read else [])]
    functions += [function for mistake in part.mistakes for function in mistake.functions]
    names = {
        f"{f.__module__}.{f.__qualname__.partition('.')[0]}"
        for f in functions
        if getattr(f, "__module__", None) and hasattr(f, "__qualname__")
    }
    return {name for name in names if not name.endswith("<lambda>")}


@of_questions
def test_neither_answers_nor_mistakes_nor_readings_are_sent(question: Question) -> None:
    sent = defined(question)
    assert not sent & {name for part in question.parts for name in answers(part)}
    text = "".join(source for _, source in harness(question)["modules"])
    assert not any(word in text for word in (*LISTS, *SOLVERS))


def test_inputs_that_take_a_right_answer_to_draw_are_sent_as_numbers() -> None:
    part = find("04.q4").parts[0]
    assert all("inputs" not in own for own in harness(find("04.q4"))["parts"])
    seed, case, given = inputs(part, (7,))[0]
    assert (seed, case) == (7, part.cases[0])
    assert given["codes"] == ["int64", part.inputs(7, case)["codes"].tolist()]
    assert inputs(find("05.q1").parts[0], (7,)) == []


def test_probe_that_is_no_function_of_its_module_is_refused() -> None:
    from dataclasses import replace

    question = find("05.q1")
    own = replace(question.parts[0], probe=lambda call, given: {})
    with pytest.raises(ValueError, match="must be a function of its module"):
        harness(replace(question, parts=(own,)))
