"""A class graded by `gan-course grade`: records, pages, tables, and going on after a kill."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gan_course.cli import app
from gan_course.grading.similarity import alike
from tests.grading.answers import ROOT

RIGHT = (ROOT / "solutions" / "05_solution.py").read_text(encoding="utf-8")
RUDE = RIGHT.replace(
    "    return -fake_scores.mean()", "    raise RuntimeError('<script>alert(1)</script>')"
).replace("    costs = (", "    unlike = [1] + [2] + [3]\n    costs = (")


def grade(folder: Path, *words: str) -> tuple[int, str]:
    out = str(folder.parent / "report")
    done = CliRunner().invoke(app, ["grade", str(folder), "--out", out, *words])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a class of four, one of whom has handed in twice."""
    folder = tmp_path_factory.mktemp("class") / "handed_in"
    files = {
        "Ada_11_assignsubmission_file_/05_first.py": RUDE,
        "Ada_11_assignsubmission_file_/05_second.py": RIGHT,
        "=Bob.py": RUDE,
        "cee_LATE_12_13_05_exercise.py": re.sub(r"\bcosts\b", "table", RIGHT) + "# all mine\n",
        "dee.ipynb": "{",
    }
    for i, (name, text) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1000 + i, 1000 + i))
    code, said = grade(folder, "--jobs", "2")
    assert code == 0, said
    return folder.parent / "report"


def of(report: Path, student: str) -> dict[str, object]:
    grades = json.loads((report / "grades.json").read_text())
    (found,) = (own for own in grades if own["student"] == student)
    return found  # type: ignore[no-any-return]


def test_newest_file_of_a_student_counts_and_each_grade_is_its_own(graded: Path) -> None:
    points = {name: of(graded, name)["points"] for name in ("Ada", "=Bob", "cee", "dee")}
    assert points == {"Ada": 21, "=Bob": 15, "cee": 21, "dee": 0}
    assert of(graded, "Ada")["file"] == "Ada_11_assignsubmission_file_/05_second.py"
    assert "05_first.py" in (graded / "index.html").read_text()


def test_pages_show_hints_as_text_and_no_seeds(graded: Path) -> None:
    pages = [path.read_text() for path in graded.rglob("*.html")]
    assert len(pages) == 5
    assert any("&lt;script&gt;alert(1)" in page for page in pages)
    assert not any("<script" in page or "seed" in page for page in pages)
    assert any("Handed in late" in page for page in pages)
    assert any("it is not JSON" in page for page in pages)


def test_overview_has_bars_for_each_question_and_names_answers_that_are_alike(
    graded: Path,
) -> None:
    text = (graded / "index.html").read_text()
    assert [f"05.q{i} ·" in text for i in range(1, 8)] == [True] * 7
    assert "21 of 21" in text
    assert re.search(r"\d+%: \S+ and \S+", text)


def test_tables_have_the_columns_that_canvas_and_moodle_import(graded: Path) -> None:
    canvas = list(csv.DictReader((graded / "canvas.csv").open()))
    assert list(canvas[0])[:2] == ["Student", "ID"]
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert {row["Student"]: row["Exercise 05"] for row in canvas[1:]} == {
        "Ada": "21",
        "'=Bob": "15",  # no spreadsheet may take it for a formula
        "cee": "21",
        "dee": "",
    }
    moodle = list(csv.DictReader((graded / "moodle_05.csv").open()))
    assert moodle[0]["Identifier"] in ("Participant ", "Participant 11")
    assert {"Grade", "Last modified (grade)", "Feedback comments"} <= set(moodle[0])


def test_second_run_grades_nothing_and_one_question_is_graded_again_alone(graded: Path) -> None:
    folder = graded.parent / "handed_in"
    records = {path: path.stat().st_mtime_ns for path in graded.glob("records/*")}
    page = (graded / "index.html").read_bytes()
    code, said = grade(folder)
    assert (code, said.count("\n")) == (0, 1)
    assert {path: path.stat().st_mtime_ns for path in graded.glob("records/*")} == records
    assert (graded / "index.html").read_bytes() == page
    code, said = grade(folder, "--regrade", "05.q2")
    assert (code, said.count("points")) == (0, 3)
    assert of(graded, "Ada")["points"] == 21
    assert grade(folder, "--regrade", "05.q9")[0] == 2


def test_report_of_another_version_or_another_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text("x = 1")
    out = tmp_path / "report"
    out.mkdir()
    (out / "report.json").write_text('{"gan-course": "0.0.1"}')
    assert "another version of the course" in grade(folder)[1]
    (out / "report.json").rename(out / "thesis.txt")
    code, said = grade(folder)
    assert (code, [path.name for path in out.iterdir()]) == (2, ["thesis.txt"])
    assert "holds no report" in said


def test_without_bubblewrap_no_report_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT, encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = grade(folder)
    assert (code, (tmp_path / "report").exists()) == (2, False)
    assert "apt-get install bubblewrap" in said


def test_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "report"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.py").write_text(RIGHT, encoding="utf-8")
    words = [sys.executable, "-m", "gan_course.cli", "grade", str(folder), "--out", str(out)]
    run = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    end = time.monotonic() + 300
    while not list(out.glob("records/*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = {path: path.stat().st_mtime_ns for path in out.glob("records/*.json")}
    assert 1 <= len(before) < 3
    code, said = grade(folder)
    assert (code, said.count("21 points")) == (0, 3 - len(before))
    assert (
        before.items() <= {path: path.stat().st_mtime_ns for path in out.glob("records/*")}.items()
    )


@pytest.mark.parametrize("victim", ["$PPID", "$$"], ids=["grader", "sandbox"])
def test_process_killed_for_memory_costs_its_own_submission_alone_and_not_for_long(
    victim: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, programs = tmp_path / "class", tmp_path / "bin"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.py").write_text(RIGHT, encoding="utf-8")
    programs.mkdir()
    (programs / "bwrap").write_text(  # the first that is started ends as if the kernel had ended it
        f"#!/bin/sh\nmkdir {programs}/first && kill -9 {victim}\n"
        f'exec {shutil.which("bwrap")} "$@"\n'
    )
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    code, said = grade(folder)
    assert (code, said.count("21 points")) == (0, 1)
    assert "a, exercise 05: The process that graded this file was killed" in said
    assert of(tmp_path / "report", "a")["points"] == 0
    code, said = grade(folder)
    assert (code, said.count("21 points")) == (0, 1)
    assert of(tmp_path / "report", "a")["points"] == 21


def test_answers_alike_but_for_names_and_comments_are_found_and_others_not() -> None:
    one = "def f(a, b):\n    c = a + b  # sum\n    return [x * c for x in range(3) if x > a]\n" * 3
    same = re.sub(r"\b([abcx])\b", r"name_\1", one).replace("# sum", "# total")
    other = "def f(a, b):\n    while a < b:\n        a = a * 2 - 1\n    return {a: b, b: a}\n" * 3
    assert [(a, b) for _, a, b in alike({"one": [one], "same": [same], "other": [other]})] == [
        ("one", "same")
    ]
