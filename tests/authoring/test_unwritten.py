"""A lesson that was only begun is named, and not handed out."""

from __future__ import annotations

from pathlib import Path

import pytest

from authoring import dist
from authoring.unwritten import unwritten


def test_every_lesson_of_the_course_is_written() -> None:
    assert unwritten(dist.ROOT) == []


def test_each_file_of_a_lesson_that_still_says_todo_is_named_with_its_lines(tmp_path: Path) -> None:
    files = {
        "gan_course/catalogue.toml": 'title = "Mastodons"\nsummary = "TODO: what it is about"\n',
        "chapters/11_new.py": "# TODO: a question\n\n# TODO\n",
        "solutions/11_solution.py": "# It says nothing of it: TODOS\n",
        "gan_course/practice/lesson_11/q1_topic.py": '"""TODO"""\n',
        "gan_course/practice/template/chapter.txt": "# TODO\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = "is not a lesson's yet: write over what says TODO, line"
    assert unwritten(tmp_path) == [
        f"gan_course/catalogue.toml {said} 2",
        f"chapters/11_new.py {said} 1, 3",
        f"gan_course/practice/lesson_11/q1_topic.py {said} 1",
    ]


def test_nothing_is_built_while_a_lesson_is_only_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dist, "unwritten", lambda root: ["a lesson is not written yet"])
    monkeypatch.setattr(dist, "build", lambda *_: pytest.fail("it was built"))
    assert dist.main() == 1
    assert capsys.readouterr().err == "a lesson is not written yet\n"
