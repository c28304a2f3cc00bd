from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from gan_course.data import Dataset, load
from gan_course.explore import GanLab
from gan_course.models import GAN, GANConfig
from gan_course.training import fit
from tests.explore.conftest import SMALL, picture_size, weights


def test_picture_is_seven_by_three_inches(lab: GanLab) -> None:
    lab.layers = replace(lab.layers, distances=False)
    assert picture_size(lab.picture()) == (700, 320)


def test_picture_is_drawn_in_a_twelfth_of_a_second(lab: GanLab) -> None:
    lab.picture()
    spent = []
    for _ in range(5):
        start = time.process_time()
        lab.picture()
        spent.append(time.process_time() - start)
    assert min(spent) < 0.08


def test_rewinding_and_repeating_the_moves_gives_the_same_bytes(lab: GanLab) -> None:
    start = lab.picture()

    def moves() -> bytes:
        lab.step_discriminator()
        lab.play(12)
        lab.step_generator()
        return lab.picture()

    first = moves()
    assert first != start
    for _ in range(2):
        lab.rewind()
        assert lab.picture() == start
        assert moves() == first


def test_back_takes_back_one_call_at_a_time(lab: GanLab) -> None:
    pictures = [lab.picture()]
    for move in (lab.step_discriminator, lab.step_generator, lambda: lab.play(3), lab.rewind):
        move()
        pictures.append(lab.picture())
    for earlier in reversed(pictures[:-1]):
        lab.back()
        assert lab.picture() == earlier
    lab.back()
    assert lab.picture() == pictures[0]


def test_step_of_the_discriminator_changes_it_alone(lab: GanLab) -> None:
    before_d, before_g, before_average = (
        weights(lab.model.discriminator),
        weights(lab.model.generator),
        weights(lab.model.ema),
    )
    lab.step_discriminator()
    assert not torch.equal(weights(lab.model.discriminator), before_d)
    assert torch.equal(weights(lab.model.generator), before_g)
    assert torch.equal(weights(lab.model.ema), before_average)
    assert (lab.discriminator_steps, lab.generator_steps) == (1, 0)


def test_step_of_the_generator_changes_it_and_its_average_alone(lab: GanLab) -> None:
    before_d, before_g, before_average = (
        weights(lab.model.discriminator),
        weights(lab.model.generator),
        weights(lab.model.ema),
    )
    lab.step_generator()
    assert torch.equal(weights(lab.model.discriminator), before_d)
    assert not torch.equal(weights(lab.model.generator), before_g)
    assert not torch.equal(weights(lab.model.ema), before_average)
    assert (lab.discriminator_steps, lab.generator_steps) == (0, 1)


def test_play_is_both_steps_in_turn(lab: GanLab, model: GAN) -> None:
    by_hand = GanLab(model, lab.data)
    lab.play(5)
    for _ in range(5):
        by_hand.step_discriminator()
        by_hand.step_generator()
    assert lab.picture() == by_hand.picture()


def test_play_can_be_watched(lab: GanLab) -> None:
    seen: list[int] = []
    lab.play(25, watch=lambda: seen.append(lab.generator_steps))
    assert seen == [10, 20, 25]


def test_every_move_sees_another_batch_and_other_noise(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(
        lab.model, "discriminator_step", lambda real, fake: seen.extend([real, fake])
    )
    monkeypatch.setattr(lab.model, "generator_step", lambda fake: seen.append(fake.detach()))
    lab.play(2)
    assert len(seen) == 6
    assert len({tensor.numpy().tobytes() for tensor in seen}) == 6


def test_model_and_global_random_state_stay_as_they_were(model: GAN) -> None:
    before, random = deepcopy(model.state_dict()), torch.get_rng_state()
    lab = GanLab(model, load("gaussian"))
    lab.play(3)
    lab.picture()
    lab.rewind()
    assert torch.equal(torch.get_rng_state(), random)
    for part, values in before.items():
        torch.testing.assert_close(model.state_dict()[part], values, rtol=0, atol=0)


def test_global_seed_does_not_matter(model: GAN) -> None:
    pictures = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        lab = GanLab(model, load("gaussian"))
        lab.play(3)
        pictures.append(lab.picture())
    assert pictures[0] == pictures[1]
    other = GanLab(model, load("gaussian"), seed=1)
    other.play(3)
    assert other.picture() != pictures[0]


def test_model_at_the_end_of_its_schedule_still_moves() -> None:
    model = GAN(replace(SMALL, steps=4))
    fit(model, load("gaussian"))
    assert model.optimizer_g.param_groups[0]["lr"] == 0
    lab = GanLab(model, load("gaussian"))
    before = weights(lab.model.generator)
    lab.step_generator()
    assert not torch.equal(weights(lab.model.generator), before)


def test_trained_discriminator_pushes_samples_to_where_the_real_ones_are() -> None:
    torch.manual_seed(0)
    data = load("gaussian")
    lab = GanLab(GAN(), data)
    for _ in range(50):
        lab.step_discriminator()
    view = lab.view()
    # an untrained generator's samples lie far to the left
    assert (view.points < data.mean - data.std).all()
    assert (view.pushes > 0.1).all()


def test_push_is_minus_the_slope_of_the_loss_by_finite_differences(lab: GanLab) -> None:
    lab.model.discriminator.double()
    x, h = torch.tensor([-1.0, 0.5, 3.0], dtype=torch.float64), 1e-5

    def loss(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-lab.model.discriminator(x[:, None]))[:, 0].detach()

    torch.testing.assert_close(lab.push(x), -(loss(x + h) - loss(x - h)) / (2 * h))


def test_averaged_generator_can_be_shown(lab: GanLab) -> None:
    lab.play(10)
    live = lab.view().samples
    lab.averaged = True
    assert not torch.equal(lab.view().samples, live)
    assert "averaged generator" in lab.alt()
    lab.model.ema.network.load_state_dict(lab.model.generator.state_dict())
    assert torch.equal(lab.view().samples, live)


def test_numbers_of_the_picture_are_the_ones_that_torch_finds(lab: GanLab) -> None:
    lab.play(5)
    view = lab.view()
    logits = lab.model.discriminator(view.x[:, None].float()).detach().flatten()
    torch.testing.assert_close(view.answers, logits.sigmoid())
    scores = lab.model.discriminator(view.samples[:, None]).detach()
    assert view.generator_loss == pytest.approx(
        torch.nn.functional.softplus(-scores).mean().item(), rel=1e-5
    )
    assert view.points[4] == pytest.approx(view.samples.median().item(), abs=1e-3)


def test_alternative_text_says_the_moves_and_what_came_of_them(lab: GanLab) -> None:
    lab.step_discriminator()
    lab.play(2)
    view, alt = lab.view(), lab.picture().alt
    assert alt == lab.alt()
    assert "After 3 discriminator and 2 generator steps" in alt
    assert (
        f"have mean {view.samples.mean():.2f} and standard deviation {view.samples.std():.2f} "
        "(real: 2.00 and 1.00)" in alt
    )


def test_a_game_that_diverged_says_so_and_can_be_taken_back() -> None:
    lab = GanLab(GAN(replace(SMALL, lr_d=1e12, lr_g=1e12)), load("gaussian"))
    before = lab.picture()
    lab.play(10)
    with pytest.raises(ValueError, match=r"the game has diverged: .* try lower learning rates"):
        lab.picture()
    lab.back()
    assert lab.picture() == before


def test_a_move_that_is_interrupted_is_not_made(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.play(2)
    before, step, calls = lab.picture(), lab.model.discriminator_step, [0]

    def interrupted(*given: torch.Tensor) -> None:
        step(*given)
        calls[0] += 1
        if calls[0] == 13:
            raise KeyboardInterrupt

    monkeypatch.setattr(lab.model, "discriminator_step", interrupted)
    seen: list[bytes] = []
    with pytest.raises(KeyboardInterrupt):
        lab.play(100, watch=lambda: seen.append(lab.picture()))
    assert lab.picture() == seen[-1] != before
    lab.back()
    assert lab.picture() == before


def test_lab_refuses_what_it_cannot_draw(model: GAN, digits: Dataset) -> None:
    with pytest.raises(ValueError, match=r"samples of shape \(1,\), got one for \(1, 28, 28\)"):
        GanLab(GAN(GANConfig(shape=(1, 28, 28))), load("gaussian"))
    with pytest.raises(TypeError, match=r"expected a Distribution .* got Dataset"):
        GanLab(model, digits)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rounds", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError)])
def test_refused_play_changes_nothing(lab: GanLab, rounds: int, error: type[Exception]) -> None:
    before = lab.picture()
    with pytest.raises(error, match="rounds must be"):
        lab.play(rounds)
    assert lab.picture() == before


def test_ten_steps_of_a_player_are_taken_back_together(lab: GanLab) -> None:
    start = lab.picture()
    lab.step_discriminator(10)
    assert (lab.discriminator_steps, lab.generator_steps) == (10, 0)
    lab.step_generator(10)
    lab.back()
    lab.back()
    assert lab.picture() == start
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        lab.step_discriminator(0)
    lab.back()
    assert lab.picture() == start
