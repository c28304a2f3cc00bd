"""The study "cycle": every kind of run can be built and learns, and one way without a cycle is half
of a CycleGAN."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from gan_course.data import load
from gan_course.models import CycleGAN
from gan_course.random_state import seed_everything

ROOT = Path(__file__).parents[1]


@pytest.fixture
def cycle(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import cycle

    return cycle


def small(config: Any) -> Any:
    return replace(config, width=2, d_width=2, blocks=1, steps=2, batch_size=2, pool=0)


def test_every_kind_learns_and_only_with_noise_do_two_answers_differ(cycle: ModuleType) -> None:
    for name, kind in cycle.KINDS.items():
        data = cycle.domains(kind)
        _, found = cycle.learned(replace(kind, config=small(kind.config)), data, seed=0)
        assert len(found) == 1 + (kind.both_ways or kind.config.cycle > 0), name
        x = data.held_out.x[:3]
        for translation in found.values():
            one, other = translation(x), translation(x)
            assert one.shape == x.shape, name
            assert torch.equal(one, other) == (not kind.noise), name


def test_a_cyclegan_whose_cycle_weighs_nothing_is_two_games_of_one_way(cycle: ModuleType) -> None:
    data = load("avatars")
    config = small(replace(cycle.LESSON, cycle=0.0, identity=5.0))
    seed_everything(0)
    both, there = CycleGAN(config), cycle.OneWay(config)
    there.generator.load_state_dict(both.to_y.state_dict())
    there.discriminator.load_state_dict(both.discriminator_y.state_dict())
    for i in range(config.steps):
        batch = data.batch(i, config.batch_size, 0)
        both.step(batch)
        there.step(batch)
    for alone, beside in ((there.ema, both.ema_y), (there.discriminator, both.discriminator_y)):
        for name, weight in alone.state_dict().items():
            torch.testing.assert_close(weight, beside.state_dict()[name])
