"""The game that a page plays is the library's, step by step."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_course.losses import BY_NAME
from gan_course.models import GAN, WGANGP, GANConfig, WGANGPConfig

STEPS, CLOSE = 5, 1e-5
ACTIVATIONS = {nn.SiLU: "silu", nn.ReLU: "relu"}


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def told(network: nn.Sequential) -> dict[str, Any]:
    """A network as a page has it."""
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    return {
        "widths": [layers[0].in_features, *(layer.out_features for layer in layers)],
        "parameters": [p.flatten().tolist() for p in network.parameters()],
        "activation": ACTIVATIONS[type(network[1])],
    }


def in_javascript(
    generator: nn.Sequential,
    opponent: nn.Sequential,
    rules: Mapping[str, Any],
    real: Tensor,
    noise: Tensor,
    mixing: Tensor,
) -> Any:
    """What a page's game has become after some rounds: losses and parameters."""
    game = {
        "generator": told(generator),
        "discriminator": told(opponent),
        "rules": {"r1": 0.0, "toOne": 0.0, "clip": 0.0, **rules},
        "real": real.flatten().tolist(),
        "noise": noise.flatten().tolist(),
        "mixing": mixing.tolist(),
        "n": len(real),
        "steps": STEPS,
    }
    script = Path(__file__).with_name("steps.mjs")
    run = subprocess.run(
        ["node", script], input=json.dumps(game), capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def drawn(size: int, latent_dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """Real points, noise, and for each point a share."""
    return 2 + torch.randn(16, size), torch.randn(16, latent_dim), torch.rand(16)


def assert_same(network: nn.Module, values: list[list[float]]) -> None:
    for weight, given in zip(network.parameters(), values, strict=True):
        assert torch.allclose(weight.flatten(), torch.tensor(given), rtol=0, atol=CLOSE)


@pytest.mark.parametrize("loss", BY_NAME)
@pytest.mark.parametrize(("size", "r1_weight", "clip"), [(1, 2.0, 0.0), (2, 0.5, 0.1)])
def test_steps_of_a_page_are_those_of_the_library(
    loss: str, size: int, r1_weight: float, clip: float
) -> None:
    torch.manual_seed(0)
    config = GANConfig(shape=(size,), hidden=(8, 8), loss=loss, r1_weight=r1_weight)
    model = GAN(config)
    rates = {"lrD": config.lr_d, "lrG": config.lr_g, "betas": config.betas}
    rules = {"loss": loss, "r1": r1_weight, "clip": clip, **rates}
    real, noise, mixing = drawn(size, config.latent_dim)
    networks = model.generator.body, model.discriminator.body
    given = in_javascript(*networks, rules, real, noise, mixing)
    for losses in given["losses"]:
        fake = model.generator(noise)
        found = model.discriminator_step(real, fake)["discriminator"]
        if clip:
            with torch.no_grad():
                for weight in model.discriminator.parameters():
                    weight.clamp_(-clip, clip)
        found_g = model.generator_step(model.generator(noise))["generator"]
        assert losses == pytest.approx([found.item(), found_g.item()], abs=CLOSE)
    assert_same(model.generator, given["generator"])
    assert_same(model.discriminator, given["discriminator"])


@pytest.mark.parametrize("size", [1, 2])
def test_steps_with_a_gradient_penalty_are_those_of_the_library(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    config = WGANGPConfig(shape=(size,), hidden=(8, 8), penalty_weight=3.0)
    model = WGANGP(config)
    rates = {"lrD": config.lr_c, "lrG": config.lr_g, "betas": config.betas}
    rules = {"loss": "wasserstein", "toOne": config.penalty_weight, **rates}
    real, noise, mixing = drawn(size, config.latent_dim)
    networks = model.generator.body, model.critic.body  # type: ignore[union-attr]
    given = in_javascript(*networks, rules, real, noise, mixing)  # type: ignore[arg-type]
    monkeypatch.setattr(model, "epsilon", lambda _: mixing)
    for losses in given["losses"]:
        found = model.critic_step(real, model.generator(noise))["critic"]
        found_g = model.generator_step(model.generator(noise))["generator"]
        assert losses == pytest.approx([found.item(), found_g.item()], abs=CLOSE)
    assert_same(model.generator, given["generator"])
    assert_same(model.critic, given["discriminator"])
