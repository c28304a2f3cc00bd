"""Question 09.q2: a pool of older fakes. Its coins and places are given, so that nothing is left to
chance."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import Tensor

from gan_course.practice.question import Computed, Part, Question, hanging, mistakes, seeded

ROUNDS, BATCH, SHAPE = 4, 5, (1, 2, 2)
SIZES = {"three": 3, "none": 0}  # three are there in the middle of the first batch


def batches(seed, case):
    """Batch after batch, each with a coin and a place for every picture, and an empty pool. The
    first coin falls on either side in turn, and two pictures of each batch meet at one place, so
    that no mistake looks like another by chance."""
    draw, size = seeded(seed, case), SIZES[case]
    images = torch.randn(ROUNDS, BATCH, *SHAPE, generator=draw)
    high = torch.tensor([[0, 0, 0, 1, 1], [1, 0, 0, 1, 1]]).repeat(ROUNDS // 2, 1)
    coins = (high + torch.rand(ROUNDS, BATCH, generator=draw)) / 2
    places = torch.randint(max(size, 1), (ROUNDS, BATCH), generator=draw)
    places[:, 1:3] = places[0, 1]
    places[:, 0] = (places[0, 1] + 1) % max(size, 1)
    return {"pool": [], "size": size, "images": images, "coins": coins, "places": places}


def batch_after_batch(call, given):
    """The probe: one batch after another with the same pool."""
    pool, handed, filled, kept = given["pool"], [], [], []
    for images, coins, places in zip(*list(given.values())[2:], strict=True):
        batch = {"images": hanging(images), "coins": coins, "places": places}
        handed.append(call(pool=pool, size=given["size"], **batch))
        filled.append(len(pool))
        kept += [image.flatten() for image in pool]
    attached = [any(some.requires_grad for some in many) for many in (handed, pool)]
    return {
        "count": torch.tensor([len(some) for some in handed]),
        "filled": torch.tensor(filled),
        "handed on": torch.cat(handed),
        "kept": torch.cat([torch.zeros(1), *kept]),
        "attached": torch.tensor(attached),
    }


def by_exchange(pool, size, images, coins, places):
    chosen = images.detach().clone()
    for i in range(len(images)):
        if len(pool) < size:
            pool += [images[i].detach()]
        elif size > 0 and coins[i].item() < 0.5:
            chosen[i], pool[places[i]] = pool[places[i]], images[i].detach()
    return chosen


def without_recording(pool, size, images, coins, places):
    with torch.no_grad():
        new = min(size - len(pool), len(images))
        pool.extend(images[:new].clone())
        out = [*images[:new]]
        for i, image in list(enumerate(images.clone()))[new:]:
            out.append(pool.pop(places[i]) if coins[i] < 0.5 and size else image)
            if len(pool) < size:
                pool.insert(places[i], image)
        return torch.stack(out)


def mixed(
    full=lambda pool, size: len(pool) >= size,
    swaps=lambda coins, i: coins[i] < 0.5,
    place=lambda places, i: places[i],
    stores=lambda swapped: swapped,
    look=lambda pool: pool,
    late=True,
    none=False,
    keep=Tensor.detach,
    hand=Tensor.detach,
):
    """The right mixing with one part exchanged: when the pool is full, who is exchanged and where,
    what is stored, what is looked at, whether it is stored late enough."""

    def mix(pool, size, images, coins, places):
        chosen, seen = [], None
        for i, image in enumerate(images):
            swapped, at, out = swaps(coins, i), place(places, i), image
            if not full(pool, size):
                pool.append(keep(image))
            elif size or none:
                seen = look(pool) if seen is None else seen
                old = seen[at]
                if stores(swapped):
                    pool[at] = keep(image)
                out = (old if late else pool[at]) if swapped else image
            chosen.append(out)
        return hand(torch.stack(chosen))

    return mix


def filled_at_once(pool, size, images, coins, places):
    if len(pool) < size:
        pool.extend(images.detach())
        return images.detach()
    return mixed()(pool, size, images, coins, places)


def bound_anew(pool, size, images, coins, places):
    if len(pool) < size:
        pool = pool + [*images.detach()][: size - len(pool)]
    return mixed()(list(pool), size, images, coins, places)


def first_wrong(found, right):
    wrong = (found["handed on"] != right["handed on"]).flatten(1).any(dim=1)
    batch, picture = divmod(int(wrong.nonzero()[0]), BATCH)
    return (
        f"hands on another picture than is due at place {picture} of batch {batch + 1}. Go through "
        "that batch by hand: what is in the pool by then, and what does the coin say?"
    )


OTHERWISE: dict[str, str | Computed] = {
    "count": "hands on another number of pictures than it is given.",
    "filled": Computed(
        lambda found, right: (
            f"leaves {found['filled'].tolist()} pictures in the pool after batches of {BATCH}, and "
            f"{right['filled'].tolist()} are due. When is it full, and who may still come in then?"
        )
    ),
    "handed on": Computed(first_wrong),
}

MIX = Part(
    "mix",
    batches,
    by_exchange,
    cases=tuple(SIZES),
    probe=batch_after_batch,
    may_change=("pool.written",),
    otherwise=OTHERWISE,
    also_right={"without recording": without_recording, "by parts": mixed()},
    mistakes=mistakes(
        mixed(hand=lambda chosen: chosen[1:].detach()),
        OTHERWISE["count"],
        mixed(full=lambda pool, size: len(pool) > size),
        mixed(full=lambda pool, size: False),
        OTHERWISE["filled"],
        filled_at_once,
        "asks once for a whole batch whether the pool is full, and takes in too many. Who fills "
        "the last place, and what becomes of the pictures after that one?",
        bound_anew,
        "leaves the pool as empty as it was. `pool = ...` gives the name to another list; which "
        "call changes the list itself?",
        mixed(swaps=lambda coins, i: coins[i] >= 0.5),
        "has the coin the wrong way round: below ½, an old picture is due.",
        mixed(swaps=lambda coins, i: coins[0] < 0.5),
        "tosses one coin for a whole batch. How many coins are there?",
        mixed(place=lambda places, i: places[0]),
        "goes to the same place for a whole batch. How many places are there?",
        mixed(swaps=lambda coins, i: True),
        "always hands on an old picture once the pool is full. What are the coins for?",
        mixed(swaps=lambda coins, i: False),
        mixed(late=False),
        "never hands on an old picture. Is the old one taken out before the new one is put in its "
        "place?",
        mixed(stores=lambda swapped: False),
        "hands on an old picture and lets it stay: the pool would hold the first fakes for ever. "
        "What takes its place?",
        mixed(stores=lambda swapped: True),
        "puts every new picture into the pool, also those that are handed on themselves.",
        mixed(look=list),
        "looks at the pool as it was when the batch came. Two pictures of one batch may meet at "
        "one place: what does the second one find there?",
        mixed(hand=lambda chosen: 2 * chosen.detach()),
        OTHERWISE["handed on"],
        mixed(hand=lambda chosen: chosen),
        mixed(keep=lambda image: image),
        mixed(keep=lambda image: image, hand=lambda chosen: chosen),
        "has the right pictures, and some still hang on the generator that drew them: the pool "
        "would keep whole graphs alive, and a loss would run back into a step that is over.",
        mixed(none=True),
        "A pool of size 0 keeps nothing. What is handed on then?",
    ),
)

QUESTION = Question("09.q2", "a pool of older fakes", 3, (MIX,))
