"""What a question is made of. One file `lesson_NN/qN_topic.py` holds one question and its proof:
each mistake is written once, as a learner would write it, with its hint.

    QUESTION = Question("05.q1", "losses of a critic", 2, (CRITIC, GENERATOR))

A question asks for one function or more, and each is a `Part` with inputs, a right answer and
mistakes of its own.

    CRITIC = Part(
        "critic_loss",
        inputs=scores,                   # (seed, case) -> {"real": ..., "fake": ...}
        right=lambda real, fake: ...,    # found by another route than a learner's
        also_right={"by sums": ...},     # the same, written otherwise: each must pass
        mistakes=mistakes(
            lambda real, fake: real.mean() - fake.mean(),
            "is the gap that the critic wants large. An optimiser goes downhill: which way ...?",
            one_way, another_way,
            "treats real and fake alike. ...",
        ),
        cases=("near", "far"),
    )

**How an answer is judged.** The engine runs the learner's function and the right one through the
same probe on the same inputs and, where the two disagree, each mistake as well. The probe gives
named tensors. What counts is the first of them, in the probe's order, that differs from the right
answer's. The learner gets the hint of the mistake that agrees with the answer on that tensor and on
those before it, in all cases and under all seeds, and that has the same side effects. If none
agrees, the engine says what it sees, in this order: a side effect; a wrong shape (or the hint of a
mistake of that shape); numbers that are not finite; what `only` says, where the value is wrong in
one case alone; a gradient that does not arrive; and last what `otherwise` says.

So a mistake may differ from the right answer in a value, in a gradient alone, in a side effect
alone, or in the exception that it raises. The hint for an exception follows its message, and is
given for every exception whose message differs only in its numbers; where several mistakes raise
it, one that raises it in the same case goes first. A mistake's NaN agrees with a learner's. None,
numbers, tuples, wrong shapes, a value that is detached or half detached, and all side effects need
no entry, except where a question has a better hint for them. To prove a hint of `only`, `otherwise`
or `not_finite`, list a mistake with the same text.

**Inputs.** `inputs(seed, case)` makes everything anew: a dict in the order of the learner's
arguments, with the names that hints use. The standard probe calls the function once, and takes
the gradient of what it returns at every input that requires one ("at real"), parameters of modules
included ("at critic"). `in_turn` does so for several calls, the ordinary one first. Let an input
require a gradient where one should arrive, and also where none should (the right answer then
detaches it). `hanging(x)` is an input that something else has drawn. Give parameters a `.grad`
where the function must leave it alone, or it shows only what is added. Networks are modules, never
closures, since the engine watches what it is given.

**Steps, loops, schedules.** A probe of your own is `probe(call, given) -> tensors`. `call` is the
watched function, which you call with named arguments (handed on in their order) as often as you
like; `given` are the inputs. Return what you saw in the order in which a learner should be told of
it: the number of steps before the weights after them. 05.q3 is the model.

Where right answers may differ from each other (another order, other draws, another network),
`read(values, seed, case)` turns what was recorded into facts on which they agree, such as whether a
row came twice: first coarse ones, which tell mistakes apart, then numbers for hints. It runs in the
parent process, on values only, and may raise on junk. 05.q4 is the model. Where a function is right
only together with that of an earlier part, `call.others` has the learner's own by its name; it is
empty where a mistake is run. 03.q3 is the model.

Where training is judged, by what many calls lead to, the probe gives the trained weights or the
samples, and `read` measures them against what the seed has drawn. What can be seen in one call,
such as old gradients that count, is tested directly: no hint may depend on luck. 05.q6 is a
model, and `stepping.py` has what such probes share.

**Grading.** `inputs`, `probe` and `returns` are functions of their modules, and a grader sends
them, with all that they use, to where the learner's code runs. So they may not use a right answer:
`read` may, and inputs that need one are sent instead (`sends_inputs`).

**Side effects.** After each call of a learner's function every input, every leaf behind it, and the
random state must be as before. `may_change` names what the question asks to change, as
`watching.py` names it: "critic.weights", "critic.gradients", "torch" (it draws or shuffles). Before
each case the random state is set from the seed, so that a mistake that draws draws the same.

**Hints** begin with a small letter where the function's name belongs before them, and are
`Computed` where they need a number. Mistakes are learner's code, without types: a question's file
allows that to mypy in a line below its docstring. Tests and `gan-course exercise matrix` prove from
these lists that the right answers pass, and that each mistake fails with its own hint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import torch
from torch import Tensor

from gan_course.practice.returned import tensor

Answer = Callable[..., Any]  # a learner's function, or one that stands in for it
Values = Mapping[str, Tensor]  # what a probe saw; plain, since another process may send them
Given = dict[str, Any]  # inputs by name, in the order of the arguments
Probe = Callable[[Answer, Given], dict[str, Tensor]]


@dataclass(frozen=True, eq=False)
class Mistake:
    """A way to get a function wrong, written as a learner would write it, perhaps in several ways,
    and the hint for it."""

    functions: tuple[Answer, ...]
    hint: str | Computed


@dataclass(frozen=True)
class Computed:
    """A hint that needs a number: a function of what was found and what was expected."""

    hint: Callable[[Values, Values], str]


def mistakes(*entries: Answer | str | Computed) -> tuple[Mistake, ...]:
    """A list of mistakes: for each the wrong function, or several that get one hint, then the hint.
    A function whose hint was forgotten gets the next one, and the matrix shows it."""
    found: list[Mistake] = []
    functions: list[Answer] = []
    for entry in entries:
        if isinstance(entry, str | Computed):
            found.append(Mistake(tuple(functions), entry))
            functions = []
        else:
            functions.append(entry)
    if functions:
        raise ValueError("the last mistake has no hint")
    return tuple(found)


@dataclass(frozen=True)
class Verdict:
    """What came of an answer; `hint` is empty where it is right. `known` is the mistake of a part's
    list that the answer was recognised as."""

    passed: bool
    hint: str = ""
    known: Mistake | None = None


RIGHT = Verdict(passed=True)


def value_and_slopes(call: Answer, given: Given) -> dict[str, Tensor]:
    """The standard probe: what one call returns, and its gradient at each input that requires
    one."""
    learns = {name: learners(thing) for name, thing in given.items()}
    value = call(**given)
    return {"value": value} | {
        f"at {name}": slope_at(value, own) for name, own in learns.items() if own
    }


def in_turn(call: Answer, given: Given) -> dict[str, Tensor]:
    """The standard probe for several calls, each with the inputs of one entry of `given`. The names
    of what a call gave end with its key, which is "" for the first call. A learner is told of the
    first value that is wrong."""
    return {
        f"{name} {key}".rstrip(): value
        for key, own in given.items()
        for name, value in value_and_slopes(call, own).items()
    }


def learners(thing: Any) -> list[Tensor]:
    """The tensors of an input that require a gradient: itself, or a module's parameters."""
    tensors = list(thing.parameters()) if isinstance(thing, torch.nn.Module) else [thing]
    return [x for x in tensors if isinstance(x, Tensor) and x.requires_grad]


def slope_at(value: Tensor, tensors: Sequence[Tensor]) -> Tensor:
    """The gradient of `value` at all `tensors`, in one row, 0 where none arrives. A value of more
    than one number is summed first, with fixed random weights."""
    found: Sequence[Tensor | None] = [None] * len(tensors)
    if value.requires_grad and all(x.requires_grad for x in tensors):
        weights = torch.randn(value.shape, generator=seeded(0)) if value.ndim else torch.ones(())
        with suppress(RuntimeError):  # an input was changed after the graph had taken note of it
            found = torch.autograd.grad(
                (weights * value).sum(), list(tensors), retain_graph=True, allow_unused=True
            )
    return torch.cat(
        [
            (torch.zeros_like(x) if slope is None else slope).flatten().double()
            for x, slope in zip(tensors, found, strict=True)
        ]
    )


@dataclass(frozen=True, eq=False)
class Part:
    """One function that a question asks for."""

    name: str
    inputs: Callable[[int, str], Given]
    right: Answer
    mistakes: Sequence[Mistake]
    also_right: Mapping[str, Answer]
    cases: Sequence[str] = ("",)
    probe: Probe = value_and_slopes
    returns: Callable[[str, Any], Any] = tensor  # of returned.py: what it must return
    may_change: Sequence[str] = ()
    read: Callable[[Values, int, str], dict[str, Tensor]] | None = None
    # what hints call an input at which a gradient is wrong
    words: Mapping[str, str] = field(default_factory=dict)
    # Hints for an answer that agrees with no mistake. `only`: it is wrong in this case alone.
    # `otherwise`: this value is the first that is wrong, or it has this side effect ("torch");
    # mistakes with the same hint need no run. `not_finite`: it is NaN or infinite.
    only: Mapping[str, str | Computed] = field(default_factory=dict)
    otherwise: Mapping[str, str | Computed] = field(default_factory=dict)
    not_finite: str = ""
    # A sentence before every hint, from (found, expected, inputs): one place where they differ.
    example: Callable[[Values, Values, Given], str] | None = None
    tolerance: Mapping[str, float] = field(default_factory=dict)  # of a value or a case
    # Drawing the inputs takes a right answer, so a grader sends them as numbers: plain ones only.
    sends_inputs: bool = False
    # What the right answer and the mistakes gave, in a students' copy, which lacks them: a Run.
    recorded: Callable[[Answer, Sequence[int]], Any] | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """One graded question."""

    id: str
    title: str
    points: int
    parts: tuple[Part, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """Names of the learner's functions, in the order `check` takes them."""
        return tuple(part.name for part in self.parts)


def seeded(seed: int, case: str = "") -> torch.Generator:
    """A generator to draw inputs from, separate from those that a learner's code draws from."""
    return torch.Generator().manual_seed((seed * 1_000_003 + crc32(case.encode())) % 2**63)


def hanging(x: Tensor) -> Tensor:
    """`x` as if a generator had drawn it: it is no leaf, and a gradient runs on into what it was
    made of, but only once, since the graph is freed then."""
    return x.clone().requires_grad_() * torch.ones_like(x)
