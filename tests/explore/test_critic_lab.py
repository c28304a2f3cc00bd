from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from gan_course.data import PlaneMixture, load
from gan_course.explore import CriticLab
from gan_course.metrics import count_modes
from gan_course.models import GAN, WGAN, WGANGP, WGANConfig, WGANGPConfig
from gan_course.training import fit
from tests.explore.conftest import picture_size, weights

CLIPPED = WGANConfig(hidden=(16, 16), batch_size=32, n_critic=3, steps=50)
PENALISED = WGANGPConfig(hidden=(16, 16), batch_size=32, n_critic=2, steps=50)
GRID = load("grid")
WIDE = PlaneMixture(((0.0, 0.0), (4.0, 0.0), (4.0, 2.0)), 0.05)


@pytest.fixture(params=["clipped", "penalised"])
def plane_model(request: pytest.FixtureRequest) -> WGAN | WGANGP:
    """A model that has begun to learn, so that its optimisers have a memory."""
    torch.manual_seed(0)
    model = WGAN(CLIPPED) if request.param == "clipped" else WGANGP(PENALISED)
    fit(model, GRID, steps=3)
    return model


@pytest.fixture
def lab(plane_model: WGAN | WGANGP) -> CriticLab:
    return CriticLab(plane_model, GRID)


def test_picture_is_seven_hundred_by_three_hundred_and_thirty(lab: CriticLab) -> None:
    assert picture_size(lab.picture()) == (700, 330)


def test_picture_is_drawn_in_an_eighth_of_a_second() -> None:
    lab = CriticLab(WGANGP(), GRID)
    lab.picture()
    spent = []
    for _ in range(5):
        start = time.process_time()
        lab.picture()
        spent.append(time.process_time() - start)
    assert min(spent) < 0.12


def test_rewinding_and_repeating_the_moves_gives_the_same_bytes(lab: CriticLab) -> None:
    start = lab.picture()

    def moves() -> bytes:
        lab.step_critic()
        lab.play(4)
        lab.step_generator()
        return lab.picture()

    first = moves()
    assert first != start
    for _ in range(2):
        lab.rewind()
        assert lab.picture() == start
        assert moves() == first


def test_back_takes_back_one_call_at_a_time(lab: CriticLab) -> None:
    pictures = [lab.picture()]
    for move in (lambda: lab.step_critic(10), lab.step_generator, lambda: lab.play(2), lab.rewind):
        move()
        pictures.append(lab.picture())
    for earlier in reversed(pictures[:-1]):
        lab.back()
        assert lab.picture() == earlier


def test_a_round_is_as_many_critic_steps_as_the_configuration_says_and_one_of_the_generator(
    plane_model: WGAN | WGANGP,
) -> None:
    played, by_hand = CriticLab(plane_model, GRID), CriticLab(plane_model, GRID)
    played.play(2)
    for _ in range(2):
        by_hand.step_critic(plane_model.config.n_critic)
        by_hand.step_generator()
    assert (played.critic_steps, played.generator_steps) == (2 * plane_model.config.n_critic, 2)
    assert played.picture() == by_hand.picture()


def test_a_step_of_the_critic_changes_it_alone_and_one_of_the_generator_leaves_it(
    lab: CriticLab,
) -> None:
    critic, generator, average = (
        weights(network) for network in (lab.model.critic, lab.model.generator, lab.model.ema)
    )
    lab.step_critic()
    after = weights(lab.model.critic)
    assert not torch.equal(after, critic)
    assert torch.equal(weights(lab.model.generator), generator)
    lab.step_generator()
    assert torch.equal(weights(lab.model.critic), after)
    assert not torch.equal(weights(lab.model.generator), generator)
    assert not torch.equal(weights(lab.model.ema), average)


def test_model_and_global_random_state_stay_as_they_were(plane_model: WGAN | WGANGP) -> None:
    before, random = deepcopy(plane_model.state_dict()), torch.get_rng_state()
    lab = CriticLab(plane_model, GRID)
    lab.play(2)
    lab.picture()
    lab.rewind()
    assert torch.equal(torch.get_rng_state(), random), (
        "the points that a gradient penalty looks at are drawn at random too"
    )
    for part, values in before.items():
        torch.testing.assert_close(plane_model.state_dict()[part], values, rtol=0, atol=0)


def test_global_seed_does_not_matter_and_the_labs_own_does(plane_model: WGAN | WGANGP) -> None:
    pictures = []
    for globally, seed in ((0, 0), (1, 0), (0, 1)):
        torch.manual_seed(globally)
        lab = CriticLab(plane_model, GRID, seed)
        lab.play(2)
        pictures.append(lab.picture())
    assert pictures[0] == pictures[1] != pictures[2]


def test_every_step_of_a_penalised_critic_looks_between_other_points(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = CriticLab(WGANGP(PENALISED), GRID)
    drawn: list[torch.Tensor] = []
    epsilon = lab.model.epsilon  # type: ignore[union-attr]
    monkeypatch.setattr(lab.model, "epsilon", lambda n: (drawn.append(epsilon(n)), drawn[-1])[1])
    lab.play(2)
    assert len(drawn) == 4
    assert len({mix.numpy().tobytes() for mix in drawn}) == 4


def test_model_at_the_end_of_its_schedule_still_moves() -> None:
    model = WGANGP(replace(PENALISED, steps=4))
    fit(model, GRID)
    assert model.optimizer_c.param_groups[0]["lr"] == 0
    lab = CriticLab(model, GRID)
    before = weights(lab.model.critic), weights(lab.model.generator)
    lab.play(1)
    assert lab.model.learning_rates() == {
        "optimizer_g": PENALISED.lr_g,
        "optimizer_c": PENALISED.lr_c,
    }
    assert not torch.equal(weights(lab.model.critic), before[0])
    assert not torch.equal(weights(lab.model.generator), before[1])


def test_numbers_of_the_picture_are_the_ones_that_torch_finds(lab: CriticLab) -> None:
    lab.play(2)
    view, critic = lab.view(), lab.model.critic
    with torch.no_grad():
        torch.testing.assert_close(view.heights[3, 7], critic(view.places[3, 7][None])[0, 0])
        h = 1e-3
        steps = [torch.tensor([h, 0.0]), torch.tensor([0.0, h])]
        by_differences = torch.cat(
            [critic(view.line + step) - critic(view.line - step) for step in steps], dim=1
        ).norm(dim=1) / (2 * h)
        torch.testing.assert_close(view.slopes, by_differences, rtol=0.02, atol=1e-3)
        real = GRID.sample(20_000, torch.Generator().manual_seed(1))
        estimate = critic(real).mean() - critic(view.samples).mean()
        spread = critic(real).std() / 1000**0.5
    assert view.estimate == pytest.approx(estimate.item(), abs=5 * spread.item())
    assert torch.equal(view.modes.counts, count_modes(view.samples, GRID).counts)


@pytest.mark.parametrize(
    ("angle", "begin", "end"),
    [
        (0, (-0.6, 1.0), (4.6, 1.0)),
        (90, (2.0, -0.6), (2.0, 2.6)),
        (45, (0.4, -0.6), (3.6, 2.6)),
        (180, (4.6, 1.0), (-0.6, 1.0)),
    ],
)
def test_the_line_runs_through_the_middle_from_edge_to_edge(
    angle: float, begin: tuple[float, float], end: tuple[float, float]
) -> None:
    lab = CriticLab(WGANGP(PENALISED), WIDE)
    lab.angle = angle
    line, distance = lab.line()
    torch.testing.assert_close(line[[0, -1]], torch.tensor([begin, end]))
    torch.testing.assert_close(distance[-1] - distance[0], (line[-1] - line[0]).norm())
    torch.testing.assert_close(distance[0], -distance[-1])


def test_turning_the_line_changes_the_picture_and_no_move(lab: CriticLab) -> None:
    at_0 = lab.picture()
    assert "the line at 0 degrees through the middle, with 5 of the real modes on it" in at_0.alt
    lab.angle = 30
    turned = lab.picture()
    assert turned != at_0
    assert "the line at 30 degrees through the middle, with 1 of the real modes on it" in turned.alt
    lab.angle = 0
    assert lab.picture() == at_0


def test_averaged_generator_can_be_shown(lab: CriticLab) -> None:
    lab.play(5)
    live = lab.view().samples
    lab.averaged = True
    assert not torch.equal(lab.view().samples, live)
    assert "averaged generator" in lab.alt()
    lab.model.ema.network.load_state_dict(lab.model.generator.state_dict())
    assert torch.equal(lab.view().samples, live)


def test_alternative_text_says_what_the_picture_shows(
    lab: CriticLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.step_critic()
    lab.play(2)
    centres = GRID.places.float()[:7].repeat(143, 1)  # 1001 good samples of seven modes
    monkeypatch.setattr(lab, "_shown_samples", lambda: centres)
    view, alt = lab.view(), lab.picture().alt
    assert alt == lab.alt()
    assert (
        f"After {lab.critic_steps} critic and 2 generator steps, 7 of 25 modes have good samples"
        in alt
    )
    assert f"is {view.estimate:.3f}, with " in alt
    assert (
        f"between {view.slopes.min():.3g} and {view.slopes.max():.3g}, {view.slopes.mean():.3g} on "
        "average" in alt
    )
    assert ("with clip 0.1." if isinstance(lab.model, WGAN) else "with penalty weight 0.1.") in alt


def test_a_game_that_diverged_says_so_and_can_be_taken_back(lab: CriticLab) -> None:
    before = lab.picture()
    lab.step_critic()
    with torch.no_grad():
        next(lab.model.critic.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match="the game has diverged"):
        lab.picture()
    lab.back()
    assert lab.picture() == before


def test_lab_refuses_what_it_cannot_draw(lab: CriticLab) -> None:
    with pytest.raises(ValueError, match=r"samples of shape \(2,\), got one for \(1, 28, 28\)"):
        CriticLab(WGANGP(WGANGPConfig(shape=(1, 28, 28))), GRID)
    with pytest.raises(TypeError, match=r"expected a PlaneMixture .* got Gaussian"):
        CriticLab(WGANGP(PENALISED), load("gaussian"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a WGAN or a WGANGP, got GAN"):
        CriticLab(GAN(), GRID)  # type: ignore[arg-type]
    for angle in (-1, 181, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 180 degrees"):
            lab.angle = angle
    with pytest.raises(TypeError, match="number of degrees, got 'up'"):
        lab.angle = "up"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        lab.step_critic(0)
    assert lab.angle == 0


@pytest.mark.gpu
def test_a_lab_of_a_model_on_a_gpu_shows_its_numbers_on_the_cpu_and_repeats_itself() -> None:
    with torch.device("cuda"):
        model = WGANGP(PENALISED)
    lab = CriticLab(model, GRID)
    random = torch.cuda.get_rng_state()
    lab.play(3)
    first = lab.view()
    assert {
        tensor.device.type for tensor in (first.heights, first.samples, first.slopes, first.line)
    } == {"cpu"}
    assert torch.equal(torch.cuda.get_rng_state(), random)
    lab.rewind()
    lab.play(3)
    torch.testing.assert_close(lab.view().samples, first.samples)
