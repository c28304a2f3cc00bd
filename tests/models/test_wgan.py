"""Both Wasserstein GANs: what a step of each does, beside Algorithm 1 of its paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_course.data import Batch, load
from gan_course.modalities import PLANE
from gan_course.models import WGAN, WGANGP, WGANConfig, WGANGPConfig
from gan_course.penalties import gradient_penalty
from gan_course.training import fit

CLIPPED = WGANConfig(hidden=(8, 8), width=2, n_critic=3, batch_size=4, steps=10)
PENALISED = WGANGPConfig(hidden=(8, 8), width=2, n_critic=3, batch_size=4, steps=10)
GRID = load("grid")


def built(config: WGANConfig | WGANGPConfig, **changes: Any) -> WGAN | WGANGP:
    torch.manual_seed(0)
    changed = replace(config, **changes)
    return WGAN(changed) if isinstance(changed, WGANConfig) else WGANGP(changed)


BOTH = pytest.mark.parametrize("config", [CLIPPED, PENALISED], ids=["wgan", "wgan_gp"])


class Watched:
    """Notes what a model's critic and generator steps are given."""

    def __init__(self, model: WGAN | WGANGP, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real: list[Tensor] = []
        self.fake: list[Tensor] = []
        self.players: list[str] = []
        critic_step, generator_step = model.critic_step, model.generator_step

        def critic(real: Tensor, fake: Tensor) -> dict[str, Tensor]:
            self.players.append("critic")
            self.real.append(real)
            self.fake.append(fake)
            return critic_step(real, fake)

        def generator(fake: Tensor) -> dict[str, Tensor]:
            self.players.append("generator")
            self.fake.append(fake.detach())
            return generator_step(fake)

        monkeypatch.setattr(model, "critic_step", critic)
        monkeypatch.setattr(model, "generator_step", generator)


@BOTH
def test_a_step_is_n_steps_of_the_critic_and_then_one_of_the_generator(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = built(config)
    watched = Watched(model, monkeypatch)
    batch = GRID.batch(0, model.samples_per_step, seed=1)
    model.step(batch)
    assert watched.players == ["critic", "critic", "critic", "generator"]
    assert model.samples_per_step == 12
    assert [len(fake) for fake in watched.fake] == [4, 4, 4, 4]
    # Every real sample is seen once, by one step of the critic.
    assert sorted(torch.cat(watched.real).tolist()) == sorted(batch.x.tolist())
    assert [len(real) for real in watched.real] == [4, 4, 4]
    assert len({tuple(fake.flatten().tolist()) for fake in watched.fake}) == 4, (
        "two steps were shown the same fake samples"
    )


@BOTH
def test_processes_that_share_a_batch_share_the_part_of_each_critic_step(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = GRID.batch(0, 12, seed=1)

    def parts(rows: slice) -> list[set[tuple[float, ...]]]:
        model = built(config)
        watched = Watched(model, monkeypatch)
        model.step(batch[rows])
        return [set(map(tuple, real.tolist())) for real in watched.real]

    first, second = parts(slice(0, 6)), parts(slice(6, 12))
    assert [one | other for one, other in zip(first, second, strict=True)] == parts(slice(0, 12))


def test_clipping_bounds_every_weight_of_the_critic_and_none_of_the_generator() -> None:
    model = built(CLIPPED, clip=0.03)
    assert isinstance(model, WGAN)
    model.step(GRID.batch(0, model.samples_per_step, seed=1))
    assert max(p.abs().max().item() for p in model.critic.parameters()) == pytest.approx(0.03)
    assert max(p.abs().max().item() for p in model.generator.parameters()) > 0.03


def test_the_penalty_bounds_no_weight() -> None:
    model = built(PENALISED)
    model.step(GRID.batch(0, model.samples_per_step, seed=1))
    assert max(p.abs().max().item() for p in model.critic.parameters()) > 0.1


def test_the_critic_goes_down_its_loss_and_the_weighted_penalty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = built(PENALISED, penalty_weight=0.7)
    assert isinstance(model, WGANGP)
    real, fake, epsilon = torch.randn(4, 2), torch.randn(4, 2), torch.rand(4)
    monkeypatch.setattr(model, "epsilon", lambda n: epsilon[:n])
    distance, penalty = (
        model.critic(real).mean() - model.critic(fake).mean(),
        gradient_penalty(model.critic, real, fake, epsilon),
    )
    expected = torch.autograd.grad(-distance + 0.7 * penalty, list(model.critic.parameters()))
    record = model.critic_step(real, fake)
    for p, gradient in zip(model.critic.parameters(), expected, strict=True):
        torch.testing.assert_close(p.grad, gradient)
    # What is recorded is the distance alone.
    torch.testing.assert_close(record["critic"], -distance)
    torch.testing.assert_close(record["penalty"], penalty)
    torch.testing.assert_close(record["score_real"] - record["score_fake"], distance)


@BOTH
def test_the_generator_goes_up_the_score(config: Any) -> None:
    model = built(config)
    fake = model.generator(model.noise(4))
    expected = torch.autograd.grad(
        -model.critic(fake).mean(), list(model.generator.parameters()), retain_graph=True
    )
    model.generator_step(fake)
    for p, gradient in zip(model.generator.parameters(), expected, strict=True):
        torch.testing.assert_close(p.grad, gradient)


@BOTH
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_images_get_convolutions_and_a_critic_without_any_norm(
    config: Any, shape: tuple[int, ...]
) -> None:
    model = built(config, shape=shape)
    modules = list(model.critic.modules())
    assert any(isinstance(module, nn.Conv2d) for module in modules)
    assert not any(
        "Norm" in type(module).__name__ or hasattr(module, "parametrizations") for module in modules
    )
    assert model.sample(3).shape == (3, *shape)


@BOTH
def test_points_get_a_generator_with_relu_and_a_critic_with_silu(config: Any) -> None:
    model = built(config)
    kinds = [type(layer) for layer in model.generator.body]  # type: ignore[union-attr]
    assert kinds == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    kinds = [type(layer) for layer in model.critic.body]  # type: ignore[union-attr]
    assert kinds == [nn.Linear, nn.SiLU, nn.Linear, nn.SiLU, nn.Linear]


def test_no_penalty_at_all_is_allowed_since_a_learner_should_see_what_it_does() -> None:
    built(PENALISED, penalty_weight=0.0).step(Batch(torch.randn(12, 2)))


@BOTH
def test_the_generator_comes_nearer_to_the_data(config: Any) -> None:
    model = built(config, hidden=(32, 32), batch_size=64, steps=150)
    far = GRID.sample(500, torch.Generator().manual_seed(1)) + 5

    class Far:
        shape, modality, classes = (2,), PLANE, None

        def batch(self, index: int, size: int, seed: int) -> Batch:
            return Batch(GRID.batch(index, size, seed).x + 5)

        def batches_per_epoch(self, size: int) -> int:
            return 500

        def reference(self, n: int) -> Batch:
            return self.batch(0, n, 1)

    before = (model.sample(500).mean(0) - far.mean(0)).norm()
    fit(model, Far(), seed=0)
    assert (model.sample(500).mean(0) - far.mean(0)).norm() < before / 2
