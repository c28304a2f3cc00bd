"""What a GAN lab aims at, and what it measures: on a line and in the plane."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gan_course.data import Gaussian, Histogram, PlaneMixture, load
from gan_course.explore import GanLab, Press
from gan_course.explore.gan_line import best_answer, best_slope, smoothed
from gan_course.explore.gan_plane import modes_of
from gan_course.explore.gan_view import Layers
from gan_course.explore.rules import LAWS
from gan_course.metrics import count_modes, wasserstein_1d
from gan_course.models import GAN, GANConfig
from tests.explore.conftest import SMALL, picture_size

RING = load("ring")


@pytest.fixture
def plane_lab() -> GanLab:
    torch.manual_seed(0)
    return GanLab(GAN(replace(SMALL, shape=(2,))), RING)


@pytest.fixture(params=["line", "plane"])
def either(request: pytest.FixtureRequest, lab: GanLab, plane_lab: GanLab) -> GanLab:
    return {"line": lab, "plane": plane_lab}[request.param]


def values(lab: GanLab, **chosen: Any) -> dict[str, Any]:
    return lab.views()[0].values | chosen


def stroke(*points: tuple[float, float]) -> dict[str, Any]:
    return {"points": [list(point) for point in points], "width": 0.03, "erases": False}


def test_a_lab_in_the_plane_has_its_own_picture_and_words(plane_lab: GanLab) -> None:
    plane_lab.step_discriminator(2)
    plane_lab.step_generator()
    picture, view = plane_lab.picture(), plane_lab.view()
    assert picture_size(picture) == (700, 422)
    modes = count_modes(view.samples, RING, at_least=1)
    assert picture.alt.startswith(
        f"After 2 discriminator and 1 generator steps, {modes.found} of 8 modes have good samples"
    )
    with torch.no_grad():
        logits = plane_lab.model.discriminator(view.x)
    torch.testing.assert_close(view.answers, logits.sigmoid().flatten())


def test_the_same_moves_in_the_plane_give_the_same_bytes(plane_lab: GanLab) -> None:
    start = plane_lab.picture()
    plane_lab.play(12)
    first = plane_lab.picture()
    plane_lab.rewind()
    assert plane_lab.picture() == start != first
    plane_lab.play(12)
    assert plane_lab.picture() == first


def test_bars_are_the_data_that_the_next_steps_learn_from(lab: GanLab) -> None:
    bars = (0.0,) * 20 + (1.0, 0.5, 0.0, 0.0)
    lab.show("game", values(lab, bars=list(bars)))
    x = lab.ground.places()
    assert lab.data == Histogram(bars, x[0].item(), x[-1].item())
    batch = lab.data.batch(0, 100, 0).x
    assert (batch > 5).all()
    assert lab.views()[0].values["bars"] == bars
    lab.aim("as given")
    assert lab.data == Gaussian(2.0, 1.0)


def test_bars_that_are_all_zero_are_refused_and_the_target_stays(lab: GanLab) -> None:
    before = lab.picture()
    with pytest.raises(ValueError, match="at least one bar above 0"):
        lab.show("game", values(lab, bars=[0.0] * 24), Press("play 10"))
    assert lab.data == Gaussian(2.0, 1.0)
    assert lab.picture() == before


def test_strokes_are_modes_where_they_lie_on_the_sheet(plane_lab: GanLab) -> None:
    drawn = {"sheet": 0, "strokes": [stroke((0.0, 0.0)), stroke((1.0, 0.5), (1.001, 0.5))]}
    plane_lab.show("game", values(plane_lab, drawn=drawn))
    left, right, low, high = plane_lab.ground.frame  # type: ignore[attr-defined]
    assert plane_lab.data.centres == ((left, high), (right, (low + high) / 2))
    plane_lab.aim("grid of 25")
    assert len(plane_lab.data.centres) == 25
    plane_lab.aim("as given")
    assert plane_lab.data == RING


def test_a_long_stroke_is_several_modes_and_there_are_at_most_twenty_five() -> None:
    line = stroke(*((x / 64, 0.5) for x in range(-20, 33)))
    assert modes_of([line]) == [(x / 64, 0.5) for x in range(0, 33, 4)]
    assert len(modes_of([line] * 9)) == 25
    with pytest.raises(ValueError, match="draw at least one dot inside its edges"):
        modes_of([stroke((1.5, 0.5))])


def test_every_preset_lies_inside_the_picture(either: GanLab) -> None:
    x = either.ground.places()
    for name in either.ground.presets:
        either.aim(name)
        samples = either.data.sample(500, torch.Generator().manual_seed(0))
        assert (samples >= x.amin(0)).all(), name
        assert (samples <= x.amax(0)).all(), name
        assert either.picture()


def test_a_target_or_a_failure_that_is_none_is_refused_with_the_nearest(either: GanLab) -> None:
    with pytest.raises(ValueError, match=r"no target 'as givn' \(did you mean 'as given'\?\)"):
        either.aim("as givn")
    with pytest.raises(ValueError, match=r"no failure 'collapsed'"):
        either.fail("collapsed")


def test_shares_of_the_data_are_those_of_many_samples(either: GanLab) -> None:
    samples = either.data.sample(200_000, torch.Generator().manual_seed(0)).squeeze(-1)
    found, exact = either.ground.shares(samples), either.ground.exact_shares(either.data)
    assert exact.sum().item() == pytest.approx(1)
    assert 0.5 * (found - exact).abs().sum().item() < 0.02


def test_perfect_samples_are_at_no_distance_and_collapsed_ones_far(either: GanLab) -> None:
    n = either.ground.shown
    real = either.data.sample(n, torch.Generator().manual_seed(3)).squeeze(-1)
    near = either.ground.distances(0, real, either.data)
    far = either.ground.distances(0, real[:1].expand_as(real), either.data)
    assert near.js < 0.03
    assert near.js < 0.1 * far.js
    assert near.kl < 0.1 * far.kl
    assert near.wasserstein < 0.3 * far.wasserstein


def test_wasserstein_on_the_line_is_the_metrics(lab: GanLab) -> None:
    lab.play(3)
    view = lab.view()
    assert view.trail[-1].wasserstein == pytest.approx(
        wasserstein_1d(view.samples, lab.data), rel=1e-3
    )


def test_distances_are_noted_every_ten_steps_watched_or_not(lab: GanLab) -> None:
    lab.play(25, watch=lab.picture, every=5)
    watched = lab.view()
    assert [point.steps for point in watched.trail] == [10, 20, 25]
    lab.back()
    assert [point.steps for point in lab.view().trail] == [0]
    lab.play(25)
    assert lab.view().trail == watched.trail
    lab.aim("two bells")
    assert [point.steps for point in lab.view().trail] == [25]


def test_best_answer_is_the_closed_form_of_two_gaussians(lab: GanLab, monkeypatch: Any) -> None:
    drawn = Gaussian(1.0, 0.8)
    u = (torch.arange(4000, dtype=torch.float64) + 0.5) / 4000
    monkeypatch.setattr(lab, "_shown_samples", drawn.quantile(u)[:, None].float)
    lab.layers = Layers(best=True)
    view = lab.view()
    p, q = lab.data.density(view.x), drawn.density(view.x)
    seen = q > 0.01
    torch.testing.assert_close(view.best[seen], (p / (p + q))[seen], atol=0.03, rtol=0)
    lab.change(law="hinge")
    assert set(lab.view().best[seen].tolist()) == {-1.0, 1.0}


def test_best_critic_reaches_the_wasserstein_distance_with_slope_one(lab: GanLab) -> None:
    lab.play(2)
    lab.change(law="penalty")
    lab.layers = Layers(best=True)
    view = lab.view()
    step = (view.x[1] - view.x[0]).item()
    slopes = view.best.diff() / step
    assert slopes.abs().max().item() <= 1 + 1e-6
    inside = view.samples.double().clamp(view.x[0], view.x[-1]).numpy()
    reached = (view.best * lab.data.density(view.x)).sum().item() * step
    reached -= np.interp(inside, view.x.numpy(), view.best.numpy()).mean()
    distance = view.trail[-1].wasserstein * lab.data.std
    assert reached == pytest.approx(distance, rel=0.03)


def test_best_map_in_the_plane_is_high_at_modes_that_are_missing(plane_lab: GanLab) -> None:
    one = RING.places[:1].float().repeat(1000, 1)
    plane_lab._shown_samples = lambda: one  # type: ignore[method-assign]
    view = plane_lab.view()
    nearest = torch.cdist(RING.places.float(), view.x).argmin(dim=1)
    assert view.best[nearest[0]] < 0.2
    assert (view.best[nearest[1:]] > 0.95).all()
    plane_lab.change(law="penalty")
    assert plane_lab.view().best is None


def test_where_nothing_lies_the_best_answer_is_a_half() -> None:
    p, q = torch.tensor([0.0, 1.0, 0.0]), torch.tensor([0.0, 0.0, 1.0])
    torch.testing.assert_close(best_answer(p, q), torch.tensor([0.5, 1, 0]), atol=1e-5, rtol=0)
    ahead = best_slope(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([0.0, 0.8, 1.0]))
    assert ahead.tolist() == [0, 1, 0]


def test_smoothed_density_of_gaussian_samples_is_the_gaussian() -> None:
    there = Gaussian(0.5, 1.0)
    samples = there.sample(20_000, torch.Generator().manual_seed(0)).flatten()
    x = torch.linspace(-4, 5, 400, dtype=torch.float64)
    torch.testing.assert_close(smoothed(samples, x), there.density(x), atol=0.02, rtol=0)
    assert smoothed(torch.full((100,), 2.0), x).isfinite().all()


@pytest.mark.parametrize("law", LAWS)
def test_a_push_in_the_plane_is_minus_the_slope_by_finite_differences(
    plane_lab: GanLab, law: str
) -> None:
    plane_lab.change(law=law)
    plane_lab._opponent.double()
    points, h = torch.tensor([[0.3, -0.2], [1.0, 0.5]], dtype=torch.float64), 1e-5

    def loss(points: torch.Tensor) -> torch.Tensor:
        each = plane_lab._opponent(points).split(1)
        return torch.stack([plane_lab.law.loss.generator(logit) for logit in each]).detach()

    by_differences = torch.stack(
        [-(loss(points + h * side) - loss(points - h * side)) / (2 * h) for side in torch.eye(2)],
        dim=1,
    )
    torch.testing.assert_close(plane_lab.push(points), by_differences)


def test_layers_are_drawn_or_not(either: GanLab) -> None:
    either.play(1)
    names = [switch.key for switch in either.layers.switches(either.rules.law)]
    assert names == ["samples", "answers", "arrows", "best", "distances"]
    pictures = {either.show("game", values(either))}
    for name in names:
        flipped = not values(either)[name]
        pictures.add(either.show("game", values(either, **{name: flipped})))
        either.show("game", values(either, **{name: not flipped}))
    assert len(pictures) == 6
    either.show("game", values(either, **dict.fromkeys(names, False)))
    assert picture_size(either.picture()) in {(700, 320), (700, 330)}


def test_a_diverged_generator_leaves_no_note_and_no_picture(either: GanLab) -> None:
    with torch.no_grad():
        next(either.model.generator.parameters()).fill_(math.nan)
    either.step_generator(10)
    assert either._trail == ()
    with pytest.raises(ValueError, match="the game has diverged"):
        either.picture()


def test_a_lab_refuses_data_it_cannot_draw_and_models_of_other_samples() -> None:
    with pytest.raises(ValueError, match=r"in the plane: .* \(2,\), got one for \(1,\)"):
        GanLab(GAN(), RING)
    with pytest.raises(ValueError, match=r"on a line: .* \(1,\), got one for \(2,\)"):
        GanLab(GAN(GANConfig(shape=(2,))), load("gaussian"))
    with pytest.raises(TypeError, match=r"expected a Distribution .* or a PlaneMixture .* got str"):
        GanLab(GAN(), "ring")  # type: ignore[arg-type]
    wide = PlaneMixture(((0.0, 0.0), (4.0, 0.0), (4.0, 2.0)), 0.05)
    assert picture_size(GanLab(GAN(replace(SMALL, shape=(2,))), wide).picture())[0] == 700
