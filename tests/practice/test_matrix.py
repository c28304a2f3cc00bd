"""`gan-course exercise matrix`: the proof of the exercises' checks as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from gan_course.cli import app
from gan_course.practice import registry
from gan_course.practice.lesson_05 import q1_losses
from gan_course.practice.question import mistakes

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_matrix_shows_right_answers_and_each_mistake_with_its_hint() -> None:
    shown = RUNNER.invoke(app, ["exercise", "matrix", "05.q1", "--seeds", "1"])
    assert shown.exit_code == 0
    assert "05.q1 · losses of a critic" in shown.output
    assert "in float64" in shown.output
    assert "`critic_loss` never looks at the fakes." in shown.output
    assert "FAILS" not in shown.output


def test_matrix_leaves_with_1_where_one_mistake_shadows_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    critic, generator = q1_losses.QUESTION.parts
    first = critic.mistakes[0]
    shadowed = replace(
        critic, mistakes=(*mistakes(first.functions[0], "another hint"), *critic.mistakes)
    )
    broken = replace(q1_losses.QUESTION, parts=(shadowed, generator))
    monkeypatch.setattr(registry, "find", lambda name: broken)
    shown = RUNNER.invoke(app, ["exercise", "matrix", "05.q1", "--seeds", "1"])
    assert shown.exit_code == 1
    assert shown.output.count("FAILS") == 1
    assert "1 line failed" in shown.output


def test_matrix_explains_itself_and_names_the_nearest_question() -> None:
    help_text = RUNNER.invoke(app, ["exercise", "matrix", "--help"]).output
    assert "gan-course exercise matrix 05.q2" in help_text
    shown = RUNNER.invoke(app, ["exercise", "matrix", "05.q9"])
    assert shown.exit_code == 2
    assert "there is no question '05.q9' (did you mean '05.q" in shown.output
