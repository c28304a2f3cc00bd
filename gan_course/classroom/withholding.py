"""The questions of a students' copy. `check` compares values, so a copy needs what right answers
and mistakes give under the public seeds, and no function that gives it.

What stays of a question's file are its inputs, its probe, what reads the values, and its hints. The
right answer, those written differently and the mistakes are left out, with all that only they use.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from gan_course.grading.extract import LESSONS, source_tree, sources
from gan_course.practice.checking import PUBLIC_SEEDS
from gan_course.practice.collecting import Run, run
from gan_course.practice.judging import facts_of
from gan_course.practice.question import Computed, Part
from gan_course.practice.recorded import record
from gan_course.practice.registry import MODULES

IMPORT = "from gan_course.practice.recorded import withheld"
HEADER = (
    '"""{}"""\n# Answers and mistakes are withheld: what they give is stored beside this file.\n'
)
TAKEN = ("right", "also_right", "mistakes")


def write(practice: Path) -> None:
    """Write the folder of every lesson's questions into `practice`, that of a students' copy."""
    for name in MODULES.values():
        import_module(name)
    wanted = [(module, "QUESTION") for module in MODULES.values()]
    for module, text in sources(wanted, _without_answers):
        path = practice.joinpath(*module.removeprefix(f"{LESSONS.rpartition('.')[0]}.").split("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        for own in (path.parent / "__init__", path):
            said = ast.get_docstring(source_tree(_named(own, practice)))
            body = text if own == path else ""
            own.with_suffix(".py").write_text(HEADER.format(said) + body, encoding="utf-8")
        for part in dict.fromkeys(_parts(import_module(module)).values()):
            record(_runs(part), path.with_name(f"{part.name}.safetensors"))


def _named(path: Path, practice: Path) -> str:
    inside = path.relative_to(practice).parts
    return ".".join([LESSONS.rpartition(".")[0], *inside]).removesuffix(".__init__")


def _parts(module: ModuleType) -> dict[str, Part]:
    """The parts that a module makes, by the names it gives them."""
    made = {
        target.id: node.value
        for node in source_tree(module.__name__).body
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
    }
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, Part) and name in made
    }


def _runs(part: Part) -> dict[tuple[int, int], Run]:
    """What the right answer and each mistake give, by their numbers and the seed."""
    functions = [part.right, *(own for mistake in part.mistakes for own in mistake.functions)]
    runs = {}
    for number, function in enumerate(functions):
        for seed in PUBLIC_SEEDS:
            one = run(part, function, (seed,))
            told = part.read and not one.fault
            runs[number, seed] = Run(one.values, one.fault, facts_of(part, one) if told else None)
    return runs


def _without_answers(module: str) -> ast.Module:
    """The tree of a lesson's module whose parts have `withheld` in place of their functions."""
    tree = ast.parse(ast.unparse(source_tree(module)))
    own = import_module(module)
    parts = _parts(own)
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in parts:
            call, part = node.value, parts[ast.unparse(node.targets[0])]
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "Part"):
                raise ValueError(f"{module}: a part is made by Part(...), for a release to read it")
            del call.args[2:]  # what follows the name and the inputs
            call.keywords = [word for word in call.keywords if word.arg not in TAKEN]
            hints = "".join(f", ({len(m.functions)}, {_hint(m.hint, own)})" for m in part.mistakes)
            instead = f"withheld(__file__, {part.name!r}{hints})"
            call.keywords.append(ast.keyword(None, ast.parse(instead, mode="eval").body))
    # The first statement is the docstring, the second the import from __future__.
    tree.body[2:2] = ast.parse(IMPORT).body if parts else []
    return ast.fix_missing_locations(tree)


def _hint(hint: str | Computed, module: ModuleType) -> str:
    """An expression that gives the hint in its module; `ValueError` where there is none."""
    if isinstance(hint, str):
        return repr(hint)
    for text in _expressions(hint, module):
        return text
    raise ValueError(
        f"{module.__name__} has a hint that a students' copy cannot name: give Computed a function "
        "of the module, or one made by such a function from texts alone"
    )


def _expressions(hint: Computed, module: ModuleType) -> Iterator[str]:
    function: Any = hint.hint
    for name, value in vars(module).items():
        if value is hint or value is function:
            yield name if value is hint else f"Computed({name})"
        if isinstance(value, dict):
            yield from (f"{name}[{key!r}]" for key, own in value.items() if own is hint)
    if not inspect.isfunction(function):
        return
    factory = function.__qualname__.partition(".<locals>")[0]
    closure = inspect.getclosurevars(function).nonlocals
    if factory in vars(module) and set(inspect.signature(vars(module)[factory]).parameters) == set(
        closure
    ):
        yield f"{factory}({', '.join(f'{name}={value!r}' for name, value in closure.items())})"
