"""Question 03.q1: a label joined to the noise, as the vector of its class, and to the images, as
the plane of its class."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from gan_course.practice.question import Part, Question, hanging, mistakes, seeded

BATCH, CLASSES, LATENT, VECTOR = 9, 4, 5, 3
SHAPES = {"grey": (1, 4, 6), "three channels": (3, 5, 4)}  # never square: exchanged sides show


def labels(seed):
    """Every class at least twice, in no order; the first is not 0, so that class 0 for all
    shows."""
    mixed = torch.randperm(BATCH, generator=seeded(seed))
    return (mixed - mixed[0] + 1 + seed % (CLASSES - 1)) % CLASSES


def noise_and_table(seed, case):
    draw = seeded(seed, "noise")
    z, table = (
        torch.randn(shape, generator=draw) for shape in [(BATCH, LATENT), (CLASSES, VECTOR)]
    )
    return {"z": z.requires_grad_(), "labels": labels(seed), "table": table.requires_grad_()}


def images_and_planes(seed, case):
    draw, shape = seeded(seed, case), SHAPES[case]
    x = 2 * torch.rand(BATCH, *shape, generator=draw) - 1
    planes = torch.randn(CLASSES, shape[1] * shape[2], generator=draw).requires_grad_()
    return {"x": hanging(x), "labels": labels(seed), "planes": planes}


def rows(table, labels):
    """Row y_i of `table` for each i, as a product with the matrix that has a 1 at (i, y_i)."""
    return F.one_hot(labels, len(table)).to(table) @ table


def beside(vectors=lambda table, y: table[y], noise=lambda z: z):
    return lambda z, y, table: torch.cat([noise(z), vectors(table, y)], dim=1)


def plane(x, rows):
    return rows.reshape(len(x), 1, *x.shape[2:])


def with_plane(planes=lambda x, y, planes: plane(x, planes[y]), image=lambda x: x):
    return lambda x, y, table: torch.cat([image(x), planes(x, y, table)], dim=1)


def filled(x, values):
    """Each of `values` (N, channels) spread over a channel of `x`."""
    return values[:, :, None, None].expand(-1, -1, *x.shape[2:]).float()


_DIMENSION = (
    "Samples stay apart and are joined side by side: along which dimension, and do the others "
    "agree?"
)
_SUM = "A sum or a product mixes the two. Joining puts them side by side."
_TABLE = (
    "has the right values, but `table` gets no proper gradient: the vectors of the classes could "
    "never be learned. What cuts it off?"
)
_PLANES = (
    "has the right values, but `planes` gets no proper gradient: the planes could never be "
    "learned. What cuts it off?"
)
_NOISE_OTHER = (
    "has the right shape and other numbers. Row i is sample i: its noise untouched, then its own "
    "class's row of `table`."
)
_IMAGES_OTHER = (
    "has the right shape and other numbers. Image i keeps its channels and gets its own class's "
    "row of `planes` as one more."
)

NOISE = Part(
    "join_to_noise",
    noise_and_table,
    right=lambda z, y, table: torch.hstack([z, rows(table, y)]),
    also_right={
        "looked up": lambda z, y, table: torch.hstack((z, F.embedding(y, table))),
        "row by row": lambda z, y, table: torch.stack(
            [torch.cat([noise, table[label]]) for noise, label in zip(z, y.tolist(), strict=True)]
        ),
        "in float64": beside(lambda table, y: table.double()[y]),
    },
    words={"z": "the noise"},
    otherwise={"value": _NOISE_OTHER, "at table": _TABLE},
    mistakes=mistakes(
        beside(lambda table, y: y[:, None].float()),
        "adds one column, the label as a number: is 7 nearer to 6 than to 1? Which row of `table` "
        "speaks for a class?",
        beside(lambda table, y: F.one_hot(y, len(table))),
        "adds one column for each class. That says which class it is; where does the class's "
        "learned vector come in?",
        lambda z, y, table: torch.cat([table[y], z], dim=1),
        "puts the class's vector before the noise. In which order does the question name them?",
        lambda z, y, table: torch.cat([z, table[:1].expand(len(z), -1)], dim=1),
        "gives every sample the same vector. What does it do with `labels`?",
        beside(lambda table, y: table[y[:1]].expand(len(y), -1)),
        "gives all samples the first one's vector. How many labels are there?",
        beside(noise=lambda z: 2 * z),
        beside(lambda table, y: table[y.sort().values]),
        _NOISE_OTHER,
        beside(noise=torch.detach),
        "has the right values, but not the noise's gradient. What cuts the path: `detach`, "
        "`.data`, a new tensor?",
        beside(lambda table, y: table.data[y]),
        _TABLE,
        lambda z, y, table: torch.cat([z, table[y]]),
        _DIMENSION,
        lambda z, y, table: torch.cat([z, table[y].flatten()], dim=1),
        "Only tensors with equally many dimensions can be joined. What shape has one row for each "
        "sample?",
        lambda z, y, table: z + table[y],
        _SUM,
    ),
)

IMAGES = Part(
    "join_to_images",
    images_and_planes,
    cases=tuple(SHAPES),
    right=lambda x, y, planes: torch.hstack([x, plane(x, rows(planes, y))]),
    also_right={
        "unflattened": with_plane(
            lambda x, y, planes: nn.Unflatten(1, (1, *x.shape[2:]))(F.embedding(y, planes))
        ),
        "selected": with_plane(
            lambda x, y, planes: planes.index_select(0, y).view_as(x[:, 0])[:, None]
        ),
        "plane by plane": lambda x, y, planes: torch.stack(
            [
                torch.cat([image, planes[label].view_as(image[:1])])
                for image, label in zip(x, y, strict=True)
            ]
        ),
    },
    words={"x": "the images"},
    otherwise={"value": _IMAGES_OTHER, "at planes": _PLANES},
    mistakes=mistakes(
        lambda x, y, planes: x + plane(x, planes[y]),
        "returns as many channels as came in. Joined means side by side: can a sum or a product be "
        "taken apart again?",
        with_plane(lambda x, y, planes: filled(x, F.one_hot(y, len(planes)))),
        "adds one channel for each class. The question asks for one channel: the plane of the "
        "sample's own class.",
        lambda x, y, planes: torch.cat([plane(x, planes[y]), x], dim=1),
        "puts the plane before the image. In which order does the question name them?",
        with_plane(lambda x, y, planes: planes[y].reshape(len(x), 1, *x.mT.shape[2:]).mT),
        "fills the plane column by column. A row of `planes` holds it row by row: which side comes "
        "first?",
        with_plane(lambda x, y, planes: filled(x, y[:, None])),
        "fills a plane with the label as a number. What is `planes` for?",
        with_plane(lambda x, y, planes: plane(x, planes[y[:1]].expand(len(x), -1))),
        "gives all images the first one's plane. How many labels are there?",
        with_plane(lambda x, y, planes: plane(x, planes[y]).tanh()),
        _IMAGES_OTHER,
        with_plane(image=torch.detach),
        "has the right values, but not the images' gradient, and all that a generator learns comes "
        "through them. What cuts the path?",
        with_plane(lambda x, y, planes: plane(x, planes.detach()[y])),
        _PLANES,
        lambda x, y, planes: torch.cat([x, plane(x, planes[y])]),
        _DIMENSION,
        with_plane(lambda x, y, planes: planes[y]),
        "Only tensors with equally many dimensions can be joined. What shape must a row become "
        "first?",
        with_plane(lambda x, y, planes: planes[y].view(len(x), *x.shape[2:], 2)),
        "A reshape must keep the number of values. How many does a row of the table hold?",
        lambda x, y, planes: x + planes[y],
        _SUM,
    ),
)

QUESTION = Question("03.q1", "joining a label", 3, (NOISE, IMAGES))
