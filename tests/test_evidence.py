"""What is written down in benchmarks/evidence is what the lessons claim today, and the cards state
the time that was measured."""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from gan_course.catalogue import Lesson, catalogue
from gan_course.commands.verification import claims_in

ROOT = Path(__file__).resolve().parents[1]
LESSONS = pytest.mark.parametrize("lesson", catalogue().lessons, ids=lambda lesson: lesson.id)


def evidence(lesson: Lesson) -> dict[str, Any]:
    return json.loads(
        (ROOT / "benchmarks" / "evidence" / f"{lesson.id}.json").read_text(encoding="utf-8")
    )


@LESSONS
def test_every_claim_of_a_lesson_held_under_at_least_five_seeds(lesson: Lesson) -> None:
    record = evidence(lesson)
    assert len(record["seeds"]) >= 5
    for claim in record["claims"]:
        assert claim["passed"] == len(record["seeds"]), claim["text"]
        for value in claim["values"]:
            assert value >= claim["bound"] if claim["sense"] == ">=" else value <= claim["bound"], (
                claim["text"]
            )


@LESSONS
def test_the_evidence_is_for_the_claims_the_lesson_makes_today(lesson: Lesson) -> None:
    texts = claims_in(ROOT / "chapters" / f"{lesson.name}.py")
    assert tuple(claim["text"] for claim in evidence(lesson)["claims"]) == texts


@LESSONS
def test_the_card_states_the_measured_time(lesson: Lesson) -> None:
    assert lesson.cpu_seconds == 5 * ceil(median(evidence(lesson)["cpu_seconds"]) / 5), (
        "the median over the seeds, rounded up to five seconds"
    )
