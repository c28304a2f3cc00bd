"""Batches for question 03.q4: right ones drawn differently, and `batch`, whose faults are chosen by
name."""

from __future__ import annotations

import torch


def smallest_keys(labels, size, generator):
    """Every row gets a random key; of each class the smallest are taken, and whole classes before
    that where they are short."""
    classes, counts = labels.unique(return_counts=True)
    luck = torch.rand(len(classes), generator=generator).argsort().argsort()
    due = size // len(classes) + (luck < size % len(classes)).long()
    chosen = []
    for label, count, n in zip(classes.tolist(), counts.tolist(), due.tolist(), strict=True):
        rows = torch.where(labels == label)[0]
        chosen += [rows] * (n // count)
        chosen.append(
            rows[torch.rand(count, generator=generator).topk(n % count, largest=False).indices]
        )
    return torch.cat(chosen)


def drawn_by_turns(labels, size, generator):
    """One row after another: the class whose turn it is gives one of those it has given least
    often."""
    turns = labels.unique()
    given, rows = torch.zeros(len(labels)), []
    for i in range(size):
        if i % len(turns) == 0:
            turns = turns[torch.randperm(len(turns), generator=generator)]
        own = torch.where(
            labels == turns[i % len(turns)],
            given + torch.rand(len(labels), generator=generator) / 2,
            torch.inf,
        )
        rows.append(int(own.argmin()))
        given[rows[-1]] += 1
    return torch.tensor(rows)


def with_weights(labels, size, generator):
    classes = torch.unique(labels)
    each, over = divmod(size, len(classes))
    extra = (
        torch.multinomial(torch.ones(len(classes)), over, generator=generator).tolist()
        if over
        else []
    )
    rows = []
    for place, label in enumerate(classes):
        left = []
        for _ in range(each + (place in extra)):
            left = left or torch.nonzero(labels == label)[:, 0].tolist()
            rows.append(
                left.pop(int(torch.multinomial(torch.ones(len(left)), 1, generator=generator)))
            )
    return torch.tensor(rows)


def batch(rows="", leftovers="", classes="", gives="", generator="", reseed=False):
    """A right batch in which each named part goes wrong in a named way."""

    def balanced(labels, size, draw):
        if reseed:
            draw.manual_seed(0)
        source = None if generator == "global" else draw
        if rows == "blind":
            return torch.randperm(len(labels), generator=source)[:size]
        kinds = {
            "counted": torch.arange(len(labels.unique())),
            "up to the largest": torch.arange(labels.max() + 1),
        }.get(classes, labels.unique())
        each, over = divmod(size, len(kinds))
        due = torch.full((len(kinds),), each) + _extra(leftovers, len(kinds), over, source)
        chosen = []
        for label, n in zip(kinds, due.tolist(), strict=True):
            own = (labels == label).nonzero().flatten()
            places = _places(rows, len(own), n, source)
            chosen.append(places if gives == "places" else own[places])
        return _given(gives, torch.cat(chosen), labels)

    return balanced


def _extra(leftovers, classes, over, source):
    if leftovers == "dropped":
        return torch.zeros(classes, dtype=torch.int64)
    if leftovers == "one":
        return (torch.arange(classes) == torch.randint(classes, (1,), generator=source)) * over
    if leftovers == "with replacement":
        return torch.bincount(torch.randint(classes, (over,), generator=source), minlength=classes)
    if leftovers == "first":
        return (torch.arange(classes) < over).long()
    source = None if leftovers == "global" else source
    return torch.zeros(classes, dtype=torch.int64).scatter(
        0, torch.randperm(classes, generator=source)[:over], 1
    )


def _places(rows, count, due, source):
    if rows == "with replacement":
        return torch.randint(count, (due,), generator=source)
    if rows == "first":
        return torch.arange(due) % count
    if rows == "all but the last":
        count = min(count, max(due, count - 1))
    if rows == "no repeats":
        return torch.randperm(count, generator=source)[:due]
    if rows == "favours the first":
        rounds = [
            torch.multinomial(1 + 4.0 * (torch.arange(count) == 0), count, generator=source)
            for _ in range(due // count + 1)
        ]
        return torch.cat(rounds)[:due]
    if rows == "beyond the end":
        return torch.randperm(count, generator=source)[torch.arange(due)]
    return torch.cat([torch.randperm(count, generator=source) for _ in range(due // count + 1)])[
        :due
    ]


def _given(gives, rows, labels):
    if gives == "labels":
        return labels[rows]
    if gives == "mask":
        return torch.isin(torch.arange(len(labels)), rows)
    if gives == "floats":
        return rows.float()
    if gives == "list":
        return rows.tolist()
    return rows + 1 if gives == "from 1" else rows
