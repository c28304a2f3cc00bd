"""The game that a page plays is the library's, step by step."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_course.losses import BY_NAME
from gan_course.models import GAN, GANConfig

STEPS, CLOSE = 5, 1e-5


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def in_javascript(model: GAN, real: Tensor, noise: Tensor, clip: float) -> Any:
    """What a page's game has become after some rounds: losses and parameters."""

    def told(network: nn.Sequential) -> dict[str, Any]:
        layers = [layer for layer in network if isinstance(layer, nn.Linear)]
        widths = [layers[0].in_features, *(layer.out_features for layer in layers)]
        return {
            "widths": widths,
            "parameters": [p.flatten().tolist() for p in network.parameters()],
        }

    config = model.config
    rules = {"loss": config.loss, "lrD": config.lr_d, "lrG": config.lr_g, "clip": clip}
    game = {
        "generator": told(model.generator.body),
        "discriminator": told(model.discriminator.body),
        "betas": config.betas,
        "rules": rules | {"r1": config.r1_weight},
        "real": real.flatten().tolist(),
        "noise": noise.flatten().tolist(),
        "n": len(real),
        "steps": STEPS,
    }
    script = Path(__file__).with_name("steps.mjs")
    run = subprocess.run(
        ["node", script], input=json.dumps(game), capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("loss", BY_NAME)
@pytest.mark.parametrize(("size", "r1_weight", "clip"), [(1, 2.0, 0.0), (2, 0.0, 0.1)])
def test_steps_of_a_page_are_those_of_the_library(
    loss: str, size: int, r1_weight: float, clip: float
) -> None:
    torch.manual_seed(0)
    config = GANConfig(shape=(size,), hidden=(8, 8), loss=loss, r1_weight=r1_weight)
    model = GAN(config)
    real, noise = 2 + torch.randn(16, size), torch.randn(16, config.latent_dim)
    given = in_javascript(model, real, noise, clip)
    for losses in given["losses"]:
        fake = model.generator(noise)
        found = model.discriminator_step(real, fake)["discriminator"]
        if clip:
            with torch.no_grad():
                for weight in model.discriminator.parameters():
                    weight.clamp_(-clip, clip)
        found_g = model.generator_step(model.generator(noise))["generator"]
        assert losses == pytest.approx([found.item(), found_g.item()], abs=CLOSE)
    for name in ("generator", "discriminator"):
        parameters = getattr(model, name).parameters()
        for weight, values in zip(parameters, given[name], strict=True):
            assert torch.allclose(weight.flatten(), torch.tensor(values), rtol=0, atol=CLOSE)
