"""The Wasserstein GAN with a gradient penalty: Gulrajani et al., 2017 (arXiv:1704.00028),
Algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.modalities import IMAGES, PLANE
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import CRITIC, GENERATOR, Adversary, Latent
from gan_course.models.kinds import Betas, Count, Decay, Rate, Shape, Share, Size, Weight, Widths
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.ema import EMA
from gan_course.nets.mlp import MLPDiscriminator, MLPGenerator
from gan_course.penalties import gradient_penalty


@dataclass(frozen=True)
class WGANGPConfig(Config):
    shape: Shape = (2,)
    latent_dim: Size = 2
    # for points: widths of the layers between, in both networks
    hidden: Widths = (128, 128, 128)
    width: Size = 8  # for images: channels at the finest resolution, in both networks
    # λ; the paper's 10 is for images, its authors' code takes 0.1 for points
    penalty_weight: Weight = 0.1
    n_critic: Size = 2  # critic steps for one of the generator
    lr_g: Rate = 1e-3
    lr_c: Rate = 2e-3
    betas: Betas = (0.0, 0.9)
    ema_decay: Decay = 0.995  # of the generator that is sampled from
    batch_size: Size = 128  # of each critic step, and of the generator's
    steps: Count = 6000
    decay_start: Share = 0.5  # share of the run after which the rates begin to fall


PROFILES = {
    "lesson": WGANGPConfig(),
    # Images vary in more ways than points, and a step on them takes a hundred times as long.
    "lesson/images": WGANGPConfig(latent_dim=64, penalty_weight=10.0, batch_size=64, steps=1500),
    # For points that of the authors' code, but for the decay and the average.
    "full": WGANGPConfig(
        hidden=(512, 512, 512),
        n_critic=5,
        lr_g=1e-4,
        lr_c=1e-4,
        betas=(0.5, 0.9),
        ema_decay=0.999,
        batch_size=256,
        steps=100_000,
    ),
    "full/images": WGANGPConfig(
        latent_dim=128,
        width=64,
        penalty_weight=10.0,
        n_critic=5,
        lr_g=1e-4,
        lr_c=1e-4,
        ema_decay=0.999,
        batch_size=64,
        steps=100_000,
    ),
}


class WGANGP(Model[WGANGPConfig]):
    """A critic, held to a slope of one between real and drawn, measures how far the two lie apart;
    a generator goes down that distance."""

    modalities = (PLANE, IMAGES)
    players = (GENERATOR, CRITIC)
    draws = ("ema",)
    moves = {"critic_step": ("critic",), "generator_step": ("generator",)}
    explorers = ("critic_lab", "latent", "compare")

    def __init__(self, config: WGANGPConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.generator: nn.Module
        self.critic: nn.Module
        if len(config.shape) == 3:
            self.generator = ConvGenerator(config.latent_dim, config.shape, config.width)
            # No norm in the critic: batch norm would make a sample's slope depend on its
            # neighbours, and the penalty is each sample's own.
            self.critic = ConvDiscriminator(config.shape, config.width, spectral_norm=False)
        else:
            self.generator = MLPGenerator(config.latent_dim, config.shape, config.hidden, nn.ReLU)
            self.critic = MLPDiscriminator(config.shape, config.hidden)
        self.optimizer_g = Adam(self.generator.parameters(), config.lr_g, config.betas)
        self.optimizer_c = Adam(self.critic.parameters(), config.lr_c, config.betas)
        self.schedule_g = linear_decay(self.optimizer_g, config.steps, config.decay_start)
        self.schedule_c = linear_decay(self.optimizer_c, config.steps, config.decay_start)
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
        """Learn to score `real` above `fake`, both of shape (N, *shape), at a slope of one between
        them; the recorded loss is without the penalty."""
        # Detaching keeps this loss from reaching the generator, which plays for the other side.
        fake = fake.detach()
        score_real, score_fake = self.critic(real), self.critic(fake)
        loss = losses.wasserstein.discriminator(score_real, score_fake)
        penalty = gradient_penalty(self.critic, real, fake, self.epsilon(len(real)))
        norm = self.descend(self.optimizer_c, loss + self.config.penalty_weight * penalty)
        return {
            "critic": loss.detach(),
            "penalty": penalty.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_c": norm,
        }

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

    def epsilon(self, n: int) -> Tensor:
        """The ε of Algorithm 1: where between a real and a drawn sample the slope is looked at, for
        each of `n` pairs."""
        return torch.rand(n, device=self.device)
