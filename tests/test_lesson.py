"""What a lesson calls: claims leave a record before they fail; what is shown is what is run."""

from __future__ import annotations

import ast
import inspect
import json
import math
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from authoring.pairs import read_source
from gan_course.catalogue import catalogue
from gan_course.lesson import (
    CLAIM_MIME,
    Claim,
    ClaimError,
    card,
    claim,
    claims,
    colab_cell,
    show_source,
)
from gan_course.models import DCGAN
from gan_course.penalties import r1

ROOT = Path(__file__).parents[1]


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every bundle that was displayed."""
    bundles: list[dict[str, Any]] = []

    def display(bundle: dict[str, Any], *, raw: bool, **_: Any) -> None:
        assert raw, "without raw=True the bundle would be shown as a dictionary"
        bundles.append(bundle)

    monkeypatch.setattr("gan_course.notebook.in_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    return bundles


def record(bundle: dict[str, Any]) -> dict[str, Any]:
    """A claim's record as it comes back from a notebook's JSON."""
    (single,) = json.loads(json.dumps(bundle[CLAIM_MIME], allow_nan=False))
    return single


def test_a_claim_that_holds_shows_its_value_beside_its_bound(
    displayed: list[dict[str, Any]],
) -> None:
    claim("D and p/(p+q) agree", 0.0123456, at_most=0.02)
    (bundle,) = displayed
    assert record(bundle) == {
        "text": "D and p/(p+q) agree",
        "value": 0.0123456,
        "bound": 0.02,
        "sense": "<=",
        "passed": True,
    }
    assert bundle["text/plain"] == "holds: D and p/(p+q) agree: 0.01235 (must be ≤ 0.02)"
    assert "✓" in bundle["text/html"]


def test_a_claim_that_fails_leaves_its_record_before_it_raises(
    displayed: list[dict[str, Any]],
) -> None:
    with pytest.raises(ClaimError, match=r"all ten digits: 9 \(must be ≥ 10\)"):
        claim("all ten digits", 9, at_least=10)
    (bundle,) = displayed
    assert record(bundle) == {
        "text": "all ten digits",
        "value": 9.0,
        "bound": 10.0,
        "sense": ">=",
        "passed": False,
    }
    assert bundle["text/plain"].startswith("FAILS: ")
    assert "✗" in bundle["text/html"]
    assert issubclass(ClaimError, AssertionError)


def test_a_scoreboard_shows_every_claim_with_what_knowing_nothing_scores(
    displayed: list[dict[str, Any]],
) -> None:
    claims(
        Claim("digits read", torch.tensor(0.98), at_least=0.97, knowing_nothing=0.1),
        Claim("distance", 3, at_most=25),
    )
    (bundle,) = displayed
    found = json.loads(json.dumps(bundle[CLAIM_MIME], allow_nan=False))
    assert [(one["text"], one["bound"], one["sense"], one["passed"]) for one in found] == [
        ("digits read", 0.97, ">=", True),
        ("distance", 25.0, "<=", True),
    ]
    assert bundle["text/plain"] == (
        "holds: digits read: 0.98 (must be ≥ 0.97); knowing nothing: 0.1\n"
        "holds: distance: 3 (must be ≤ 25)"
    )
    assert bundle["text/html"].count("<tr>") == 3
    assert "knowing nothing" in bundle["text/html"]


def test_a_scoreboard_puts_all_on_record_before_it_names_those_that_fail(
    displayed: list[dict[str, Any]],
) -> None:
    with pytest.raises(ClaimError, match=r"^a: 1 \(must be ≥ 2\); c: nan \(must be ≤ 1\)$"):
        claims(
            Claim("a", 1, at_least=2), Claim("b", 1, at_least=0), Claim("c", math.nan, at_most=1)
        )
    (bundle,) = displayed
    assert [
        one["passed"] for one in json.loads(json.dumps(bundle[CLAIM_MIME], allow_nan=False))
    ] == [False, True, False]


def test_a_scoreboard_of_nothing_and_a_claim_without_its_one_bound_are_refused() -> None:
    with pytest.raises(ValueError, match="a scoreboard has at least one claim"):
        claims()
    for bounds in ({}, {"at_least": 1, "at_most": 2}):
        with pytest.raises(ValueError, match="a claim has exactly one bound: at_least or at_most"):
            Claim("a", 1, **bounds)


def test_a_claim_that_reads_a_stored_study_says_so_with_its_seeds(
    displayed: list[dict[str, Any]],
) -> None:
    claim("alone", 1, at_least=0, stored=range(5))
    claims(
        Claim("in a table", 1, at_least=0, knowing_nothing=0.5, stored=(2, 5)),
        Claim("computed here", 1, at_least=0),
    )
    alone, table = displayed
    assert record(alone)["stored"] == [0, 1, 2, 3, 4]
    assert alone["text/plain"] == "holds: alone: 1 (must be ≥ 0); stored, seeds 0-4"
    assert "(stored, seeds 0-4)" in alone["text/html"]
    found = json.loads(json.dumps(table[CLAIM_MIME]))
    assert [one.get("stored") for one in found] == [[2, 5], None]
    assert "; knowing nothing: 0.5; stored, seeds 2, 5\n" in table["text/plain"]
    assert table["text/html"].count("(stored, seeds 2, 5)") == 1


def test_what_is_claimed_is_shown_as_text_not_as_html(displayed: list[dict[str, Any]]) -> None:
    claims(Claim("a < b", 1, at_least=0))
    assert "a &lt; b" in displayed[0]["text/html"]


@pytest.mark.parametrize("bound", [{"at_least": 2.0}, {"at_most": 2.0}])
def test_a_value_on_its_bound_holds(
    displayed: list[dict[str, Any]], bound: dict[str, float]
) -> None:
    claim("two", 2.0, **bound)
    assert record(displayed[0])["passed"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("bound", [{"at_least": 0.0}, {"at_most": 0.0}])
def test_a_value_that_is_not_finite_never_holds_and_is_still_on_record(
    displayed: list[dict[str, Any]], value: float, bound: dict[str, float]
) -> None:
    with pytest.raises(ClaimError):
        claim("a distance", value, **bound)
    assert record(displayed[0])["passed"] is False
    assert repr(float(record(displayed[0])["value"])) == repr(value)


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0.0, "at_most": 1.0}])
def test_a_claim_has_exactly_one_bound(
    displayed: list[dict[str, Any]], bounds: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match="exactly one bound: at_least or at_most"):
        claim("something", 0.5, **bounds)
    assert displayed == []


@pytest.mark.parametrize("number", [torch.tensor, np.float64, np.float32])
def test_values_and_bounds_of_any_numeric_type_are_recorded_as_plain_numbers(
    displayed: list[dict[str, Any]], number: Any
) -> None:
    claim("a ratio", number(0.5), at_least=number(0.25))
    assert record(displayed[0]) == {
        "text": "a ratio",
        "value": 0.5,
        "bound": 0.25,
        "sense": ">=",
        "passed": True,
    }


def test_a_claims_text_cannot_break_the_page(displayed: list[dict[str, Any]]) -> None:
    claim("a < b & <b>c</b>", 0, at_most=1)
    assert "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;" in displayed[0]["text/html"]


@pytest.mark.parametrize("thing", [r1, DCGAN.step, DCGAN])
def test_the_source_that_is_shown_is_the_source_that_runs(
    displayed: list[dict[str, Any]], thing: Any
) -> None:
    show_source(thing)
    place, _, shown = displayed[0]["text/plain"].partition("\n\n")
    assert place == f"{thing.__module__}.{thing.__qualname__}"
    written = inspect.getsource(thing).splitlines()
    margin = len(written[0]) - len(written[0].lstrip())
    assert shown.splitlines() == [line[margin:] for line in written]
    assert f"`{place}`\n\n" in displayed[0]["text/markdown"]
    assert f"\n\n```python\n{shown}\n```\n\n" in displayed[0]["text/markdown"]
    compile(shown, place, "exec")


@pytest.mark.parametrize(
    ("thing", "named"),
    [
        (len, "len"),
        (torch.Tensor.add, "[A-Za-z.]+add"),
        (ClaimError("a claim"), "an object of type ClaimError"),
        (math, "an object of type module"),
        (3, "an object of type int"),
        (eval("lambda: 0"), "<lambda>"),
    ],
    ids=["builtin", "method of a builtin", "instance", "module", "number", "made from text"],
)
def test_what_has_no_source_is_refused_in_a_sentence(
    displayed: list[dict[str, Any]], thing: Any, named: str
) -> None:
    with pytest.raises(
        TypeError,
        match=f"^there is no Python source to show for {named}: pass a function, a method or a "
        "class of the library$",
    ):
        show_source(thing)
    assert displayed == []


@pytest.mark.parametrize("lesson", catalogue().lessons, ids=lambda lesson: lesson.name)
def test_a_card_says_what_the_catalogue_says(displayed: list[dict[str, Any]], lesson: Any) -> None:
    card(lesson.id)
    text = displayed[0]["text/markdown"]
    assert all(outcome in text for outcome in lesson.outcomes)
    assert f"{lesson.minutes} minutes" in text
    assert f"{lesson.cpu_seconds} seconds" in text
    assert lesson.prerequisites in text
    assert f"({catalogue().colab_url(lesson)})" in text
    assert all(
        f"[lesson {int(need)}]({catalogue().lesson(need).name}.ipynb)" in text
        for need in lesson.needs
    )
    assert (f"../exercises/{lesson.id}_exercise.ipynb" in text) == lesson.exercise
    assert (f"`gan-course explore {lesson.id}`" in text) == bool(lesson.shows)
    assert (f"/exercises/{lesson.id}_exercise.ipynb)" in text) == lesson.exercise


def test_a_card_of_no_lesson_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no lesson '99'"):
        card("99")


@pytest.mark.parametrize("folder", ["chapters", "solutions", "exercises"])
def test_every_notebook_begins_with_its_title_and_then_installs_the_course(folder: str) -> None:
    for lesson in (one for one in catalogue().lessons if folder in one.notebooks):
        path = (ROOT / folder / lesson.notebooks[folder]).with_suffix(".py")
        title, install = read_source(path).cells[:2]
        assert title.cell_type == "markdown"
        assert title.source.startswith("# ")
        assert lesson.title in title.source.splitlines()[0]
        assert install.metadata.tags == ["install"]
        assert ast.unparse(ast.parse(install.source)) == ast.unparse(ast.parse(colab_cell(lesson)))


@pytest.mark.parametrize("in_colab", [True, False])
def test_the_cell_below_the_title_installs_the_course_when_and_only_when_it_runs_in_colab(
    monkeypatch: pytest.MonkeyPatch, in_colab: bool
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("subprocess.check_call", commands.append)
    if in_colab:
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    lesson = catalogue().lessons[0]
    exec(compile(colab_cell(lesson), "the cell below the title", "exec"), {})
    course = catalogue().install_requirement(lesson)
    install = [sys.executable, "-m", "pip", "install", "--quiet", course]
    # No --upgrade and no word of torch: pip keeps the one that is there.
    assert commands == ([install] if in_colab else [])
