"""Models that break the promises in the ways that models are broken, one promise each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from gan_course.data import Batch
from gan_course.models import GAN, GANConfig
from gan_course.models.declarations import Latent, Player
from tests.contracts.conftest import small

CONFIG = small(GANConfig(shape=(2,)))


class Honest(GAN):
    """Keeps every promise; each model below changes one thing."""


class RecordsGraphs(GAN):
    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        return super().generator_step(fake) | {
            "generator": self.loss.generator(self.discriminator(self.generator(self.noise(4))))
        }


class RecordsVectors(GAN):
    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        return super().generator_step(fake) | {"generator": torch.zeros(3)}


class RecordsFloats(GAN):
    def generator_step(self, fake: Tensor) -> dict[str, Any]:
        return {name: value.item() for name, value in super().generator_step(fake).items()}


class DrawsTheWrongShape(GAN):
    def sample(self, n: int) -> Tensor:
        return super().sample(n)[:, :1]


class TurnsImagesIntoOthersOfAnotherShape(GAN):
    directions = ("turn",)

    def turn(self, x: Tensor) -> Tensor:
        return x[:, :1]


class HasALatentSpaceOfAnotherShape(GAN):
    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, lambda z: self.ema(z)[:, :1])


class DrawsMoreThanItsLatentVectorSays(GAN):
    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, lambda z: self.ema(z) + torch.rand(2))


class DrawsASampleByItsNeighbours(GAN):
    def latent(self) -> Latent:
        return Latent(self.config.latent_dim, lambda z: self.ema(z) - self.ema(z).mean(dim=0))


class KnowsClassesThatNobodyCanAskFor(GAN):
    classes = 10


class DiscriminatorTeachesTheGenerator(GAN):
    """The missing `detach`, on a graph of its own."""

    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        self.loss.discriminator(
            self.discriminator(real), self.discriminator(self.generator(self.noise(len(real))))
        ).backward()
        return super().discriminator_step(real, fake)


class DiscriminatorMovesTheGenerator(GAN):
    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        record = super().discriminator_step(real, fake)
        self.optimizer_g.step()
        return record


class GeneratorDoesNotFreeze(GAN):
    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        loss = self.loss.generator(self.discriminator(fake))
        norm = self.descend(self.optimizer_g, loss)
        return {"generator": loss.detach(), "gradient_norm_g": norm}


class GeneratorNeverLearns(GAN):
    def generator_step(self, fake: Tensor) -> dict[str, Tensor]:
        return {"generator": self.loss.generator(self.discriminator(fake)).detach()}


class DescendsOutsideItsMoves(GAN):
    moves = {"discriminator_step": ("discriminator",)}


class HasAnIdleOptimizer(GAN):
    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.optimizer_idle = torch.optim.SGD(self.generator.parameters(), 0.1)


class MovesWhatIsFixed(GAN):
    fixed = ("discriminator",)


class LeavesWhatIsFixedOpen(GAN):
    fixed = ("ruler",)

    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.ruler = torch.nn.Linear(2, 1)


class NamesAColumnThatIsNotThere(GAN):
    players = (Player("generator", "lr_g", "loss", "gradient_norm_g", "optimizer_g"),)


class NamesAFieldThatIsNotThere(GAN):
    players = (Player("generator", "lr_x", "generator", "gradient_norm_g", "optimizer_g"),)


class NamesTheOptimizerOfAnother(GAN):
    players = (Player("generator", "lr_g", "generator", "gradient_norm_g", "optimizer_d"),)


class HasNoiseOfItsOwn(GAN):
    def noise(self, n: int) -> Tensor:
        generator = torch.Generator()
        generator.seed()  # from the system's clock
        return torch.randn(n, self.config.latent_dim, generator=generator)


class IgnoresItsSeed(GAN):
    def step(self, batch: Batch) -> dict[str, Tensor]:
        torch.manual_seed(0)
        return super().step(Batch(torch.ones_like(batch.x)))


class CountsOutsideItsState(GAN):
    count = 0

    def step(self, batch: Batch) -> dict[str, Tensor]:
        self.count += 1
        return super().step(Batch(batch.x / self.count))


class KeepsAPoolOutsideItsState(GAN):
    def step(self, batch: Batch) -> dict[str, Tensor]:
        seen, self.pool = getattr(self, "pool", batch.x), batch.x
        return super().step(Batch(seen))


class HasABufferThatIsNotSaved(GAN):
    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.discriminator.register_buffer("scale", torch.ones(()), persistent=False)

    def noise(self, n: int) -> Tensor:
        self.discriminator.scale += 0.1
        return super().noise(n) * self.discriminator.scale


class HasAGeneratorThatIsNotSaved(GAN):
    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.random = torch.Generator().manual_seed(0)

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim, generator=self.random)


class ForgetsItsAverage(GAN):
    def state_dict(self) -> dict[str, dict[str, Any]]:
        return {name: value for name, value in super().state_dict().items() if name != "ema"}


class ForgetsItsSchedules(GAN):
    def state_dict(self) -> dict[str, dict[str, Any]]:
        return {
            name: value for name, value in super().state_dict().items() if "schedule" not in name
        }


class SamplesWithMoreThanItsWeights(GAN):
    def __init__(self, config: GANConfig) -> None:
        super().__init__(config)
        self.shift = torch.randn(config.shape)

    def sample(self, n: int) -> Tensor:
        return super().sample(n) + self.shift


class LooksInTrainingMode(GAN):
    @contextmanager
    def evaluating(self) -> Iterator[None]:
        with torch.random.fork_rng([]), torch.no_grad():
            yield


class LooksWithoutPuttingBack(GAN):
    @contextmanager
    def evaluating(self) -> Iterator[None]:
        self.eval()
        with torch.random.fork_rng([]), torch.no_grad():
            yield


class LooksWithTheRunsRandomNumbers(GAN):
    @contextmanager
    def evaluating(self) -> Iterator[None]:
        modes = {
            module: module.training
            for network in self.networks().values()
            for module in network.modules()
        }
        self.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            for module, training in modes.items():
                module.training = training


class DrawsNoiseOnTheCPU(GAN):
    def noise(self, n: int) -> Tensor:
        return torch.randn(n, self.config.latent_dim)


class MixesInAConstantFromTheCPU(GAN):
    """A CPU tensor goes into a matrix product, and the product is on meta all the same."""

    def sample(self, n: int) -> Tensor:
        turn = torch.eye(2, device="cpu")
        return super().sample(n) @ turn


class WaitsForTheDevice(GAN):
    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        record = super().discriminator_step(real, fake)
        self.latest = record["discriminator"].item()
        return record


class CopiesToTheCPU(GAN):
    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        record = super().discriminator_step(real, fake)
        self.latest = record["discriminator"].cpu()
        return record


class BranchesOnALoss(GAN):
    def step(self, batch: Batch) -> dict[str, Tensor]:
        record = super().step(batch)
        return (
            record
            if record["discriminator"] < 3
            else record | {"generator": record["discriminator"]}
        )


class NeedsFloat32(GAN):
    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        torch.dot(self.discriminator(fake.detach()).flatten(), torch.ones(len(fake)))
        return super().discriminator_step(real, fake)


class OverflowsInBF16(GAN):
    def discriminator_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        record = super().discriminator_step(real, fake)
        return record | {"score_real": (self.discriminator(real) + 1000).mean().detach() - 1000}
