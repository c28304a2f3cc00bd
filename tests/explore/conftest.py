from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset, load
from gan_course.explore import (
    ClassExplorer,
    CodeExplorer,
    CriticLab,
    GanLab,
    LatentExplorer,
    LatentPlane,
    SketchPad,
    shape_factors,
)
from gan_course.metrics import judge, read_shapes
from gan_course.models import (
    CGAN,
    DCGAN,
    GAN,
    VAE,
    WGANGP,
    CGANConfig,
    DCGANConfig,
    GANConfig,
    InfoGAN,
    InfoGANConfig,
    Pix2Pix,
    Pix2PixConfig,
    VAEConfig,
    WGANGPConfig,
)
from gan_course.training import fit

SMALL = GANConfig(hidden=(16,), batch_size=64, steps=50)


def picture_size(picture: bytes) -> tuple[int, int]:
    """Width and height of an SVG picture; fails for bytes that are none."""
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return int(root.attrib["width"]), int(root.attrib["height"])


def weights(network: torch.nn.Module) -> Tensor:
    return torch.nn.utils.parameters_to_vector(network.parameters()).detach().clone()


@pytest.fixture
def model() -> GAN:
    """A model that has begun to learn, so that its optimisers have a memory."""
    torch.manual_seed(0)
    model = GAN(SMALL)
    fit(model, load("gaussian"), steps=3)
    return model


@pytest.fixture
def lab(model: GAN) -> GanLab:
    return GanLab(model, load("gaussian"))


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load("digits")


@pytest.fixture
def explorer(digits: Dataset) -> LatentExplorer:
    torch.manual_seed(0)
    model = DCGAN(DCGANConfig(latent_dim=8, width=4))
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.mul_(10)  # an untrained generator's pictures are one even grey
    return LatentExplorer.of(model, digits)


@pytest.fixture
def classes() -> ClassExplorer:
    torch.manual_seed(0)
    model = CGAN(CGANConfig(latent_dim=8, width=4))
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.mul_(10)
    return ClassExplorer.of(model, judge().read)


@pytest.fixture(scope="session")
def vae_plane(digits: Dataset) -> LatentPlane:
    torch.manual_seed(0)
    config = VAEConfig(latent_dim=2, width=4)
    return LatentPlane({"VAE": VAE(config), "another VAE": VAE(config)}, digits)


@pytest.fixture
def sketch_pad() -> SketchPad:
    torch.manual_seed(0)
    model, x = Pix2Pix(Pix2PixConfig(width=4)), 2 * torch.rand(3, 3, 32, 32) - 1
    return SketchPad({"one": model, "another": model}, x, -x)


@pytest.fixture
def critic_lab() -> CriticLab:
    torch.manual_seed(0)
    return CriticLab(WGANGP(WGANGPConfig(hidden=(16,), batch_size=32, n_critic=2)), load("grid"))


def _louder(model: InfoGAN) -> InfoGAN:
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.mul_(10)
    return model


@pytest.fixture
def digit_codes() -> CodeExplorer:
    """Of ten categories and no code."""
    torch.manual_seed(0)
    return CodeExplorer.of(_louder(InfoGAN(InfoGANConfig(latent_dim=4, width=4))), judge().read)


@pytest.fixture
def shape_codes() -> CodeExplorer:
    """Of three codes and no category."""
    torch.manual_seed(0)
    model = _louder(InfoGAN(InfoGANConfig(latent_dim=4, categories=0, codes=3, width=4)))
    return CodeExplorer.of(model, lambda images: read_shapes(images).kinds, shape_factors())
