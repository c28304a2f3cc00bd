"""Every model that declares a latent space is explored by it, and no other is."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.explore import LatentExplorer
from gan_course.models import (
    CGAN,
    DCGAN,
    DDPM,
    GAN,
    CGANConfig,
    CycleGAN,
    DCGANConfig,
    GANConfig,
    InfoGAN,
    InfoGANConfig,
    LatentDiffusion,
    Model,
    Pix2Pix,
)
from tests.contracts.conftest import MODELS, small
from tests.families.autoencoder import Autoencoder

# Those that draw images from a vector; the last is a family that the course does not have.
DECLARE = (
    *("gan", "dcgan", "wgan", "wgan_gp", "cgan", "infogan"),
    *("vae", "vae_gan", "aae", "avb", "autoencoder"),
)


def built(name: str) -> Model[Any]:
    """A small one, of images; its weights are the same each time."""
    entry = MODELS[name]
    torch.manual_seed(0)
    return entry.kind(small(entry.configuration(), shape=(1, 28, 28)))


@pytest.mark.parametrize("name", DECLARE)
def test_a_model_that_declares_a_latent_space_is_explored(name: str) -> None:
    model = built(name)
    explorer = LatentExplorer.of(model)
    z, latent = explorer.latent(5), model.latent()
    assert latent is not None
    told = [torch.zeros(1, dtype=torch.int64)] if latent.kinds else []
    with model.evaluating():
        torch.testing.assert_close(explorer.images(z), latent.draw(z, *told))
    for view in explorer.views():
        assert explorer.show(view.key, view.values).alt


def test_a_model_is_explored_in_eval_mode() -> None:
    class Forgetful(Autoencoder):
        def __init__(self) -> None:
            super().__init__()
            self.dropout = torch.nn.Dropout()

        def decode(self, z: Tensor) -> Tensor:
            return super().decode(self.dropout(z))

    model = Forgetful()
    explorer = LatentExplorer.of(model)
    z = explorer.latent(0)
    assert torch.equal(explorer.images(z), explorer.images(z))
    assert model.dropout.training


def test_the_chosen_class_is_drawn_in_every_view() -> None:
    torch.manual_seed(0)
    model = CGAN(CGANConfig(latent_dim=4, width=4))
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.mul_(10)
    explorer = LatentExplorer.of(model)
    with model.evaluating():
        wanted = model.ema(explorer.latent(1), torch.tensor([7]))
    for view in explorer.views():
        label = view.controls[0].as_data()
        assert (label["label"], len(label["options"]), label["value"]) == ("class", 10, 0)
        assert explorer.show(view.key, view.values | {"kind": 7}) != explorer.show(
            view.key, view.values
        )
    explorer.choose(7)
    torch.testing.assert_close(explorer.images(explorer.latent(1)), wanted)
    with pytest.raises(ValueError, match="a class, a whole number from 0 to 9, got 10"):
        explorer.choose(10)


def test_directions_are_those_of_all_classes_together() -> None:
    # Of kind 0 the first coordinate is drawn, of kind 1 the second: neither is stronger.
    explorer = LatentExplorer(
        lambda z, kind: (z * torch.eye(2)[kind]).sum(1).view(-1, 1, 1, 1).expand(-1, 1, 4, 4),
        2,
        what="kind",
        kinds=2,
    )
    torch.testing.assert_close(explorer.gains, torch.ones(2))
    assert explorer.kind == 0


def test_a_category_is_drawn_with_all_codes_at_0() -> None:
    torch.manual_seed(0)
    model = InfoGAN(InfoGANConfig(latent_dim=4, categories=3, codes=2, width=4))
    explorer = LatentExplorer.of(model)
    assert explorer.views()[0].controls[0].label == "category"
    explorer.choose(2)
    with model.evaluating():
        torch.manual_seed(0)
        wanted = model.sample(1, category=2, code={0: 0.0, 1: 0.0})
        torch.manual_seed(0)
        z = model.noise(1)[:, :4]
    torch.testing.assert_close(explorer.images(z), wanted)


@pytest.mark.parametrize("kind", [Pix2Pix, CycleGAN, DDPM, LatentDiffusion])
def test_a_model_without_a_latent_space_is_refused(kind: type[Model[Any]]) -> None:
    with pytest.raises(ValueError, match=f"a {kind.__name__} has no latent space to explore"):
        LatentExplorer.of(kind())


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda: GAN(GANConfig(shape=(2,))), r"this GAN draws samples of shape \(2,\)"),
        (lambda: GAN(GANConfig(shape=(2, 9, 9))), r"this GAN draws samples of shape \(2, 9, 9\)"),
        (lambda: GAN(GANConfig(shape=(1, 129, 4))), "sides of at most 128 pixels"),
        (lambda: DCGAN(DCGANConfig(latent_dim=513, width=2)), "most 512 dimensions, this .* 513"),
    ],
)
def test_a_model_of_a_size_that_cannot_be_shown_is_refused(model: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LatentExplorer.of(model())
