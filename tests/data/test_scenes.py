"""Scenes drawn twice: the two fit, texture is as rough as declared, and no scene comes twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_course.data import PairSet, PairSplit, aerial, load, scenes, streets
from gan_course.data.landscapes import NIGHT
from gan_course.data.scenes import Look
from gan_course.modalities import PAIRS

NAMES = ("day_night", "street_maps", "aerial_maps")
MAPS = pytest.mark.parametrize(
    ("name", "looks"), [("street_maps", streets.LOOKS), ("aerial_maps", aerial.LOOKS)]
)


def levels(images: Tensor) -> Tensor:
    """Grey levels from 0 to 255, whole numbers, (N, H, W, C)."""
    return ((images + 1) * 127.5).round().permute(0, 2, 3, 1)


def places(images: Tensor, colour: str) -> Tensor:
    """Where `images` have exactly this colour, bool (N, H, W)."""
    return (levels(images) == torch.tensor(list(bytes.fromhex(colour[1:])))).all(3)


def mean_colours(split: PairSplit, looks: Mapping[str, Look]) -> dict[str, Tensor]:
    """Red, green and blue of what is seen of each class."""
    plain = levels(split.given["plain"])
    return {name: plain[places(split.x, look.label)].mean(0) for name, look in looks.items()}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_2000_pairs_to_learn_from_and_400_held_out_and_none_comes_twice(
    name: str,
) -> None:
    data = load(name)
    assert (data.name, data.modality, data.shape) == (name, PAIRS, (3, 32, 32))
    assert (len(data.train), len(data.held_out)) == (2000, 400)
    for side in ("x", "y"):
        images = [*getattr(data.train, side), *getattr(data.held_out, side)]
        assert len({image.numpy().tobytes() for image in images}) == 2400


@pytest.mark.parametrize("name", NAMES)
def test_scenes_are_always_the_same_and_come_in_two_sizes(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept: PairSet = load(name)
    monkeypatch.setattr(scenes, "LEARNED", 6)
    monkeypatch.setattr(scenes, "HELD_OUT", 2)
    again = load(name, cache=tmp_path)
    assert torch.equal(again.train.x, kept.train.x[:6])
    assert torch.equal(again.train.y, kept.train.y[:6])
    large = load(name, cache=tmp_path, shape=(3, 64, 64))
    smaller = torch.nn.functional.avg_pool2d(large.held_out.x, 2)
    assert (smaller - again.held_out.x).abs().mean() < 0.1
    assert (smaller - again.held_out.x.roll(1, 0)).abs().mean() > 0.1


@MAPS
def test_each_pixel_of_a_map_has_the_colour_of_one_class(
    name: str, looks: Mapping[str, Look]
) -> None:
    x = load(name).train.x[:500]
    found = torch.stack([places(x, look.label) for look in looks.values()])
    assert (found.sum(0) == 1).all()
    assert found.flatten(1).any(1).all()


@MAPS
def test_texture_is_as_rough_as_declared_and_without_it_the_error_is_least(
    name: str, looks: Mapping[str, Look]
) -> None:
    train = load(name).train
    y, plain = levels(train.y), levels(train.given["plain"])
    for look in looks.values():
        here = places(train.x, look.label)
        texture = (y - plain)[here]
        if look.rough:
            assert texture.std().item() == pytest.approx(look.rough, rel=0.1)
            assert abs(texture.mean().item()) < 0.1 * look.rough
        else:
            assert not texture.any()
    guesses = (plain, plain + 2, plain - 2, (plain + plain.roll(1, 1)) / 2)
    least, *others = ((y - guess).abs().mean() for guess in guesses)
    assert all(least < other for other in others)


def test_a_street_looks_as_its_map_says() -> None:
    train = load("street_maps").train
    plain = levels(train.given["plain"])
    seen = mean_colours(train, streets.LOOKS)
    assert max(seen, key=lambda name: float(seen[name][2])) == "sky"
    assert max(seen, key=lambda name: float(seen[name][0] - seen[name][1])) == "car"
    assert max(seen, key=lambda name: float(seen[name][1] - seen[name][2])) == "tree"
    assert seen["road"].max() - seen["road"].min() < 15
    # Of the wall on the right the sun sees nothing.
    wall = places(train.x, streets.LOOKS["plaster"].label)
    left, right = (plain[:, :, half][wall[:, :, half]] for half in (slice(16), slice(16, None)))
    assert left.mean() > right.mean() + 40


def test_the_land_looks_as_its_map_says() -> None:
    train = load("aerial_maps").train
    seen = mean_colours(train, aerial.LOOKS)
    assert max(seen, key=lambda name: float(seen[name][2] - seen[name][0])) == "water"
    assert max(seen, key=lambda name: float(seen[name][0] - seen[name][1])) == "house"
    assert min(seen, key=lambda name: float(seen[name].sum())) == "forest"
    assert seen["road"].max() - seen["road"].min() < 15


def test_all_nights_have_the_same_colours_and_what_has_one_had_one_by_day() -> None:
    held_out = load("day_night").held_out
    day = levels(held_out.x)
    for part in ("backgroundColor", "hill1Color", "hill4Color"):
        there = places(held_out.y, NIGHT[part])
        assert there.flatten(1).any(1).float().mean() > 0.95
        for picture, mask in zip(day, there, strict=True):
            assert len(picture[mask].unique(dim=0)) <= 1
    assert held_out.x.mean() > held_out.y.mean() + 0.5
