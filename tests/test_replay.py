"""The pool of samples drawn earlier: half old ones once it is full, and a state to go on from."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
import torch

from gan_course.replay import ReplayPool


def numbered(first: int, count: int = 8) -> torch.Tensor:
    return torch.arange(first, first + count, dtype=torch.float32)[:, None]


def test_until_the_pool_is_full_the_newest_are_handed_on() -> None:
    pool = ReplayPool(16)
    assert torch.equal(pool.mix(numbered(0)), numbered(0))
    assert torch.equal(pool.mix(numbered(8)), numbered(8))


def test_a_full_pool_gives_about_half_old_ones_and_keeps_their_number() -> None:
    random.seed(0)
    pool, old = ReplayPool(50), 0
    for step in range(200):
        mixed = pool.mix(numbered(8 * step))
        assert mixed.shape == (8, 1)
        old += int((mixed[:, 0] < 8 * step).sum())
    assert len(pool.state_dict()["kept"]) == 50
    assert old / (8 * 193) == pytest.approx(0.5, abs=0.05)


def test_a_pool_of_nothing_changes_nothing() -> None:
    pool = ReplayPool(0)
    for step in range(3):
        assert torch.equal(pool.mix(numbered(step)), numbered(step))
    with pytest.raises(ValueError, match="a pool holds at least 0 samples, got -1"):
        ReplayPool(-1)


def test_nothing_flows_back_through_what_is_kept() -> None:
    pool = ReplayPool(4)
    samples = numbered(0).requires_grad_()
    assert not pool.mix(samples * 2).requires_grad


def test_a_pool_goes_on_from_its_state() -> None:
    random.seed(1)
    first, second = ReplayPool(4), ReplayPool(4)
    first.mix(numbered(0))
    file = BytesIO()
    torch.save({"pool": first.state_dict(), "python": random.getstate()}, file)
    expected = [first.mix(numbered(8 * step)) for step in (1, 2, 3)]
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    second.load_state_dict(saved["pool"])
    version, words, gauss = saved["python"]
    random.setstate((version, tuple(words), gauss))
    found = [second.mix(numbered(8 * step)) for step in (1, 2, 3)]
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))
