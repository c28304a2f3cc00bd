"""From noise to images and back, at every moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from gan_course.data import Dataset, load
from gan_course.explore import Timeline
from gan_course.models import DDPM, DDPMConfig, Flow, FlowConfig, LatentDiffusion

SMALL = DDPMConfig(width=4)


@pytest.fixture(params=[(DDPM, SMALL), (Flow, FlowConfig(width=4))], ids=["ddpm", "flow"])
def timeline(digits: Dataset, request: pytest.FixtureRequest) -> Timeline:
    torch.manual_seed(0)
    kind, config = request.param
    model = kind(config)
    with torch.no_grad():
        for weight in model.ema.parameters():
            weight.add_(0.1 * torch.randn_like(weight))  # untrained, it predicts 0 for all classes
    return Timeline(model, digits)


def test_both_ways_have_the_noise_of_one_moment(timeline: Timeline) -> None:
    model, start = timeline.model, timeline.start
    for step in (0, 3):
        t = model.times(5)[step].expand(10)
        noised, guess, drawn, end = timeline.moment(step, 5, label=7, guidance=2.0)
        assert torch.equal(noised, model.noised(timeline.x, timeline.noise, t))
        assert torch.equal(drawn, model.path(start, 7, 2.0, 5)[step])
        assert torch.equal(guess, model.guess(noised, t, timeline.labels, 1.0))
        assert torch.equal(end, model.guess(drawn, t, 7, 2.0))
    noised, _, drawn, _ = timeline.moment(5, 5, 7, 2.0)
    assert torch.equal(noised, timeline.x)
    assert torch.equal(drawn, model.path(start, 7, 2.0, 5)[-1])


def test_scrubbing_draws_a_way_once_and_every_other_control_draws_another(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    (view,), ways, path = timeline.views(), [], timeline.model.path
    monkeypatch.setattr(timeline.model, "path", lambda *asked: ways.append(asked) or path(*asked))

    def show(**change: Any) -> bytes:
        return timeline.show("way", {**view.values, "moment": 49, **change})

    first = show()
    assert show(moment=0) != show(moment=100) != first == show()
    assert len(ways) == 1
    assert first not in (show(label=8), show(label=8, guidance=3.0), show(steps=0))
    assert [asked[1:] for asked in ways[1:]] == [(7, 1.0, 20), (7, 3.0, 20), (None, 1.0, 5)]


def test_the_words_say_when_and_how_far_off_the_model_is(timeline: Timeline) -> None:
    _, guess, *_ = timeline.moment(4, 10, 2, 3.0)
    off = (guess - timeline.x).square().mean().sqrt()
    words = timeline.picture(4, 10, label=2, guidance=3.0).alt
    assert words.startswith("After 4 of 10 steps out of the noise: held-out images")
    assert f"off by {off:.2f} (root mean square); images of class 2 on their way" in words
    assert timeline.picture(10, 10).alt.endswith("off by 0.00 from what becomes of them.")


@pytest.mark.parametrize(
    ("change", "keys"),
    [({"classes": 0}, "moment steps"), ({"drop_label": 0.0}, "moment steps label")],
)
def test_only_what_the_model_has_learned_can_be_asked_for(
    digits: Dataset, change: dict[str, Any], keys: str
) -> None:
    timeline = Timeline(DDPM(replace(SMALL, **change)), digits)
    (view,) = timeline.views()
    assert list(view.values) == keys.split()
    assert timeline.show("way", view.values)


def test_the_model_is_shown_as_it_was(digits: Dataset) -> None:
    model = DDPM(SMALL)
    timeline = Timeline(model, digits)
    before = timeline.picture(2, 5)
    for weight in model.ema.parameters():
        weight.data.add_(1)
    assert timeline.picture(2, 5) == before


def test_bad_input_gets_one_clear_sentence(timeline: Timeline, digits: Dataset) -> None:
    with pytest.raises(ValueError, match=r"held-out images of shape \(N, 1, 16, 16\), got"):
        Timeline(DDPM(replace(SMALL, shape=(1, 16, 16))), digits)
    with pytest.raises(ValueError, match=r"from images themselves.*got one of shape \(2,\)"):
        Timeline(DDPM(DDPMConfig(shape=(2,), classes=0)), load("ring"))
    with pytest.raises(ValueError, match=r"of shape \(1, 28, 28\) with noise of \(20,\)"):
        Timeline(LatentDiffusion(), digits)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="number of a step, a whole number from 0 to 20, got 21"):
        timeline.picture(21)
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        timeline.picture(0, 0)
