"""The variational autoencoder: its bound, its warm-up, and how grey becomes black or white."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from gan_course.data import Batch, Dataset, Split, load
from gan_course.likelihood import importance_bound
from gan_course.models import VAE, VAEConfig
from gan_course.nets.vae import ConvDecoder
from gan_course.training import fit

SMALL = VAEConfig(latent_dim=4, width=4, batch_size=32, steps=60, lr=4e-3)


def built(**changes: object) -> VAE:
    torch.manual_seed(0)
    return VAE(replace(SMALL, **changes))  # type: ignore[arg-type]


def test_its_bound_on_new_digits_rises_with_training() -> None:
    digits, model = load("digits"), built()
    white = model.binary(digits.held_out.x[:500])

    def bound() -> float:
        with model.evaluating():
            log_likelihood, kl = model.bound(white)
        return float((log_likelihood - kl.sum(1)).mean())

    before = bound()
    history = fit(model, digits, seed=0)
    assert bound() > before + 200
    for step in (0, -1):
        parts = history["reconstruction"][step] + history["kl"][step]
        assert history["negative_elbo"][step] == pytest.approx(parts, rel=1e-5)


def test_more_draws_give_a_higher_bound() -> None:
    digits, model = load("digits"), built()
    fit(model, digits, seed=0)
    white = model.binary(digits.held_out.x[:200])
    with model.evaluating():
        log_likelihood, kl = model.bound(white)
        weights = model.log_weights(white, 20)
    elbo = (log_likelihood - kl.sum(1)).mean().item()
    assert weights.mean().item() == pytest.approx(elbo, abs=2)
    assert importance_bound(weights).mean().item() > elbo + 0.5


def test_the_weight_of_the_kl_rises_with_the_warm_up_and_stays() -> None:
    model, batch = built(beta=2.0, warm_up=0.5, steps=8), load("digits").batch(0, 32, 0)
    weights = []
    for _ in range(8):
        weights.append(model.beta())
        model.step(batch)
    assert weights == pytest.approx([0, 0.5, 1, 1.5, 2, 2, 2, 2])


def test_grey_becomes_black_or_white_as_the_configuration_says() -> None:
    grey = torch.tensor([-1.0, -0.2, 0.2, 1.0]).expand(5000, 1, 1, 4)
    assert built().binary(grey)[0].flatten().tolist() == [0, 0, 1, 1]
    torch.testing.assert_close(
        built(binarise="never").binary(grey)[0].flatten(), torch.tensor([0, 0.4, 0.6, 1])
    )
    drawn = built(binarise="draw").binary(grey)
    assert set(drawn.unique().tolist()) == {0, 1}
    torch.testing.assert_close(
        drawn.mean(dim=0).flatten(), torch.tensor([0, 0.4, 0.6, 1]), atol=0.03, rtol=0
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("latent_dim", 0, "latent_dim must be a whole number from 1 to .*, got 0"),
        ("beta", -0.5, "beta must be a number from 0 to .*, got -0.5"),
        ("beta", math.nan, "beta must be a number from 0 to .*, got nan"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(name: str, value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        built(**{name: value})


def test_an_images_code_is_the_mean_of_the_posterior_that_it_was_trained_with() -> None:
    model, x = built(), load("digits").held_out.x[:3]
    mean, _ = model.encode((x > 0).float())
    assert torch.equal(model.code(x), mean)
    assert model.decode(model.code(x)).shape == x.shape


def test_images_of_another_shape_than_it_was_built_for_are_refused() -> None:
    with pytest.raises(ValueError, match=r"images of shape \(N, 1, 28, 28\), got \(2, 3, 28, 28\)"):
        built().bound(torch.zeros(2, 3, 28, 28))


def test_colour_pictures_are_refused_by_a_model_for_grey_ones_before_it_learns() -> None:
    colours = Split(torch.zeros(8, 3, 28, 28))
    with pytest.raises(ValueError, match=r"VAEConfig has shape = \(1, 28, 28\), and the data have"):
        fit(built(), Dataset("colours", colours, colours, credit=""), steps=1)


def test_a_decoder_that_draws_another_shape_than_the_data_is_refused() -> None:
    model = built()
    model.decoder = ConvDecoder(4, (1, 32, 32), 4)
    with pytest.raises(
        ValueError, match=r"of the shape of the data, \(2, 1, 28, 28\), got \(2, 1, 3"
    ):
        model.step(Batch(torch.zeros(2, 1, 28, 28)))
