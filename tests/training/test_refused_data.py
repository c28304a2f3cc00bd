"""Data that a model cannot learn are refused before the first step."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from gan_course.data import Gaussian, Split, load
from gan_course.modalities import LINE
from gan_course.models import (
    CGAN,
    DCGAN,
    GAN,
    WGAN,
    CGANConfig,
    DCGANConfig,
    GANConfig,
    WGANConfig,
)
from gan_course.training import Hook, Run, fit

MODEL = GAN(GANConfig(hidden=(8,), batch_size=16, steps=7))


class Began(Hook):
    """Fails the test if a run begins."""

    def start(self, run: Run) -> None:
        raise AssertionError("the run has begun")


def test_data_of_another_shape_is_refused_before_anything_starts() -> None:
    with pytest.raises(
        ValueError,
        match=r"GANConfig has shape = \(1,\), and the data have \(1, 28, 28\): build ",
    ):
        fit(MODEL, load("digits"), hooks=[Began()])
    with pytest.raises(
        ValueError, match=r"a DCGAN learns images, the data are points on a line: choose other data"
    ):
        fit(DCGAN(DCGANConfig(width=4)), Gaussian(2.0, 1.0), hooks=[Began()])
    with pytest.raises(
        ValueError, match=r"CGANConfig has classes = 5, and the data have 10: .* with classes=10"
    ):
        fit(CGAN(CGANConfig(width=2, classes=5)), load("digits"), hooks=[Began()])


def test_a_batch_larger_than_the_data_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match="batch_size must be at most 8000 for these data, got 9000: a step takes 9000 samples",
    ):
        fit(DCGAN(DCGANConfig(width=4, batch_size=9000)), load("digits"), steps=1)
    # The limit is that of the field, where a step takes several batches.
    model = WGAN(WGANConfig(shape=(1, 28, 28), width=2, n_critic=5, batch_size=1601))
    with pytest.raises(
        ValueError,
        match="batch_size must be at most 1600 for these data, got 1601: a step takes 8005 samples",
    ):
        fit(model, load("digits"), steps=1)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (DataLoader(TensorDataset(torch.zeros(4, 1)), batch_size=2), "DataLoader"),
        (Split(torch.zeros(4, 1), modality=LINE), "Split"),
        (torch.zeros(4, 1), "Tensor"),
    ],
)
def test_what_gives_no_batches_is_told_the_way(data: Any, name: str) -> None:
    with pytest.raises(
        TypeError,
        match=rf"got a {name}: Dataset\(.mine., Split\(x, labels\), .* load\(.folder:PATH.\) of",
    ):
        fit(MODEL, data)
