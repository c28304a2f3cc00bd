from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import gan_course.metrics
from gan_course.data.avatars import Avatars
from gan_course.metrics import attribute_agreement, frechet_distance, portrait_judge
from gan_course.metrics.ladder import blur
from gan_course.metrics.portrait_judge import ATTRIBUTES, COLOURS, PARTS, _load

FOLDER = Path(gan_course.metrics.__file__).parent
WEIGHTS = FOLDER / "portrait_judge.safetensors"
CARD = (FOLDER / "portrait_judge_card.md").read_text(encoding="utf-8")


def test_card_describes_the_weights_that_ship() -> None:
    weights = WEIGHTS.read_bytes()
    assert len(weights) < 300_000
    assert hashlib.sha256(weights).hexdigest() in CARD
    assert f"{len(weights):,} bytes" in CARD
    floating = {t.dtype for t in load_file(WEIGHTS).values() if t.is_floating_point()}
    assert floating == {torch.float16}
    assert {p.dtype for p in portrait_judge().parameters()} == {torch.float32}


def test_cards_accuracy_is_the_measured_one(portraits: Avatars) -> None:
    found = attribute_agreement(portraits.held_out.y, portraits.held_out.given)
    for name in ATTRIBUTES:
        stated = re.search(rf"\| `{name}` \| [\d.]+ % \| ([\d.]+) %", CARD)
        assert stated is not None, name
        # One picture of 600 may fall the other way on another machine's arithmetic.
        assert 100 * found[name] == pytest.approx(float(stated[1]), abs=0.25), name


def test_attributes_are_those_of_the_portraits_that_are_installed(portraits: Avatars) -> None:
    values = {name: len(portraits.attributes[name]) for name in ATTRIBUTES}
    assert values == ATTRIBUTES


def test_blurred_portraits_are_read_almost_as_well(portraits: Avatars) -> None:
    real, given = portraits.held_out.y, portraits.held_out.given
    sharp = attribute_agreement(real, given)
    for sigma in (0.5, 1.0):
        blurred = attribute_agreement(blur(real, sigma), given)
        for name in ATTRIBUTES:
            assert blurred[name] > sharp[name] - 0.1, (sigma, name)


def test_a_portrait_of_someone_else_and_the_colours_of_a_sketch_agree_by_chance(
    portraits: Avatars,
) -> None:
    given = portraits.held_out.given
    others = attribute_agreement(portraits.held_out.y.roll(1, 0), given)
    sketches = attribute_agreement(portraits.held_out.x, given)
    for name in ATTRIBUTES:
        commonest = given[name].bincount().max().item() / len(given[name])
        assert others[name] < commonest + 0.05, name
        assert name in PARTS or sketches[name] < commonest + 0.05, name


def test_distances_of_features_rise_from_real_portraits_to_blurred_sketched_and_mean_ones(
    portraits: Avatars,
) -> None:
    held_out, train = portraits.held_out, portraits.train
    mean = train.y.mean(0, keepdim=True).expand_as(held_out.y)
    kinds = (train.y[:600], blur(train.y[600:1200], 1.0), held_out.x, mean)
    features = portrait_judge().features(held_out.y)
    found = [frechet_distance(portrait_judge().features(x), features) for x in kinds]
    assert found == sorted(found)
    assert found[2] > 10 * found[0]


def test_it_is_loaded_once_frozen_and_leaves_the_random_state_alone() -> None:
    before = torch.get_rng_state()
    _load.__wrapped__("cpu")
    assert torch.equal(before, torch.get_rng_state())
    assert portrait_judge() is portrait_judge("cpu")
    assert not portrait_judge().training
    assert not any(p.requires_grad for p in portrait_judge().parameters())


def test_results_do_not_depend_on_the_batch_size(portraits: Avatars) -> None:
    images = portraits.held_out.y[:253]  # more than one batch, the last one short
    together = portrait_judge().features(images)
    assert together.shape == (253, 64)
    alone = torch.cat([portrait_judge().features(image[None]) for image in images[240:]])
    torch.testing.assert_close(together[240:], alone, rtol=0, atol=1e-4)


def test_what_cannot_be_compared_is_refused(portraits: Avatars) -> None:
    images, given = portraits.held_out.y[:9], portraits.held_out.as_batch()[:9].given
    assert set(attribute_agreement(images, given)) == set(PARTS | COLOURS)
    assert set(attribute_agreement(images, {"head": given["head"], "input": images})) == {"head"}
    with pytest.raises(ValueError, match=r"\(N, 3, 32, 32\), got \(9, 3, 28, 28\)"):
        attribute_agreement(images[:, :, 2:-2, 2:-2], given)
    with pytest.raises(ValueError, match=r"some of head, .*, got 9 images and base: portraits of"):
        attribute_agreement(images, {"base": given["head"]})
    with pytest.raises(ValueError, match="got 0 images"):
        attribute_agreement(images[:0], {name: x[:0] for name, x in given.items()})
    with pytest.raises(ValueError, match=r"head of shape \(9,\), one for each sample, got \(8,\)"):
        attribute_agreement(images, {"head": given["head"][:8]})
    with pytest.raises(ValueError, match="head from 0 to 47, got"):
        attribute_agreement(images, {"head": given["head"] + 48})
