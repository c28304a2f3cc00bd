"""A table is a real table in a notebook, and lined up text elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from gan_course.tables import html_table, show_table

ROWS = {
    "real digits": {"distance": 0.56551, "modes": 10},
    "a < b": {"distance": float("nan"), "modes": "7 to 9"},
}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    monkeypatch.setattr("gan_course.tables.display", found.append)
    return found


def test_numbers_stand_below_their_column_in_plain_text(shown: list[dict[str, str]]) -> None:
    show_table(ROWS)
    assert shown[0]["text/plain"] == (
        "             distance   modes\n"
        "real digits     0.566      10\n"
        "a < b             nan  7 to 9"
    )


def test_every_cell_stands_in_the_html_as_text(shown: list[dict[str, str]]) -> None:
    show_table(ROWS, decimals=1)
    html = shown[0]["text/html"]
    assert html.count("<tr>") == 3
    assert html.count("<th ") == html.count("</th>") == 3
    assert html.count("<td ") == html.count("</td>") == 6
    for cell in ("a &lt; b", ">0.6<", ">nan<", ">7 to 9<", ">10<"):
        assert cell in html


def test_words_may_break_and_numbers_may_not() -> None:
    html = html_table(["", "claim", "measured"], [["✓", "a long sentence", "0.5"]], words=1)
    mark, words, number = html.split("<td ")[1:]
    assert "nowrap" in mark
    assert "nowrap" not in words
    assert "nowrap" in number


@pytest.mark.parametrize("rows", [{}, {"a": {}}, {"a": {"x": 1}, "b": {"y": 1}}])
def test_rows_that_make_no_table_are_refused(rows: Any, shown: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="the same keys in the same order, got"):
        show_table(rows)
    assert shown == []
