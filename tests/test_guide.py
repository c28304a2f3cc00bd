"""The commands of the guide to training do what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.command import Command

GUIDE = (Path(__file__).parents[1] / "site" / "training.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


def test_every_command_of_the_guide_can_be_run_as_it_stands(
    course: Command, tmp_path: Path
) -> None:
    lines = [shlex.split(line) for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) >= 8
    for program, *arguments in lines:
        assert program == "gan-course"
        outcome = course(*arguments)
        assert outcome.code == 0, f"{shlex.join(arguments)}: {outcome.err}"
    told = set(re.findall(r"^\| `([\w.]+)/?[^|]*` ", GUIDE, flags=re.MULTILINE))
    assert told == {path.name for path in (tmp_path / "runs" / "a").iterdir()}


def test_the_guides_python_trains_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    for _ in range(2):
        exec(
            compile(
                code.replace("GAN()", "GAN(GANConfig(steps=600))").replace(
                    "import GAN", "import GAN, GANConfig"
                ),
                "guide",
                "exec",
            ),
            {},
        )
    assert [path.name for path in sorted((tmp_path / "runs" / "notebook").iterdir())] == [
        "step-000000500.pt",
        "step-000000600.pt",
    ]
