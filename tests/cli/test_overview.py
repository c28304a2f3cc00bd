"""What `gan-course` says of itself: help, version and list."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gan_course import __version__
from tests.command import Command, Outcome


def test_help_and_version_answer_without_loading_pytorch() -> None:
    code = (
        "import sys, gan_course.cli; "
        "print([name for name in ('torch', 'rich', 'matplotlib') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_version_is_the_packages(course: Command) -> None:
    assert course("--version") == Outcome(0, f"gan-course {__version__}\n", "")


@pytest.mark.parametrize(
    "name",
    ["list", "doctor", "lessons", "lab", "run", "train", "runs", "sample", "translate", "verify"],
)
def test_every_command_explains_itself_by_examples(course: Command, name: str) -> None:
    outcome = course(name, "--help")
    assert outcome.code == 0
    assert f"\n    gan-course {name}" in outcome.out.split("Example")[1]


def test_the_list_shows_every_lesson_model_and_data_set(course: Command) -> None:
    outcome = course("list")
    assert outcome.code == 0
    lessons = ("01", "The game, on a line", "02", "Digits from noise")
    for word in (*lessons, "dcgan", "60,000 steps", "mixture", "grid", "wgan_gp"):
        assert word in outcome.out
