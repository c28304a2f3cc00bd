"""Penalties against closed forms: the gradient of a linear and of a quadratic discriminator is
known."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from gan_course.penalties import gradient_penalty, r1, slopes

SHAPES = [(1,), (3,), (1, 4, 4), (3, 2, 5)]


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_linear_discriminator_pays_half_the_square_of_its_weights_whatever_the_data(
    shape: tuple[int, ...],
) -> None:
    weight = drawn(*shape)
    penalty = r1(lambda x: (x * weight).flatten(1).sum(dim=1, keepdim=True), drawn(6, *shape))
    assert penalty.shape == ()
    torch.testing.assert_close(penalty, 0.5 * weight.square().sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_quadratic_discriminator_pays_half_the_mean_square_of_its_slope(
    shape: tuple[int, ...],
) -> None:
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


shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
numbers = st.integers(0, 10_000)


def random_tensor(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def a_critic(inputs: int, seed: int = 0) -> nn.Sequential:
    """Of smooth layers, for samples of any shape that hold `inputs` values."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Flatten(), nn.Linear(inputs, 6), nn.SiLU(), nn.Linear(6, 1)
        ).double()


@given(shapes, st.integers(1, 6), numbers)
def test_a_linear_critic_pays_the_square_of_what_its_slope_lacks_of_one(
    shape: tuple[int, ...], n: int, seed: int
) -> None:
    weight = random_tensor(seed, *shape)
    critic = lambda x: (x * weight).flatten(1).sum(dim=1, keepdim=True)  # noqa: E731
    real, fake = random_tensor(seed + 1, n, *shape), random_tensor(seed + 2, n, *shape)
    torch.testing.assert_close(slopes(critic, real), weight.norm().expand(n))
    torch.testing.assert_close(gradient_penalty(critic, real, fake), (weight.norm() - 1) ** 2)


@given(st.integers(1, 6), numbers)
def test_the_penalty_does_not_depend_on_how_values_are_laid_out(n: int, seed: int) -> None:
    critic, mixing = (
        a_critic(12, seed),
        torch.rand(n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)),
    )
    real, fake = random_tensor(seed, n, 12), random_tensor(seed + 1, n, 12)
    expected = gradient_penalty(critic, real, fake, mixing)
    for shape in ((1, 3, 4), (3, 2, 2), (12, 1, 1), (2, 6), (1, 12)):
        torch.testing.assert_close(
            gradient_penalty(critic, real.view(n, *shape), fake.view(n, *shape), mixing), expected
        )


@given(shapes, st.integers(1, 6), numbers)
def test_it_is_the_mean_over_samples_and_at_least_zero(
    shape: tuple[int, ...], n: int, seed: int
) -> None:
    critic = a_critic(torch.Size(shape).numel(), seed)
    real, fake, mixing = (
        random_tensor(seed, n, *shape),
        random_tensor(seed + 1, n, *shape),
        random_tensor(seed + 2, n).sigmoid(),
    )
    each = torch.stack(
        [
            gradient_penalty(critic, real[i : i + 1], fake[i : i + 1], mixing[i : i + 1])
            for i in range(n)
        ]
    )
    assert (each >= 0).all()
    torch.testing.assert_close(gradient_penalty(critic, real, fake, mixing), each.mean())


@pytest.mark.parametrize("shape", SHAPES)
def test_slopes_are_looked_at_between_each_sample_and_its_partner(shape: tuple[int, ...]) -> None:
    real, fake, mixing = (
        drawn(6, *shape),
        -2 * drawn(6, *shape),
        torch.linspace(0, 1, 6, dtype=torch.float64),
    )
    seen: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.square().flatten(1).sum(dim=1)

    penalty = gradient_penalty(critic, real, fake, mixing)
    (between,) = seen
    for i, epsilon in enumerate(mixing.tolist()):
        torch.testing.assert_close(between[i], epsilon * real[i] + (1 - epsilon) * fake[i])
    # The gradient of ‖x‖² is 2x.
    torch.testing.assert_close(penalty, (2 * between.flatten(1).norm(dim=1) - 1).square().mean())


def test_left_to_itself_it_draws_one_weight_a_sample_from_the_run_s_random_numbers() -> None:
    seen: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.flatten(1).sum(dim=1)

    for _ in range(2):
        torch.manual_seed(4)
        gradient_penalty(critic, torch.ones(500, 2, 3), torch.zeros(500, 2, 3))
    assert torch.equal(seen[0], seen[1])
    weights = seen[0].flatten(1)
    assert torch.equal(weights, weights[:, :1].expand(500, 6)), (
        "the values of one sample are mixed by different weights"
    )
    assert (weights.min() >= 0, weights.max() <= 1) == (True, True)
    assert weights[:, 0].mean().item() == pytest.approx(0.5, abs=0.06)
    assert weights[:, 0].std().item() == pytest.approx(12**-0.5, abs=0.03)


def test_the_penalty_can_be_differentiated_and_differentiated_again() -> None:
    critic, real, fake, mixing = (
        a_critic(2),
        drawn(4, 2),
        drawn(4, 2).flip(0),
        torch.rand(4, dtype=torch.float64),
    )

    def penalty(weight: Tensor) -> Tensor:
        return gradient_penalty(
            lambda x: torch.func.functional_call(critic, {"1.weight": weight}, x),
            real,
            fake,
            mixing,
        )

    assert torch.autograd.gradcheck(penalty, critic[1].weight)
    assert torch.autograd.gradgradcheck(penalty, critic[1].weight)


def test_a_flat_critic_pays_one_and_its_gradient_is_finite() -> None:
    weight = torch.zeros(3, requires_grad=True)
    penalty = gradient_penalty(lambda x: x @ weight, torch.randn(5, 3), torch.randn(5, 3))
    penalty.backward()
    assert penalty.item() == 1
    assert weight.grad is not None
    assert weight.grad.isfinite().all()


def test_the_penalty_teaches_the_critic_alone() -> None:
    critic, real, source = nn.Linear(3, 1), torch.randn(4, 3), torch.randn(4, 3, requires_grad=True)
    gradient_penalty(critic, real, 2 * source).backward()
    assert critic.weight.grad is not None
    assert source.grad is None
    assert not real.requires_grad


def test_batches_that_do_not_pair_up_are_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"as many fake samples as real ones, of one shape, got \(4, 3\) and \(5, 3\)",
    ):
        gradient_penalty(nn.Linear(3, 1), torch.zeros(4, 3), torch.zeros(5, 3))
    with pytest.raises(
        ValueError, match=r"one mixing weight for each sample, of shape \(4,\), got \(4, 1\)"
    ):
        gradient_penalty(nn.Linear(3, 1), torch.zeros(4, 3), torch.zeros(4, 3), torch.rand(4, 1))
