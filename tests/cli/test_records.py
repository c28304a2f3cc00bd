"""What a notebook says of its claims is judged again outside it, and is no evidence where it is not
whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gan_course.cli import app
from gan_course.commands.verification import verify
from tests.cli.small_lesson import HEAD, write_lesson


def leaving(record: object) -> str:
    """A cell that leaves `record` as if `claim` had."""
    mime = "application/vnd.gan-course.claim+json"
    shown = f"display({{{mime!r}: {record!r}}}, raw=True)"
    return f"\n# %%\nnan, inf = float('nan'), float('inf')\n{shown}\n"


GOOD = {"text": "well", "value": 2.0, "bound": 1.0, "sense": ">=", "passed": True}


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ([{"text": "well"}], "the record of 'well' has no value and no bound and no sense and no"),
        ([{**GOOD, "bound": "inf"}], "bound of a claim is one real number, got 'inf'"),
        ([{**GOOD, "sense": ">"}], "the sense of 'well' is '>'; expected '>=' or '<='"),
        ([{**GOOD, "value": [2.0]}], "value of a claim is one real number, got [2.0]"),
        ([{**GOOD, "stored": "01"}], "stored takes the seeds of the study"),
        ("well", "the record of a claim is a JSON object, got 'well'"),
    ],
)
def test_a_record_that_is_not_whole_gets_one_sentence_and_no_evidence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    record: object,
    sentence: str,
) -> None:
    write_lesson(tmp_path, f"{HEAD}{leaving(record)}# claim\nif 0:\n    claim('well', 1, 1)\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        app(["verify", "02", "--seeds", "1"])
    assert ended.value.code == 2
    assert f"gan-course: cell 4: {sentence}" in capsys.readouterr().err
    assert not (tmp_path / "benchmarks" / "evidence" / "02.json").exists()


def test_after_a_record_that_is_not_whole_no_further_seed_is_run(tmp_path: Path) -> None:
    mark = "open(f'ran{seed}', 'w').close()\n"
    source = write_lesson(
        tmp_path, f"{HEAD}{leaving([{}])}if 0:\n    claim('well', 1, 1)\n# %%\n{mark}"
    )
    with pytest.raises(ValueError, match="cell 4: the record has no text and no value"):
        verify("02", source, seeds=3)
    assert (source.parent / "ran0").exists()
    assert not (source.parent / "ran2").exists()


@pytest.mark.parametrize(
    ("value", "kept"), [(0.5, 0.5), ("nan", "nan"), (float("inf"), "inf")], ids=str
)
def test_what_a_record_says_of_itself_counts_for_nothing(
    tmp_path: Path, value: object, kept: object
) -> None:
    source = write_lesson(
        tmp_path,
        f"{HEAD}{leaving([{**GOOD, 'value': value}])}if 0:\n    claim('well', 1, 1)\n",
    )
    found = verify("02", source, seeds=1)
    assert (found.passed("well"), found.values("well"), found.holds) == (0, [kept], False)
    assert "cell 4: the record says True of whether this holds: well: " in found.runs[0].problems[0]


STORED = """
# %%
from gan_course.lesson import claim

claim("the study says so", {value}, at_least={bound}, stored=range(5))
"""


def test_a_stored_claim_has_the_seeds_of_its_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(tmp_path, HEAD + STORED.format(value=0.75, bound=0.5))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    with pytest.raises(SystemExit) as ended:
        app(["verify", "02", "--seeds", "2", "--jobs", "2"])
    assert ended.value.code == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "the study says" in line]
    assert "stored, seeds 0-4" in row
    assert "2/2" not in row
    assert row.count("0.75") == 1
    evidence = json.loads((tmp_path / "benchmarks" / "evidence" / "02.json").read_text())
    assert evidence["claims"][0]["stored"] == [0, 1, 2, 3, 4]
    assert evidence["claims"][0]["values"] == [0.75, 0.75]


@pytest.mark.parametrize(
    ("value", "bound", "sentence"),
    [
        ("0.75 + seed", "0.5", "is marked as stored, and changes with the seed"),
        ("0.75", "0.5 - seed", "the bound of 'the study says so' changes with the seed"),
    ],
)
def test_what_must_not_change_with_the_seed_is_refused_where_it_does(
    tmp_path: Path, value: str, bound: str, sentence: str
) -> None:
    source = write_lesson(tmp_path, HEAD + STORED.format(value=value, bound=bound))
    with pytest.raises(ValueError, match=sentence):
        verify("02", source, seeds=2, jobs=2)
