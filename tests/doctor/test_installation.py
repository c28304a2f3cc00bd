"""`gan-course doctor`: what is installed, and what to do about what is missing or damaged."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import torch

import gan_course.metrics
from gan_course.commands import paths
from gan_course.data import digits
from gan_course.doctor import installation
from tests.command import Command


def test_the_doctor_finds_this_installation_usable(course: Command) -> None:
    outcome = course("doctor")
    assert outcome.code == 0, outcome.out
    named = ("Python", "device", "threads", "lessons", "digits", "judge", "cache")
    for words in (*named, "checksum right", "The course can be used."):
        assert words in outcome.out


def test_the_doctor_says_what_to_do_about_damaged_digits(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> None:
        raise ValueError("mnist_10k.npz is damaged: its sha256 is wrong")

    monkeypatch.setattr(digits, "packaged_digits", damaged)
    outcome = course("doctor")
    assert outcome.code == 1
    assert "MISSING  digits" in outcome.out
    assert "mnist_10k.npz is damaged" in outcome.out
    assert "→ restore the package's files: in a clone, git checkout -- gan_course" in outcome.out


def test_the_doctor_says_what_to_do_about_a_broken_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise FileNotFoundError("judge.safetensors")

    monkeypatch.setattr(gan_course.metrics, "judge", broken)
    (finding,) = installation.judge()
    assert finding.state == "missing"
    assert "judge.safetensors" in finding.detail
    assert finding.remedy


def test_the_doctor_tells_missing_and_old_packages_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "absent":
            raise PackageNotFoundError(name)
        return "1.5"

    monkeypatch.setattr(
        installation,
        "requires",
        lambda _: [
            "here>=1",
            "old>=2",
            "absent",
            "jupyterlab>=1; extra == 'learn'",
            "absent; extra == 'learn'",
            "gan-course[pictures]; extra == 'learn'",
            "old; extra == 'grading'",
        ],
    )
    monkeypatch.setattr(installation, "version", version)
    core = list(installation.packages("library", "", "pip"))
    learner = list(installation.packages("learner's extra", "learn", "pip"))
    assert [(finding.state, finding.detail) for finding in core] == [
        ("ok", "here 1.5"),
        ("missing", "old is 1.5, expected >=2; absent is not installed"),
    ]
    assert [(finding.state, finding.detail) for finding in learner] == [
        ("ok", "jupyterlab 1.5"),
        ("advice", "absent is not installed"),
    ]


@pytest.mark.parametrize(
    ("threads", "cores", "state"),
    [(1, 2, "ok"), (2, 2, "advice"), (4, 4, "advice"), (16, 32, "ok")],
)
def test_the_doctor_warns_of_several_threads_on_a_small_machine(
    monkeypatch: pytest.MonkeyPatch, threads: int, cores: int, state: str
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    (finding,) = installation.threads()
    assert (finding.state, "OMP_NUM_THREADS=1" in finding.remedy) == (state, state == "advice")


def test_the_doctor_says_where_lessons_come_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    (finding,) = installation.lessons(paths.chapters())
    assert finding.state == "advice"
    assert finding.remedy.startswith("git clone https://github.com/")


def test_the_doctor_says_when_the_cache_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path / "file" / "gan_course")
    (finding,) = installation.cache()
    assert (finding.state, finding.detail) == ("advice", f"{tmp_path / 'file'} cannot be written")
