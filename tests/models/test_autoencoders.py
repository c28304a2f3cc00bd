"""What VAE-GAN, AAE and AVB add to a VAE: how images are compared, and what their discriminators
learn to say."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest
import torch

from gan_course.data import Batch, load
from gan_course.likelihood import gaussian_log_density
from gan_course.models import AAE, AVB, VAEGAN, AAEConfig, AVBConfig, VAEGANConfig
from gan_course.nets.dcgan import ConvDiscriminator
from gan_course.training import fit

TINY = VAEGANConfig(latent_dim=3, width=4, batch_size=8, steps=4)


def images(n: int = 8, seed: int = 0) -> torch.Tensor:
    return 2 * torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed)) - 1


def vae_gan(**changes: object) -> VAEGAN:
    torch.manual_seed(0)
    return VAEGAN(replace(TINY, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("convolutions", "shape"), [(1, (4, 14, 14)), (2, (8, 7, 7))])
def test_features_of_the_first_convolutions_are_their_maps(
    convolutions: int, shape: tuple[int, ...]
) -> None:
    network = ConvDiscriminator((1, 28, 28), width=4).eval()
    maps = network.features(images(2), convolutions)
    assert maps.shape == (2, *shape)
    torch.testing.assert_close(network.body[2 * convolutions :](maps), network(images(2)))


def test_images_are_unlike_by_half_the_squared_difference_of_their_features() -> None:
    model, real, again = vae_gan(), images(8), images(8, seed=1)
    with model.evaluating():
        assert model.unlike(real, real) == 0
        unlike = model.unlike(again, real)
        a, b = (model.discriminator.features(x, model.config.layer) for x in (again, real))
    by_hand = sum(((a[i] - b[i]) ** 2).sum() / 2 for i in range(8)) / 8
    torch.testing.assert_close(unlike, by_hand)


def test_gamma_weighs_what_the_decoder_learns_and_nothing_else() -> None:
    record = {}
    for gamma in (0.0, 1.0):
        torch.manual_seed(0)
        record[gamma] = vae_gan(gamma=gamma).step(Batch(images()))
    for name in ("discriminator", "decoder", "gradient_norm_d"):
        assert record[0.0][name] == record[1.0][name], name
    assert record[0.0]["gradient_norm_g"] != record[1.0]["gradient_norm_g"]


def test_the_encoder_hears_nothing_of_what_looks_real() -> None:
    """Its gradient is that of the features' difference and the KL divergence alone."""
    model = vae_gan(kl_weight=0.0)
    model.encoder_step(images())
    with_adversary = [p.grad.clone() for p in model.encoder.parameters() if p.grad is not None]
    model = vae_gan(kl_weight=0.0, loss="least_squares")
    model.encoder_step(images())
    for p, other in zip(model.encoder.parameters(), with_adversary, strict=True):
        assert p.grad is not None
        torch.testing.assert_close(p.grad, other)
    assert all(p.grad is None for p in model.decoder.parameters())


def test_the_adversary_of_an_aae_brings_its_codes_to_the_prior() -> None:
    digits, far = load("digits"), {}
    for rate in (1e-9, 1e-3):
        torch.manual_seed(0)
        model = AAE(AAEConfig(latent_dim=2, width=4, batch_size=64, steps=150, lr_e=rate))
        fit(model, digits, seed=0)
        with model.evaluating():
            z = model.code(digits.held_out.x[:1000])
        far[rate] = abs(z.square().mean().log().item())  # 0 where the mean square is the prior's
    assert far[1e-3] < far[1e-9] / 2


def test_the_score_of_an_avb_is_the_log_ratio_of_posterior_and_prior() -> None:
    """Proposition 1 of Mescheder et al. 2017, for a posterior that is known: N(1, ½²)."""
    torch.manual_seed(0)
    model = AVB(AVBConfig(latent_dim=1, width=4, batch_size=256, steps=300, lr_d=3e-3))
    x = torch.zeros(256, 1, 28, 28)
    for _ in range(model.config.steps):
        model.discriminator_step(x, 1 + torch.randn(256, 1) / 2)
        model.schedule_d.step()
    z = torch.linspace(-0.25, 2.25, 256)[:, None]
    with model.evaluating():
        score = model.discriminator(x, z).flatten()
    ratio = gaussian_log_density(z, 1.0, 2 * log(0.5)) - gaussian_log_density(z)
    assert (score - ratio).abs().mean() < 0.2
    assert (ratio.mean() - ratio).abs().mean() > 0.5  # what the best constant would miss
