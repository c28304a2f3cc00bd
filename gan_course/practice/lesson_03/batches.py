"""Batches for question 03.q4: right ones drawn differently, and `batch`, of which one part or
another is exchanged."""
# mypy: allow-untyped-defs, allow-untyped-calls

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
        keys = torch.rand(count, generator=generator)
        chosen += [rows] * (n // count) + [rows[keys.topk(n % count, largest=False).indices]]
    return torch.cat(chosen)


def drawn_by_turns(labels, size, generator):
    """One row after another: the class whose turn it is gives one of those it has given least
    often."""
    turns, given, rows = labels.unique(), torch.zeros(len(labels)), []
    for i in range(size):
        if i % len(turns) == 0:
            turns = turns[torch.randperm(len(turns), generator=generator)]
        keys = given + torch.rand(len(labels), generator=generator) / 2
        rows.append(int(torch.where(labels == turns[i % len(turns)], keys, torch.inf).argmin()))
        given[rows[-1]] += 1
    return torch.tensor(rows)


def with_weights(labels, size, generator):
    """Rows and leftovers by `multinomial`; a class that has given all its rows begins again."""
    classes, rows = torch.unique(labels), []
    each, over = divmod(size, len(classes))
    even = torch.ones(len(classes))
    extra = torch.multinomial(even, over, generator=generator).tolist() if over else []
    for place, label in enumerate(classes):
        left: list[int] = []
        for _ in range(each + (place in extra)):
            left = left or torch.nonzero(labels == label)[:, 0].tolist()
            even = torch.ones(len(left))
            rows.append(left.pop(int(torch.multinomial(even, 1, generator=generator))))
    return torch.tensor(rows)


def whole_shares(labels, size, generator):
    """No leftovers: nothing at all where a batch is smaller than the number of classes."""
    each, chosen = size // len(labels.unique()), []
    for label in labels.unique() if each else ():
        own = torch.where(labels == label)[0]
        chosen.append(own[in_rounds(len(own), each, lambda n: by_generator(n, generator))])
    return torch.cat(chosen)


def by_generator(n, generator):
    return torch.randperm(n, generator=generator)


def one_each(n, over, mix):
    return mix(n) < over


def in_rounds(count, due, mix):
    return torch.cat([mix(count) for _ in range(due // count + 1)])[:due]


def once(count, due, mix):
    return mix(count)[:due]


def batch(
    classes=torch.unique,
    shuffle=by_generator,  # (n, generator) -> the numbers below n in another order
    extra=one_each,  # (classes, leftovers, mix) -> how many of them each class gets
    places=in_rounds,  # (rows of a class, how many are due, mix) -> which of them come
    take=lambda own, places: own[places],
    gives=lambda rows, labels: rows,
):
    """A right batch with one part exchanged; `mix` is `shuffle` with its generator."""

    def balanced_batch(labels, size, generator):
        def mix(n):
            return shuffle(n, generator)

        kinds = classes(labels)
        each, over = divmod(size, len(kinds))
        chosen = []
        for label, more in zip(kinds, extra(len(kinds), over, mix).tolist(), strict=True):
            own = (labels == label).nonzero().flatten()
            chosen.append(take(own, places(len(own), each + more, mix)))
        return gives(torch.cat(chosen), labels)

    return balanced_batch
