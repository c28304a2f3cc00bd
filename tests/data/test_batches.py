"""Batch i is a pure function of (seed, i)."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gan_course.data import Batch, Pairs, Unpaired, random_generator
from gan_course.data.batches import balanced_rows, batch_rows, joined

COUNT, SIZE = 23, 5
PER_EPOCH = COUNT // SIZE


def test_batches_asked_for_in_any_order_are_the_same() -> None:
    indices = list(range(3 * PER_EPOCH))
    forwards = {i: batch_rows(COUNT, i, SIZE, seed=1).tolist() for i in indices}
    backwards = {i: batch_rows(COUNT, i, SIZE, seed=1).tolist() for i in reversed(indices)}
    assert forwards == backwards


def test_batches_do_not_touch_or_feel_the_global_random_state() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = batch_rows(1009, 0, SIZE, seed=31)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert torch.equal(batch_rows(1009, 0, SIZE, seed=31), first)


def test_an_epoch_sees_each_row_at_most_once() -> None:
    for epoch in range(4):
        rows = torch.cat(
            [batch_rows(COUNT, epoch * PER_EPOCH + i, SIZE, seed=2) for i in range(PER_EPOCH)]
        )
        assert len(rows) == len(rows.unique()) == PER_EPOCH * SIZE
        assert 0 <= rows.min() <= rows.max() < COUNT


def test_rows_left_out_of_one_epoch_come_in_another() -> None:
    seen = torch.cat([batch_rows(COUNT, i, SIZE, seed=2) for i in range(12 * PER_EPOCH)])
    assert len(seen.unique()) == COUNT


def test_every_epoch_and_every_seed_has_an_order_of_its_own() -> None:
    orders = {
        tuple(batch_rows(100, epoch, 100, seed).tolist()) for seed in range(3) for epoch in range(3)
    }
    assert len(orders) == 9


def test_a_batch_larger_than_the_data_is_refused() -> None:
    assert len(batch_rows(5, 0, 5, seed=0)) == 5
    with pytest.raises(
        ValueError,
        match="a batch of 6 cannot be drawn from 5 rows: choose a batch size of at most 5",
    ):
        batch_rows(5, 0, 6, seed=0)


def test_random_generators_are_functions_of_their_whole_key() -> None:
    def first(*key: int) -> float:
        return torch.rand((), generator=random_generator(*key)).item()

    assert first(3, 4) == first(3, 4)
    assert len({first(*key) for key in [(3, 4), (4, 3), (3, 5), (34,), (3,), (3, 4, 1)]}) == 6


@pytest.mark.parametrize("key", [(-1,), (2**32,), (0, -1), (3, 2**40, 1)])
def test_numbers_that_would_share_a_stream_with_another_key_are_refused(
    key: tuple[int, ...],
) -> None:
    outside = next(part for part in key if not 0 <= part < 2**32)
    with pytest.raises(
        ValueError,
        match=rf"^seeds, .*, are whole numbers from 0 to 2\^32 - 1, got {outside}: choose one of "
        r"those$",
    ):
        random_generator(*key)


def test_every_number_below_two_to_the_32_is_a_key() -> None:
    streams = {
        torch.rand((), generator=random_generator(*key)).item()
        for key in [(0,), (2**32 - 1,), (2**32 - 1, 0), (0, 2**32 - 1)]
    }
    assert len(streams) == 4


def test_streams_of_neighbouring_seeds_are_uncorrelated() -> None:
    streams = torch.stack(
        [
            torch.randn(2000, generator=random_generator(seed, index))
            for seed in range(4)
            for index in range(4)
        ]
    )
    others = torch.corrcoef(streams) - torch.eye(16)
    # The correlation of 2,000 independent pairs has a standard deviation of 0.022; there are 120 of
    # them.
    assert others.abs().max() < 0.1


def test_a_batch_knows_its_length_and_goes_to_a_device_with_its_labels() -> None:
    batch = Batch(torch.zeros(4, 1), torch.arange(4))
    assert len(batch) == 4
    moved = batch.to(torch.device("meta"))
    assert moved.x.device.type == moved.labels.device.type == "meta"
    assert Batch(torch.zeros(2, 1)).to(torch.device("meta")).labels is None


CLASSES = [torch.arange(0, 7), torch.arange(7, 20), torch.arange(20, 24)]  # 7, 13 and 4 rows


def counts(index: int, size: int) -> list[int]:
    rows = balanced_rows(CLASSES, index, size, seed=1)
    assert len(rows) == size
    return [int(torch.isin(rows, members).sum()) for members in CLASSES]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 30])
def test_no_class_has_more_than_one_row_more_in_a_balanced_batch_nor_in_all_of_them(
    size: int,
) -> None:
    total = torch.zeros(3, dtype=torch.int64)
    for index in range(40):
        found = counts(index, size)
        assert max(found) - min(found) <= 1
        total += torch.tensor(found)
        assert total.max() - total.min() <= 1


def test_each_row_of_a_class_is_drawn_once_before_any_is_drawn_again() -> None:
    drawn = torch.cat([balanced_rows(CLASSES, index, 6, seed=3) for index in range(100)])
    for members in CLASSES:
        times = [int((drawn == row).sum()) for row in members]
        assert max(times) - min(times) <= 1


def test_balanced_batches_are_a_function_of_seed_and_index_and_mix_their_classes() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    later, first = balanced_rows(CLASSES, 9, 6, seed=3), balanced_rows(CLASSES, 0, 6, seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(balanced_rows(CLASSES, 9, 6, seed=3), later)
    assert torch.equal(balanced_rows(CLASSES, 0, 6, seed=3), first)
    assert not torch.equal(balanced_rows(CLASSES, 0, 6, seed=4), first)
    assert any(rows.tolist() != sorted(rows.tolist()) for rows in (first, later))


def test_a_balanced_batch_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="the batch size must be at least 1, got 0"):
        balanced_rows(CLASSES, 0, 0, seed=0)


def test_data_without_labels_are_refused_where_labels_are_needed() -> None:
    with pytest.raises(
        ValueError,
        match="this model learns from labelled data, and these have no labels: use data with "
        "classes, such as digits",
    ):
        Batch(torch.zeros(2, 1)).expect_labels()


def everything() -> Unpaired:
    return Unpaired(
        torch.arange(6.0),
        torch.arange(6),
        {"masks": torch.arange(6) + 10, "captions": torch.arange(12).view(6, 2)},
        y=-torch.arange(6.0),
    )


def test_a_slice_of_a_batch_is_a_slice_of_all_it_holds() -> None:
    part = everything()[2:4]
    assert isinstance(part, Unpaired)
    assert (len(part), part.x.tolist(), part.y.tolist()) == (2, [2, 3], [-2, -3])
    assert part.labels is not None
    assert part.labels.tolist() == [2, 3]
    assert part.given["masks"].tolist() == [12, 13]
    assert part.given["captions"].tolist() == [[4, 5], [6, 7]]


def test_a_batch_moves_with_all_it_holds() -> None:
    moved = everything().to(torch.device("meta"))
    assert {tensor.device.type for tensor in moved.tensors()} == {"meta"}
    assert len(list(moved.tensors())) == 5


def test_batches_are_joined_one_after_the_other() -> None:
    whole = joined([everything()[:2], everything()[2:5], everything()[5:]])
    assert all(
        torch.equal(a, b) for a, b in zip(whole.tensors(), everything().tensors(), strict=True)
    )
    assert list(whole.given) == ["masks", "captions"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": torch.zeros(5)},
        {"given": {"masks": torch.zeros(7)}},
    ],
)
def test_tensors_of_another_length_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the tensors of a batch are of one length, got"):
        Batch(torch.zeros(6), **wrong)
    with pytest.raises(ValueError, match=r"got shapes \(6,\), \(5,\)"):
        Pairs(torch.zeros(6), y=torch.zeros(5))
