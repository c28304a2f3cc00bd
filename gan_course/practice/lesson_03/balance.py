"""What question 03.q4 sees of many batches: whether they hold row numbers, each class equally often
and every row in its turn, and where chance is."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import math

import torch
from torch.nn.functional import one_hot
from torch.special import xlogy

from gan_course.practice.question import seeded

# Rows of each class, how many a batch takes, and how many batches are drawn: evenly; of classes
# that are not 0, 1, 2; five each where class 1 has two; not even one of each class; two more than
# divide evenly. Of so many, a right answer leaves a row or a leftover out in one of more than a
# billion checks.
CASES: dict[str, tuple[dict[int, int], int, int]] = {
    "even": ({0: 6, 1: 10, 2: 7, 3: 9}, 12, 20),
    "gaps": ({1: 5, 4: 8, 7: 6}, 9, 20),
    "rare": ({0: 9, 1: 2, 2: 11}, 15, 20),
    "less": ({0: 4, 1: 6, 2: 5, 3: 4, 4: 7}, 3, 60),
    "over": ({0: 6, 1: 10, 2: 7, 3: 9}, 14, 150),
}
# A row whose chance in each of n batches is p comes in a share s of them with a probability of
# exp(-n KL(s || p)) at most, on either side of p, however the rows of one batch hang together
# (Chernoff's bound). With this limit on either side of each row of "over", a right answer is
# refused in less than one of a billion checks. A row three or five times as likely as the others of
# its class is missed as rarely.
TOO_RARE = 1e-9 / (2 * 3 * 40)  # of three seeds with 40 rows at most
# What right answers agree on, in the order in which a learner is told of it.
FACTS = (
    *("dimensions", "mask", "floats", "size", "outside", "labels", "places", "uneven"),
    *("repeated", "redrawn", "same", "never", "favoured", "leftovers"),
)


def data(seed, case):
    """Labels of all rows, in no order; under another seed the same classes have other sizes, by up
    to two rows more, but for "rare"."""
    draw, (counts, size, _) = seeded(seed, case), CASES[case]
    more = torch.randint(3, (len(counts),), generator=draw) * (case != "rare")
    mixed = torch.tensor(list(counts)).repeat_interleave(torch.tensor([*counts.values()]) + more)
    mixed = mixed[torch.randperm(len(mixed), generator=draw)]
    return {"labels": mixed, "size": size, "generator": draw}


def many_batches(call, given):
    """The probe: batch after batch, and the first one again."""
    size, classes = given["size"], given["labels"].unique().tolist()
    (n,) = (n for counts, rows, n in CASES.values() if (list(counts), rows) == (classes, size))
    state = given["generator"].get_state()
    drawn = [call(**given) for _ in range(n)]
    torch.manual_seed(1)  # the state of other generators must make no difference
    again = call(**{**given, "generator": torch.Generator().set_state(state)})
    return {
        "rows": torch.cat([rows.flatten() for rows in drawn]),
        "sizes": torch.tensor([rows.numel() for rows in drawn]),
        "again": again,
    }


def read(values, seed, case):
    """FACTS, of which the first that is wrong is 1 and the others 0, and numbers for its hint."""
    labels, size, _ = data(seed, case).values()
    sizes = values["sizes"]
    if sizes.shape != (CASES[case][2],) or values["rows"].shape != (int(sizes.sum()),):
        raise ValueError("not every batch is there")
    found = as_rows(values, labels, size)
    if not found:
        batches = values["rows"].reshape(-1, size).sort(dim=1).values
        of_class = [one_hot(batches, len(labels)).sum(1)[:, labels == c] for c in labels.unique()]
        found = as_batches(batches, labels, of_class)
        if not found:
            same = torch.equal(batches[0], values["again"].sort().values)
            found = by_chance(case, labels, of_class) if same else ("redrawn",)
    wrong, *about = found or ("",)
    said = {name: torch.tensor(float(name == wrong)) for name in FACTS}
    return said | {"about": torch.tensor(about, dtype=torch.float64)}


def as_rows(values, labels, size):
    """What is wrong with the rows as row numbers."""
    rows, sizes, k = values["rows"], values["sizes"], len(labels.unique())
    if values["again"].ndim != 1:
        return "dimensions", values["again"].ndim, size
    if rows.dtype == torch.bool:
        return ("mask",)
    if rows.is_floating_point():
        return ("floats",)
    if (sizes != size).any():
        n = sizes[sizes != size][0]
        short = labels.bincount()[labels.unique()].min() < size // k
        return "size", n, n == size // k * k, short, labels.max() >= k, n < size
    worst = rows.min() if rows.min() < 0 else rows.max()
    return None if 0 <= worst < len(labels) else ("outside", worst, len(labels) - 1)


def as_batches(batches, labels, of_class):
    """Whether every batch holds each class as often as it should, and no row more often than it
    must; `of_class` holds how often each row of a class comes in each batch (batches, rows)."""
    classes, (each, over) = labels.unique(), divmod(batches.shape[1], len(of_class))
    held, found = torch.stack([times.sum(dim=1) for times in of_class], dim=1), None
    uneven = ((held > each + 1) | (held < each)).any(dim=1)
    if uneven.any():
        found = "uneven", over, *torch.stack([held[uneven][0], classes], dim=1).flatten()
    for label, times in zip(classes, of_class, strict=True):
        share = times.sum(dim=1, keepdim=True) // times.shape[1]
        if not found and ((times > share + 1) | (times < share)).any():
            found = "repeated", label, times.shape[1]
    # Small numbers throughout count something else; which they are is a better hint than what comes
    # of taking them for rows.
    if found and set(batches.flatten().tolist()) <= set(classes.tolist()):
        return ("labels",)
    if found and batches.max() < labels.bincount().max():
        return "places", batches.max(), len(labels)
    return found


def by_chance(case, labels, of_class):
    """Whether chance is where it should be: over all rows, and over who gets the leftovers."""
    classes, (_, size, n) = labels.unique(), CASES[case]
    if all((times == times[0]).all() for times in of_class):
        return ("same",)
    for label, times in zip(classes, of_class, strict=True) if case == "over" else ():
        rows, often, fair = (
            (labels == label).nonzero(),
            times.sum(dim=0),
            times.sum() / len(times.T),
        )
        if not often.all():
            return "never", n, (often == 0).sum(), len(often), label, rows[often == 0][0]
        if (place := favoured(times)) is not None:
            return "favoured", n, rows[place], label, often[place], len(often), fair
    for label, times in zip(classes, of_class, strict=True) if case in ("less", "over") else ():
        more = times.sum(dim=1) > size // len(classes)
        if more.all() or not more.any():
            return "leftovers", label, n, more.any()
    return None


def favoured(times):
    """The place of a row that comes more often or less often than others of its class, where not
    all of them come equally often in a batch."""
    due, count = times.sum(dim=1), times.shape[1]
    some = due % count > 0  # in other batches nothing is left to chance
    if not some.any():
        return None
    came = (times - (due // count)[:, None])[some].double().mean(dim=0)
    chance = (due % count)[some].double().mean() / count
    surprise = xlogy(came, came / chance) + xlogy(1 - came, (1 - came) / (1 - chance))
    place = surprise.argmax()
    return place if some.sum() * surprise[place] > -math.log(TOO_RARE) else None
