"""Diffusion: noise that is added step by step, and what takes it away again; pure functions, which
take the denoiser as a function.

x and everything of its shape is (N, *shape); t is int64 (N,) and counts from 0 to steps - 1, as in
`diffusers`: the papers' first step, their t = 1, is 0 here. A denoiser is a function of x_t and t
that returns a prediction of the shape of x_t, of one of the `PREDICTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import pad

from gan_course.errors import expect_positive, expect_same_shape, expect_tensor, unknown_name

# What a denoiser may be asked for: ε, x₀, or v = √ᾱ ε - √(1 - ᾱ) x₀ of Salimans & Ho 2022
# (arXiv:2202.00512), appendix D.
PREDICTIONS = ("noise", "image", "velocity")
Denoise = Callable[[Tensor, Tensor], Tensor]
DenoiseWith = Callable[[Tensor, Tensor, Tensor | None], Tensor]


@dataclass(frozen=True)
class Schedule:
    """How much noise each step adds: `betas` are the variances β_t (steps,), each between 0 and 1,
    so that ᾱ_t, the product of all α = 1 - β up to t, falls from step to step; else `ValueError`.

    The tensors are on the device in force, in double precision where that device has it.
    """

    betas: Tensor
    alphas: Tensor = field(init=False)
    alphas_bar: Tensor = field(init=False)

    def __post_init__(self) -> None:
        betas = torch.as_tensor(self.betas, dtype=torch.float64, device="cpu")
        if betas.ndim != 1 or not len(betas) or not ((betas > 0) & (betas < 1)).all():
            raise ValueError(
                "expected betas of shape (steps,), each above 0 and below 1, so that alpha_bar "
                f"falls with every step, got {betas.tolist()!r:.60}"
            )
        here = torch.get_default_device()
        dtype = torch.float32 if here.type == "mps" else torch.float64  # a Mac's GPU has no more
        tables = {"betas": betas, "alphas": 1 - betas, "alphas_bar": (1 - betas).cumprod(0)}
        for name, table in tables.items():
            object.__setattr__(self, name, table.to(here, dtype))

    @property
    def steps(self) -> int:
        return len(self.betas)

    @property
    def log_snr(self) -> Tensor:
        """log of ᾱ / (1 - ᾱ), the signal's variance over the noise's: (steps,)."""
        return self.alphas_bar.logit()

    def alpha_bar(self, t: Tensor, like: Tensor, first: int = 0) -> Tensor:
        """ᾱ_t, of a shape that multiplies `like` (N, *shape); 1 at t = -1, before all noise.

        `ValueError` unless t is int64 (N,) and, on the CPU, from `first` to steps - 1: elsewhere to
        look at it would make every step wait.
        """
        expect_tensor("t", t)
        if t.dtype != torch.int64 or t.shape != like.shape[:1]:
            raise ValueError(
                f"expected t as int64 of shape ({len(like)},), one for each sample, got {t.dtype} "
                f"of shape {tuple(t.shape)}: torch.full((len(x),), t) makes it"
            )
        if t.device.type == "cpu" and len(t) and not (t.min() >= first and t.max() < self.steps):
            raise ValueError(
                f"expected t from {first} to {self.steps - 1}, for this schedule has {self.steps:,}"
                f" steps, got {t.min().item()} to {t.max().item()}"
            )
        return pad(self.alphas_bar, (1, 0), value=1.0)[t + 1].view(-1, *[1] * (like.ndim - 1))


def linear_schedule(steps: int = 1000, first: float = 1e-4, last: float = 0.02) -> Schedule:
    """β rises in a straight line from `first` to `last`: section 4 of Ho, Jain & Abbeel 2020
    (arXiv:2006.11239)."""
    steps = expect_positive("steps", steps)
    return Schedule(torch.linspace(first, last, steps, dtype=torch.float64, device="cpu"))


def cosine_schedule(steps: int = 1000, offset: float = 0.008) -> Schedule:
    """ᾱ falls as a squared cosine: eq. 17 of Nichol & Dhariwal 2021 (arXiv:2102.09672), with β at
    most 0.999 as they have it."""
    moments = torch.arange(expect_positive("steps", steps) + 1, dtype=torch.float64, device="cpu")
    alphas_bar = ((moments / steps + offset) / (1 + offset) * math.pi / 2).cos().square()
    return Schedule((1 - alphas_bar[1:] / alphas_bar[:-1]).clamp(max=0.999))


SCHEDULES: dict[str, Callable[[int], Schedule]] = {
    "cosine": cosine_schedule,
    "linear": linear_schedule,
}


def q_sample(schedule: Schedule, x0: Tensor, t: Tensor, noise: Tensor) -> Tensor:
    """x_t = √ᾱ_t x₀ + √(1 - ᾱ_t) ε, eq. 4 of Ho et al. 2020: all steps up to t in one jump."""
    bar = schedule.alpha_bar(t, x0)
    return _sum(bar.sqrt(), x0, (1 - bar).sqrt(), noise)


def q_step(schedule: Schedule, x: Tensor, t: Tensor, noise: Tensor) -> Tensor:
    """x_t = √(1 - β_t) x_{t-1} + √β_t ε, eq. 2: one step; `x` is x_{t-1}, before t = 0 the data."""
    alpha = schedule.alpha_bar(t, x) / schedule.alpha_bar(t - 1, x, first=-1)
    return _sum(alpha.sqrt(), x, (1 - alpha).sqrt(), noise)


def posterior(schedule: Schedule, x0: Tensor, x_t: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (N, *shape) and variance (N, 1, ...) of q(x_{t-1} | x_t, x₀), eq. 6 and 7; at t = 0
    they are x₀ and 0."""
    bar, before = schedule.alpha_bar(t, x_t), schedule.alpha_bar(t - 1, x_t, first=-1)
    alpha = bar / before
    of_x0 = before.sqrt() * (1 - alpha) / (1 - bar)
    of_x_t = alpha.sqrt() * (1 - before) / (1 - bar)
    variance = (1 - before) / (1 - bar) * (1 - alpha)
    return _sum(of_x0, x0, of_x_t, x_t), variance.to(x_t.dtype)


def target(schedule: Schedule, kind: str, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """What a perfect denoiser of that `kind`, one of the `PREDICTIONS`, would say."""
    bar = schedule.alpha_bar(t, x0)
    velocity = _sum(bar.sqrt(), noise, -(1 - bar).sqrt(), x0)
    return _one_of(kind, noise=noise, image=x0, velocity=velocity)


def as_image(schedule: Schedule, kind: str, prediction: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
    """The x₀ that a prediction means."""
    bar = schedule.alpha_bar(t, x_t)
    of_noise = _sum(bar.rsqrt(), x_t, -(1 / bar - 1).sqrt(), prediction)
    of_velocity = _sum(bar.sqrt(), x_t, -(1 - bar).sqrt(), prediction)
    return _one_of(kind, noise=of_noise, image=prediction, velocity=of_velocity)


def as_noise(schedule: Schedule, kind: str, prediction: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
    """The ε that a prediction means."""
    bar = schedule.alpha_bar(t, x_t)
    of_image = _sum((1 - bar).rsqrt(), x_t, -(bar / (1 - bar)).sqrt(), prediction)
    of_velocity = _sum((1 - bar).sqrt(), x_t, bar.sqrt(), prediction)
    return _one_of(kind, noise=prediction, image=of_image, velocity=of_velocity)


def ddpm_step(
    schedule: Schedule,
    kind: str,
    prediction: Tensor,
    x_t: Tensor,
    t: Tensor,
    noise: Tensor,
    clip: bool = False,
) -> Tensor:
    """x_{t-1} drawn from the posterior of the predicted x₀: algorithm 2 of Ho et al. 2020 with
    σ_t² the posterior's variance. `clip` keeps that x₀ in [-1, 1]."""
    image = as_image(schedule, kind, prediction, x_t, t)
    mean, variance = posterior(schedule, image.clamp(-1, 1) if clip else image, x_t, t)
    return mean + variance.sqrt() * noise


def ddim_step(
    schedule: Schedule,
    kind: str,
    prediction: Tensor,
    x_t: Tensor,
    t: Tensor,
    t_next: Tensor,
    eta: float = 0.0,
    noise: Tensor | None = None,
    clip: bool = False,
) -> Tensor:
    """From x_t to x at any earlier time, eq. 12 and 16 of Song, Meng & Ermon 2020
    (arXiv:2010.02502); `t_next` = -1 stands for x₀. `eta` = 0 draws nothing; 1 is DDPM, over
    whatever times it visits. `clip` keeps the predicted x₀ in [-1, 1] and takes ε from that."""
    image = as_image(schedule, kind, prediction, x_t, t)
    epsilon = as_noise(schedule, kind, prediction, x_t, t)
    if clip:
        image = image.clamp(-1, 1)
        epsilon = as_noise(schedule, "image", image, x_t, t)
    bar, after = schedule.alpha_bar(t, x_t), schedule.alpha_bar(t_next, x_t, first=-1)
    variance = eta**2 * (1 - after) / (1 - bar) * (1 - bar / after)
    direction = (1 - after - variance).clamp(min=0).sqrt()
    x = _sum(after.sqrt(), image, direction, epsilon)
    if not eta:
        return x
    if noise is None:
        raise ValueError(f"with eta = {eta} a step draws noise: pass it, of the shape of x_t")
    return x + variance.sqrt().to(x_t.dtype) * noise


def spaced(steps: int, count: int) -> list[int]:
    """The `count` times that a short sampler visits, the noisiest first: evenly spaced from the
    last one down, "trailing" in `diffusers`. `ValueError` for none and for more than `steps`."""
    if expect_positive("the number of sampling steps", count) > steps:
        raise ValueError(
            f"{count:,} sampling steps are more than the schedule's {steps:,}: take at most that"
        )
    return [round(steps - i * steps / count) - 1 for i in range(count)]


def sample(
    denoise: Denoise,
    schedule: Schedule,
    kind: str,
    start: Tensor,
    count: int,
    eta: float = 0.0,
    *,
    clip: bool = False,
    first: int | None = None,
    generator: torch.Generator | None = None,
    path: bool = False,
) -> Tensor:
    """From noise `start` (N, *shape) to samples, in `count` DDIM steps over the times that `spaced`
    gives, from the last or from `first`, the time of a `start` that is no pure noise; with `path`
    every x on the way, `start` and the samples too: (count + 1, N, *shape)."""
    times = spaced(schedule.steps if first is None else first + 1, count)
    x, seen = start, [start]
    for step in pairwise([*times, -1]):
        t, t_next = (torch.full((len(x),), moment, device=x.device) for moment in step)
        noise = torch.empty_like(x).normal_(generator=generator) if eta else None
        x = ddim_step(schedule, kind, denoise(x, t), x, t, t_next, eta, noise, clip)
        seen.append(x)
    return torch.stack(seen) if path else x


def guided(denoise_with: DenoiseWith, label: Tensor | None, scale: float) -> Denoise:
    """Classifier-free guidance: (1 - w) times the prediction without a label + w times that with
    one, eq. 6 of Ho & Salimans 2022 (arXiv:2207.12598), whose w is one less than `scale` here: 0
    ignores the `label` (N,), 1 is plain conditional sampling, more exaggerates what the class adds.
    `denoise_with` takes x_t, t, and labels, or None for the prediction without."""
    if label is None or scale in (0, 1):  # one call is enough
        return lambda x_t, t: denoise_with(x_t, t, label if scale else None)
    return lambda x_t, t: torch.lerp(denoise_with(x_t, t, None), denoise_with(x_t, t, label), scale)


def interpolate(x0: Tensor, noise: Tensor, s: Tensor) -> Tensor:
    """x_s = (1 - s) x₀ + s ε for s (N,) in [0, 1]: rectified flow, Liu, Gong & Liu 2022
    (arXiv:2209.03003), in whose paper time runs the other way. Its velocity is ε - x₀."""
    s = s.view(-1, *[1] * (x0.ndim - 1))
    return _sum(1 - s, x0, s, noise)


def euler(velocity: Denoise, start: Tensor, count: int, *, path: bool = False) -> Tensor:
    """From noise `start` at s = 1 to samples at s = 0, in `count` equal steps along a `velocity`, a
    function of x and s (N,); `path` as in `sample`."""
    x, seen = start, [start]
    for i in range(expect_positive("the number of sampling steps", count)):
        s = torch.full((len(x),), 1 - i / count, dtype=x.dtype, device=x.device)
        x = x - velocity(x, s) / count
        seen.append(x)
    return torch.stack(seen) if path else x


def exact_noise(
    schedule: Schedule, means: Tensor, scale: float, weights: Tensor, x_t: Tensor, t: Tensor
) -> Tensor:
    """E[ε | x_t] (N, D), which is -√(1 - ᾱ_t) times the score of x_t, where x₀ comes from a mixture
    of Gaussians with `means` (K, D), standard deviation `scale` and `weights` (K,)."""
    bar = schedule.alpha_bar(t, x_t).to(x_t.dtype)
    variance = bar * scale**2 + 1 - bar
    away = x_t[:, None] - bar.sqrt()[:, None] * means  # (N, K, D)
    log_density = weights.log() - away.square().sum(dim=2) / (2 * variance)
    shares = log_density.softmax(dim=1)[..., None]
    return (1 - bar).sqrt() / variance * (shares * away).sum(dim=1)


def _sum(of_x: Tensor, x: Tensor, of_y: Tensor, y: Tensor) -> Tensor:
    """of_x · x + of_y · y, coefficients (N, 1, ...) in the precision of what they multiply."""
    expect_same_shape("both samples and noise", x, y)
    return of_x.to(x.dtype) * x + of_y.to(y.dtype) * y


def _one_of(kind: str, **predictions: Tensor) -> Tensor:
    if kind not in predictions:
        raise unknown_name("prediction", kind, PREDICTIONS)
    return predictions[kind]
