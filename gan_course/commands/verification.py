"""Whether a lesson's claims hold under other seeds: its own notebook, executed once a seed, and the
records its claims leave."""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from gan_course.claims import CLAIM_MIME, Claim
from gan_course.commands.execution import Kernels, lesson_text, read_lesson, side_by_side
from gan_course.files import write_atomically
from gan_course.machine import processor

CPU_MIME = "application/vnd.gan-course.cpu+json"
# The kernel's own seconds and those of processes it started and waited for.
CPU_CELL = f"""import os
from IPython.display import display
display({{{CPU_MIME!r}: {{"seconds": round(sum(os.times()[:4]), 1)}}}}, raw=True)"""
SEED_LINE = re.compile(r"^seed\s*=\s*0\b", flags=re.MULTILINE)


@dataclass(frozen=True)
class Seeded:
    """What a lesson left under one seed: its claims by their texts, judged again from their
    records, and a sentence for each thing that went wrong otherwise."""

    seed: int
    claims: dict[str, Claim]
    problems: tuple[str, ...]
    cpu_seconds: float | None


@dataclass(frozen=True)
class Verification:
    """A lesson under several seeds."""

    lesson: str
    claims: tuple[str, ...]  # as they stand in the source
    runs: tuple[Seeded, ...]

    def values(self, text: str) -> list[float | str | None]:
        """A claim's value under each seed; None where it left no record, "nan" or "inf" where it
        was not finite."""
        return [
            run.claims[text].record["value"] if text in run.claims else None for run in self.runs
        ]

    def passed(self, text: str) -> int:
        """The number of seeds under which a claim held."""
        return sum(run.claims[text].holds for run in self.runs if text in run.claims)

    def claim(self, text: str) -> Claim | None:
        """The claim of that text as it was made under the first seed that came to it, if any."""
        return next((run.claims[text] for run in self.runs if text in run.claims), None)

    @property
    def holds(self) -> bool:
        """Whether every claim held under every seed and nothing else failed."""
        return all(self.passed(text) == len(self.runs) for text in self.claims) and not any(
            run.problems for run in self.runs
        )

    def write(self, path: Path) -> None:
        """Write the evidence as JSON, the same bytes for the same numbers."""
        content = {
            "lesson": self.lesson,
            "seeds": [run.seed for run in self.runs],
            "machine": {
                "processor": processor(),
                "cores": os.cpu_count(),
                "torch": version("torch"),
            },
            "cpu_seconds": [run.cpu_seconds for run in self.runs],
            "claims": [self._evidence(text) for text in self.claims],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(
            path, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        )

    def _evidence(self, text: str) -> dict[str, Any]:
        claim = self.claim(text)
        record = claim.record if claim else {"text": text, "bound": None, "sense": None}
        same = {name: record[name] for name in record if name != "value"}
        return same | {"values": self.values(text), "passed": self.passed(text)}


def claims_in(source: Path) -> tuple[str, ...]:
    """The texts of every `claim("…", …)` and `Claim("…", …)` in a lesson, in order.

    Raises `ValueError` where there is none, where a text is not a literal, where two claims share
    one, and where the lesson is not Python or not in UTF-8.
    """
    texts: list[str] = []
    text = lesson_text(source)
    try:
        tree = ast.parse(text, source.name)
    except (SyntaxError, ValueError) as error:  # the latter for a null byte, before Python 3.12
        raise ValueError(f"{source.name} is not Python: {error}") from None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node) in ("claim", "Claim")
    ]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        said = call.args[0] if call.args else None
        if not isinstance(said, ast.Constant) or not isinstance(said.value, str):
            raise ValueError(
                f"{source.name}, line {call.lineno}: write the claim's text out in quotes, so that "
                "one can tell when its record is missing"
            )
        texts.append(said.value)
    if not texts:
        raise ValueError(f"{source.name} makes no claim, so there is nothing to verify")
    for claimed, count in Counter(texts).items():
        if count > 1:
            raise ValueError(
                f"{source.name} claims {claimed!r} {count} times: give each claim a text of its own"
            )
    return tuple(texts)


def verify(
    lesson: str,
    source: Path,
    seeds: int,
    jobs: int = 1,
    on_seed: Callable[[Seeded], None] | None = None,
    on_cell: Callable[[], None] | None = None,
) -> Verification:
    """Execute the lesson in `source` with `seed = 0`, `1`, … and read its claims.

    `on_seed` is called as each seed is done, `on_cell` after each code cell, `cells_in(source)`
    times a seed if no kernel dies.

    Raises what `claims_in` and `with_seed` raise, and `ValueError` for a record that is not whole
    and for a claim that changes with the seed in what must not. What fails inside the lesson is in
    the result.
    """
    claims = claims_in(source)
    with_seed(read_lesson(source), 0)

    def one(kernels: Kernels, seed: int) -> Seeded:
        result = _run_seed(kernels, source, claims, seed, on_cell)
        if on_seed is not None:
            on_seed(result)
        return result

    runs = tuple(side_by_side(one, range(seeds), jobs))
    _expect_steady(claims, runs)
    return Verification(lesson, claims, runs)


def _expect_steady(texts: Sequence[str], runs: Sequence[Seeded]) -> None:
    """Raise `ValueError` for a claim with another bound, or another stored value, under another
    seed: its evidence has room for one."""
    for text in texts:
        made = [run.claims[text] for run in runs if text in run.claims]
        if len({one.must for one in made}) > 1:
            raise ValueError(f"the bound of {text!r} changes with the seed: write it as a number")
        if len({(one.origin, one.value if one.stored else 0.0) for one in made}) > 1:
            raise ValueError(
                f"{text!r} is marked as stored, and changes with the seed: what this notebook "
                "computes is not stored"
            )


def cells_in(source: Path) -> int:
    """The number of code cells that `verify` executes for each seed."""
    # the one that asks for the seconds comes last
    return 1 + sum(cell.cell_type == "code" for cell in read_lesson(source).cells)


def with_seed(notebook: NotebookNode, seed: int) -> NotebookNode:
    """The notebook with `seed = 0` in its cell tagged "parameters" replaced; `ValueError` where
    there is no such line."""
    tagged = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])
    ]
    if len(tagged) != 1 or len(SEED_LINE.findall(tagged[0].source)) != 1:
        raise ValueError(
            'a lesson has exactly one cell tagged "parameters", and in it the line `seed = 0`'
        )
    tagged[0]["source"] = SEED_LINE.sub(f"seed = {seed}", tagged[0].source)
    return notebook


def _run_seed(
    kernels: Kernels,
    source: Path,
    claims: Sequence[str],
    seed: int,
    on_cell: Callable[[], None] | None,
) -> Seeded:
    notebook = with_seed(read_lesson(source), seed)
    notebook.cells.append(new_code_cell(CPU_CELL))

    def executed(*_: object) -> None:
        if on_cell is not None:
            on_cell()

    stopped = kernels.execute(notebook, source.parent, allow_errors=True, on_cell=executed)
    made, problems = _claims_made(notebook, claims)
    if stopped:
        problems.insert(0, stopped)
    seconds = [
        output["data"][CPU_MIME]["seconds"]
        for output in notebook.cells[-1].outputs
        if CPU_MIME in output.get("data", {})
    ]
    return Seeded(seed, made, tuple(problems), seconds[0] if seconds else None)


def _claims_made(
    notebook: NotebookNode, texts: Sequence[str]
) -> tuple[dict[str, Claim], list[str]]:
    """The claims by their texts, and a sentence for each failure that is not a claim's own."""
    made: dict[str, Claim] = {}
    problems: list[str] = []
    for number, cell in enumerate(notebook.cells, start=1):
        outputs = cell.get("outputs", [])
        here, wrong = _claims_of(outputs, f"cell {number}")
        problems += wrong
        for claim in here:
            if claim.text in made:
                problems.append(
                    f"cell {number}: {claim.text!r} is claimed a second time; a claim is made once"
                )
            made.setdefault(claim.text, claim)
        allowed = "raises-exception" in cell.metadata.get("tags", []) or any(
            not claim.holds for claim in here
        )
        problems += [
            f"cell {number}: {o['ename']}: {o['evalue']}"
            for o in outputs
            if o["output_type"] == "error" and not allowed
        ]
    problems += [
        f"no record of {text!r}: the lesson did not get there" for text in texts if text not in made
    ]
    problems += [
        f"{text!r} is recorded, and is no claim of the lesson's own code"
        for text in made
        if text not in texts
    ]
    return made, problems


def _claims_of(outputs: Sequence[NotebookNode], where: str) -> tuple[list[Claim], list[str]]:
    """The claims in a cell's outputs, and a sentence for each that says of itself what it is not.

    Raises `ValueError` for a record that is not whole.
    """
    claims: list[Claim] = []
    problems: list[str] = []
    for output in outputs:
        records = output.get("data", {}).get(CLAIM_MIME, [])
        for record in records if isinstance(records, list) else [records]:
            try:
                claim = Claim.from_record(record)
            except (TypeError, ValueError) as error:
                raise ValueError(f"{where}: {error}") from None
            claims.append(claim)
            if record["passed"] is not claim.holds:
                problems.append(
                    f"{where}: the record says {record['passed']!r} of whether this holds: {claim}"
                )
    return claims, problems


def _name(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
