"""A contract that cannot fail proves nothing: for each, models that break it in the ways that
models are broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.data import Batch
from gan_course.models import GAN, GANConfig
from gan_course.models.declarations import Player
from tests.contracts import promises
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
    players = (Player("generator", "lr_g", "loss", "gradient_norm_g"),)


class NamesAFieldThatIsNotThere(GAN):
    players = (Player("generator", "lr_x", "generator", "gradient_norm_g"),)


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


# What is promised, a model that breaks it, and what is said of that.
BROKEN: list[tuple[Callable[[promises.Build], None], type[GAN], str]] = [
    (
        promises.a_step_records_detached_scalars_and_samples_have_the_shape,
        RecordsGraphs,
        "generator is still tied to its graph",
    ),
    (
        promises.a_step_records_detached_scalars_and_samples_have_the_shape,
        RecordsVectors,
        "generator is no scalar",
    ),
    (
        promises.a_step_records_detached_scalars_and_samples_have_the_shape,
        RecordsFloats,
        "generator is no tensor",
    ),
    (
        promises.a_step_records_detached_scalars_and_samples_have_the_shape,
        DrawsTheWrongShape,
        r"\[3, 1\]",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        DiscriminatorTeachesTheGenerator,
        "discriminator_step changed generator",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        DiscriminatorMovesTheGenerator,
        "discriminator_step changed generator",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        GeneratorDoesNotFreeze,
        "generator_step changed discriminator",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        GeneratorNeverLearns,
        "generator_step changed nothing of generator",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        DescendsOutsideItsMoves,
        "a descent lies outside every method",
    ),
    (
        promises.each_method_moves_what_it_declares_and_nothing_else,
        HasAnIdleOptimizer,
        "optimizer_idle never descends",
    ),
    (promises.a_fixed_network_never_learns, MovesWhatIsFixed, "an optimiser moves discriminator"),
    (promises.a_fixed_network_never_learns, LeavesWhatIsFixedOpen, "ruler takes gradients"),
    (promises.what_is_declared_is_there, NamesAColumnThatIsNotThere, "is not recorded so"),
    (promises.what_is_declared_is_there, NamesAFieldThatIsNotThere, "no field is called lr_x"),
    (promises.a_run_is_a_function_of_its_seed, HasNoiseOfItsOwn, "two runs with one seed differ"),
    (promises.a_run_is_a_function_of_its_seed, IgnoresItsSeed, "the seed changes nothing"),
    (
        promises.a_loaded_model_goes_on_bit_for_bit,
        CountsOutsideItsState,
        "a resumed run ends elsewhere",
    ),
    (
        promises.a_loaded_model_goes_on_bit_for_bit,
        KeepsAPoolOutsideItsState,
        "a resumed run ends elsewhere",
    ),
    (
        promises.a_loaded_model_goes_on_bit_for_bit,
        HasABufferThatIsNotSaved,
        "a resumed run ends elsewhere",
    ),
    (
        promises.a_loaded_model_goes_on_bit_for_bit,
        HasAGeneratorThatIsNotSaved,
        "a resumed run ends elsewhere",
    ),
    (promises.a_loaded_model_goes_on_bit_for_bit, ForgetsItsAverage, "draws other samples"),
    (
        promises.a_loaded_model_goes_on_bit_for_bit,
        ForgetsItsSchedules,
        "a resumed run ends elsewhere",
    ),
    (promises.all_that_a_step_changes_is_in_the_state, CountsOutsideItsState, r"\['model.count'\]"),
    (
        promises.all_that_a_step_changes_is_in_the_state,
        KeepsAPoolOutsideItsState,
        r"\['model.pool'\]",
    ),
    (
        promises.all_that_a_step_changes_is_in_the_state,
        HasABufferThatIsNotSaved,
        r"\['model.discriminator.scale'\]",
    ),
    (
        promises.all_that_a_step_changes_is_in_the_state,
        HasAGeneratorThatIsNotSaved,
        r"\['model.random'\]",
    ),
    (
        promises.weights_are_all_that_sampling_needs,
        SamplesWithMoreThanItsWeights,
        "the same weights draw other samples",
    ),
    (promises.a_look_leaves_no_trace, LooksInTrainingMode, "a look is taken in training mode"),
    (promises.a_look_leaves_no_trace, LooksWithoutPuttingBack, "a look changed a mode"),
    (
        promises.a_look_leaves_no_trace,
        LooksWithTheRunsRandomNumbers,
        "a look drew from the run's random numbers",
    ),
    (
        promises.watching_a_run_does_not_change_it,
        LooksWithTheRunsRandomNumbers,
        "a watched run ends elsewhere",
    ),
    (
        promises.a_step_stays_on_the_device,
        DrawsNoiseOnTheCPU,
        r"randn.* returned a tensor on cpu, the model is on meta",
    ),
    (
        promises.a_step_stays_on_the_device,
        MixesInAConstantFromTheCPU,
        r"eye.* returned a tensor on cpu, the model is on meta",
    ),
    (promises.a_step_stays_on_the_device, WaitsForTheDevice, "meta tensor"),
    (promises.a_step_stays_on_the_device, CopiesToTheCPU, "meta tensor"),
    (promises.a_step_stays_on_the_device, BranchesOnALoss, "meta tensor"),
    (promises.a_step_runs_in_bf16, NeedsFloat32, "same dtype"),
    (promises.a_step_runs_in_bf16, OverflowsInBF16, "score_real is .* in bf16"),
]


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize(
    ("promise", "kind", "said"), BROKEN, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_model_that_breaks_a_promise_is_caught(
    promise: Callable[[promises.Build], None], kind: type[GAN], said: str
) -> None:
    promise(lambda: Honest(CONFIG))
    with pytest.raises((AssertionError, RuntimeError, KeyError), match=said):
        promise(lambda: kind(CONFIG))


def test_meta_alone_would_let_a_tensor_from_the_cpu_into_a_product() -> None:
    with torch.device("meta"):
        model = MixesInAConstantFromTheCPU(CONFIG)
    assert model.sample(3).device.type == "meta"


def test_every_promise_has_a_model_that_breaks_it() -> None:
    kept = {
        name
        for name, thing in vars(promises).items()
        if getattr(thing, "__annotations__", {}).get("build") == "Build" and name != "seeded"
    }
    assert kept == {promise.__name__ for promise, *_ in BROKEN}
