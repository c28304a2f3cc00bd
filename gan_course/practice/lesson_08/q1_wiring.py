"""Question 08.q1: which maps of a U-Net's encoder are joined to which of its decoder's."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn

from gan_course.practice.question import Part, Question, mistakes, seeded

BATCH, CHANNELS, MOST, SIDES = 2, 3, 24, (2, 3)
DEPTHS = {"four blocks": 4, "two blocks": 2}


class Block(nn.Module):
    """A 1x1 convolution of as many channels as come, so that maps wired wrongly give other numbers
    and not an exception that is the same for all of them."""

    def __init__(self, draw):
        super().__init__()
        self.weight = nn.Parameter(0.7 * torch.randn(CHANNELS, MOST, generator=draw))

    def forward(self, x):
        return torch.einsum("oc,nchw->nohw", self.weight[:, : x.shape[1]], x).tanh()


def network(seed, case):
    draw = seeded(seed, case)
    encoder, decoder = (nn.ModuleList(Block(draw) for _ in range(DEPTHS[case])) for _ in range(2))
    x = torch.randn(BATCH, CHANNELS, *SIDES, generator=draw)
    return {"x": x.requires_grad_(), "encoder": encoder, "decoder": decoder}


def from_inside(x, encoder, decoder):
    """The innermost pair of blocks is a network; each pair around it makes a larger one of it."""
    down, up = encoder[0](x), decoder[-1]
    if len(encoder) == 1:
        return up(down)
    return up(torch.hstack([from_inside(down, encoder[1:], decoder[:-1]), down]))


def from_a_pile(x, encoder, decoder):
    pile = []
    for block in encoder:
        x = block(x)
        pile.append(x)
    x = decoder[0](pile.pop())
    for block in decoder[1:]:
        x = block(torch.cat((x, pile.pop()), 1))
    return x


def wired(
    skip=lambda maps, i: maps[-1 - i],
    join=lambda own, other: torch.cat([own, other], dim=1),
    joined=lambda i, depth: i > 0,
    after=False,
):
    """The right wiring with one part exchanged; `maps` are the image and what each block of the
    encoder makes, `i` counts the decoder's blocks."""

    def unet(x, encoder, decoder):
        maps = [x]
        for block in encoder:
            maps.append(block(maps[-1]))
        x = maps[-1]
        for i, block in enumerate(decoder):
            x = block(x) if after else x
            x = join(x, skip(maps, i)) if joined(i, len(decoder)) else x
            x = x if after else block(x)
        return x

    return unet


def taking_out(x, encoder, decoder):
    """As `from_a_pile`, from the caller's own lists."""
    pile = [x]
    while len(encoder):
        pile.append(encoder.pop(0)(pile[-1]))
    x = decoder.pop(0)(pile.pop())
    while len(decoder):
        x = decoder.pop(0)(torch.cat((x, pile.pop()), 1))
    return x


def along(dim):
    return wired(join=lambda own, other: torch.cat([own, other], dim=dim))


_EMPTIED = (
    "takes blocks out of a list that is not its own: whoever calls it next finds them gone. How "
    "does one go through a list and leave it whole?"
)
_OTHER = (
    "gives other maps than the drawing does. Take two blocks on each side and write down what each "
    "of the four is given."
)

UNET = Part(
    "unet",
    network,
    from_inside,
    cases=tuple(DEPTHS),
    words={"x": "the image"},
    otherwise={"value": _OTHER, "encoder.replaced": _EMPTIED, "decoder.replaced": _EMPTIED},
    only={
        "two blocks": "is right for four blocks on each side and not for two. What is counted by "
        "hand?"
    },
    also_right={"from a pile": from_a_pile, "by parts": wired()},
    mistakes=mistakes(
        wired(skip=lambda maps, i: maps[i]),
        "joins the encoder's maps in the order in which they were made. Which are the last maps "
        "that a decoder makes, the smallest or the largest, and what is as large as they are?",
        wired(skip=lambda maps, i: maps[-i]),
        "joins each of the encoder's maps one block too early: the second block of the decoder is "
        "given the innermost maps, which the first one has just worked on. In a network that "
        "halves, would they fit?",
        wired(skip=lambda maps, i: maps[-2 - i]),
        "joins what goes *into* a block of the encoder where what comes out is due, and the last "
        "block is given the image itself. In a network that halves, would they fit?",
        wired(joined=lambda i, depth: True),
        "joins the innermost maps to themselves. What does the first block of the decoder get, and "
        "has it anything to be joined to?",
        wired(after=True),
        wired(after=True, joined=lambda i, depth: i > 0),
        "joins behind a block what belongs before it, where the block would still work on it.",
        wired(join=torch.add),
        wired(join=lambda own, other: (own + other) / 2),
        "adds up what should be joined. From a sum nobody can tell what came from where; side by "
        "side, the next block weighs both as it likes.",
        wired(join=lambda own, other: torch.cat([other, own], dim=1)),
        "joins the encoder's maps before the decoder's own. In which order does the question name "
        "them?",
        *map(along, (0, 2, 3)),
        "joins along another dimension than the channels. Maps are (N, C, H, W).",
        wired(joined=lambda i, depth: False),
        "joins nothing, so that all that is known of places must pass through the innermost maps.",
        wired(joined=lambda i, depth: i == depth - 1),
        wired(joined=lambda i, depth: i == 1),
        "joins once only. Which blocks of the decoder have a partner?",
        wired(skip=lambda maps, i: maps[-1 - i].detach()),
        wired(skip=lambda maps, i: maps[-1 - i].data),
        "has the right value, but the encoder learns through the innermost maps alone: along the "
        "short way no gradient comes back. What cuts it?",
        wired(skip=lambda maps, i: 2 * maps[-1 - i]),
        _OTHER,
        taking_out,
        _EMPTIED,
        lambda x, encoder, decoder: encoder[3](encoder[2](encoder[1](encoder[0](x)))),
        wired(skip=lambda maps, i: maps[len(maps)]),
        "A list of n blocks ends at n - 1, and n may be as small as 2. Which index is counted by "
        "hand, or goes one too far?",
    ),
)

QUESTION = Question("08.q1", "a U-Net's wiring", 3, (UNET,))
