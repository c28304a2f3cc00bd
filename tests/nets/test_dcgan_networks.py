from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from gan_course.nets import ConvDiscriminator, ConvGenerator

SHAPES = [(channels, side, side) for channels in (1, 3) for side in (28, 32, 64)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_generator_draws_images_and_the_discriminator_gives_each_a_logit(
    shape: tuple[int, ...],
) -> None:
    x = ConvGenerator(5, shape, width=4)(torch.randn(3, 5))
    assert x.shape == (3, *shape)
    assert x.abs().max() <= 1
    assert ConvDiscriminator(shape, width=4)(x).shape == (3, 1)


@pytest.mark.parametrize("side", [28, 32, 64])
def test_the_finest_maps_of_both_networks_have_width_channels(side: int) -> None:
    last = [
        layer
        for layer in ConvGenerator(5, (3, side, side), width=6).modules()
        if isinstance(layer, nn.Conv2d)
    ][-1]
    first = next(
        layer
        for layer in ConvDiscriminator((3, side, side), width=6).modules()
        if isinstance(layer, nn.Conv2d)
    )
    assert (last.in_channels, last.out_channels) == (6, 3)
    assert (first.in_channels, first.out_channels) == (3, 6)


def as_matrix(layer: nn.Conv2d | nn.Linear) -> Tensor:
    """The weight as Miyato et al. 2018 normalise it: output channels by everything else."""
    return layer.weight.detach().flatten(1)


def weighted(network: nn.Module) -> list[nn.Conv2d | nn.Linear]:
    return [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]


def test_spectral_norm_bounds_the_largest_singular_value_of_every_layer_by_one() -> None:
    network = ConvDiscriminator((1, 28, 28), width=8)
    with torch.no_grad():
        for layer in weighted(network):
            # far from where the estimate began
            layer.parametrizations.weight.original.mul_(20).add_(0.3)
        for _ in range(100):
            network(torch.zeros(1, 1, 28, 28))  # each call in training mode improves the estimate
    network.eval()
    gains = [torch.linalg.matrix_norm(as_matrix(layer), 2).item() for layer in weighted(network)]
    assert len(gains) == 4
    assert gains == pytest.approx([1.0] * 4, abs=1e-2)


def test_without_spectral_norm_the_weights_are_free() -> None:
    network = ConvDiscriminator((1, 28, 28), width=8, spectral_norm=False)
    assert not any(is_parametrized(layer) for layer in weighted(network))


def test_batch_norm_can_be_left_out_of_the_generator() -> None:
    def norms(generator: nn.Module) -> int:
        return sum(isinstance(layer, nn.BatchNorm2d) for layer in generator.modules())

    assert norms(ConvGenerator(5, (1, 28, 28), width=4)) == 3
    assert norms(ConvGenerator(5, (1, 28, 28), width=4, batch_norm=False)) == 0


def test_a_sigmoid_output_cannot_reach_values_below_zero() -> None:
    z = torch.randn(16, 5)
    assert ConvGenerator(5, (1, 28, 28), width=4, output="sigmoid")(z).min() >= 0
    assert ConvGenerator(5, (1, 28, 28), width=4)(z).min() < 0


def test_an_unknown_output_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"there is no output 'tahn' \(did you mean 'tanh'\?\)"):
        ConvGenerator(5, (1, 28, 28), output="tahn")


@pytest.mark.parametrize("shape", [(1, 30, 30), (0, 28, 28), (1, 28, 32), (28, 28), (1,)])
def test_images_the_networks_are_not_built_for_are_refused(shape: tuple[int, ...]) -> None:
    for build in (lambda: ConvGenerator(5, shape), lambda: ConvDiscriminator(shape)):
        with pytest.raises(
            ValueError,
            match=r"expected images of shape \(channels, side, side\) with a side of 28, 32 or 64, "
            r"got",
        ):
            build()


def test_a_latent_vector_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected latent vectors of shape \(N, 5\), got \(3, 6\)"
    ):
        ConvGenerator(5, (1, 28, 28), width=4)(torch.zeros(3, 6))


def test_images_of_another_shape_or_type_are_refused() -> None:
    network = ConvDiscriminator((1, 28, 28), width=4)
    with pytest.raises(
        ValueError, match=r"expected images of shape \(N, 1, 28, 28\), got \(64, 28, 28\)"
    ):
        network(torch.zeros(64, 28, 28))
    with pytest.raises(TypeError, match=r"expected images of a floating type, got torch.uint8"):
        network(torch.zeros(2, 1, 28, 28, dtype=torch.uint8))
