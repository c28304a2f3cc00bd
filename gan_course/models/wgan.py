"""The Wasserstein GAN with clipped weights: Arjovsky, Chintala & Bottou, 2017 (arXiv:1701.07875),
Algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import RMSprop

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.modalities import IMAGES, PLANE
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import CRITIC, GENERATOR, Adversary, Latent
from gan_course.models.kinds import Bound, Count, Decay, Rate, Shape, Size, Widths
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.ema import EMA
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator


@dataclass(frozen=True)
class WGANConfig(Config):
    shape: Shape = (2,)
    latent_dim: Size = 2
    # for points: widths of the layers between, in both networks
    hidden: Widths = (128, 128, 128)
    width: Size = 8  # for images: channels at the finest resolution, in both networks
    clip: Bound = 0.1  # c: every weight of the critic stays in [-c, c]
    n_critic: Size = 5  # critic steps for one of the generator
    lr_g: Rate = 5e-4
    lr_c: Rate = 5e-4
    ema_decay: Decay = 0.995  # of the generator that is sampled from
    batch_size: Size = 128  # of each critic step, and of the generator's
    steps: Count = 5000


PROFILES = {
    "lesson": WGANConfig(),
    "lesson/images": WGANConfig(
        latent_dim=64, clip=0.01, n_critic=2, lr_g=2e-3, lr_c=2e-3, batch_size=64, steps=2000
    ),
    "full": WGANConfig(
        hidden=(512, 512, 512),
        clip=0.01,
        lr_g=5e-5,
        lr_c=5e-5,
        ema_decay=0.999,
        batch_size=64,
        steps=100_000,
    ),
    "full/images": WGANConfig(
        latent_dim=128,
        width=64,
        clip=0.01,
        lr_g=5e-5,
        lr_c=5e-5,
        ema_decay=0.999,
        batch_size=64,
        steps=100_000,
    ),
}


class WGAN(Model[WGANConfig]):
    """A critic, whose small weights keep it from being steep, measures how far real and drawn lie
    apart; a generator goes down that distance."""

    modalities = (PLANE, IMAGES)
    players = (GENERATOR, CRITIC)
    draws = ("ema",)
    moves = {"critic_step": ("critic",), "generator_step": ("generator",)}
    explorers = ("critic_lab", "latent", "compare")

    def __init__(self, config: WGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.generator: nn.Module
        self.critic: nn.Module
        if len(config.shape) == 3:
            self.generator = ConvGenerator(config.latent_dim, config.shape, config.width)
            self.critic = ConvDiscriminator(config.shape, config.width, spectral_norm=False)
        else:
            self.generator = MLPGenerator(config.latent_dim, config.shape, config.hidden, nn.ReLU)
            self.critic = MLPDiscriminator(config.shape, config.hidden)
        self.optimizer_g = RMSprop(self.generator.parameters(), config.lr_g)
        self.optimizer_c = RMSprop(self.critic.parameters(), config.lr_c)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps)
        self.schedule_c = linear_decay(self.optimizer_c, config.steps)
        self.ema = EMA(self.generator, config.ema_decay)

    @property
    def samples_per_step(self) -> int:
        return self.config.n_critic * self.config.batch_size

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """`n_critic` steps of the critic, each on real samples of its own, and one of the
        generator; the last critic step is recorded."""
        for k in range(self.config.n_critic):
            # Every n-th sample, not the k-th stretch: where several processes share the batch, they
            # share each critic step's part of it too.
            real = batch.x[k :: self.config.n_critic]
            with torch.no_grad():
                fake = self.generator(self.noise(len(real)))
            record = self.critic_step(real, fake)
        record |= self.generator_step(self.generator(self.noise(len(real))))
        self.schedule_c.step()
        self.schedule_g.step()
        self.ema.update(self.generator)
        return record

    def critic_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to score `real` above `fake`, both of shape (N, *shape), then clip the weights."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        score_real, score_fake = self.critic(real), self.critic(fake.detach())
        loss = losses.wasserstein.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_c, loss)
        self.clip_critic()
        return {
            "critic": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_c": norm,
        }

    @torch.no_grad()
    def clip_critic(self) -> None:
        """Bring every weight of the critic back into [-c, c], in place: small weights bound its
        slope, if to an unknown number."""
        for weight in self.critic.parameters():
            weight.clamp_(-self.config.clip, self.config.clip)

    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of `fake`, of shape (N, *shape), still tied to the generator
        that drew it."""
        with frozen(self.critic):
            loss = losses.wasserstein.generator(self.critic(fake))
            norm = self.descend(self.optimizer_g, loss)
        return {"generator": loss.detach(), "gradient_norm_g": norm}

    def adversary(self) -> Adversary:
        return Adversary(losses.wasserstein, lambda batch: self.critic(batch.x))

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.ema)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """`n` samples of shape (n, *shape), from the averaged generator; images lie in [-1, 1]."""
        return self.ema(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
