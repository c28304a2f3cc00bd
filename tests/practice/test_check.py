"""What `check` shows and raises: one line, clear sentences, nothing of the machinery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from gan_course.losses import non_saturating
from gan_course.practice import CheckFailed, check
from gan_course.practice.checking import attempt
from gan_course.practice.lesson_01.q1_losses import UNSTABLE, game
from gan_course.practice.lesson_01.q2_optimal_discriminator import share
from gan_course.practice.lesson_01.steps import step
from gan_course.practice.registry import find
from gan_course.practice.returned import BadReturn

bce_d, bce_g = non_saturating.discriminator, non_saturating.generator
ORDER = r'check\("01.q1", discriminator_loss, generator_loss\)'


def hint(discriminator_loss: Any) -> str:
    return attempt(find("01.q1"), (discriminator_loss, bce_g), (0,)).hint


def negative(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return -bce_d(real, fake)


def test_right_answer_is_said_in_one_line_with_its_points(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check("01.q1", bce_d, bce_g)
    assert capsys.readouterr().out == "01.q1 · losses from logits: right, 3 points.\n"


def test_nothing_is_right_where_the_courses_own_answer_fails() -> None:
    def broken(*_given: torch.Tensor) -> None:
        raise BadReturn("Not written yet.")

    question = find("01.q1")
    parts = tuple(replace(part, right=broken, mistakes=()) for part in question.parts)
    verdict = attempt(replace(question, parts=parts), (bce_d, bce_g), (0,))
    assert not verdict.passed
    assert verdict.hint == (
        "`discriminator_loss` cannot be judged, since the course's own answer fails here: "
        "Not written yet."
    )


def test_wrong_answer_shows_its_hint_and_raises_an_assertion_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(AssertionError, match="wrong sign") as caught:
        check("01.q1", negative, bce_g)
    shown = capsys.readouterr().out
    assert shown.startswith(
        "01.q1 · losses from logits: not yet. `discriminator_loss` has the right size and the "
        "wrong sign."
    )
    assert shown.count("\n") == 1
    assert isinstance(caught.value, CheckFailed)


def test_every_check_says_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    for question_id, answers in (
        ("01.q2", (lambda p, q: p**2 / (p**2 + q**2), torch.sub)),
        ("01.q3", (step(judged=lambda fake, generator: generator(torch.randn(6, 3))),)),
    ):
        for _ in range(2):
            with pytest.raises(CheckFailed):
                check(question_id, *answers)
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[2]) == (lines[1], lines[3])


def test_notebook_shows_html_beside_plain_text_and_a_traceback_of_one_line() -> None:
    shell = InteractiveShell.instance()
    try:
        shell.push({"check": check, "wrong": (negative, bce_g)})
        with capture_output() as captured:
            result = shell.run_cell('check("01.q1", *wrong)')
        (shown,) = captured.outputs
    finally:
        InteractiveShell.clear_instance()
    assert isinstance(result.error_in_exec, CheckFailed)
    assert shown.data["text/plain"].startswith(
        "01.q1 · losses from logits: not yet. `discriminator_loss`"
    )
    assert "<code>discriminator_loss</code>" in shown.data["text/html"]
    assert result.error_in_exec._render_traceback_() == [
        "CheckFailed: not right yet, the hint stands above."
    ]
    assert "Traceback" not in captured.stdout


def test_html_of_a_hint_is_escaped() -> None:
    def evil(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        raise ValueError("<script>alert(1)</script>")

    shell = InteractiveShell.instance()
    try:
        shell.push({"check": check, "evil": evil, "bce_g": bce_g})
        with capture_output() as captured:
            shell.run_cell('check("01.q1", evil, bce_g)')
        (shown,) = captured.outputs
    finally:
        InteractiveShell.clear_instance()
    assert "<script>" not in shown.data["text/html"]
    assert "<script>" in shown.data["text/plain"]


@pytest.mark.parametrize(
    ("given", "nearest"), [("01.q9", "01.q"), ("1.q1", "01.q1"), ("02.Q3", "02.q3")]
)
def test_unknown_question_is_told_the_nearest(given: str, nearest: str) -> None:
    with pytest.raises(
        ValueError, match=f"there is no question '{given}'.*did you mean '{nearest}"
    ):
        check(given, bce_d)


def test_id_that_was_forgotten_is_asked_for() -> None:
    with pytest.raises(
        TypeError, match=r'expected the id of a question first, such as "01.q1", got function'
    ):
        check(bce_d, bce_g)  # type: ignore[arg-type]


def test_wrong_number_of_functions_is_told_the_right_call() -> None:
    with pytest.raises(TypeError, match=f"question 01.q1 asks for 2 functions, got 1: {ORDER}"):
        check("01.q1", bce_d)
    with pytest.raises(TypeError, match="asks for 1 function, got 0"):
        check("01.q3")


def test_result_in_place_of_a_function_is_refused() -> None:
    with pytest.raises(
        TypeError,
        match="expected the function discriminator_loss itself, got Tensor: name it without "
        f"calling it, {ORDER}",
    ):
        check("01.q1", torch.zeros(()), bce_g)  # type: ignore[arg-type]


def test_functions_in_another_order_are_refused() -> None:
    def discriminator_loss(real: Any, fake: Any) -> None: ...

    def generator_loss(fake: Any) -> None: ...

    with pytest.raises(TypeError, match=f"another order than the question's: {ORDER}"):
        check("01.q1", generator_loss, discriminator_loss)


def test_exception_is_told_with_its_type_its_message_and_the_learners_line() -> None:
    def my_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(real[:3]) + fake[:2]  # the line to be shown

    said = hint(my_loss)
    assert said.startswith("`my_loss` stopped at line ")
    assert (
        "`return torch.nn.functional.softplus(real[:3]) + fake[:2]  # the line to be shown`" in said
    )
    assert said.endswith(
        "RuntimeError: The size of tensor a (3) must match the size of tensor b (2) at "
        "non-singleton dimension 0"
    )


def test_known_exception_is_told_what_it_points_at() -> None:
    said = hint(
        lambda real, fake: torch.nn.functional.binary_cross_entropy(real, torch.ones_like(real))
    )
    assert said.endswith(
        "should be between 0 and 1. That function takes probabilities, and these are logits. Which "
        "of its relatives takes logits?"
    )


def test_function_of_other_arguments_is_told_so() -> None:
    assert hint(lambda real: real.mean()).startswith(
        "`discriminator_loss` could not be used as the question says. TypeError:"
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda real, fake: torch.nn.Module()(real),  # a frame of torch's raises
        lambda real, fake: real.to("meta").cpu(),  # no frame of its own
    ],
)
def test_not_implemented_inside_torch_is_no_stub(answer: Any) -> None:
    said = hint(answer)
    assert "not written yet" not in said
    assert "NotImplementedError" in said


def test_exit_inside_an_answer_does_not_end_the_notebook() -> None:
    def leave(real: Any, fake: Any) -> None:
        raise SystemExit("bye")

    assert "SystemExit: bye" in hint(leave)


def test_interrupt_of_the_learner_is_not_swallowed() -> None:
    def interrupted(real: Any, fake: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("01.q1", interrupted, bce_g)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "`discriminator_loss` returned None. Does every path through it end with `return`?"),
        (
            (torch.zeros(()), torch.zeros(())),
            "`discriminator_loss` returned a tuple, expected one tensor.",
        ),
        (1.5, "`discriminator_loss` returned the number 1.5, expected a tensor"),
        (torch.zeros((), dtype=torch.complex64), "returned complex numbers"),
        (torch.zeros(3), "`discriminator_loss` returned shape (3,), expected a scalar, shape ()."),
    ],
)
def test_wrong_type_or_shape_is_named(returned: Any, words: str) -> None:
    assert words in hint(lambda real, fake: returned)


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        *zip(
            UNSTABLE,
            (
                "is inf at a logit of -1000, sure and wrong, since the probability rounds",
                "is 36.84 at a logit of -1000, sure and wrong, and levels off",
                "is 200 at a logit of -1000, sure and wrong, and levels off",
                "is right at a logit of -1000, sure and wrong, but its gradient is nan",
                "is right at a logit of -1000, sure and wrong, but its slope is not",
            ),
            strict=True,
        )
    ],
)
def test_loss_that_breaks_at_an_extreme_logit_is_told_where_and_how(loss: Any, words: str) -> None:
    assert words in hint(game(loss))


def test_ordinary_logits_are_judged_before_extreme_ones() -> None:
    assert "has the right size and the wrong sign" in hint(lambda *logits: -naive(*logits))
    assert "rewards calling real fake" in hint(lambda real, fake: naive(fake, real))


def naive(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return -real.sigmoid().log().mean() - (1 - fake.sigmoid()).log().mean()


def test_infinite_value_is_told_by_the_hint_of_the_call_that_gave_it() -> None:
    answers = (share, lambda log_p, log_q: log_p.exp().log() - log_q)
    assert "breaks down in the tails" in attempt(find("01.q2"), answers, (0,)).hint


def test_gradient_that_does_not_arrive_is_told_where() -> None:
    assert "no gradient reaches the real logits" in hint(lambda real, fake: bce_d(real.data, fake))


def test_seeding_inside_an_answer_is_told_and_does_not_leak() -> None:
    def seeding(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)
        return bce_d(real, fake)

    before = torch.get_rng_state()
    with pytest.raises(CheckFailed, match="draws from PyTorch's random generator, or seeds it"):
        check("01.q1", seeding, bce_g)
    assert torch.equal(torch.get_rng_state(), before)


def test_answer_that_switches_gradients_off_does_not_spoil_the_next() -> None:
    def careless(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        torch.set_grad_enabled(False)
        return bce_d(real, fake)

    assert "leaves the recording of gradients switched off or on" in hint(careless)
    assert torch.is_grad_enabled()
    check("01.q1", bce_d, bce_g)
