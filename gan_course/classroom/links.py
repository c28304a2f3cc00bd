"""Links that open a lesson or an exercise without installing anything, for a repository that may be
a fork."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from gan_course.catalogue import Catalogue
from gan_course.colours import QUIET

FOLDERS = {"chapters": "lesson", "exercises": "exercise"}  # and what is in them, for one
# GitHub takes .git off a name.
REPOSITORY = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9])*/(?!\.\.?$)(?!.*\.git$)[\w.-]+", re.A)
# Of the names that git allows, those that pip, Colab and a shell take as they are.
BRANCH = re.compile(r"(?![-/.])(?!.*(\.\.|//|\.lock$|[/.]$))[\w./-]+", re.A)


@dataclass(frozen=True)
class Opening:
    """One notebook, and the links that open it by the name of who runs it: Colab, Binder, a
    JupyterHub."""

    title: str
    notebook: str  # from the repository on
    links: dict[str, str]


def in_repository(course: Catalogue, repository: str, branch: str) -> Catalogue:
    """The same course in another repository or branch; `ValueError` where either is no name."""
    if not REPOSITORY.fullmatch(repository):
        raise ValueError(
            f"expected the repository as OWNER/NAME, such as {course.repository}, got "
            f"{repository!r}"
        )
    if not BRANCH.fullmatch(branch):
        raise ValueError(
            f"expected a branch of letters, digits and . _ - /, such as {course.branch}, got "
            f"{branch!r}: rename it with `git branch -m`"
        )
    return replace(course, repository=repository, branch=branch)


def notebooks(course: Catalogue) -> Iterator[Opening]:
    """Every notebook that a student opens, with its link to Colab."""
    for lesson in course.lessons:
        for folder, kind in FOLDERS.items():
            if name := lesson.notebooks.get(folder):
                title, place = f"{kind} {lesson.id} · {lesson.title}", f"{folder}/{name}.ipynb"
                yield Opening(title, place, {"Colab": course.colab_url(lesson, folder)})


def openings(course: Catalogue, hub: str = "") -> list[Opening]:
    """All of a course's notebooks with their links; those of nbgitpuller where a JupyterHub has the
    address `hub`. `ValueError` where that is no address."""
    if hub and not (urlsplit(hub).scheme in ("http", "https") and urlsplit(hub).netloc):
        raise ValueError(
            f"expected the address of a JupyterHub, such as https://hub.example.org, got {hub!r}"
        )
    rows = list(notebooks(course))
    for row in rows:
        row.links["Binder"] = _binder(course, row.notebook)
        if hub:
            row.links["JupyterHub"] = _hub(course, row.notebook, hub.rstrip("/"))
    return rows


def _binder(course: Catalogue, notebook: str) -> str:
    """As in https://mybinder.readthedocs.io/en/latest/howto/user_interface.html."""
    branch = quote(course.branch, safe="")
    return f"https://mybinder.org/v2/gh/{course.repository}/{branch}?{_query(labpath=notebook)}"


def _hub(course: Catalogue, notebook: str, hub: str) -> str:
    """As in https://nbgitpuller.readthedocs.io/en/latest/topic/url-options.html."""
    folder = course.repository.rpartition("/")[2]
    return f"{hub}/hub/user-redirect/git-pull?" + _query(
        repo=f"https://github.com/{course.repository}",
        branch=course.branch,
        urlpath=f"lab/tree/{folder}/{notebook}?autodecode",
    )


def _query(**values: str) -> str:
    return urlencode(values, quote_via=quote, safe="")


def missing(course: Catalogue, root: Path) -> list[str]:
    """A sentence for each notebook of the catalogue that is not in the clone at `root`."""
    said = []
    for row in notebooks(course):
        path = root / row.notebook
        if not path.is_file():
            near = sorted(path.parent.glob(f"{path.name[:2]}_*.ipynb"))
            there = f"; {near[0].name} is there" if near else ""
            said.append(
                f"{row.notebook} is not in this clone{there}, so a link to it would lead nowhere: "
                "give the file the name that gan_course/catalogue.toml has for it, or change that"
            )
    return said


def as_markdown(rows: Sequence[Opening]) -> str:
    lines = [f"| | {' | '.join(rows[0].links)} |", "|---" * (1 + len(rows[0].links)) + "|"]
    for row in rows:
        links = " | ".join(f"[open]({url})" for url in row.links.values())
        lines.append(f"| {row.title} | {links} |")
    return "\n".join(lines) + "\n"


def as_csv(rows: Sequence[Opening]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["title", "notebook", *rows[0].links])
    writer.writerows([row.title, row.notebook, *row.links.values()] for row in rows)
    return text.getvalue()


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; }}
  section {{ break-inside: avoid; border-top: 1px solid {rule}; padding: 0.5rem 1rem; }}
  ul {{ display: flex; flex-wrap: wrap; gap: 2rem; list-style: none; padding: 0; }}
  svg {{ display: block; background: white; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def as_html(rows: Sequence[Opening]) -> str:
    """A page to print or to project, with a QR code beside each link. `ModuleNotFoundError` where
    what draws them is not installed."""
    try:
        import segno
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "QR codes need segno, which is not installed: in your clone, pip install -e "
            '".[classroom]"'
        ) from None

    def item(name: str, url: str, title: str) -> str:
        code: Any = segno.make(url, error="m", micro=False)
        drawn = code.svg_inline(scale=2.5, title=f"QR code: {title} in {name}")
        return f'<li><a href="{escape(url)}">{name}</a>{drawn}</li>'

    sections = [
        f"<section><h2>{escape(row.title)}</h2><ul>"
        + "".join(item(name, url, row.title) for name, url in row.links.items())
        + "</ul></section>"
        for row in rows
    ]
    return PAGE.format(rule=QUIET, title="Lessons and exercises", body="\n".join(sections))


FORMATS: dict[str, Callable[[Sequence[Opening]], str]] = {
    "md": as_markdown,
    "csv": as_csv,
    "html": as_html,
}
