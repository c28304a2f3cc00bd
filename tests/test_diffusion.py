"""Schedules, steps and samplers against `diffusers`, Bayes' rule and closed forms.

Oracles: diffusers' DDPMScheduler with variance_type "fixed_small", and DDIMScheduler with
timestep_spacing "trailing", set_alpha_to_one and, where we clip, clip_sample with
use_clipped_model_output. It takes one time for a whole batch. Its single-precision ᾱ loses 1e-4 of
x at t = 1, where 1 - ᾱ is small: steps are compared in double precision, with our ᾱ in its table.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from torch import Tensor

from gan_course import diffusion
from gan_course.diffusion import PREDICTIONS, Schedule, cosine_schedule, linear_schedule

THEIRS = {"noise": "epsilon", "image": "sample", "velocity": "v_prediction"}
SCHEDULES = {"linear": linear_schedule, "squaredcos_cap_v2": cosine_schedule}
EACH_SCHEDULE = pytest.mark.parametrize("name", SCHEDULES)
EACH_KIND = pytest.mark.parametrize("kind", PREDICTIONS)
CLIPPED = pytest.mark.parametrize("clip", [False, True])


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def at(t: int, n: int = 3) -> Tensor:
    return torch.full((n,), t)


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0, check_dtype=False)


def x_t_and_prediction(schedule: Schedule, kind: str, t: int) -> tuple[Tensor, Tensor]:
    """A noised picture, and a prediction that is about right."""
    x0, noise = drawn(3, 1, 4, 4).double(), drawn(3, 1, 4, 4, seed=1).double()
    right = diffusion.target(schedule, kind, x0, noise, at(t))
    return diffusion.q_sample(schedule, x0, at(t), noise), right


@EACH_SCHEDULE
def test_schedules_and_the_jump_to_any_time_are_those_of_diffusers(name: str) -> None:
    ours, theirs = SCHEDULES[name](), DDPMScheduler(1000, beta_schedule=name)
    close(ours.betas, theirs.betas)
    close(ours.alphas_bar, theirs.alphas_cumprod)
    x0, noise, t = drawn(4, 1, 8, 8), drawn(4, 1, 8, 8, seed=1), torch.tensor([0, 10, 500, 999])
    close(diffusion.q_sample(ours, x0, t, noise), theirs.add_noise(x0, noise, t))
    close(diffusion.target(ours, "velocity", x0, noise, t), theirs.get_velocity(x0, noise, t))


@EACH_SCHEDULE
@EACH_KIND
@CLIPPED
def test_a_ddpm_step_is_that_of_diffusers(name: str, kind: str, clip: bool) -> None:
    ours = SCHEDULES[name]()
    theirs = DDPMScheduler(1000, beta_schedule=name, prediction_type=THEIRS[kind], clip_sample=clip)
    theirs.alphas_cumprod = ours.alphas_bar
    for t in (0, 1, 300, 700, 999):
        x_t, prediction = x_t_and_prediction(ours, kind, t)
        noise = torch.empty_like(x_t).normal_(generator=torch.Generator().manual_seed(7))
        generator = torch.Generator().manual_seed(7)
        stepped = theirs.step(prediction, t, x_t, generator=generator).prev_sample
        close(diffusion.ddpm_step(ours, kind, prediction, x_t, at(t), noise, clip), stepped)


@EACH_SCHEDULE
@EACH_KIND
@CLIPPED
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_a_ddim_step_is_that_of_diffusers(name: str, kind: str, clip: bool, eta: float) -> None:
    ours = SCHEDULES[name]()
    theirs = DDIMScheduler(
        1000,
        beta_schedule=name,
        prediction_type=THEIRS[kind],
        clip_sample=clip,
        timestep_spacing="trailing",
    )
    theirs.alphas_cumprod = ours.alphas_bar
    theirs.set_timesteps(50)
    times = diffusion.spaced(1000, 50)
    assert times == theirs.timesteps.tolist()
    for i in (0, 10, 30, 49):
        t, t_next = times[i], [*times, -1][i + 1]
        x_t, prediction = x_t_and_prediction(ours, kind, t)
        noise = drawn(*x_t.shape, seed=3).double()
        stepped = theirs.step(
            prediction, t, x_t, eta, use_clipped_model_output=clip, variance_noise=noise
        ).prev_sample
        step = diffusion.ddim_step(ours, kind, prediction, x_t, at(t), at(t_next), eta, noise, clip)
        close(step, stepped)


def test_a_ddim_step_with_all_its_noise_is_a_ddpm_step() -> None:
    schedule, noise = cosine_schedule(), drawn(3, 1, 4, 4, seed=5)
    for t in (0, 1, 500):
        x_t, prediction = x_t_and_prediction(schedule, "velocity", t)
        close(
            diffusion.ddim_step(
                schedule, "velocity", prediction, x_t, at(t), at(t - 1), 1.0, noise
            ),
            diffusion.ddpm_step(schedule, "velocity", prediction, x_t, at(t), noise),
        )


def test_many_small_steps_have_the_moments_of_one_jump() -> None:
    """Each step is linear in x and the noise: a mean and a variance are carried through exactly."""
    schedule = linear_schedule(200)
    mean, variance = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1)
    zero, one = torch.zeros(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)
    for t in range(200):
        mean = diffusion.q_step(schedule, mean, at(t, 1), zero)
        spread = diffusion.q_step(schedule, one, at(t, 1), zero)
        fresh = diffusion.q_step(schedule, zero, at(t, 1), one)
        variance = spread.square() * variance + fresh.square()
        torch.testing.assert_close(mean, diffusion.q_sample(schedule, one, at(t, 1), zero))
        jump = diffusion.q_sample(schedule, zero, at(t, 1), one)
        torch.testing.assert_close(variance, jump.square())


@pytest.mark.parametrize("t", [1, 60, 199])
def test_the_posterior_is_that_of_bayes_rule(t: int) -> None:
    """q(x_{t-1} | x_t, x₀) ∝ q(x_t | x_{t-1}) q(x_{t-1} | x₀), by quadrature on a line."""
    schedule, x0, x_t = linear_schedule(200), 0.7, -0.3
    grid = torch.linspace(-9, 9, 400_001, dtype=torch.float64)
    bar, beta = schedule.alphas_bar[t - 1], schedule.betas[t]
    log = -((grid - bar.sqrt() * x0) ** 2) / (2 * (1 - bar))
    log -= (x_t - (1 - beta).sqrt() * grid) ** 2 / (2 * beta)
    weights = log.softmax(dim=0)
    expected = (weights * grid).sum()
    mean, variance = diffusion.posterior(
        schedule,
        torch.full_like(grid[:1, None], x0),
        torch.full_like(grid[:1, None], x_t),
        at(t, 1),
    )
    assert mean.item() == pytest.approx(expected.item(), abs=1e-8)
    squares = (weights * (grid - expected).square()).sum()
    assert variance.item() == pytest.approx(squares.item(), abs=1e-8)


@EACH_KIND
def test_every_prediction_says_the_same_picture_and_noise(kind: str) -> None:
    schedule, t = cosine_schedule(), torch.tensor([0, 400, 900])
    x0, noise = drawn(3, 2).double(), drawn(3, 2, seed=1).double()
    x_t = diffusion.q_sample(schedule, x0, t, noise)
    said = diffusion.target(schedule, kind, x0, noise, t)
    torch.testing.assert_close(diffusion.as_image(schedule, kind, said, x_t, t), x0)
    torch.testing.assert_close(diffusion.as_noise(schedule, kind, said, x_t, t), noise)


MEANS, WEIGHTS, SCALE = torch.tensor([[-2.0], [1.0]]), torch.tensor([0.3, 0.7]), 0.2


def perfect(schedule: Schedule) -> diffusion.Denoise:
    return lambda x_t, t: diffusion.exact_noise(schedule, MEANS, SCALE, WEIGHTS, x_t, t)


def test_the_exact_noise_is_the_slope_of_the_log_density() -> None:
    schedule, x = cosine_schedule(100), torch.linspace(-3, 3, 50).double().requires_grad_()
    for moment in (3, 50, 90):
        bar = schedule.alphas_bar[moment]
        variance = bar * SCALE**2 + 1 - bar
        away = x[:, None] - bar.sqrt() * MEANS[:, 0]
        log = (WEIGHTS.log() - away**2 / (2 * variance)).logsumexp(dim=1)
        (score,) = torch.autograd.grad(log.sum(), x)
        found = perfect(schedule)(x.detach()[:, None], at(moment, 50))[:, 0]
        torch.testing.assert_close(found, -(1 - bar).sqrt() * score)


@pytest.mark.parametrize(("eta", "count"), [(0.0, 50), (1.0, 200)])
def test_with_the_exact_noise_a_sampler_draws_the_mixture(eta: float, count: int) -> None:
    """8,000 samples: the share of the left bell to 4 standard errors, its moments likewise."""
    schedule, generator = cosine_schedule(), torch.Generator().manual_seed(3)
    start = drawn(8000, 1, seed=2)
    x = diffusion.sample(
        perfect(schedule), schedule, "noise", start, count, eta, generator=generator
    )
    left = x[x < -0.5]
    assert len(left) / 8000 == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 8000))
    assert left.mean().item() == pytest.approx(-2, abs=0.02)
    assert left.std().item() == pytest.approx(0.2, abs=0.02)


def test_a_path_holds_every_step_and_may_begin_half_way() -> None:
    schedule, start = cosine_schedule(), drawn(5, 1)
    path = diffusion.sample(perfect(schedule), schedule, "noise", start, 7, path=True)
    assert path.shape == (8, 5, 1)
    assert torch.equal(path[0], start)
    assert torch.equal(path[-1], diffusion.sample(perfect(schedule), schedule, "noise", start, 7))
    seen: list[int] = []

    def watching(x_t: Tensor, t: Tensor) -> Tensor:
        seen.append(int(t[0]))
        return perfect(schedule)(x_t, t)

    diffusion.sample(watching, schedule, "noise", start, 4, first=399)
    assert seen == [399, 299, 199, 99]


def labelled(x_t: Tensor, t: Tensor, label: Tensor | None) -> Tensor:
    return x_t if label is None else x_t + label[:, None]


@pytest.mark.parametrize(("scale", "factor"), [(0.0, 0), (1.0, 1), (3.0, 3)])
def test_guidance_goes_on_from_unconditional_past_conditional(scale: float, factor: int) -> None:
    x, label = drawn(3, 2), torch.tensor([1, 2, 3])
    found = diffusion.guided(labelled, label, scale)(x, at(5))
    torch.testing.assert_close(found, x + factor * label[:, None])
    assert torch.equal(diffusion.guided(labelled, None, scale)(x, at(5)), x)


def gaussian_velocity(x: Tensor, s: Tensor) -> Tensor:
    """E[ε - x₀ | x_s] for x₀ from N(2, ½²)."""
    s = s[:, None]
    variance = ((1 - s) / 2).square() + s.square()
    return -2 + (s - (1 - s) / 4) / variance * (x - 2 * (1 - s))


def test_the_flow_of_a_gaussian_moves_every_point_where_it_must() -> None:
    """On a line the flow keeps the order of points, so x₀ = 2 + ε / 2; Euler's error is halved by
    twice the steps."""
    start = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    errors = [
        (diffusion.euler(gaussian_velocity, start, count) - (2 + start / 2)).abs().max().item()
        for count in (400, 800)
    ]
    assert errors[1] < 2e-3
    assert errors[0] / errors[1] == pytest.approx(2, abs=0.1)
    assert diffusion.euler(gaussian_velocity, start, 3, path=True).shape == (4, 9, 1)


def test_a_flow_is_a_straight_line_between_picture_and_noise() -> None:
    x0, noise = drawn(3, 2), drawn(3, 2, seed=1)
    between = diffusion.interpolate(x0, noise, torch.tensor([0.0, 0.25, 1.0]))
    assert torch.equal(between[0], x0[0])
    torch.testing.assert_close(between[1], x0[1] + 0.25 * (noise[1] - x0[1]))
    assert torch.equal(between[2], noise[2])


X, NOISE = drawn(2, 2), drawn(2, 2, seed=1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: diffusion.q_sample(s, X, at(10, 2), NOISE), "t from 0 to 9, .* got 10 to 10"),
        (lambda s: diffusion.q_sample(s, X, at(-1, 2), NOISE), "t from 0 to 9, .* got -1 to -1"),
        (lambda s: diffusion.q_sample(s, X, at(1, 3), NOISE), r"shape \(2,\), .* got .* \(3,\)"),
        (lambda s: diffusion.q_sample(s, X, at(1, 2), NOISE[:1]), "samples and noise of one shape"),
        (lambda s: diffusion.spaced(10, 0), "sampling steps must be at least 1, got 0"),
        (lambda s: diffusion.spaced(10, 11), "11 sampling steps are more than the schedule's 10"),
        (lambda s: diffusion.euler(gaussian_velocity, X, 0), "must be at least 1, got 0"),
        (lambda s: Schedule(torch.tensor([0.1, 0.0])), r"alpha_bar falls .* got \[0.1.*, 0.0\]"),
        (lambda s: linear_schedule(10, first=np.nan), "alpha_bar falls with every step, got"),
        (lambda s: linear_schedule(0), "steps must be at least 1, got 0"),
        (lambda s: diffusion.as_image(s, "pixels", X, X, at(1, 2)), "no prediction 'pixels'"),
        (
            lambda s: diffusion.ddim_step(s, "noise", NOISE, X, at(5, 2), at(3, 2), eta=0.5),
            "with eta = 0.5 a step draws noise: pass it",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    call: Callable[[Schedule], Tensor], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        call(cosine_schedule(10))
