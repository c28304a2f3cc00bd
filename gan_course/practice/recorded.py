"""Questions of a students' copy: what their right answers and mistakes give under the public seeds
is stored, and the functions themselves are withheld."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course.practice.collecting import CHANGED, Fault, Run
from gan_course.practice.question import Answer, Computed, Mistake, Values

At = tuple[int, str]  # a seed and a case
NOTHING = torch.empty(0)  # in place of a value whose facts are stored


@dataclass(frozen=True)
class Withheld:
    """Stands in for the right answer (number 0) or a mistake of a part, where a copy has only what
    they give."""

    number: int

    def __call__(self, *_given: Any) -> None:
        raise LookupError("this copy of the course holds no answers, only what `check` needs")


@dataclass(frozen=True)
class Recorded:
    """The runs of a part's withheld functions, as `record` stored them in `file`."""

    file: Path

    def __call__(self, function: Answer, seeds: Sequence[int]) -> Run:
        """What `function` gave under `seeds`, up to its first exception; `ValueError` for seeds
        that are not stored."""
        values: dict[At, Values] = {}
        facts: dict[At, Values] = {}
        for seed in seeds:
            if (function, seed) not in self._runs:
                raise ValueError(
                    f"this copy of the course checks on stored inputs, and has none of seed {seed}:"
                    " grade in the instructor's clone"
                )
            one = self._runs[function, seed]
            values |= one.values
            facts |= one.facts or {}
            if one.fault:
                return Run(values, one.fault)
        return Run(values, None, facts or None)

    @cached_property
    def _runs(self) -> dict[tuple[Answer, int], Run]:
        from safetensors import safe_open

        with safe_open(self.file, framework="pt") as stored:
            told = json.loads(stored.metadata()["runs"])
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        runs: dict[tuple[Answer, int], Run] = {}
        for number, seed, cases, fault in told:
            values = {
                (seed, case): {name: tensors[key] if key else NOTHING for name, key in own.items()}
                for case, own, _ in cases
            }
            facts = {
                (seed, case): {name: tensors[key] for name, key in own.items()}
                for case, _, own in cases
                if own is not None
            }
            runs[Withheld(number), seed] = Run(values, Fault(*fault) if fault else None, facts)
        return runs


def withheld(module: str, part: str, *hints: tuple[int, str | Computed]) -> dict[str, Any]:
    """The fields of a `Part` whose functions are not in this copy. `hints` are those of its
    mistakes, each with how many functions get it; what they give lies beside the file `module`."""
    numbers = iter(range(1, 1 + sum(count for count, _ in hints)))
    return {
        "right": Withheld(0),
        "also_right": {},
        "mistakes": tuple(
            Mistake(tuple(Withheld(next(numbers)) for _ in range(count)), hint)
            for count, hint in hints
        ),
        "recorded": Recorded(Path(module).with_name(f"{part}.safetensors")),
    }


def record(runs: Mapping[tuple[int, int], Run], file: Path) -> None:
    """Store `runs`, by the number of the function and the seed; a tensor that comes again is stored
    once. Where a run has facts, its values are not stored, but for their names and its side
    effects."""
    from safetensors.torch import save

    tensors: dict[str, Tensor] = {}
    keys: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def key(x: Tensor) -> str:
        content = (str(x.dtype), tuple(x.shape), x.detach().numpy().tobytes())
        name = keys.setdefault(content, f"t{len(keys)}")
        tensors[name] = x.detach().clone(memory_format=torch.contiguous_format)
        return name

    def cases(one: Run) -> Iterator[list[Any]]:
        for at, own in one.values.items():
            facts = (one.facts or {}).get(at)
            kept = {
                name: key(x) if facts is None or name.startswith(CHANGED) else ""
                for name, x in own.items()
            }
            yield [at[1], kept, facts and {name: key(x) for name, x in facts.items()}]

    told = [
        [*place, list(cases(one)), one.fault and [one.fault.said, one.fault.kind]]
        for place, one in runs.items()
    ]
    file.write_bytes(save(tensors, {"runs": json.dumps(told)}))
