"""Tables of README.md and benchmarks/README.md are derived, never edited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from authoring import readme
from gan_course import zoo
from gan_course.catalogue import catalogue

RECORD = {
    "lesson": "02",
    "seeds": [0, 1, 2],
    "machine": {"processor": "a laptop", "cores": 2, "torch": "2.15.0"},
    "cpu_seconds": [100.0, 120.0, 110.0],
    "claims": [
        {
            "text": "closer than a third of noise",
            "bound": 0.3,
            "sense": "<=",
            "values": [0.1, 0.25, 0.31],
            "passed": 2,
        },
        {
            "text": "draws ten digits",
            "bound": 10,
            "sense": ">=",
            "values": [10, None, 10],
            "passed": 2,
        },
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "benchmarks/evidence").mkdir(parents=True)
    (tmp_path / "README.md").write_text(
        "# Course\n\n<!-- lessons:begin -->\nout of date\n<!-- lessons:end -->\n\nThe end.\n"
    )
    marks = ("evidence", "zoo", "latency")
    (tmp_path / "benchmarks/README.md").write_text(
        "\n".join(f"<!-- {name}:begin --><!-- {name}:end -->" for name in marks)
    )
    (tmp_path / "benchmarks/evidence/02.json").write_text(json.dumps(RECORD))
    return tmp_path


def test_every_lesson_of_the_catalogue_has_its_line_and_links(root: Path) -> None:
    assert readme.main([], root=root) == 0
    text = (root / "README.md").read_text()
    for lesson in catalogue().lessons:
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {lesson.id} |"))
        assert f"[{lesson.title}](chapters/{lesson.name}.ipynb)" in line
        assert f"{lesson.minutes} min" in line
        assert f"blob/{catalogue().branch}/chapters/{lesson.name}.ipynb" in line


def test_every_model_of_the_zoo_has_its_line_with_what_was_measured_and_what_was_asked(
    root: Path,
) -> None:
    assert readme.main([], root=root) == 0
    text = (root / "benchmarks/README.md").read_text()
    for name in zoo.shipped():
        card, entry = zoo.card(name), zoo.entry(name)
        lines = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert len(lines) >= len(entry.measures)
        for metric in {*entry.at_least, *entry.at_most}:
            assert any(
                card.spread(metric) in line and entry.asked(metric) in line for line in lines
            )
        assert card.spread(next(iter(card.metrics))) in lines[0]
        assert f"| {card.cpu_seconds:,.0f} s | {card.bytes / 1024:,.0f} KiB |" in lines[0]
    asked = next(line for line in text.splitlines() if line.startswith("| infogan |"))
    assert asked.endswith("| k-means 0.481 | at least 0.75 |")


def test_latency_shows_medians_95th_percentiles_and_their_parts(root: Path) -> None:
    view = {
        "moved": "seed",
        "cpu_ms": {"median": 8.04, "p95": 9.5},
        "mean_ms": {"networks": 5.0, "painting": 1.0, "rest": 2.04},
        "bytes": 5217,
    }
    seen = view | {"page_ms": {"median": 40.0, "p95": 61.26}}
    record = {"machine": "a laptop", "moves": 40, "views": {"A: one": view, "A: two": seen}}
    (root / "benchmarks/latency.json").write_text(json.dumps(record))
    readme.main([], root=root)
    text = (root / "benchmarks/README.md").read_text()
    assert "| A: one | seed | 8.0 (9.5) | 5.0 | 1.0 | 2.0 |  | 5 |" in text
    assert "| A: two | seed | 8.0 (9.5) | 5.0 | 1.0 | 2.0 | 40.0 (61.3) | 5 |" in text
    assert "- 40 moves of each; a laptop." in text
    assert "| 02 | draws ten digits |" in text


def test_text_around_the_marks_stays_and_writing_twice_changes_nothing(root: Path) -> None:
    readme.main([], root=root)
    text = (root / "README.md").read_text()
    assert text.startswith("# Course\n\n<!-- lessons:begin -->\n\n|")
    assert text.endswith("|\n\n<!-- lessons:end -->\n\nThe end.\n")
    assert "out of date" not in text
    assert readme.main([], root=root) == 0
    assert (root / "README.md").read_text() == text


def test_evidence_shows_bound_spread_and_how_often_a_claim_held(root: Path) -> None:
    readme.main([], root=root)
    text = (root / "benchmarks/README.md").read_text()
    assert (
        "| 02 | closer than a third of noise | at most 0.3 | 0.25 | 0.1 | 0.31 | 2 of 3 |" in text
    )
    assert "| 02 | draws ten digits | at least 10 | 10 | 10 | 10 | 2 of 3 |" in text
    assert (
        "- Lesson 02: seeds 0, 1, 2; 110 s of CPU time a run (median); a laptop, 2 cores, torch "
        "2.15.0." in text
    )


def test_a_claim_that_reads_a_stored_study_has_its_seeds_in_place_of_a_count(root: Path) -> None:
    stored = {
        "text": "critics agree",
        "bound": 0.3,
        "sense": "<=",
        "values": [0.25] * 3,
        "passed": 3,
        "stored": [0, 1, 2, 3, 4],
    }
    failing = {**stored, "text": "codes agree", "bound": 0.2, "passed": 0, "stored": [7]}
    record = {**RECORD, "claims": [stored, failing]}
    (root / "benchmarks/evidence/02.json").write_text(json.dumps(record))
    readme.main([], root=root)
    text = (root / "benchmarks/README.md").read_text()
    assert "| 02 | critics agree | at most 0.3 | 0.25 |  |  | stored, seeds 0-4 |" in text
    assert "| at most 0.2 | 0.25 |  |  | stored, seed 7, does not hold |" in text


@pytest.mark.parametrize("name", ["README.md", "benchmarks/README.md"])
def test_check_fails_on_an_edited_table_and_writes_nothing(
    root: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    readme.main([], root=root)
    assert readme.main(["--check"], root=root) == 0
    path = root / name
    path.write_text(path.read_text().replace("| 02 |", "| 2 |"))
    before = path.read_text()
    assert readme.main(["--check"], root=root) == 1
    assert "make readme" in capsys.readouterr().err
    assert path.read_text() == before


@pytest.mark.parametrize(
    "text", ["no marks", "<!-- lessons:begin -->", "<!-- lessons:end --><!-- lessons:begin -->"]
)
def test_missing_marks_are_named(root: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "README.md").write_text(text)
    assert readme.main([], root=root) == 2
    assert (
        "README.md: expected <!-- lessons:begin --> and, after it, <!-- lessons:end -->"
        in capsys.readouterr().err
    )
    assert (root / "README.md").read_text() == text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seeds": [0, 1]}, "has 3 values for 2 seeds"),
        (
            {"claims": [{"text": "a", "bound": 1, "sense": ">", "values": [1, 1, 1], "passed": 3}]},
            "the sense of 'a' is '>'",
        ),
        ({"claims": [{"text": "a"}]}, "'values' is missing"),
        (
            {"claims": [{"text": "a", "values": [1, 1, 1], "passed": 3}]},
            "has no bound and no sense",
        ),
        (
            {"claims": [{**RECORD["claims"][1], "values": [None] * 3, "bound": None}]},
            "bound of a claim is one real number, got None",
        ),
        ({"claims": [{**RECORD["claims"][0], "bound": float("inf")}]}, "a finite number, got inf"),
        ({"claims": [{**RECORD["claims"][0], "passed": 3}]}, "by its values it held 2 times"),
        ({"claims": [{**RECORD["claims"][0], "values": ["nan"] * 3}]}, "it held 0 times"),
    ],
)
def test_evidence_that_is_not_whole_is_refused(
    root: Path, change: dict[str, object], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "benchmarks/evidence/02.json").write_text(json.dumps({**RECORD, **change}))
    assert readme.main([], root=root) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "gan-course verify 02" in error


def test_a_bar_in_a_claim_does_not_break_its_table() -> None:
    assert readme.table_row(["p(x|z)", "b"]) == "| p(x\\|z) | b |"


def test_without_evidence_the_page_says_so() -> None:
    assert readme.evidence_table([]) == "No lesson has been verified yet."
