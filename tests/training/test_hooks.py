"""What watches a run: when it looks, what it keeps, and that the run does not feel it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_course.data import Gaussian
from gan_course.models import GAN, GANConfig
from gan_course.training import Evaluation, Hook, LiveSamples, Snapshots, fit

CONFIG = GANConfig(hidden=(8,), batch_size=16, steps=7)
DATA = Gaussian(2.0, 1.0)


def trained(hooks: list[Hook], seed: int = 0) -> GAN:
    torch.manual_seed(11)
    model = GAN(CONFIG)
    fit(model, DATA, hooks=hooks, seed=seed)
    return model


@pytest.mark.parametrize(
    ("every", "steps"), [(1, [1, 2, 3, 4, 5, 6, 7]), (3, [3, 6, 7]), (7, [7]), (100, [7])]
)
def test_a_look_is_taken_every_so_many_steps_and_after_the_last(
    every: int, steps: list[int]
) -> None:
    samples, evaluation = LiveSamples(every, n=2), Evaluation(lambda _: 0, every)
    trained([samples, evaluation])
    assert samples.steps == steps
    assert evaluation.steps == steps
    assert len(samples.frames) == len(evaluation.values) == len(steps)


def test_a_look_can_be_taken_at_other_steps_too_and_before_the_first() -> None:
    samples, evaluation = LiveSamples(3, n=2, also=(0, 1)), Evaluation(lambda _: 0, 3, also=[0, 4])
    trained([samples, evaluation])
    assert samples.steps == [0, 1, 3, 6, 7]
    assert evaluation.steps == [0, 3, 4, 6, 7]
    assert not torch.equal(samples.frames[0], samples.frames[1])


def test_an_evaluation_keeps_what_it_measured_as_plain_numbers() -> None:
    evaluation = Evaluation(lambda model: model.generator.body[0].weight.sum(), every=2)
    model = trained([evaluation])
    assert all(type(value) is float for value in evaluation.values)
    assert evaluation.values[-1] == model.generator.body[0].weight.sum().item()
    assert len(set(evaluation.values)) == len(evaluation.values)


def test_a_measurement_is_taken_in_eval_mode_and_without_gradients() -> None:
    def measure(model: GAN) -> float:
        assert not model.generator.training
        assert not torch.is_grad_enabled()
        return 0

    model = trained([Evaluation(measure, every=1)])
    assert model.generator.training


def test_live_samples_are_always_drawn_from_the_same_noise() -> None:
    seen: list[Tensor] = []

    class Spy(GAN):
        def noise(self, n: int) -> Tensor:
            noise = super().noise(n)
            if n == 5:  # no batch has this size
                seen.append(noise)
            return noise

    fit(Spy(CONFIG), DATA, hooks=[LiveSamples(every=1, n=5)])
    assert len(seen) == CONFIG.steps
    assert all(torch.equal(noise, seen[0]) for noise in seen)


def test_live_samples_are_those_of_the_model_at_that_step() -> None:
    samples = LiveSamples(every=3, n=5)
    model = trained([samples], seed=2)
    torch.manual_seed(2)
    assert torch.equal(samples.frames[-1], model.sample(5))
    assert not torch.equal(samples.frames[0], samples.frames[-1])
    assert all(frame.shape == (5, 1) and frame.device.type == "cpu" for frame in samples.frames)


def test_live_samples_are_shown_with_their_step() -> None:
    shown: list[tuple[int, int]] = []
    trained([LiveSamples(every=3, n=5, show=lambda frame, step: shown.append((len(frame), step)))])
    assert shown == [(5, 3), (5, 6), (5, 7)]


def test_hooks_that_draw_random_numbers_do_not_change_the_run() -> None:
    def careless(_: GAN) -> float:
        torch.manual_seed(123)
        return torch.rand(100).mean().item()

    watched, alone = (
        trained([LiveSamples(every=1, n=3), Evaluation(careless, every=2)]),
        trained([]),
    )
    for name, tensor in alone.weights().items():
        assert torch.equal(watched.weights()[name], tensor), name


def test_snapshots_keep_the_weights_as_they_were() -> None:
    snapshots = Snapshots(every=3, also=(0,))
    model = trained([snapshots])
    assert snapshots.steps == [0, 3, 6, 7]
    first, *_, last = snapshots.weights
    torch.manual_seed(11)
    for then, now in ((GAN(CONFIG), first), (model, last)):
        assert then.weights().keys() == now.keys()
        assert all(torch.equal(weight, now[name]) for name, weight in then.weights().items())


@pytest.mark.parametrize("every", [0, -3])
def test_a_look_every_no_steps_is_refused(every: int) -> None:
    with pytest.raises(ValueError, match=f"every must be at least 1, got {every}"):
        LiveSamples(every)
    with pytest.raises(ValueError, match=f"every must be at least 1, got {every}"):
        Evaluation(lambda _: 0, every)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        LiveSamples(1, n=0)
