"""What models that draw by taking noise away step by step have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import diffusion
from gan_course.data.batches import Batch
from gan_course.diffusion import Denoise
from gan_course.modalities import IMAGES, LINE, PLANE, Modality
from gan_course.models.base import Model, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import Condition, Player, choices, number, whole
from gan_course.models.kinds import (
    Betas,
    ClassesIfAny,
    Count,
    Decay,
    Rate,
    Share,
    Size,
    Weight,
    Widths,
)
from gan_course.nets.denoiser import DenseDenoiser, UNetDenoiser
from gan_course.nets.ema import EMA

Label = int | Sequence[int] | Tensor | None


@dataclass(frozen=True)
class DenoisingConfig(Config):
    classes: ClassesIfAny = 10  # that it can be asked for; 0 where the data have none
    # of the labels, so that the network also learns to do without; 1 for no classes at all
    drop_label: Share = 0.1
    guidance: Weight = 1.0  # how much samples are pushed towards their class; 1 for not at all
    sampling_steps: Count = 20
    width: Size = 16  # for images: channels at half the side
    hidden: Widths = (128, 128, 128)  # for points and latent vectors: units of each layer
    lr: Rate = 1e-3
    betas: Betas = (0.9, 0.99)
    decay_start: Share = 0.5  # of the run after which the rate begins to fall
    ema_decay: Decay = 0.995  # of the denoiser that is sampled from


D = TypeVar("D", bound=DenoisingConfig)


class Denoising(Model[D]):
    """Learns how noise is taken away, from samples and from noise of `noise_shape`, over times from
    0 to `duration`. Samples are of a class where the data have any, of each in turn by default."""

    modalities: ClassVar[tuple[Modality, ...]] = (LINE, PLANE, IMAGES)
    players: ClassVar[tuple[Player, ...]] = (
        Player("denoiser", "lr", "loss", "gradient_norm", "optimizer"),
    )
    draws: ClassVar[tuple[str, ...]] = ("ema",)
    moves = {"step": ("denoiser", "ema")}
    explorers: ClassVar[tuple[str, ...]] = ("timeline", "compare")
    conditions = {
        "label": Condition(
            "the class of every sample, or several to take in turn; by default all", whole, "7"
        ),
        "guidance": Condition("how far samples are pushed towards their class", number, "2"),
    }

    def __init__(self, config: D, noise_shape: tuple[int, ...], duration: int) -> None:
        super().__init__(config)
        self.noise_shape, self.duration = noise_shape, duration
        self.classes = config.classes if config.drop_label < 1 else 0
        self.denoiser = (
            UNetDenoiser(noise_shape, self.classes, config.width)
            if len(noise_shape) == 3
            else DenseDenoiser(noise_shape, self.classes, config.hidden)
        )
        self.optimizer = Adam(self.denoiser.parameters(), config.lr, config.betas)
        self.decay = linear_decay(self.optimizer, config.steps, config.decay_start)
        self.ema = EMA(self.denoiser, config.ema_decay)
        self.expect_guidance(config.guidance)

    @abstractmethod
    def solve(self, denoise: Denoise, start: Tensor, count: int, path: bool = False) -> Tensor:
        """From noise `start` (N, *noise_shape) to samples in `count` steps, (N, *shape); with
        `path` all there is on the way, (count + 1, N, *shape)."""

    def denoise(self, x_t: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """What the averaged network predicts for x_t (N, *noise_shape) at times t (N,), told labels
        (N,) or none."""
        nothing = torch.full((len(x_t),), self.classes, device=x_t.device)
        return self.ema(x_t, t / self.duration, nothing if label is None else label)

    def told(self, batch: Batch) -> Tensor:
        """The labels that the network is told in a step: those of the batch but for a share that is
        dropped, int64 (N,)."""
        nothing = torch.full((len(batch),), self.classes, device=batch.x.device)
        if not self.classes:
            return nothing
        dropped = torch.rand(len(batch), device=batch.x.device) < self.config.drop_label
        return torch.where(dropped, nothing, batch.expect_labels())

    def guided(self, n: int, label: Label = None, guidance: float | None = None) -> Denoise:
        """The denoiser of `n` samples: of class `label`, one for all or one for each, or of each in
        turn; `guidance` by default as configured."""
        scale = self.expect_guidance(self.config.guidance if guidance is None else guidance)
        return diffusion.guided(self.denoise, self.labels(n, label), scale)

    @torch.no_grad()
    def sample(self, n: int, label: Label = None, guidance: float | None = None) -> Tensor:
        """`n` samples (n, *shape), images in [-1, 1]; `label` and `guidance` as for `guided`."""
        denoise = self.guided(n, label, guidance)
        return self.solve(denoise, self.noise(n), self.config.sampling_steps)

    def sampled(self, n: int, label: Label = None, guidance: float | None = None) -> Batch:
        labels = self.labels(n, label)
        return Batch(self.sample(n, labels, guidance), labels)

    @torch.no_grad()
    def path(
        self,
        start: Tensor,
        label: Label = None,
        guidance: float | None = None,
        count: int | None = None,
    ) -> Tensor:
        """All there is on the way from noise `start` (N, *noise_shape) to samples: (count + 1, N,
        *shape); `count` steps, by default as configured."""
        steps = self.config.sampling_steps if count is None else count
        return self.solve(self.guided(len(start), label, guidance), start, steps, path=True)

    def labels(self, n: int, label: Label = None) -> Tensor | None:
        """`n` labels, int64 (n,): as `label` says, or 0, 1, 2 ... in turn; None where the model
        knows no classes. Raises as `choices` does."""
        if label is not None:
            return choices("class", label, n, self.classes).to(self.device)
        return torch.arange(n, device=self.device) % self.classes if self.classes else None

    def expect_guidance(self, guidance: float) -> float:
        """`guidance`; `ValueError` where it is negative, or needs predictions without a label and
        the network has learned none."""
        if not 0 <= guidance < float("inf"):  # written so that NaN fails too
            raise ValueError(f"guidance is a number from 0, got {guidance}")
        if guidance != 1 and not (self.classes and self.config.drop_label):
            raise ValueError(
                f"guidance = {guidance} compares predictions with and without a label, and this "
                f"model learns with {self.classes} classes and drop_label = "
                f"{self.config.drop_label}: train with labels and drop_label = 0.1, or leave it 1"
            )
        return guidance

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, *self.noise_shape, device=self.device)
