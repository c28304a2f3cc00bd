"""Splits and data sets of pairs, and of two domains without pairs."""

from __future__ import annotations

import pytest
import torch

from gan_course.data import Dataset, Domains, Pairs, PairSet, PairSplit, Unpaired, UnpairedSplit


def images(n: int, start: float = 0.0) -> torch.Tensor:
    """`n` images that are all different."""
    return (start + torch.arange(n) / 200)[:, None, None, None].expand(n, 1, 4, 4).clone()


def domains(n: int = 12, m: int = 7) -> Domains:
    train = UnpairedSplit(images(n), y=images(m, 0.5))
    return Domains("two", train, PairSplit(images(3), y=-images(3)), "no one")


def test_a_batch_of_pairs_keeps_each_with_its_own() -> None:
    split = PairSplit(images(20), y=-images(20), given={"row": torch.arange(20)})
    batch = Dataset("pairs", split, split, "no one").batch(1, 8, seed=0)
    assert isinstance(batch, Pairs)
    assert torch.equal(batch.y, -batch.x)
    assert torch.equal(batch.x, split.x[batch.given["row"]])


def test_what_a_model_is_to_draw_is_the_partner_with_its_input_beside_it() -> None:
    split = PairSplit(images(5), y=-images(5))
    reference = Dataset("pairs", split, split, "no one").reference(3)
    assert torch.equal(reference.x, split.y[:3])
    assert torch.equal(reference.given["input"], split.x[:3])
    assert torch.equal(domains().reference(2).x, -images(2))
    unpaired = Domains("two", domains().train, domains().train, "no one")
    assert torch.equal(unpaired.reference(2).x, images(2, 0.5))


def test_pairs_can_be_turned_round_and_stay_pairs() -> None:
    split = PairSplit(images(20), y=-images(20), given={"row": torch.arange(20)})
    data = PairSet("negatives", split, split, "no one")
    swapped = data.swapped()
    assert swapped.name == "swapped negatives"
    for part in (swapped.train, swapped.held_out):
        assert torch.equal(part.x, -images(20))
        assert torch.equal(part.y, images(20))
        assert torch.equal(part.given["row"], torch.arange(20))
    assert torch.equal(swapped.swapped().train.x, data.train.x)


def test_each_domain_is_drawn_in_an_order_of_its_own() -> None:
    data = domains(100, 100)
    batches = [data.batch(i, 10, seed=3) for i in range(10)]
    assert all(isinstance(batch, Unpaired) for batch in batches)
    x, y = (torch.cat(parts) for parts in zip(*[(b.x, b.y - 0.5) for b in batches], strict=True))
    assert x[:, 0, 0, 0].sort().values.allclose(y[:, 0, 0, 0].sort().values, atol=1e-6)
    assert (x - y).abs().amax((1, 2, 3)).gt(1e-4).sum() > 90
    again = data.batch(4, 10, seed=3)
    assert torch.equal(again.x, batches[4].x)
    assert torch.equal(again.y, batches[4].y)


def test_an_epoch_ends_with_the_smaller_domain_and_the_larger_goes_on() -> None:
    data = domains(12, 7)
    assert (data.batches_per_epoch(3), data.batches_per_epoch(8)) == (2, 0)
    x = torch.cat([data.batch(i, 3, seed=0).x for i in range(4)])
    assert x[:, 0, 0, 0].unique().numel() == 12


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a partner for each of 4 samples, got 3"):
        PairSplit(images(4), y=images(3))
    for kind in (PairSplit, UnpairedSplit):
        with pytest.raises(ValueError, match=r"one shape on both sides, got x of \(4, 1, 4, 4\)"):
            kind(images(4), y=images(4)[:, :, :2])
        with pytest.raises(TypeError, match="expected float32 images"):
            kind(images(4), y=images(4).double())
