"""What a kind of sample says of itself: what it refuses, how it is written, and what fits it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gan_course.catalogue import catalogue
from gan_course.data import Dataset, Split, load
from gan_course.modalities import IMAGES, LINE, PAIRS, PLANE, UNPAIRED, Modality
from tests.families.token_modality import TOKENS
from tests.families.wave_modality import WAVES

ALL = pytest.mark.parametrize(
    "kind", [LINE, PLANE, IMAGES, PAIRS, UNPAIRED, WAVES, TOKENS], ids=lambda kind: kind.name
)


@pytest.mark.parametrize("name", catalogue().data)
def test_data_hold_samples_of_the_kind_they_name(name: str) -> None:
    data = load(name)
    data.modality.expect(data.batch(0, 5, seed=0).x)
    reference = data.reference(7)
    data.modality.expect(reference.x)
    assert len(reference) == 7
    assert torch.equal(data.reference(7).x, reference.x)


@pytest.mark.parametrize("name", catalogue().models)
def test_a_model_learns_the_data_it_is_declared_with(name: str) -> None:
    entry = catalogue().model(name)
    assert load(entry.data).modality in entry.kind.modalities
    assert entry.configuration().shape == load(entry.data).shape


@ALL
def test_random_batches_are_of_the_kind_and_a_function_of_their_generator(kind: Modality) -> None:
    for shape in kind.shapes:
        one, other = (
            kind.random_batch(6, shape, torch.Generator().manual_seed(seed)) for seed in (1, 1)
        )
        kind.expect(one.x)
        assert one.x.shape == (6, *shape)
        assert torch.equal(one.x, other.x)


@ALL
def test_samples_of_another_kind_are_refused(kind: Modality) -> None:
    with pytest.raises((ValueError, TypeError)):
        kind.expect(torch.zeros(3, 5, 4, 4, 4))


@ALL
def test_arrays_are_written_and_read_back_and_an_unknown_ending_is_refused(
    kind: Modality, tmp_path: Path
) -> None:
    samples = kind.random(3, kind.shapes[0], torch.Generator().manual_seed(0))
    kind.write(tmp_path / "x.npz", samples, None)
    with np.load(tmp_path / "x.npz") as archive:
        (name,) = archive.files
        assert len(archive[name]) == 3
    with pytest.raises(ValueError, match=f"{kind.name} are written as .*, got --out .*x.mp4"):
        kind.write(tmp_path / "x.mp4", samples, None)
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]


def test_a_split_is_checked_by_the_kind_it_names() -> None:
    tokens = torch.randint(8, (5, 6))
    split = Split(tokens, modality=TOKENS)
    assert Dataset("words", split, split, "no one").batch(0, 2, seed=0).x.dtype == torch.int64
    with pytest.raises(ValueError, match="expected images of shape"):
        Split(tokens)
    with pytest.raises(ValueError, match="expected tokens from 0 to 7"):
        Split(tokens + 8, modality=TOKENS)


def test_what_is_given_of_each_sample_comes_with_the_batch() -> None:
    masks = torch.arange(6)
    split = Split(torch.zeros(6, 1, 4, 4), given={"masks": masks})
    batch = Dataset("masked", split, split, "no one").batch(0, 3, seed=0)
    assert batch.labels is None
    assert sorted(batch.given["masks"].tolist()) != [0, 0, 0]
    with pytest.raises(ValueError, match="expected 6 masks, one for each sample, got 5"):
        Split(torch.zeros(6, 1, 4, 4), given={"masks": masks[:5]})
    with pytest.raises(ValueError, match="no labels, so there are no classes"):
        _ = split.classes


@pytest.mark.parametrize("name", ["gaussian", "grid", "digits"])
def test_real_samples_are_in_balance_and_a_single_one_is_not(name: str) -> None:
    data = load(name)
    real = data.reference(2000).x
    balance = data.modality.balance(real, data)
    assert balance is not None
    assert (balance.drawn - balance.due).abs().sum() / 2 < 0.1
    one = data.modality.balance(real[:1].expand(2000, *real.shape[1:]), data)
    assert one is not None
    assert (one.drawn - one.due).abs().sum() / 2 > 0.8


def test_shapes_have_no_score_and_no_balance_since_no_judge_knows_them() -> None:
    shapes = load("shapes")
    assert IMAGES.scores(shapes) == {}
    assert IMAGES.balance(shapes.held_out.x[:5], shapes) is None
