"""R1 against closed forms: the gradient of a linear and of a quadratic discriminator is known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gan_course.penalties import r1

SHAPES = [(1,), (3,), (1, 4, 4), (3, 2, 5)]


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_linear_discriminator_pays_half_the_square_of_its_weights_whatever_the_data(shape: tuple[int, ...]) -> None:
    weight = drawn(*shape)
    penalty = r1(lambda x: (x * weight).flatten(1).sum(dim=1, keepdim=True), drawn(6, *shape))
    assert penalty.shape == ()
    torch.testing.assert_close(penalty, 0.5 * weight.square().sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_quadratic_discriminator_pays_half_the_mean_square_of_its_slope(shape: tuple[int, ...]) -> None:
    real = drawn(6, *shape)
    # The gradient of 2 ‖x‖² is 4x.
    penalty = r1(lambda x: 2 * x.square().flatten(1).sum(dim=1), real)
    torch.testing.assert_close(penalty, 0.5 * (4 * real).square().flatten(1).sum(dim=1).mean())


def test_a_batch_seen_twice_pays_no_more() -> None:
    network, real = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).double(), drawn(4, 3)
    torch.testing.assert_close(r1(network, torch.cat([real, real])), r1(network, real))


def test_the_penalty_teaches_the_weights() -> None:
    weight = torch.tensor([3.0, -4.0], requires_grad=True)
    # ½‖w‖² has the gradient w.
    (gradient,) = torch.autograd.grad(r1(lambda x: x @ weight, torch.randn(5, 2)), weight)
    torch.testing.assert_close(gradient, weight.detach())


def test_the_gradient_of_the_penalty_is_that_of_finite_differences() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.Softplus(), nn.Linear(3, 1)).double()
    real = drawn(4, 2)

    def penalty(weight: Tensor) -> Tensor:
        return r1(lambda x: torch.func.functional_call(network, {"0.weight": weight}, x), real)

    assert torch.autograd.gradcheck(penalty, network[0].weight)


def test_the_real_batch_and_the_weights_gradients_are_left_as_they_were() -> None:
    network, real = nn.Linear(3, 1), torch.randn(4, 3)
    before = real.clone()
    r1(network, real)
    assert torch.equal(real, before)
    assert not real.requires_grad
    assert real.grad is None
    assert network.weight.grad is None
