"""Write the derived tables of README.md and benchmarks/README.md.

The lessons come from the catalogue, the evidence and the latency from their JSON files, the zoo
from its cards. `python -m authoring.readme` writes the tables between their marks; `--check` writes
nothing and fails with a diff where one is out of date.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from authoring.pairs import write_atomically
from gan_course import zoo
from gan_course.catalogue import Catalogue, catalogue
from gan_course.claims import Claim, seeds_said
from gan_course.zoo.measures import MEASURES

ROOT = Path(__file__).resolve().parents[1]


def lessons_table(course: Catalogue) -> str:
    """A Markdown table with a line for each lesson."""
    lines = [
        "| | lesson | what it is about | your time | computing | exercise | in Colab |",
        "|---|---|---|---|---|---|---|",
    ]
    for lesson in course.lessons:
        exercise = lesson.notebooks.get("exercises")
        cells = [
            lesson.id,
            f"[{lesson.title}](chapters/{lesson.name}.ipynb)",
            lesson.summary,
            f"{lesson.minutes} min",
            f"{lesson.cpu_seconds} s",
            f"[exercise {lesson.id}](exercises/{exercise}.ipynb)" if exercise else "",
            f"[lesson]({course.colab_url(lesson)})"
            + (f", [exercise]({course.colab_url(lesson, 'exercises')})" if exercise else ""),
        ]
        lines.append(table_row(cells))
    return "\n".join(lines)


def zoo_table(course: Catalogue) -> str:
    """A Markdown table of the models of the zoo that ship, from their cards: a line for the first
    number of each of their measures, and for every number that is asked to be something."""
    lines = [
        "| model | lesson | data | CPU time | size | measure | measured | beside | asked |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in zoo.shipped():
        entry, card = zoo.entry(name), zoo.card(name)
        lessons = ", ".join(lesson.id for lesson in course.lessons if entry.model in lesson.models)
        cost = f"{card.cpu_seconds:,.0f} s", f"{card.bytes / 2**10:,.0f} KiB"
        for measure in (MEASURES[one] for one in entry.measures):
            for i, (metric, words) in enumerate(measure.columns.items()):
                if i and not entry.asked(metric):
                    continue
                rivals = card.beside.get(metric, {}).items()
                beside = "; ".join(f"{rival} {number(value)}" for rival, value in rivals)
                cells = [name, lessons, entry.data, *cost, words, card.spread(metric), beside]
                lines.append(table_row([*cells, entry.asked(metric)]))
    return "\n".join(lines)


def table_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def read_evidence(folder: Path) -> list[dict[str, Any]]:
    """The records that `gan-course verify` wrote, in the order of lessons. Raises `ValueError`
    where one is not whole."""
    records = []
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            for claim in record["claims"]:
                if len(claim["values"]) != len(record["seeds"]):
                    raise ValueError(
                        f"{claim['text']!r} has {len(claim['values'])} values for "
                        f"{len(record['seeds'])} seeds"
                    )
                # A seed whose notebook never came to this claim has no value, and did not hold.
                values = ["nan" if value is None else value for value in claim["values"]]
                held = sum(Claim.from_record({**claim, "value": one}).holds for one in values)
                if held != claim["passed"]:
                    raise ValueError(
                        f"{claim['text']!r} is said to have held {claim['passed']} times; by its "
                        f"values it held {held} times"
                    )
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"benchmarks/evidence/{path.name}: {reason}. Write it again with: gan-course "
                f"verify {path.stem}"
            ) from None
        records.append(record)
    return records


def evidence_table(records: Sequence[dict[str, Any]]) -> str:
    """A Markdown table with a line for each claim: what was promised, what was measured over the
    seeds, how often it held."""
    lines = [
        "| lesson | claim | bound | median | lowest | highest | held |",
        "|---|---|---|---|---|---|---|",
    ]
    for record in records:
        for claim in record["claims"]:
            sense = {">=": "at least", "<=": "at most"}[claim["sense"]]
            values = [value for value in claim["values"] if isinstance(value, int | float)]
            measured = [number(f(values)) for f in (median, min, max)] if values else ["none"] * 3
            held = f"{claim['passed']} of {len(record['seeds'])}"
            if stored := claim.get("stored"):  # one number, however many seeds
                failing = "" if claim["passed"] == len(record["seeds"]) else ", does not hold"
                measured, held = [measured[0], "", ""], f"stored, {seeds_said(stored)}{failing}"
            lines.append(
                table_row(
                    [
                        record["lesson"],
                        claim["text"],
                        f"{sense} {number(claim['bound'])}",
                        *measured,
                        held,
                    ]
                )
            )
    notes = []
    for record in records:
        seeds = ", ".join(str(seed) for seed in record["seeds"])
        notes.append(
            f"- Lesson {record['lesson']}: seeds {seeds}; {seconds(record['cpu_seconds'])}; "
            f"{machine(record['machine'])}."
        )
    return "\n".join([*lines, "", *notes]) if records else "No lesson has been verified yet."


def latency_table(path: Path) -> str:
    """A Markdown table with a line for each view of an explorer: medians, and in brackets 95th
    percentiles, in milliseconds."""
    if not path.exists():
        return "Nothing has been measured yet."
    record = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        "| explorer: view | moved | CPU time | networks | painting | the rest | in the page | kB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, view in record["views"].items():
        parts = (f"{view['mean_ms'][part]:.1f}" for part in ("networks", "painting", "rest"))
        seen = spread(view["page_ms"]) if "page_ms" in view else ""
        size = f"{view['bytes'] / 1000:.0f}"
        lines.append(table_row([name, view["moved"], spread(view["cpu_ms"]), *parts, seen, size]))
    return "\n".join([*lines, "", f"- {record['moves']} moves of each; {record['machine']}."])


def spread(measured: dict[str, float]) -> str:
    return f"{measured['median']:.1f} ({measured['p95']:.1f})"


def number(value: float) -> str:
    """Three significant digits; whole numbers from 1000 on, which would otherwise get an
    exponent."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def seconds(cpu_seconds: float | Sequence[float]) -> str:
    if isinstance(cpu_seconds, int | float):
        return f"{cpu_seconds:.0f} s of CPU time"
    return f"{median(cpu_seconds):.0f} s of CPU time a run (median)"


def machine(description: dict[str, Any]) -> str:
    return f"{description['processor']}, {description['cores']} cores, torch {description['torch']}"


def replaced(text: str, name: str, block: str) -> str:
    """`text` with `block` between the marks of `name`. Raises `ValueError` where the marks are not
    there once each."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(
            f"expected {begin} and, after it, {end}, once each, each on a line of its own"
        )
    return text[: text.index(begin) + len(begin)] + f"\n\n{block}\n\n" + text[text.index(end) :]


def generated(root: Path, course: Catalogue) -> dict[Path, str]:
    """The whole text of each file with a derived table. Raises `ValueError` where a file or its
    marks are missing."""
    measured = root / "benchmarks"
    tables: dict[str, dict[str, Callable[[], str]]] = {
        "README.md": {"lessons": lambda: lessons_table(course)},
        "benchmarks/README.md": {
            "evidence": lambda: evidence_table(read_evidence(measured / "evidence")),
            "zoo": lambda: zoo_table(course),
            "latency": lambda: latency_table(measured / "latency.json"),
        },
    }
    files = {}
    for name, blocks in tables.items():
        path = root / name
        if not path.exists():
            raise ValueError(
                f"{name} does not exist; it should hold "
                + " and ".join(
                    f"<!-- {marks}:begin --> and <!-- {marks}:end -->" for marks in blocks
                )
            )
        text = path.read_text(encoding="utf-8")
        try:
            for block, table in blocks.items():
                text = replaced(text, block, table())
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        files[path] = text
    return files


def main(
    arguments: Sequence[str] | None = None, root: Path = ROOT, course: Catalogue | None = None
) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m authoring.readme", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show a diff and fail where a table is out of date",
    )
    options = parser.parse_args(arguments)
    try:
        files = generated(root, course or catalogue())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    stale = {path: text for path, text in files.items() if path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        name = path.relative_to(root).as_posix()
        if options.check:
            found = path.read_text(encoding="utf-8").splitlines()
            print(
                *difflib.unified_diff(
                    found, text.splitlines(), f"{name} (found)", f"{name} (generated)", lineterm=""
                ),
                sep="\n",
                file=sys.stderr,
            )
        else:
            write_atomically(path, text)
            print(name)
    if options.check and stale:
        print("A derived table is out of date. Run: make readme", file=sys.stderr)
        return 1
    if not stale:
        print("Every derived table is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
