"""Adversarial losses against values and gradients worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gan_course import losses
from gan_course.losses import AdversarialLoss

PAIRS = {
    "minimax": losses.minimax,
    "non_saturating": losses.non_saturating,
    "least_squares": losses.least_squares,
    "hinge": losses.hinge,
    "wasserstein": losses.wasserstein,
}
LOG2, LOG4 = math.log(2), math.log(4)
# The logits log 3 and -log 3 are the probabilities 3/4 and 1/4, so the logarithms below are those
# of small fractions.
LOG3 = math.log(3)

# Pair, logits of real, logits of fake, the discriminator's loss, the generator's: all by hand.
BY_HAND = [
    ("minimax", [0.0], [0.0], 2 * LOG2, -LOG2),
    ("minimax", [LOG3], [-LOG3], 2 * math.log(4 / 3), -math.log(4 / 3)),
    ("minimax", [-LOG3, LOG3], [LOG3, LOG3], (LOG4 + math.log(4 / 3)) / 2 + LOG4, -LOG4),
    ("non_saturating", [0.0], [0.0], 2 * LOG2, LOG2),
    ("non_saturating", [LOG3], [-LOG3], 2 * math.log(4 / 3), LOG4),
    (
        "non_saturating",
        [LOG3],
        [LOG3, -LOG3],
        math.log(4 / 3) + (LOG4 + math.log(4 / 3)) / 2,
        (LOG4 + math.log(4 / 3)) / 2,
    ),
    ("least_squares", [1.0], [0.0], 0.0, 0.5),
    ("least_squares", [3.0, 0.0], [2.0, -1.0], 0.5 * 2.5 + 0.5 * 2.5, 0.5 * 2.5),
    ("hinge", [1.0, 5.0], [-1.0, -7.0], 0.0, 4.0),
    ("hinge", [0.0, 3.0], [0.0, -3.0, 2.0], 0.5 + 4 / 3, 1 / 3),
    ("wasserstein", [1.0, 3.0], [-2.0, 6.0], 0.0, -2.0),
    ("wasserstein", [4.0], [1.0], -3.0, -1.0),
]


@pytest.mark.parametrize(("name", "real", "fake", "discriminator", "generator"), BY_HAND)
def test_losses_have_the_values_worked_out_by_hand(
    name: str, real: list[float], fake: list[float], discriminator: float, generator: float
) -> None:
    pair = PAIRS[name]
    found = (
        pair.discriminator(torch.tensor(real), torch.tensor(fake)),
        pair.generator(torch.tensor(fake)),
    )
    assert [value.shape for value in found] == [(), ()]
    assert [value.item() for value in found] == pytest.approx([discriminator, generator], abs=1e-6)


def sigmoid(a: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-a))


# The derivative of one sample's loss by its own logit a: for real and for fake in the
# discriminator's loss, for fake in the generator's.
Derivative = Callable[[Tensor], Tensor]
DERIVATIVES: dict[str, tuple[Derivative, Derivative, Derivative]] = {
    "minimax": (lambda a: sigmoid(a) - 1, sigmoid, lambda a: -sigmoid(a)),
    "non_saturating": (lambda a: sigmoid(a) - 1, sigmoid, lambda a: sigmoid(a) - 1),
    "least_squares": (lambda a: a - 1, lambda a: a, lambda a: a - 1),
    "hinge": (lambda a: -(a < 1).to(a), lambda a: (a > -1).to(a), lambda a: -torch.ones_like(a)),
    "wasserstein": (lambda a: -torch.ones_like(a), torch.ones_like, lambda a: -torch.ones_like(a)),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("shape", [(7,), (7, 1), (2, 1, 3, 3)])
def test_gradients_by_the_logits_are_the_derivatives_worked_out_by_hand(
    name: str, shape: tuple[int, ...]
) -> None:
    generator = torch.Generator().manual_seed(1)
    real, fake = (
        3 * torch.randn(shape, dtype=torch.float64, generator=generator) for _ in range(2)
    )
    real.requires_grad_()
    fake.requires_grad_()
    pair, (by_real, by_fake, by_drawn) = PAIRS[name], DERIVATIVES[name]
    found_real, found_fake = torch.autograd.grad(pair.discriminator(real, fake), (real, fake))
    (found_drawn,) = torch.autograd.grad(pair.generator(fake), fake)
    # The loss is a mean, so each sample has its share of 1/N.
    torch.testing.assert_close(found_real, by_real(real.detach()) / real.numel())
    torch.testing.assert_close(found_fake, by_fake(fake.detach()) / fake.numel())
    torch.testing.assert_close(found_drawn, by_drawn(fake.detach()) / fake.numel())


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("logit", [-1e4, -100.0, 100.0, 1e4])
def test_values_and_gradients_are_finite_in_float32_however_sure_the_discriminator(
    name: str, logit: float
) -> None:
    real, fake = (torch.full((4, 1), sign * logit, requires_grad=True) for sign in (1, -1))
    for loss, inputs in (
        (PAIRS[name].discriminator(real, fake), (real, fake)),
        (PAIRS[name].generator(fake), (fake,)),
    ):
        assert loss.isfinite()
        assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(loss, inputs))


def test_cross_entropy_at_a_logit_of_minus_100_is_100() -> None:
    sure_and_wrong = losses.minimax.discriminator(torch.tensor([-100.0]), torch.tensor([100.0]))
    assert sure_and_wrong.item() == pytest.approx(200)
    assert losses.non_saturating.generator(torch.tensor([-100.0])).item() == pytest.approx(100)


def test_minimax_gives_a_rejected_sample_no_gradient_where_non_saturating_gives_its_largest() -> (
    None
):
    def slope(pair: AdversarialLoss, logit: float) -> float:
        fake = torch.tensor([logit], requires_grad=True)
        return torch.autograd.grad(pair.generator(fake), fake)[0].item()

    assert slope(losses.minimax, 0.0) == slope(losses.non_saturating, 0.0) == -0.5
    assert abs(slope(losses.minimax, -20.0)) < 1e-8
    assert slope(losses.non_saturating, -20.0) == pytest.approx(-1)


@pytest.mark.parametrize("name", PAIRS)
def test_losses_change_neither_their_inputs_nor_any_gradient(name: str) -> None:
    real, fake = (
        torch.linspace(-2, 2, 5, requires_grad=True),
        torch.linspace(-1, 3, 5, requires_grad=True),
    )
    before = real.detach().clone(), fake.detach().clone()
    random_state = torch.get_rng_state()
    PAIRS[name].discriminator(real, fake)
    PAIRS[name].generator(fake)
    assert torch.equal(real, before[0])
    assert torch.equal(fake, before[1])
    assert real.grad is None
    assert fake.grad is None
    assert torch.equal(torch.get_rng_state(), random_state)


@pytest.mark.parametrize("name", PAIRS)
def test_a_configuration_names_its_loss(name: str) -> None:
    assert losses.by_name(name) is PAIRS[name]


def test_an_unknown_loss_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no loss 'hnge' .*did you mean 'hinge'"):
        losses.by_name("hnge")
