from __future__ import annotations

import pytest
import torch
from torch import nn

from gan_course.nets import MLPDiscriminator, MLPGenerator, mlp

SHAPES = pytest.mark.parametrize("shape", [(1,), (2,), (1, 28, 28), (3, 32, 32)])


@SHAPES
def test_the_generator_maps_noise_to_samples_and_the_discriminator_these_to_logits(
    shape: tuple[int, ...],
) -> None:
    generator, discriminator = (
        MLPGenerator(5, shape, hidden=(8,)),
        MLPDiscriminator(shape, hidden=(8, 4)),
    )
    x = generator(torch.randn(7, 5))
    assert x.shape == (7, *shape)
    assert discriminator(x).shape == (7, 1)


def test_an_mlp_is_linear_layers_with_silu_between_and_nothing_after_the_last() -> None:
    layers = mlp([3, 4, 2])
    assert [type(layer) for layer in layers] == [nn.Linear, nn.SiLU, nn.Linear]
    x = torch.randn(5, 3)
    hidden = x @ layers[0].weight.T + layers[0].bias
    torch.testing.assert_close(
        layers(x), (hidden * hidden.sigmoid()) @ layers[2].weight.T + layers[2].bias
    )


def test_another_activation_takes_the_place_of_silu_and_draws_the_same_weights() -> None:
    def drawn(activation: type[nn.Module]) -> nn.Sequential:
        torch.manual_seed(0)
        return mlp([3, 4, 4, 2], activation)

    kinds = [type(layer) for layer in drawn(nn.ReLU)]
    assert kinds == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    assert all(
        torch.equal(p, q)
        for p, q in zip(drawn(nn.ReLU).parameters(), drawn(nn.SiLU).parameters(), strict=True)
    )
    assert nn.ReLU in [
        type(layer) for layer in MLPGenerator(5, (2,), hidden=(8,), activation=nn.ReLU).body
    ]


def test_images_lie_in_minus_one_to_one_and_points_are_unbounded() -> None:
    z = 1000 * torch.randn(64, 5)
    assert MLPGenerator(5, (1, 4, 4))(z).abs().max() <= 1
    assert MLPGenerator(5, (2,))(z).abs().max() > 1


@pytest.mark.parametrize("wrong", [(7, 6), (7, 5, 1), (5,)])
def test_latent_vectors_of_the_wrong_shape_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError,
        match=rf"expected latent vectors of shape \(N, 5\), got \({', '.join(map(str, wrong))}",
    ):
        MLPGenerator(5, (1,))(torch.zeros(wrong))


def test_samples_of_the_wrong_shape_are_refused_by_their_name() -> None:
    with pytest.raises(ValueError, match=r"expected points of shape \(N, 1\), got \(4, 2\)"):
        MLPDiscriminator((1,))(torch.zeros(4, 2))
    with pytest.raises(
        ValueError, match=r"expected images of shape \(N, 1, 28, 28\), got \(64, 28, 28\)"
    ):
        MLPDiscriminator((1, 28, 28))(torch.zeros(64, 28, 28))


def test_integers_are_refused() -> None:
    with pytest.raises(TypeError, match=r"expected points of a floating type, got torch.int64"):
        MLPDiscriminator((2,))(torch.zeros(4, 2, dtype=torch.int64))
