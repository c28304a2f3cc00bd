"""Splits refuse what is no image; batches are rows of the training split; `load` knows its
names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course.catalogue import catalogue
from gan_course.data import Dataset, Split, load


def images(count: int = 12, **options: object) -> Tensor:
    return (
        torch.linspace(-1, 1, count, **options)
        .view(count, 1, 1, 1)
        .expand(count, 3, 4, 4)
        .contiguous()
    )


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(
        "test",
        Split(images(12), torch.arange(12)),
        Split(images(3), torch.arange(3)),
        credit="nobody",
    )


def test_a_batch_holds_rows_of_the_training_split_with_their_own_labels(dataset: Dataset) -> None:
    batch = dataset.batch(1, 5, seed=0)
    assert batch.x.shape == (5, 3, 4, 4)
    assert torch.equal(batch.x, dataset.train.x[batch.labels])


def test_a_batch_is_the_same_whenever_it_is_asked_for(dataset: Dataset) -> None:
    later, first = dataset.batch(9, 5, seed=3), dataset.batch(0, 5, seed=3)
    assert torch.equal(dataset.batch(9, 5, seed=3).labels, later.labels)
    assert torch.equal(dataset.batch(0, 5, seed=3).labels, first.labels)
    assert dataset.batches_per_epoch(5) == 2


def test_writing_into_a_batch_leaves_the_data_alone(dataset: Dataset) -> None:
    dataset.batch(0, 12, seed=0).x.fill_(9)
    assert torch.equal(dataset.train.x, images(12))


def test_images_without_a_channel_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected images of shape \(N, C, H, W\), got \(64, 28, 28\)"
    ):
        Split(torch.zeros(64, 28, 28), torch.zeros(64, dtype=torch.int64))


@pytest.mark.parametrize("shape", [(0, 1, 28, 28), (2, 0, 28, 28), (2, 1, 0, 28)])
def test_a_split_without_an_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError,
        match=r"at least one image of at least one pixel, got shape \(\d, \d, \d+, 28\): look "
        r"where the split was cut",
    ):
        Split(torch.zeros(shape), torch.zeros(shape[0], dtype=torch.int64))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64, torch.float64, torch.float16])
def test_images_that_are_not_float32_are_told_how_to_become_so(dtype: torch.dtype) -> None:
    with pytest.raises(
        TypeError, match=f"expected float32 images, got {dtype}: .* for 8-bit images"
    ):
        Split(torch.zeros(2, 1, 4, 4, dtype=dtype), torch.zeros(2, dtype=torch.int64))


@pytest.mark.parametrize("value", [255.0, -1.01, float("nan"), float("inf")])
def test_images_out_of_range_are_refused(value: float) -> None:
    x = torch.zeros(2, 1, 4, 4)
    x[1, 0, 2, 3] = value
    with pytest.raises(ValueError, match=r"expected images in \[-1, 1\], got values from"):
        Split(x, torch.zeros(2, dtype=torch.int64))


@pytest.mark.parametrize(
    "labels",
    [torch.zeros(3, dtype=torch.int64), torch.zeros(2, 1, dtype=torch.int64), torch.zeros(2)],
)
def test_every_image_has_one_whole_number_for_a_label(labels: Tensor) -> None:
    with pytest.raises(
        ValueError, match=r"expected int64 labels of shape \(2,\), one for each sample, got"
    ):
        Split(torch.zeros(2, 1, 4, 4), labels)


@pytest.mark.parametrize("name", catalogue().data)
def test_every_named_data_set_loads_and_gives_batches_of_its_shape(name: str) -> None:
    data = load(name)
    assert data.batch(0, 4, seed=0).x.shape == (4, *data.shape)
    assert data.batches_per_epoch(4) >= 1


def test_an_unknown_data_set_is_told_the_nearest() -> None:
    with pytest.raises(
        ValueError,
        match=r"there is no data set 'digit' \(did you mean 'digits'\?\); known are "
        r"aerial_maps, avatar_pairs, avatars, balanced_digits, day_night, digits, "
        r"disturbed_digits, ",
    ):
        load("digit")


def test_an_unknown_source_is_told_the_nearest() -> None:
    with pytest.raises(
        ValueError,
        match=r"there is no source 'ful' \(did you mean 'full'\?\); known are full, packaged",
    ):
        load("digits", source="ful")


@pytest.mark.parametrize(
    "name", sorted({*catalogue().data} - {"digits", "balanced_digits", "disturbed_digits"})
)
def test_what_is_generated_has_no_larger_original(name: str) -> None:
    with pytest.raises(
        ValueError,
        match=rf"^['\"]{name}['\"] has no larger original, .*: use source=\"packaged\" instead of "
        r"\"full\"$",
    ):
        load(name, source="full")


def test_an_unknown_data_set_is_called_unknown_whatever_its_source() -> None:
    with pytest.raises(
        ValueError, match="there is no data set 'mixtures' \\(did you mean 'mixture'"
    ):
        load("mixtures", source="full")


def test_a_balanced_dataset_draws_every_class_equally_often_and_a_plain_one_does_not() -> None:
    labels = torch.tensor([0] * 9 + [2] * 3)
    split = Split(images(12), labels)
    plain = Dataset("test", split, split, credit="nobody")
    balanced = replace(plain, balanced=True)
    assert [int((balanced.batch(i, 6, seed=0).labels == 2).sum()) for i in range(5)] == [3] * 5
    assert sum(int((plain.batch(i, 6, seed=0).labels == 2).sum()) for i in range(10)) == 15
    batch = balanced.batch(3, 6, seed=0)
    assert all((split.x == x).flatten(1).all(1).any() for x in batch.x)


def test_balanced_digits_are_the_digits_in_balanced_batches() -> None:
    digits, balanced = load("digits"), load("balanced_digits")
    assert torch.equal(digits.train.x, balanced.train.x)
    assert balanced.batch(7, 60, seed=1).labels.bincount().tolist() == [6] * 10
    assert digits.batch(7, 60, seed=1).labels.bincount().tolist() != [6] * 10


def test_disturbed_digits_are_the_same_rows_moved_anew_in_each_batch() -> None:
    digits, disturbed = load("digits"), load("disturbed_digits")
    assert torch.equal(digits.held_out.x, disturbed.held_out.x)
    plain, moved = (data.batch(7, 60, seed=1) for data in (digits, disturbed))
    assert torch.equal(plain.labels, moved.labels)
    apart = (plain.x - moved.x).abs().mean((1, 2, 3))
    assert ((apart > 0.01) & (apart < 0.5)).all()
    assert torch.equal(moved.x, disturbed.batch(7, 60, seed=1).x)
    # The same digits come again in the next epoch, and lie elsewhere.
    again = torch.cat([disturbed.batch(index, 8000, seed=1).x for index in (0, 1)])
    assert len(again.flatten(1).unique(dim=0)) > 15_900


def test_arrays_and_lists_become_tensors_and_whole_numbers_int64() -> None:
    x = images(4)
    for labels in ([0, 1, 2, 1], torch.tensor([0, 1, 2, 1], dtype=torch.uint8).numpy()):
        split = Split(x.numpy(), labels, given={"size": [1.0, 2.0, 3.0, 4.0]})
        assert torch.equal(split.x, x)
        assert split.labels is not None
        assert split.labels.dtype == torch.int64
        assert split.labels.tolist() == [0, 1, 2, 1]
        assert split.given["size"].shape == (4,)
    assert Split(x.numpy(), None).labels is None


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (
            torch.eye(4),
            r"got torch.float32 of \(4, 4\): labels.argmax\(1\) makes numbers of one-hot",
        ),
        (torch.rand(4), r"labels.long\(\) makes whole numbers of them"),
        (["cat", "dog", "cat", "dog"], "expected labels as a tensor, or numbers that"),
    ],
)
def test_labels_of_another_kind_are_told_how_to_become_some(labels: Any, sentence: str) -> None:
    with pytest.raises((ValueError, TypeError), match=sentence):
        Split(images(4), labels)


def test_a_data_set_is_made_of_two_splits_of_one_shape() -> None:
    x = images(4)
    with pytest.raises(TypeError, match=r"got a Tensor: Split\(x, labels\) makes one"):
        Dataset("mine", x, Split(x), "me")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"got \(4, 3, 4, 4\) and \(4, 3, 2, 4\)"):
        Dataset("mine", Split(x), Split(x[:, :, ::2]), "me")
