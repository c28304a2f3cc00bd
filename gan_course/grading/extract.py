"""The part of a question that runs beside a learner's code: its inputs and its probe, without the
right answer, the mistakes and what reads the values, which a submission must never see."""

from __future__ import annotations

import ast
import dis
import importlib.util
from collections.abc import Callable, Iterator, Sequence, Set
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import CodeType
from typing import Any

from torch import Tensor

from gan_course.practice.question import Part, Question

LESSONS = "gan_course.practice.lesson_"
PIECES = ("inputs", "probe", "returns")  # of a Part
READS = ("LOAD_NAME", "LOAD_GLOBAL")


def harness(question: Question) -> dict[str, Any]:
    """What a worker needs to ask `question`, as text: its parts, and the source of those pieces of
    the lessons' files that they use."""
    parts = [_described(part) for part in question.parts]
    wanted = [part[piece] for part in parts for piece in PIECES if piece in part]
    return {"modules": sources(wanted), "parts": parts}


def inputs(part: Part, seeds: Sequence[int]) -> list[Any]:
    """The inputs of a part that has them sent, for each seed and case: numbers as they are, tensors
    as the name of their type and a list."""

    def shown(x: Any) -> Any:
        return [str(x.dtype).removeprefix("torch."), x.tolist()] if isinstance(x, Tensor) else x

    return [
        [seed, case, {name: shown(x) for name, x in part.inputs(seed, case).items()}]
        for seed in (seeds if part.sends_inputs else ())
        for case in part.cases
    ]


def _described(part: Part) -> dict[str, Any]:
    pieces = PIECES[part.sends_inputs :]  # the inputs come first
    places = {piece: _place(getattr(part, piece)) for piece in pieces}
    return {"name": part.name, "cases": list(part.cases), **places}


def _place(function: Callable[..., Any]) -> tuple[str, str]:
    """Where a function is found again: its module and its name there."""
    module, name = function.__module__, function.__qualname__
    if not name.isidentifier():
        raise ValueError(
            f"{module}.{name} must be a function of its module, for the grader to send"
        )
    return module, name


@lru_cache
def source_tree(module: str) -> ast.Module:
    """What a module's file says."""
    spec = importlib.util.find_spec(module)
    origin = spec.origin if spec else None
    return ast.parse(Path(str(origin)).read_text(encoding="utf-8"))


def sources(
    wanted: list[tuple[str, str]], tree: Callable[[str], ast.Module] = source_tree
) -> list[tuple[str, str]]:
    """Each module of a lesson with the source of what is `wanted` in it, those that others import
    first; `tree` says what a module holds."""
    names: dict[str, set[str]] = {}
    imports: dict[str, set[str]] = {}

    def follow(module: str, name: str) -> None:
        if not module.startswith(LESSONS) or name in names.setdefault(module, set()):
            return
        names[module].add(name)
        for statement in tree(module).body:
            if name in _defined(statement):
                if isinstance(statement, ast.ImportFrom) and statement.module:
                    (own,) = (a.name for a in statement.names if (a.asname or a.name) == name)
                    imports.setdefault(module, set()).add(statement.module)
                    follow(statement.module, own)
                else:
                    for other in _used(statement):
                        follow(module, other)

    for place in wanted:
        follow(*place)
    order = TopologicalSorter({module: imports.get(module, ()) for module in names}).static_order()
    return [(module, _kept(tree(module), names[module])) for module in order if module in names]


def _kept(module: ast.Module, names: Set[str]) -> str:
    """The statements of `module` that define one of `names`, in their order."""
    kept: list[ast.stmt] = []
    for statement in module.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            aliases = [a for a in statement.names if (a.asname or a.name).split(".")[0] in names]
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if future or aliases:
                kept.append(statement)
            if aliases:
                kept[-1] = (
                    ast.ImportFrom(statement.module, aliases, 0)
                    if isinstance(statement, ast.ImportFrom)
                    else ast.Import(aliases)
                )
        elif names & set(_defined(statement)):
            kept.append(statement)
    return ast.unparse(ast.Module(kept, []))


def _defined(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module binds."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in statement.names)
    elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    else:
        whole = compile(ast.Module([statement], []), "", "exec")
        yield from (i.argval for i in dis.get_instructions(whole) if i.opname == "STORE_NAME")


def _used(statement: ast.stmt) -> set[str]:
    """The names of its module that a statement reads, now or when it is called."""
    waiting, names = [compile(ast.Module([statement], []), "", "exec")], set()
    for code in waiting:
        names |= {i.argval for i in dis.get_instructions(code) if i.opname in READS}
        waiting += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    return names
