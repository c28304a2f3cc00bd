"""Pages and tables that follow from the catalogue, the evidence and the package."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import gan_course
from authoring.pages.page import Page
from authoring.readme import table_row
from gan_course.catalogue import catalogue
from gan_course.lesson import study
from gan_course.practice.registry import MODULES, find
from gan_course.scoreboard.report import markdown

# What a reader may import, in the order of the pages: no commands, no judges, no answers.
API = {
    "catalogue": "lessons, models and data sets by name",
    "data": "data sets, batches, and pictures of your own",
    "modalities": "kinds of sample: how each is pictured, saved and scored",
    "nets": "architectures",
    "losses": "adversarial losses",
    "penalties": "gradient penalties",
    "likelihood": "bounds on the likelihood",
    "diffusion": "schedules, steps, samplers and guidance",
    "information": "mutual information and codes",
    "interpolation": "ways from one latent vector to another",
    "replay": "a pool of older samples",
    "models": "one file for each paper",
    "training": "the loop, hooks, checkpoints, devices",
    "metrics": "judges, distances, coverage, memorisation",
    "zoo": "trained models that ship",
    "viz": "pictures",
    "explore": "explorers",
    "lesson": "what a lesson calls",
    "doctor": "how a run went, in words",
    "scoreboard": "models on equal terms",
}

TOLD = 3  # mistakes of a function
EXPLORERS = "explorers"  # the folder of the site
DOWNLOADS = "downloads"  # what Sphinx gives away as it lies there, and does not read


def lessons() -> str:
    """A table with a line for each lesson."""
    rows = [["", "lesson", "what it is about", "your time", "exercise"], ["---"] * 5]
    for lesson in catalogue().lessons:
        exercise = lesson.notebooks.get("exercises")
        rows.append(
            [
                lesson.id,
                f"[{lesson.title}](../chapters/{lesson.name}.ipynb)",
                lesson.summary,
                f"{lesson.minutes} min",
                f"[{lesson.id}](../exercises/{exercise}.ipynb)" if exercise else "",
            ]
        )
    return "\n".join(map(table_row, rows))


def explorers(live: Sequence[Page]) -> str:
    """A list of the explorers that run in a page. They are no pages of Sphinx, hence HTML."""
    lines = [
        f'- <a href="{EXPLORERS}/{page.name}.html">{escape(page.title)}</a>, '
        f"lesson {int(page.lesson)}: {page.summary}"
        for page in live
    ]
    return "\n".join(lines) or "None was built with these pages: `make pages`, then `make site`."


def live_cell(page: Page) -> str:
    """HTML that shows an explorer in its lesson once somebody asks for it."""
    address = f"../{EXPLORERS}/{page.name}.html"
    return (
        f'<details class="explorer"><summary>Try it here: {escape(page.title)}</summary>'
        f'<p>{escape(page.summary)} <a href="{address}">In a page of its own</a></p>'
        f'<iframe data-src="{address}" title="{escape(page.title)}"></iframe></details>'
    )


def ways_to_do(exercise: str) -> str:
    """Markdown that leads from an exercise's page to the notebook that one works in."""
    colab = catalogue().colab_url(catalogue().lesson(exercise[:2]), "exercises")
    notebook = f"[Download the notebook](path:../{DOWNLOADS}/{exercise}.ipynb)"
    return f"[Open in Colab]({colab}) · {notebook}"


def times() -> str:
    """A table of what each lesson takes, and what it needs."""
    rows = [["lesson", "your time", "computing", "it needs"], ["---"] * 4]
    for lesson in catalogue().lessons:
        needs = [f"lesson {catalogue().lesson(need).number}" for need in lesson.needs]
        rows.append(
            [
                f"[{lesson.number} · {lesson.title}](../chapters/{lesson.name}.ipynb)",
                f"{lesson.minutes} min",
                f"{lesson.cpu_seconds} s",
                ", ".join([*needs, lesson.prerequisites]),
            ]
        )
    return "\n".join(map(table_row, rows))


def mistakes() -> str:
    """What `check` says to the first mistakes that each question knows."""
    lines, lesson = [], ""
    for name in MODULES:
        question = find(name)
        if name[:2] != lesson:
            lesson = name[:2]
            lines += [f"### Exercise {lesson}", ""]
        lines += [f"**{name}, {question.title}**", ""]
        for part in question.parts:
            # A hint that is worked out needs an answer; one with a capital stands without a name.
            hints = dict.fromkeys(mistake.hint for mistake in part.mistakes)
            told = [str(hint) for hint in hints if str(hint)[0].islower()]
            lines += [f"- `{part.name}` {hint}" for hint in told[:TOLD]]
        lines.append("")
    return "\n".join(lines)


def scoreboard() -> str:
    """The stored scoreboard, all its tables, below a heading of the second order."""
    return markdown(study("scoreboard")).partition("\n\n")[2].replace("\n## ", "\n### ")


def credits_page(notice: str) -> str:
    """The page of credits: NOTICE, whose entries are a name above indented fields."""
    parts = re.split(r"\n{2,}", re.sub(r"(https://[\w./-]+)", r"<\1>", notice.strip()))
    text = ["# Credits"]
    for part in parts:
        head, *fields = part.splitlines()
        if fields and fields[0].startswith("    "):
            named = (field.strip().split(maxsplit=1) for field in fields)
            text.append(f"## {head}")
            text.append("\n".join(f"- **{name}**: {words}" for name, words in named))
        else:
            text += [part.replace("\n", "\n\n")]
    return "\n\n".join(text) + "\n"


def api() -> Iterator[tuple[str, str]]:
    """The name and the text, in reStructuredText, of each page of the reference and of its list."""
    package = Path(gan_course.__path__[0])
    lines = ["API reference", "=============", "", "Written from the docstrings.", ""]
    lines += [f"- :doc:`gan_course.{name}`: {words}" for name, words in API.items()]
    lines += ["", ".. toctree::", "   :hidden:", ""]
    yield "index.rst", "\n".join([*lines, *(f"   gan_course.{name}" for name in API), ""])
    for name in API:
        modules = [f"gan_course.{name}"]
        if (package / name).is_dir():
            found = pkgutil.iter_modules([str(package / name)])
            modules += [f"gan_course.{name}.{module.name}" for module in found]
        text = []
        for depth, module in enumerate(modules):
            text += [module, ("=" if depth == 0 else "-") * len(module), ""]
            text += [f".. automodule:: {module}", ""]
        yield f"gan_course.{name}.rst", "\n".join(text)
