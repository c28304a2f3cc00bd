"""Train the judge again: `python -m gan_course.metrics.judge_training --out judge.safetensors`."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_course.data import load
from gan_course.files import writable_folder, write_atomically
from gan_course.metrics.judge import Judge

N = TypeVar("N", bound=nn.Module)


@dataclass(frozen=True)
class Schedule:
    """How long a judge is trained, and how fast."""

    epochs: int = 24
    batch_size: int = 100
    # the peak; it rises over the first epoch and falls along a half cosine to zero
    lr: float = 3e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    ema_decay: float = 0.995  # of the weights that ship


@dataclass(frozen=True)
class JudgeConfig(Schedule):
    """How the shipped judge was trained; angles in degrees, shifts in pixels, `zoom` and `shear`
    relative."""

    rotation: float = 12.0
    shift: float = 2.0
    zoom: float = 0.12
    shear: float = 0.15


RECIPE = JudgeConfig()
SHIPPED_SEED = 0


def train(
    images: Tensor,
    labels: Tensor,
    config: JudgeConfig = RECIPE,
    seed: int = SHIPPED_SEED,
    progress: bool = False,
) -> Judge:
    """A judge trained from scratch on `images` (N, 1, 28, 28) in [-1, 1] and int64 `labels` (N,);
    the averaged weights, in eval mode.

    The result is a function of the arguments, PyTorch's version and the thread count; the caller's
    random state is left as it was.
    """

    def loss(network: Judge, rows: Tensor) -> Tensor:
        logits = network(augment(images[rows], config))
        return F.cross_entropy(logits, labels[rows], label_smoothing=config.label_smoothing)

    return averaged(Judge, loss, len(images), config, seed, progress)


def averaged(
    build: Callable[[], N],
    loss: Callable[[N, Tensor], Tensor],
    n: int,
    config: Schedule,
    seed: int,
    progress: bool,
) -> N:
    """The averaged weights, in eval mode, of a network that learns to have a small `loss(network,
    rows)` on `n` rows of data."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build()
        average = deepcopy(network).eval().requires_grad_(False)
        optimizer = torch.optim.AdamW(
            network.parameters(), config.lr, weight_decay=config.weight_decay
        )
        per_epoch = n // config.batch_size
        start, step, steps = time.perf_counter(), 0, config.epochs * per_epoch
        for epoch in range(config.epochs):
            for rows in torch.randperm(n)[: per_epoch * config.batch_size].split(config.batch_size):
                warm_up, decay = (
                    min(1.0, (step + 1) / per_epoch),
                    0.5 + 0.5 * math.cos(math.pi * step / steps),
                )
                optimizer.param_groups[0]["lr"] = config.lr * warm_up * decay
                value = loss(network, rows)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                _update(average, network, config.ema_decay)
                step += 1
            if progress:
                seconds = time.perf_counter() - start
                left = seconds / (epoch + 1) * (config.epochs - epoch - 1)
                print(
                    f"\repoch {epoch + 1}/{config.epochs}  loss {value.item():.3f}  {seconds:.0f} "
                    f"s, {left:.0f} s left ",
                    end="",
                    file=sys.stderr,
                )
    if progress:
        print(file=sys.stderr)
    return average


def augment(images: Tensor, config: JudgeConfig) -> Tensor:
    """`images` (N, 1, 28, 28) in [-1, 1], each turned, zoomed, sheared and shifted at random about
    its centre; the background is -1."""

    def spread(limit: float) -> Tensor:
        return (2 * torch.rand(len(images)) - 1) * limit

    angle, shear = spread(math.radians(config.rotation)), spread(config.shear)
    zoom_x, zoom_y = 1 + spread(config.zoom), 1 + spread(config.zoom)
    # grid_sample measures in half-widths: 28 pixels are 2 units.
    shift_x, shift_y = spread(config.shift / 14), spread(config.shift / 14)
    top = torch.stack([zoom_x * angle.cos(), -zoom_y * angle.sin() + shear, shift_x], dim=1)
    bottom = torch.stack([zoom_x * angle.sin(), zoom_y * angle.cos(), shift_y], dim=1)
    grid = F.affine_grid(torch.stack([top, bottom], dim=1), list(images.shape), align_corners=False)
    # Zeros are sampled beyond the border, so the background is moved to zero and back.
    return F.grid_sample(images + 1, grid, align_corners=False) - 1


def accuracy(network: Judge, images: Tensor, labels: Tensor) -> float:
    """Share of `images` whose digit is read rightly, in [0, 1]."""
    return (network.read(images) == labels).double().mean().item()


@torch.no_grad()
def _update(average: nn.Module, network: nn.Module, decay: float) -> None:
    # Batch norm's running statistics are averaged too: they belong to the weights they were
    # measured with.
    for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


def main() -> None:
    """Train on the 8,000 training digits, print the accuracy on the 2,000 held out, and write the
    weights."""

    def trained(seed: int) -> tuple[Judge, str]:
        digits = load("digits")
        network = train(digits.train.x, digits.train.labels, seed=seed, progress=True)
        right = accuracy(network, digits.held_out.x, digits.held_out.labels)
        return network, f"held-out accuracy {right:.2%}"

    command("Train the judge of digits again, on one core.", trained)


def command(description: str, trained: Callable[[int], tuple[nn.Module, str]]) -> None:
    """The command line of a training: writes the weights of the network that `trained(seed)` gives
    and prints what it says of it."""
    from safetensors.torch import save

    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--out", type=Path, required=True, help="file the weights are written to, as safetensors"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=SHIPPED_SEED,
        help=f"the judge that ships has seed {SHIPPED_SEED}",
    )
    arguments = parser.parse_args()
    try:
        writable_folder(arguments.out.parent)
    except PermissionError as error:
        parser.error(str(error))
    # Sums depend on how many threads share them, so the count belongs to the recipe.
    torch.set_num_threads(1)
    network, found = trained(arguments.seed)
    write_atomically(
        arguments.out, save({name: w.contiguous() for name, w in network.state_dict().items()})
    )
    print(f"{found}, written to {arguments.out}")


if __name__ == "__main__":
    main()
