"""Denoising diffusion: Ho, Jain & Abbeel, 2020 (arXiv:2006.11239), drawn from as in Song, Meng &
Ermon, 2020 (arXiv:2010.02502)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from gan_course import diffusion
from gan_course.data.batches import Batch
from gan_course.diffusion import PREDICTIONS, SCHEDULES, Denoise
from gan_course.models.denoising import Denoising, DenoisingConfig, Label
from gan_course.models.kinds import Count, OneOf, Shape, Share, Size


@dataclass(frozen=True)
class DDPMConfig(DenoisingConfig):
    shape: Shape = (1, 28, 28)
    noise_steps: Count = 1000
    schedule: Annotated[str, OneOf("schedule", SCHEDULES)] = "cosine"
    prediction: Annotated[str, OneOf("prediction", PREDICTIONS)] = "velocity"
    eta: Share = 0.0  # of the noise that DDPM draws at each step: 1 for DDPM, 0 for DDIM
    clip: bool = True  # what is predicted, to [-1, 1], as images are
    batch_size: Size = 64
    steps: Count = 1800


POINTS = DDPMConfig(
    shape=(2,), classes=0, prediction="noise", clip=False, batch_size=256, steps=4000
)
PROFILES = {
    "lesson": DDPMConfig(),
    "lesson/points in the plane": POINTS,
    "lesson/points on a line": replace(POINTS, shape=(1,)),
    "full": DDPMConfig(width=64, lr=3e-4, ema_decay=0.999, sampling_steps=50, steps=60_000),
    "full/points in the plane": replace(POINTS, hidden=(256,) * 4, lr=1e-3, steps=30_000),
    "full/points on a line": replace(POINTS, shape=(1,), hidden=(256,) * 4, lr=1e-3, steps=30_000),
}


class DDPM(Denoising[DDPMConfig]):
    """One network learns to undo every step by which noise is added to a sample."""

    def __init__(self, config: DDPMConfig = PROFILES["lesson"]) -> None:
        super().__init__(config, config.shape, config.noise_steps)
        self.schedule = SCHEDULES[config.schedule](config.noise_steps)
        diffusion.spaced(config.noise_steps, config.sampling_steps)  # raises where there are fewer

    def step(self, batch: Batch) -> dict[str, Tensor]:
        x0, noise = batch.x, torch.randn_like(batch.x)
        t = torch.randint(self.config.noise_steps, (len(x0),), device=x0.device)
        x_t = diffusion.q_sample(self.schedule, x0, t, noise)
        prediction = self.denoiser(x_t, t / self.config.noise_steps, self.told(batch))
        # L_simple, eq. 14, for whatever is predicted: terms of the bound without their weights.
        right = diffusion.target(self.schedule, self.config.prediction, x0, noise, t)
        loss = mse_loss(prediction, right)
        norm = self.descend(self.optimizer, loss, clip=1.0)
        self.decay.step()
        self.ema.update(self.denoiser)
        return {"loss": loss.detach(), "gradient_norm": norm}

    def solve(self, denoise: Denoise, start: Tensor, count: int, path: bool = False) -> Tensor:
        kind, eta, clip = self.config.prediction, self.config.eta, self.config.clip
        return diffusion.sample(
            denoise, self.schedule, kind, start, count, eta, clip=clip, path=path
        )

    def times(self, count: int) -> Tensor:
        """The times t at which the `count` steps of a sampling start, the noisiest first."""
        return torch.tensor(diffusion.spaced(self.config.noise_steps, count), device=self.device)

    def noised(self, x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """Samples x with noise, both (N, *shape), as they are at times t (N,)."""
        return diffusion.q_sample(self.schedule, x, t, noise)

    @torch.no_grad()
    def guess(
        self, x_t: Tensor, t: Tensor, label: Label = None, guidance: float | None = None
    ) -> Tensor:
        """The sample that the model sees in x_t (N, *shape) at times t (N,)."""
        prediction = self.guided(len(x_t), label, guidance)(x_t, t)
        x0 = diffusion.as_image(self.schedule, self.config.prediction, prediction, x_t, t)
        return x0.clamp(-1, 1) if self.config.clip else x0
