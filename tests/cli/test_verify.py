"""A lesson is run under other seeds, and every claim must have left its record in each."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from gan_course.cli import app
from gan_course.commands.execution import read_lesson
from gan_course.commands.verification import Verification, claims_in, verify, with_seed
from gan_course.training import progress
from tests.cli.small_lesson import HEAD, write_lesson

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def result(source: Path) -> Iterator[Verification]:
    """The lesson under three seeds, two side by side."""
    before = {path: path.read_bytes() for path in source.parent.iterdir()}
    result = verify("02", source, seeds=3, jobs=2)
    assert {path: path.read_bytes() for path in source.parent.iterdir()} == before
    return result


def test_claims_have_their_values_under_every_seed_in_order(result: Verification) -> None:
    assert [run.seed for run in result.runs] == [0, 1, 2]
    assert result.values("the seed is not negative") == [0, 1, 2]
    assert result.values("the seed is at least one") == [0.0, 0.5, 1.0]
    assert result.passed("the seed is at least one") == 2
    assert not result.holds


def test_a_lesson_runs_on_one_thread_in_its_own_folder(result: Verification) -> None:
    assert result.values("it works on one thread, in its own folder") == [1.0, 1.0, 1.0]


def test_a_claim_that_fails_is_no_other_problem(result: Verification) -> None:
    assert result.runs[0].problems == ()


def test_a_missing_record_is_a_failure_and_is_said(result: Verification) -> None:
    assert result.values("the seed is not one") == [1.0, None, None]
    assert result.runs[1].problems == (
        "no record of 'the seed is not one': the lesson did not get there",
    )


def test_another_error_is_said_with_its_cell(result: Verification) -> None:
    assert result.runs[2].problems[0] == "cell 8: KeyError: 'another reason'"


def test_the_seconds_are_those_the_kernel_worked(result: Verification) -> None:
    assert all(run.cpu_seconds is not None and 1 <= run.cpu_seconds < 30 for run in result.runs)


def test_the_evidence_is_written_as_the_format_says(result: Verification, tmp_path: Path) -> None:
    path = tmp_path / "benchmarks" / "evidence" / "02.json"
    result.write(path)
    evidence = json.loads(path.read_text(encoding="utf-8"))
    assert evidence.keys() == {"lesson", "seeds", "machine", "cpu_seconds", "claims"}
    assert (evidence["lesson"], evidence["seeds"]) == ("02", [0, 1, 2])
    assert evidence["machine"].keys() == {"processor", "cores", "torch"}
    assert [claim["text"] for claim in evidence["claims"]] == [
        "the seed is not negative",
        "it works on one thread, in its own folder",
        "the seed is at least one",
        "the seed is not one",
    ]
    assert evidence["claims"][2] == {
        "text": "the seed is at least one",
        "bound": 0.5,
        "sense": ">=",
        "values": [0.0, 0.5, 1.0],
        "passed": 2,
    }
    assert [path.name for path in path.parent.iterdir()] == ["02.json"]


def test_the_command_leaves_with_0_where_every_claim_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(tmp_path, HEAD + '\n# %%\nclaim("all is well", 2.5, at_least=1)\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress.LogFace, "interval", 0.0)
    with pytest.raises(SystemExit) as leaving:
        app(["verify", "02", "--seeds", "1"])
    assert leaving.value.code == 0
    said = capsys.readouterr()
    assert "1/1" in said.out
    assert re.search(r"^cell 2 of 4, \S+ cells/s, 0:\d\d left$", said.err, flags=re.MULTILINE)
    assert "cell 4 of 4" in said.err
    evidence = json.loads((tmp_path / "benchmarks" / "evidence" / "02.json").read_text())
    assert evidence["claims"][0]["passed"] == 1


def test_the_command_leaves_with_1_where_the_kernel_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(
        tmp_path, HEAD + '\n# %%\nclaim("all is well", 1.0, at_least=1)\n\n# %%\nos._exit(9)\n'
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as leaving:
        app(["verify", "2", "--seeds", "1", "--out", "e.json"])
    assert leaving.value.code == 1
    assert "seed 0: its kernel died" in capsys.readouterr().err
    evidence = json.loads((tmp_path / "e.json").read_text())
    assert (evidence["cpu_seconds"], evidence["claims"][0]["values"]) == ([None], [1.0])


def test_ctrl_c_ends_the_kernels_at_once(tmp_path: Path) -> None:
    source = write_lesson(
        tmp_path,
        HEAD
        + '\n# %%\nclaim("all is well", 1.0, at_least=1)\n'
        + 'open(f"pid{seed}", "w").write(str(os.getpid()))\ntime.sleep(300)\n',
    )
    options = ["verify", "02", "--seeds", "3", "--jobs", "2"]
    command = [sys.executable, "-m", "gan_course.cli", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A shell ignores Ctrl-C in what it starts in the background, and so would all that is started
    # from there.
    heed = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, preexec_fn=heed, **output)  # noqa: PLW1509
    marks = [source.parent / f"pid{seed}" for seed in (0, 1)]
    deadline = time.monotonic() + 60
    try:
        while not all(mark.exists() and mark.read_text() for mark in marks):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, err) == (130, "gan-course: stopped\n")
    for mark in marks:
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.read_text()), 0)
    assert not (tmp_path / "benchmarks" / "evidence" / "02.json").exists()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("print(1)", "makes no claim"),
        ('claim(f"it is {1}", 1, at_least=0)', "line 1: write the claim's text out in quotes"),
        ("claim(text=1)", "line 1: write the claim's text out in quotes"),
        ('claim("a", 1, at_least=0)\nclaim("a", 2, at_least=0)', "claims 'a' 2 times"),
    ],
)
def test_claims_that_cannot_be_followed_are_refused(
    tmp_path: Path, body: str, sentence: str
) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_text(body)
    with pytest.raises(ValueError, match=sentence):
        claims_in(path)


def test_claims_are_found_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_text(
        'def f():\n    lesson.claim("b" "c", 1, at_least=0)\n'
        'for x in y: claim("a", x, at_most=0)\nexclaim("no")'
    )
    assert claims_in(path) == ("bc", "a")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\nclaim('a', 1, at_least=0", r"'\(' was never closed \(02_dcgan.py, line 2\)"),
        ("claim('a', 1, at_least=0)\0", "source code .*null bytes"),
    ],
)
def test_a_lesson_that_is_not_python_gets_one_sentence(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^02_dcgan.py is not Python: {reason}"):
        claims_in(path)


@pytest.mark.parametrize("read", [claims_in, read_lesson])
def test_a_lesson_in_another_encoding_gets_one_sentence(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_bytes("x = 1\nclaim('λ', 1, at_least=0)".encode("iso8859-7"))
    with pytest.raises(ValueError, match=r"^02_dcgan.py, line 2 is not in UTF-8: save the file"):
        read(path)


def test_the_mark_that_some_editors_put_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_bytes("# %%\nclaim('a', 1, at_least=0)".encode("utf-8-sig"))
    assert claims_in(path) == ("a",)
    assert len(read_lesson(path).cells) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "# %%\nseed = 0",
        '# %% tags=["parameters"]\nseed = 1',
        '# %% tags=["parameters"]\nseed = 0\n\n# %% tags=["parameters"]\nseed = 0',
    ],
)
def test_a_lesson_without_one_parameters_cell_is_refused(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "02_dcgan.py"
    path.write_text(cell)
    with pytest.raises(
        ValueError, match='exactly one cell tagged "parameters", and in it the line `seed = 0`'
    ):
        with_seed(read_lesson(path), 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seeds", "0"], "seeds must be at least 1, got 0"),
        (["--jobs", "0"], "jobs must be at least 1, got 0"),
        (["--out", "x.txt"], "evidence is written as .json, got --out x.txt"),
        (["--out", "chapters/beside.txt/x.json"], "cannot be written"),
    ],
)
def test_bad_input_to_verify_gets_one_sentence(
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(source.parent.parent)
    with pytest.raises(SystemExit) as leaving:
        app(["verify", "02", *arguments])
    assert leaving.value.code == 2
    assert sentence in capsys.readouterr().err
