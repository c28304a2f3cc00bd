"""Faces put together by name: sketches and portraits, in pairs and as two domains."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_course.data import Domains, PairSplit, avatars, load
from gan_course.data.avatars import STYLES, Avatars
from gan_course.modalities import PAIRS, UNPAIRED


@pytest.fixture(scope="module")
def pairs() -> Avatars:
    return load("avatar_pairs")


@pytest.fixture(scope="module")
def domains() -> Domains:
    return load("avatars")


def faces(split: PairSplit) -> list[tuple[int, ...]]:
    """The parts of each face, without colours, which a sketch does not show."""
    columns = [numbers for name, numbers in split.given.items() if not name.endswith("Color")]
    return [tuple(row) for row in torch.stack(columns, 1).tolist()]


def test_there_are_2400_pairs_to_learn_from_and_600_held_out(pairs: Avatars) -> None:
    assert pairs.modality is PAIRS
    assert (len(pairs.train), len(pairs.held_out), pairs.shape) == (2400, 600, (3, 32, 32))


def test_no_two_faces_are_the_same(pairs: Avatars) -> None:
    everyone = faces(pairs.train) + faces(pairs.held_out)
    assert len(set(everyone)) == 3000


def test_the_two_domains_show_different_people_and_the_held_out_pairs_are_true(
    pairs: Avatars, domains: Domains
) -> None:
    assert domains.modality is UNPAIRED
    assert torch.equal(domains.train.x, pairs.train.x[:1200])
    assert torch.equal(domains.train.y, pairs.train.y[1200:])
    assert torch.equal(domains.held_out.x, pairs.held_out.x)
    assert torch.equal(domains.held_out.y, pairs.held_out.y)


def test_a_sketch_is_grey_and_as_dark_as_its_portrait_only_where_there_is_ink(
    pairs: Avatars,
) -> None:
    x, y = pairs.held_out.x, pairs.held_out.y
    assert torch.equal(x.amin(1), x.amax(1))
    assert (y.amax(1) - y.amin(1)).amax((1, 2)).min() > 0.1  # every portrait has a colour
    assert (y.mean(1) <= x[:, 0] + 0.02).float().mean() > 0.999


def shown(pairs: Avatars, part: str, value: str) -> Tensor:
    return pairs.train.given[part] == pairs.attributes[part].index(value)


def test_attributes_say_what_the_pictures_show(pairs: Avatars) -> None:
    for numbers, values in zip(pairs.train.given.values(), pairs.attributes.values(), strict=True):
        assert numbers.unique().tolist() == list(range(len(values)))
    collar = pairs.train.y[:, :, -1, 12:20].mean((0, 2))
    for colour in pairs.attributes["clothingColor"]:
        wanted = torch.tensor([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 127.5 - 1
        worn = pairs.train.y[shown(pairs, "clothingColor", colour)][:, :, -1, 12:20].mean((0, 2))
        assert ((worn - collar) * (wanted - collar)).sum() > 0
    bare, glasses = (shown(pairs, "accessories", value) for value in ("none", "sunglasses"))
    assert pairs.train.x[bare].mean() > pairs.train.x[glasses].mean()
    assert 0.6 < bare.float().mean() < 0.75


def test_every_style_gives_portraits_and_their_sketches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(avatars, "LEARNED", 12)
    monkeypatch.setattr(avatars, "HELD_OUT", 4)
    for style in STYLES:
        pairs = avatars.avatar_pairs(cache=tmp_path, style=style)
        assert (len(pairs.train), len(pairs.held_out)) == (12, 4)
        assert (pairs.train.x - pairs.train.y).abs().mean((1, 2, 3)).min() > 0.02
    with pytest.raises(ValueError, match=r"no style 'open-peep' \(did you mean 'open-peeps'\?\)"):
        avatars.avatar_pairs(style="open-peep")


def test_a_cartoon_has_16_blocks_a_side_in_the_colours_of_the_style_and_keeps_the_face(
    pairs: Avatars,
) -> None:
    pixels = load("pixel_portraits")
    assert (pixels.modality, pixels.attributes) == (PAIRS, pairs.attributes)
    for part, portraits in ((pixels.train, pairs.train), (pixels.held_out, pairs.held_out)):
        assert torch.equal(part.x, portraits.y)
        assert all(torch.equal(part.given[name], portraits.given[name]) for name in part.given)
        blocks = part.y.unfold(2, 2, 2).unfold(3, 2, 2)
        assert torch.equal(blocks.amin((4, 5)), blocks.amax((4, 5)))
    colours = pixels.train.y.permute(0, 2, 3, 1).flatten(0, 2).unique(dim=0)
    known = {
        colour for name, part in pairs.attributes.items() if "Color" in name for colour in part
    }
    assert 15 < len(colours) <= len(known) + 2  # black and white
    # A block of one colour stays as it is.
    x, y = pixels.held_out.x, pixels.held_out.y
    white = (x == 1).all(1).unfold(1, 2, 2).unfold(2, 2, 2).all((3, 4))
    assert white.float().mean() > 0.3
    assert (y[:, :, ::2, ::2].permute(0, 2, 3, 1)[white] == 1).all()
    assert (x - y).abs().mean() < 0.2
    assert (x - y.roll(1, 0)).abs().mean() > 0.4
