"""Question 03.q4: row numbers of a batch in which every class comes equally often, judged by what
many batches have in common."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math
import random

import numpy as np
import torch

from gan_course.practice.lesson_03.balance import CASES, data, many_batches, read
from gan_course.practice.lesson_03.batches import (
    batch,
    drawn_by_turns,
    in_rounds,
    once,
    smallest_keys,
    whole_shares,
    with_weights,
)
from gan_course.practice.question import Computed, Part, Question, mistakes


def told(text):
    return Computed(lambda found, right: text.format(*found["about"].round().int().tolist()))


def of_size(found, right):
    n, *causes = found["about"].int().tolist()
    hints = (
        " Who gets what does not divide evenly?",
        " A class with fewer rows than it is due is due them all the same: what can it do?",
        " Are the classes of these data 0, 1, 2 and so on?",
        " Does it count on classes, ten perhaps, that these labels do not have?",
    )
    first = next((hint for hint, holds in zip(hints, causes, strict=True) if holds), "")
    return f"returned {n} rows.{first}"


def of_classes(found, right):
    over, *held = found["about"].int().tolist()
    said = ", ".join(
        f"{n} of class {label}" for n, label in zip(held[::2], held[1::2], strict=True)
    )
    if over:
        return (
            f"returned {said}. No class may have more than one row more than another: who gets the "
            "leftovers?"
        )
    return f"returned {said}. Every class should come equally often, however many rows it has."


def of_leftovers(found, right):
    label, n, always = found["about"].int().tolist()
    often = "always" if always else "never"
    return (
        f"{often} gives one of the leftovers to class {label}, in {n} batches. Who decides that in "
        "yours?"
    )


_ELSEWHERE = (
    "lets something else than `generator` draw. Which of your draws does not know `generator`?"
)
OTHERWISE = {
    "dimensions": told(
        "returned a batch of {} dimensions, expected one row of numbers, shape ({},)."
    ),
    "mask": "returned a mask of True and False. What are the numbers of the rows?",
    "floats": "returned no whole numbers, but a row number is one. Where does yours become a "
    "floating one?",
    "size": Computed(of_size),
    "outside": told("returned {}, and rows are counted from 0 to {}."),
    "labels": "returns no number but those of the classes. Are yours the numbers of the rows, or "
    "the labels in them?",
    "places": told(
        "returns no number above {}, yet there are {} rows. Counted among all rows, or among those "
        "of one class?"
    ),
    "uneven": Computed(of_classes),
    "repeated": told(
        "gives a row of class {}, which has {}, again in a batch before another one came. When may "
        "a row come again?"
    ),
    "redrawn": "draws two different batches from a generator in the same state. Which of your "
    "draws does not know `generator`?",
    "same": "returns the same batch every time. Is anything drawn, and may `generator` run on from "
    "one call to the next?",
    "never": told(
        "leaves rows out: in {} batches, {} of {} rows of class {} never come, row {} among them. "
        "Why not?"
    ),
    "favoured": told(
        "has favourites: in {} batches, row {} of class {} comes {} times; with the same chance "
        "for all {} rows of its class it would be about {}. In your draw, what sets it apart from "
        "the others?"
    ),
    "leftovers": Computed(of_leftovers),
    "torch": _ELSEWHERE,
    "numpy": _ELSEWHERE,
    "python": _ELSEWHERE,
}


def up_to_largest(labels):
    return torch.arange(labels.max() + 1)


def ten(labels):
    return torch.arange(10)


def none(n, over, mix):
    return torch.zeros(n).int()


def first_ones(n, over, mix):
    return torch.arange(n) < over


def remembered(labels, size, generator, kept={}):  # noqa: B006 - so that it stays from call to call
    """The permutations of a generator of its own."""
    own = kept.setdefault("own", torch.Generator().manual_seed(0))
    return batch()(labels, size, own)


def first_favoured(count, due, mix):
    """Of four orders the one in which the first row stands nearest to the front."""
    orders = [mix(count) for _ in range(4)]
    return min(orders, key=lambda order: order.tolist().index(0))[:due]


BATCH = Part(
    "balanced_batch",
    data,
    right=smallest_keys,
    also_right={
        "drawn by turns": drawn_by_turns,
        "multinomial": with_weights,
        "by parts": batch(),
    },
    cases=tuple(CASES),
    probe=many_batches,
    read=read,
    otherwise=OTHERWISE,
    example=lambda found, right, given: (
        f"With {len(given['labels'])} rows of {len(given['labels'].unique())} classes and a batch "
        f"of {given['size']},"
    ),
    mistakes=mistakes(
        batch(classes=up_to_largest),
        batch(classes=ten, places=lambda count, due, mix: mix(count)[: due % count]),
        batch(classes=ten, places=lambda count, due, mix: mix(count)[: math.ceil(due / count)]),
        batch(classes=ten, places=lambda count, due, mix: torch.randint(count, (due,))),
        "Is there a class here without any rows? Which classes are there at all?",
        batch(places=lambda count, due, mix: mix(count)[torch.arange(due)]),
        batch(places=lambda count, due, mix: torch.multinomial(torch.ones(count), due)),
        "Does every class have as many rows as are due?",
        whole_shares,
        "A batch may be smaller than the number of classes. Which of them give a row then?",
        batch(gives=lambda rows, labels: rows[:, None]),
        OTHERWISE["dimensions"],
        batch(gives=lambda rows, labels: torch.isin(torch.arange(len(labels)), rows)),
        OTHERWISE["mask"],
        batch(gives=lambda rows, labels: rows.float()),
        OTHERWISE["floats"],
        batch(extra=none),
        batch(places=once),
        batch(classes=up_to_largest, places=once),
        batch(classes=ten, places=once),
        batch(classes=ten, places=once, extra=none),
        OTHERWISE["size"],
        batch(gives=lambda rows, labels: rows + 1),
        OTHERWISE["outside"],
        batch(gives=lambda rows, labels: labels[rows]),
        OTHERWISE["labels"],
        batch(take=lambda own, places: places),
        OTHERWISE["places"],
        lambda labels, size, draw: torch.randperm(len(labels), generator=draw)[:size],
        batch(extra=lambda n, over, mix: (mix(n) == 0) * over),
        batch(
            extra=lambda n, over, mix: sum(
                ((mix(n) == 0).int() for _ in range(over)), none(n, 0, 0)
            )
        ),
        OTHERWISE["uneven"],
        batch(
            places=lambda count, due, mix: torch.cat(
                [mix(count)[:1] for _ in range(due)] + [mix(count)[:0]]
            )
        ),
        OTHERWISE["repeated"],
        remembered,
        OTHERWISE["redrawn"],
        batch(extra=first_ones, places=lambda count, due, mix: torch.arange(due) % count),
        lambda labels, size, draw: batch()(labels, size, draw.manual_seed(0)),
        OTHERWISE["same"],
        batch(places=lambda count, due, mix: in_rounds(min(count, max(due, count - 1)), due, mix)),
        OTHERWISE["never"],
        batch(
            places=lambda count, due, mix: (first_favoured if due < count else in_rounds)(
                count, due, mix
            )
        ),
        OTHERWISE["favoured"],
        batch(extra=first_ones),
        OTHERWISE["leftovers"],
        batch(shuffle=lambda n, draw: torch.randperm(n)),
        batch(shuffle=lambda n, draw: torch.from_numpy(np.random.permutation(n))),  # noqa: NPY002
        batch(shuffle=lambda n, draw: torch.tensor(random.sample(range(n), n))),
        batch(extra=lambda n, over, mix: torch.randperm(n) < over),
        _ELSEWHERE,
    ),
)

QUESTION = Question("03.q4", "a balanced batch", 4, (BATCH,))
