"""Rectified flow: Liu, Gong & Liu, 2022 (arXiv:2209.03003)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from gan_course import diffusion
from gan_course.data.batches import Batch
from gan_course.diffusion import Denoise
from gan_course.models.denoising import Denoising, DenoisingConfig, Label
from gan_course.models.kinds import Count, Shape, Size


@dataclass(frozen=True)
class FlowConfig(DenoisingConfig):
    shape: Shape = (1, 28, 28)
    clip: bool = True  # samples, to [-1, 1], as images are
    batch_size: Size = 64
    steps: Count = 1800


POINTS = FlowConfig(shape=(2,), classes=0, clip=False, batch_size=256, steps=4000)
PROFILES = {
    "lesson": FlowConfig(),
    "lesson/points in the plane": POINTS,
    "lesson/points on a line": replace(POINTS, shape=(1,)),
    "full": FlowConfig(width=64, lr=3e-4, ema_decay=0.999, sampling_steps=50, steps=60_000),
    "full/points in the plane": replace(POINTS, hidden=(256,) * 4, lr=1e-3, steps=30_000),
    "full/points on a line": replace(POINTS, shape=(1,), hidden=(256,) * 4, lr=1e-3, steps=30_000),
}


class Flow(Denoising[FlowConfig]):
    """Learns a field of velocities that carries noise to samples in time 1, as straight as it
    can; its times t run from 1, noise, to 0."""

    def __init__(self, config: FlowConfig = PROFILES["lesson"]) -> None:
        super().__init__(config, config.shape, duration=1)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        x0, noise = batch.x, torch.randn_like(batch.x)
        t = torch.rand(len(x0), device=x0.device)
        velocity = self.denoiser(diffusion.interpolate(x0, noise, t), t, self.told(batch))
        loss = mse_loss(velocity, noise - x0)  # eq. 1
        norm = self.descend(self.optimizer, loss, clip=1.0)
        self.decay.step()
        self.ema.update(self.denoiser)
        return {"loss": loss.detach(), "gradient_norm": norm}

    def solve(self, denoise: Denoise, start: Tensor, count: int, path: bool = False) -> Tensor:
        x = diffusion.euler(denoise, start, count, path=path)
        # What lies on the way is noisy, and may leave the range of images.
        return torch.cat([x[:-1], self._clipped(x[-1:])]) if path else self._clipped(x)

    def times(self, count: int) -> Tensor:
        """The times t at which the `count` steps of a sampling start, the noisiest first."""
        return 1 - torch.arange(count, device=self.device) / count

    def noised(self, x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """Samples x with noise, both (N, *shape), as they are at times t (N,)."""
        return diffusion.interpolate(x, noise, t)

    @torch.no_grad()
    def guess(
        self, x_t: Tensor, t: Tensor, label: Label = None, guidance: float | None = None
    ) -> Tensor:
        """The sample at the end of a straight line from x_t (N, *shape) at times t (N,)."""
        velocity = self.guided(len(x_t), label, guidance)(x_t, t)
        return self._clipped(x_t - t.view(-1, *[1] * (x_t.ndim - 1)) * velocity)

    def _clipped(self, x: Tensor) -> Tensor:
        return x.clamp(-1, 1) if self.config.clip else x
