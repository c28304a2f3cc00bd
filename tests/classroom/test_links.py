"""Links: each opens what it names, in the repository that was asked for."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gan_course.catalogue import catalogue
from gan_course.classroom import links
from gan_course.commands import paths
from tests.command import Command


def test_every_lesson_and_exercise_has_a_link_to_colab_binder_and_a_hub() -> None:
    course = links.in_repository(catalogue(), "me/fork.2", "autumn/one")
    rows = links.openings(course, "https://hub.example.org/")
    assert len(rows) == sum(1 + lesson.exercise for lesson in course.lessons)
    row = next(row for row in rows if row.notebook == "exercises/05_exercise.ipynb")
    assert row.title == "exercise 05 · A critic that measures"
    assert row.links["Colab"] == (
        "https://colab.research.google.com/github/me/fork.2/blob/autumn%2Fone/"
        "exercises/05_exercise.ipynb"
    )
    assert row.links["Binder"] == (
        "https://mybinder.org/v2/gh/me/fork.2/autumn%2Fone?labpath=exercises%2F05_exercise.ipynb"
    )
    hub = urlsplit(row.links["JupyterHub"])
    assert (hub.netloc, hub.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
    assert parse_qs(hub.query) == {
        "repo": ["https://github.com/me/fork.2"],
        "branch": ["autumn/one"],
        "urlpath": ["lab/tree/fork.2/exercises/05_exercise.ipynb?autodecode"],
    }


def test_links_come_as_a_table_a_sheet_and_a_page_with_a_code_for_each(
    course: Command, tmp_path: Path
) -> None:
    rows = links.openings(catalogue())
    assert course("classroom", "links").out.count("[open](https://") == 2 * len(rows)
    sheet = course("classroom", "links", "--format", "csv").out
    assert [row["Colab"] for row in csv.DictReader(io.StringIO(sheet))] == [
        row.links["Colab"] for row in rows
    ]
    page = tmp_path / "links.html"
    assert course("classroom", "links", "--format", "html", "--out", page).code == 0
    text = page.read_text("utf-8")
    assert text.count("<svg") == text.count("<a href=") == 2 * len(rows)
    assert not re.search(r"<(script|link|img)\b", text)  # it shows without a network
    again = course("classroom", "links", "--format", "html", "--out", page)
    assert (again.code, page.read_text("utf-8")) == (2, text)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--repo", "https://github.com/me/x"], "expected the repository as OWNER/NAME, such as "),
        (["--repo", "me"], "expected the repository as OWNER/NAME"),
        (["--repo", "me/.."], "expected the repository as OWNER/NAME"),
        (["--repo", "me/x.git"], "expected the repository as OWNER/NAME"),
        (["--branch", "my branch"], "expected a branch of letters, digits and . _ - /, such as"),
        (["--branch", "x/"], "expected a branch"),
        (["--branch", 'x"'], "expected a branch"),
        (["--format", "htm"], "there is no format 'htm' (did you mean 'html'?)"),
        (["--write", "--format", "csv"], "--write puts links into this clone and prints none: "),
        (["--write", "--out", "x.md"], "--write puts links into this clone and prints none: "),
        (["--hub", "hub.org"], "expected the address of a JupyterHub, such as https://hub."),
    ],
)
def test_what_is_no_repository_branch_format_or_hub_is_told_what_is(
    course: Command, arguments: list[str], sentence: str
) -> None:
    outcome = course("classroom", "links", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith(f"gan-course: {sentence}")
    assert outcome.out == ""


def test_fork_that_renamed_a_chapter_is_told_which_link_would_lead_nowhere(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in links.notebooks(catalogue()):
        path = tmp_path / row.notebook.replace("01_gaussian_gan", "01_first")
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "solutions").mkdir()
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    for words in ([], ["--write"]):
        outcome = course("classroom", "links", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith(
            "gan-course: chapters/01_gaussian_gan.ipynb is not in this clone; 01_first.ipynb is "
        )
