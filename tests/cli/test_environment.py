"""The environment does not decide what a command does: not the code page of its output, and not the
program it was started from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gan_course.commands import environment, results
from gan_course.modalities.line import LINE
from tests.cli.small_lesson import write_lesson
from tests.command import Command

ROOT = Path(__file__).parents[2]
TRAIN = ("train", "gan", "--steps", 2, "--out", "a")


def elsewhere(
    folder: Path, *arguments: object, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `gan-course` in `folder`, in a process with an environment of its own."""
    command = [sys.executable, "-m", "gan_course.cli", *map(str, arguments)]
    given = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    given |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | variables
    return subprocess.run(command, cwd=folder, env=given, capture_output=True)


@pytest.mark.parametrize("page", ["cp1252", "cp932", "ascii"])
def test_a_report_is_written_whole_in_a_code_page_that_lacks_its_characters(
    course: Command, tmp_path: Path, page: str
) -> None:
    assert course(*TRAIN).code == 0
    done = elsewhere(tmp_path, "doctor", "a", PYTHONIOENCODING=page)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(page)
    assert "from step 1 to 2" in text
    assert "Nothing wrong was found, but not everything can be judged" in text
    if page == "ascii":
        assert "-> train anew, into another folder" in text


def test_a_lesson_runs_though_its_headings_cannot_be_written(tmp_path: Path) -> None:
    write_lesson(tmp_path, "# %% [markdown]\n# # λ → ∞\n\n# %%\n1 + 1\n")
    done = elsewhere(tmp_path, "run", "02", "--out", "o", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert "? -> ?" in done.stdout.decode("cp1252")
    assert len(list((tmp_path / "o").glob("*.ipynb"))) == 1


def test_every_character_that_a_report_draws_has_a_plain_form() -> None:
    environment.settle()
    plain = (environment.BLOCKS + "→×λ").encode("ascii", errors="gan_course.plain")
    assert plain == b"12345678->x?"


ODD = {
    "a notebook's backend that is not installed": {"MPLBACKEND": "module://nowhere.backend"},
    "a backend that nobody knows": {"MPLBACKEND": "paper"},
    "the C locale": {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "a dumb terminal": {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "1"},
    "a folder for temporary files that is not there": {"TMPDIR": "/nowhere"},
    "a folder of matplotlib that cannot be written": {"MPLCONFIGDIR": "/proc"},
    "no home": {"HOME": "/nowhere"},
    "warnings as errors": {"PYTHONWARNINGS": "error"},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_run_has_its_result_its_picture_and_its_report(tmp_path: Path, odd: str) -> None:
    done = elsewhere(tmp_path, *TRAIN, **ODD[odd])
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "a" / "samples.png").is_file()
    done = elsewhere(tmp_path, "doctor", "a", **ODD[odd])
    assert done.returncode == 0, done.stderr.decode()


def test_a_picture_that_fails_costs_the_picture_and_is_drawn_when_the_run_is_asked_for_again(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert course(*TRAIN[:-1], "whole").code == 0

    def fails(*_: object) -> None:
        raise ImportError("no module named brush")

    with monkeypatch.context() as patch:
        patch.setattr(type(LINE), "write", fails)
        outcome = course(*TRAIN)
    assert outcome.code == 0
    assert (
        "gan-course: the samples could not be drawn (no module named brush); the weights are "
        "whole, so try again with: gan-course train gan --out a --resume\n" in outcome.err
    )
    a, whole = tmp_path / "a", tmp_path / "whole"
    assert not (a / "samples.png").exists()
    assert course("train", "gan", "--out", "a", "--resume").code == 0
    for name in ("final.safetensors", "samples.png"):
        assert (a / name).read_bytes() == (whole / name).read_bytes()


def test_weights_are_written_before_any_picture(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = []

    def draws(*_: object) -> None:
        there.append((tmp_path / "a" / "final.safetensors").is_file())

    monkeypatch.setattr(results, "write_picture", draws)
    assert course(*TRAIN).code == 0
    assert there == [True]


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    code = f"{sys.executable} -m gan_course.cli list | true; echo ${{PIPESTATUS[0]}}"
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", code], cwd=tmp_path, env=given, capture_output=True)
    assert b"Traceback" not in done.stderr
    assert b"Broken pipe" not in done.stderr
