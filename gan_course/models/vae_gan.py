"""VAE-GAN: Larsen, Sønderby, Larochelle & Winther, 2015 (arXiv:1512.09300)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Adam

from gan_course import losses
from gan_course.data.batches import Batch
from gan_course.likelihood import gaussian_kl, reparameterised
from gan_course.modalities import IMAGES
from gan_course.models.base import Model, frozen, linear_decay
from gan_course.models.config import Config
from gan_course.models.declarations import DISCRIMINATOR, Adversary, Latent, Player
from gan_course.models.kinds import Betas, Count, Decay, Loss, Rate, Shape, Share, Size, Weight
from gan_course.nets.dcgan import ConvDiscriminator, ConvGenerator
from gan_course.nets.ema import EMA
from gan_course.nets.vae import ConvEncoder


@dataclass(frozen=True)
class VAEGANConfig(Config):
    shape: Shape = (1, 28, 28)
    latent_dim: Size = 12
    width: Size = 12
    layer: Size = 3  # images are compared behind so many convolutions of the discriminator
    gamma: Weight = 0.03  # of that comparison in the decoder's loss, beside looking real
    kl_weight: Weight = 0.1
    loss: Loss = "hinge"
    lr_e: Rate = 4e-3
    lr_g: Rate = 4e-3
    lr_d: Rate = 8e-3
    betas: Betas = (0.0, 0.99)
    decay_start: Share = 0.25  # of the run after which the rates begin to fall
    ema_decay: Decay = 0.99
    batch_size: Size = 32
    steps: Count = 1000


PROFILES = {
    "lesson": VAEGANConfig(),
    "full": VAEGANConfig(latent_dim=64, width=64, lr_e=2e-4, lr_g=2e-4, lr_d=2e-4, steps=60_000),
}


class VAEGAN(Model[VAEGANConfig]):
    """A VAE that compares images by what a discriminator sees in them, and whose decoder must fool
    it."""

    modalities = (IMAGES,)
    players = (
        Player("decoder", "lr_g", "decoder", "gradient_norm_g", "optimizer_g"),
        DISCRIMINATOR,
        Player("encoder", "lr_e", "encoder", "gradient_norm_e", "optimizer_e"),
    )
    draws = ("encoder", "ema")
    moves = {
        "discriminator_step": ("discriminator",),
        "decoder_step": ("decoder",),
        "encoder_step": ("encoder",),
    }
    explorers = ("plane", "latent", "compare")

    def __init__(self, config: VAEGANConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.loss = losses.by_name(config.loss)
        self.encoder = ConvEncoder(config.shape, config.latent_dim, config.width)
        self.decoder = ConvGenerator(config.latent_dim, config.shape, config.width)
        self.discriminator = ConvDiscriminator(config.shape, config.width)
        self.optimizer_e = Adam(self.encoder.parameters(), config.lr_e, config.betas)
        self.optimizer_g = Adam(self.decoder.parameters(), config.lr_g, config.betas)
        self.optimizer_d = Adam(self.discriminator.parameters(), config.lr_d, config.betas)
        self.schedules = [
            linear_decay(optimizer, config.steps, config.decay_start)
            for optimizer in (self.optimizer_e, self.optimizer_g, self.optimizer_d)
        ]
        self.ema = EMA(self.decoder, config.ema_decay)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        code = reparameterised(*self.encoder(batch.x)).detach()
        fake = self.decoder(torch.cat([code, self.noise(len(code))]))
        record = self.discriminator_step(batch.x, fake)
        record |= self.decoder_step(batch.x, fake[: len(code)], fake)
        record |= self.encoder_step(batch.x)
        for schedule in self.schedules:
            schedule.step()
        self.ema.update(self.decoder)
        return record

    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to score `real` above `fake`, both (N, C, H, W): images drawn again from their
        codes, and images drawn from noise."""
        # Detaching keeps this loss from reaching the decoder, which plays for the other side.
        score_real, score_fake = self.discriminator(real), self.discriminator(fake.detach())
        loss = self.loss.discriminator(score_real, score_fake)
        norm = self.descend(self.optimizer_d, loss)
        return {
            "discriminator": loss.detach(),
            "score_real": score_real.detach().mean(),
            "score_fake": score_fake.detach().mean(),
            "gradient_norm_d": norm,
        }

    def decoder_step(self, real: Tensor, again: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Learn to raise the score of `fake`, and to make `again`, drawn from the codes of `real`,
        like `real`; all (N, C, H, W), the drawn ones still tied to the decoder."""
        with frozen(self.discriminator):
            loss = self.loss.generator(self.discriminator(fake))
            unlike = self.unlike(again, real)
            norm = self.descend(self.optimizer_g, loss + self.config.gamma * unlike)
        return {"decoder": loss.detach(), "gradient_norm_g": norm}

    def encoder_step(self, real: Tensor) -> dict[str, Tensor]:
        """Learn codes from which `real` can be drawn again, and that look like noise together."""
        with frozen(self.discriminator), frozen(self.decoder):
            mu, log_var = self.encoder(real)
            unlike = self.unlike(self.decoder(reparameterised(mu, log_var)), real)
            kl = gaussian_kl(mu, log_var).sum(dim=1).mean()
            loss = unlike + self.config.kl_weight * kl
            norm = self.descend(self.optimizer_e, loss)
        return {
            "encoder": loss.detach(),
            "unlike": unlike.detach(),
            "kl": kl.detach(),
            "gradient_norm_e": norm,
        }

    def unlike(self, again: Tensor, real: Tensor) -> Tensor:
        """½ ‖D_l(again) - D_l(real)‖², eq. 7 and 8 up to a constant, a mean over the batch: images
        (N, C, H, W) compared behind the discriminator's convolution `layer`."""
        seen_again, seen = (
            self.discriminator.features(x, self.config.layer) for x in (again, real)
        )
        return (seen_again - seen).square().sum() / 2 / len(real)

    def code(self, x: Tensor) -> Tensor:
        """The posterior means of images in [-1, 1] (N, C, H, W): (N, latent_dim)."""
        return self.encoder(x)[0]

    def decode(self, z: Tensor) -> Tensor:
        """Images in [-1, 1] (N, C, H, W) for latent vectors (N, latent_dim), from the averaged
        decoder."""
        return self.ema(z)

    def adversary(self) -> Adversary:
        return Adversary(self.loss, lambda batch: self.discriminator(batch.x))

    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, self.decode)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """`n` images in [-1, 1], shape (n, C, H, W), for latent vectors drawn from N(0, I)."""
        return self.decode(self.noise(n))

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, device=self.device)
