"""Images side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import torch
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from torch import Tensor

from gan_course.errors import expect_finite, expect_positive, expect_shape, expect_tensor

# at 100 dots an inch a 28-pixel digit is shown at a little under twice its size
COLUMN_INCHES = 0.52


def tile(images: Tensor, columns: int, gap: int = 2) -> Tensor:
    """One picture (H, W, C) in [0, 1] from `images` (N, C, H, W) in [-1, 1], in rows of `columns`,
    white between them.

    C is 1 or 3; values beyond the range are shown as its ends. Raises ValueError for another shape
    or number of channels, NaN and infinity, TypeError for integers.
    """
    expect_tensor("images", images)
    if images.ndim != 4 or len(images) == 0:
        raise ValueError(
            f"expected at least one image, of shape (N, C, H, W), got {tuple(images.shape)}"
        )
    if images.shape[1] not in (1, 3):
        raise ValueError(
            f"expected images (N, C, H, W) with C = 1 or 3, got {tuple(images.shape)}: show others "
            "channel by channel, images[:, :1]"
        )
    expect_shape("images", images, images.shape[1:])
    expect_finite("images", images)
    expect_positive("columns", columns)
    count, channels, height, width = images.shape
    rows = ceil(count / columns)
    canvas = torch.ones(
        channels, rows * (height + gap) - gap, columns * (width + gap) - gap, device="cpu"
    )
    for i, image in enumerate(images.detach().cpu().float().clamp(-1, 1) / 2 + 0.5):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        canvas[:, top : top + height, left : left + width] = image
    return canvas.permute(1, 2, 0)


def sample_grid(images: Tensor, columns: int = 10, title: str = "") -> Figure:
    """`images` (N, C, H, W) in [-1, 1] in rows of `columns`."""
    return image_rows({title: images}, columns)


def named_images(images: Tensor, names: Sequence[str], columns: int = 10) -> Figure:
    """`images` (N, C, H, W) in [-1, 1] in rows of `columns`, each under its name, which may have
    several lines. Raises as `tile` does, and ValueError unless there are as many names."""
    expect_tensor("images", images)
    expect_shape("images", images, images.shape[1:])
    if len(names) != len(images):
        raise ValueError(f"expected a name for each of {len(images)} images, got {len(names)}")
    rows, lines = ceil(len(images) / columns), max(name.count("\n") + 1 for name in names)
    figure = Figure(
        figsize=(COLUMN_INCHES * columns, rows * (COLUMN_INCHES + 0.18 * lines)),
        layout=ConstrainedLayoutEngine(w_pad=0.01, h_pad=0.01, hspace=0, wspace=0),
    )
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel in panels:
        panel.axis("off")
    # Where the last row is not full, its other panels stay empty.
    for panel, image, name in zip(panels[: len(names)], images, names, strict=True):
        picture = tile(image[None], 1).squeeze(-1).numpy()
        panel.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        panel.set_title(name, fontsize=8, pad=2)
    return figure


def image_rows(groups: Mapping[str, Tensor], columns: int = 10) -> Figure:
    """Groups of images (N, C, H, W) in [-1, 1] one below the other, each in rows of `columns` under
    its title."""
    if not groups:
        raise ValueError("expected at least one group of images, got none")
    # Pictures of one channel lose that axis here and are shown in grey.
    tiles = {title: tile(images, columns).squeeze(-1).numpy() for title, images in groups.items()}
    width = COLUMN_INCHES * columns
    heights = [
        width * picture.shape[0] / picture.shape[1] + (0.25 if title else 0.0)
        for title, picture in tiles.items()
    ]
    figure = Figure(
        figsize=(width, sum(heights)),
        layout=ConstrainedLayoutEngine(w_pad=0.01, h_pad=0.01, hspace=0, wspace=0),
    )
    panels = figure.subplots(len(tiles), 1, squeeze=False, height_ratios=heights)[:, 0]
    for panel, (title, picture) in zip(panels, tiles.items(), strict=True):
        panel.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        panel.axis("off")
        panel.set_title(title, fontsize=9, loc="left", pad=3)
    return figure
