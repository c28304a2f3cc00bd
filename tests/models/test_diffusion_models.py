"""What DDPM, Flow and LatentDiffusion add to the contracts: what is learned, guidance, paths."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch

from gan_course import diffusion
from gan_course.data import Batch, load
from gan_course.models import DDPM, Flow, LatentDiffusion
from gan_course.models.config import for_data
from gan_course.models.ddpm import POINTS, DDPMConfig
from gan_course.models.denoising import Denoising
from gan_course.models.flow import FlowConfig
from gan_course.models.latent_diffusion import LatentDiffusionConfig
from gan_course.nets import DenseDenoiser, UNetDenoiser
from gan_course.training import fit

TINY: dict[str, Any] = {
    "classes": 3, "width": 4, "hidden": (8, 8), "batch_size": 8, "steps": 8, "sampling_steps": 4
}  # fmt: skip
MODELS = [
    lambda **changes: DDPM(DDPMConfig(**TINY | changes)),
    lambda **changes: Flow(FlowConfig(**TINY | changes)),
    lambda **changes: LatentDiffusion(LatentDiffusionConfig(**TINY | {"latent_dim": 5} | changes)),
]
EACH = pytest.mark.parametrize("build", MODELS, ids=["ddpm", "flow", "latent_diffusion"])


def batch(n: int = 8) -> Batch:
    generator = torch.Generator().manual_seed(0)
    images = 2 * torch.rand(n, 1, 28, 28, generator=generator) - 1
    return Batch(images, torch.arange(n) % 3)


def test_what_a_ddpm_learns_comes_near_the_exact_noise() -> None:
    torch.manual_seed(0)
    data = load("gaussian")
    config = replace(POINTS, shape=(1,), prediction="noise", hidden=(32, 32), steps=250)
    model, means, weights = DDPM(config), torch.tensor([[data.mean]]), torch.ones(1)
    x0, noise = data.reference(500).x, torch.randn(500, 1)

    def error() -> float:
        parts = []
        for t in (torch.full((500,), moment) for moment in (200, 500, 800)):
            x_t = model.noised(x0, noise, t)
            exact = diffusion.exact_noise(model.schedule, means, data.std, weights, x_t, t)
            with model.evaluating():
                parts.append((model.denoise(x_t, t) - exact).square().mean())
        return float(torch.stack(parts).mean())

    before = error()
    fit(model, data, seed=0)
    assert error() < before / 10


@EACH
def test_samples_are_the_end_of_the_path_from_their_noise(build: Any) -> None:
    torch.manual_seed(0)
    model = build()
    model.step(batch())
    torch.manual_seed(1)
    samples = model.sample(6, label=2, guidance=1.5)
    torch.manual_seed(1)
    path = model.path(model.noise(6), label=2, guidance=1.5)
    assert path.shape == (5, 6, 1, 28, 28)
    torch.testing.assert_close(path[-1], samples)
    assert not torch.equal(model.path(model.noise(6), count=2)[-1], samples)
    assert model.path(50 * model.noise(6))[-1].abs().max() <= 1


@EACH
def test_guidance_goes_past_the_class_and_needs_dropped_labels(build: Any) -> None:
    model = build()
    for _ in range(8):
        model.step(batch())
    x, t, labels = model.noise(4), torch.zeros(4, dtype=torch.int64), torch.tensor([0, 1, 2, 0])
    without, told = model.denoise(x, t), model.denoise(x, t, labels)
    assert not torch.equal(without, told)
    torch.testing.assert_close(model.guided(4, labels, 3.0)(x, t), without + 3 * (told - without))
    with pytest.raises(ValueError, match="guidance is a number from 0, got -1"):
        model.sample(2, guidance=-1)
    with pytest.raises(ValueError, match=r"guidance = 2.0 compares .* drop_label = 0.0: train"):
        build(drop_label=0.0).sample(2, guidance=2.0)
    with pytest.raises(ValueError, match="with 0 classes"):
        build(drop_label=1.0, guidance=2.0)


@EACH
def test_a_share_of_the_labels_is_dropped_and_with_all_there_are_no_classes(build: Any) -> None:
    torch.manual_seed(0)
    told = build(drop_label=0.25).told(batch(4000))
    assert (told == 3).double().mean().item() == pytest.approx(0.25, abs=0.03)
    assert torch.equal(told[told < 3], batch(4000).expect_labels()[told < 3])
    model: Denoising[Any] = build(drop_label=1.0)
    assert model.labels(4) is None
    with pytest.raises(ValueError, match="there is no class to choose"):
        model.sample(2, label=1)


def test_classes_are_those_of_the_data_or_none() -> None:
    assert for_data(DDPMConfig(), load("digits")).classes == 10
    assert for_data(POINTS, load("grid")).classes == 0


def test_more_sampling_steps_than_noise_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="20 sampling steps are more than the schedule's 10"):
        DDPM(DDPMConfig(noise_steps=10))


@pytest.mark.parametrize("build", [partial(MODELS[0], prediction="velocity"), MODELS[1]])
def test_one_step_of_sampling_goes_to_what_is_guessed_and_the_end_is_noise(build: Any) -> None:
    model = build()
    for _ in range(3):
        model.step(batch())
    noise, x, t = 9 * model.noise(3), batch(3).x, model.times(1).expand(3)
    torch.testing.assert_close(model.path(noise, count=1)[-1], model.guess(noise, t))
    assert model.guess(noise, model.times(4)[-1].expand(3)).abs().max() <= 1
    torch.testing.assert_close(model.noised(x, noise, t), noise, atol=1e-3, rtol=0)


def test_the_autoencoder_stays_as_it_is_after_its_share_of_the_run() -> None:
    model = MODELS[2](autoencoder_share=0.5)
    records = [model.step(batch()) for _ in range(4)]
    before = model.code(batch().x)
    records += [model.step(batch()) for _ in range(4)]
    assert torch.equal(model.code(batch().x), before)
    assert ["negative_elbo" in record for record in records] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    "network", [UNetDenoiser((1, 28, 28), 3, 4), DenseDenoiser((1, 28, 28), 3, (8,))]
)
def test_a_denoiser_hears_of_time_and_label(network: torch.nn.Module) -> None:
    for weights in network.parameters():  # of which some are 0 at first
        torch.nn.init.normal_(weights, std=0.1)
    x, time, labels = batch(2).x, torch.tensor([0.2, 0.2]), torch.tensor([0, 3])
    usual = network(x, time, labels)
    assert usual.shape == x.shape
    assert not torch.allclose(network(x, time + 0.3, labels), usual)
    assert not torch.allclose(network(x, time, torch.tensor([1, 2])), usual)
