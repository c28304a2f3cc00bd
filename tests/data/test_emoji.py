"""Emoji as line drawings and in colour: exact pairs, no twin of which lies on the other side."""

from __future__ import annotations

import time

import pytest
import torch

from gan_course.catalogue import catalogue
from gan_course.data import load
from gan_course.data.emoji import Emoji, base_of, lines_of
from gan_course.modalities import PAIRS


@pytest.fixture(scope="module")
def emoji() -> Emoji:
    return load("emoji")


def test_there_are_thousands_of_pairs_and_their_counts_are_printed(emoji: Emoji) -> None:
    assert emoji.modality is PAIRS
    assert emoji.shape == (3, 32, 32)
    counted = len(emoji.train) + len(emoji.held_out) + sum(emoji.left_out.values())
    assert counted == 4495
    assert 0.06 < len(emoji.held_out) / len(emoji.train) < 0.12
    assert str(emoji) == (
        f"emoji: {len(emoji.train):,} to learn from, {len(emoji.held_out)} held out, (3, 32, 32) "
        f"each; left out: 320 flags, 367 logos of private use, "
        f"{emoji.left_out['that colour does not change']} that colour does not change, "
        f"{emoji.left_out['whose lines are learned from']} whose lines are learned from"
    )


def test_lines_are_grey_and_colour_changes_every_picture(emoji: Emoji) -> None:
    for split in (emoji.train, emoji.held_out):
        assert torch.equal(split.x.amin(1), split.x.amax(1))
        assert (split.y - split.x).abs().mean((1, 2, 3)).min() > 2 * 0.99 / 255
        # Most lines are drawn last, so where one is black its own picture is dark as well.
        black, dark = split.x < -0.98, split.y < -0.5
        assert dark[black].float().mean() > 0.8
        assert dark.roll(1, 0)[black].float().mean() < 0.5


def test_no_twin_of_a_held_out_emoji_is_learned_from(emoji: Emoji) -> None:
    learned, held_out = (set(s.given["base"].tolist()) for s in (emoji.train, emoji.held_out))
    assert not learned & held_out
    lines = {x.numpy().tobytes() for x in emoji.train.x}
    assert not any(x.numpy().tobytes() in lines for x in emoji.held_out.x)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("1F44B-1F3FD", "1F44B"),
        ("1F469-1F3FD-200D-1F4BB", "1F9D1-1F4BB"),
        ("1F468-200D-1F4BB", "1F9D1-1F4BB"),
        ("1F3CB-1F3FE-200D-2640-FE0F", "1F3CB"),
        ("1F6B6-200D-27A1-FE0F", "1F6B6"),
        ("2640", "2640"),
        ("27A1", "27A1"),
    ],
)
def test_a_base_emoji_has_no_skin_tone_no_gender_and_no_way_to_face(name: str, base: str) -> None:
    assert base_of([int(code, 16) for code in name.split("-")]) == base


def test_of_a_drawing_the_groups_of_lines_remain() -> None:
    groups = "".join(f'<g id="{name}"/>' for name in ("color", "skin", "line", "line-supplement"))
    drawn = lines_of(f'<svg xmlns="http://www.w3.org/2000/svg">{groups}</svg>')
    assert [name in drawn for name in ("color", "skin", '"line"', "line-supplement")] == [
        *(False, False, True, True)
    ]


def test_twins_do_not_stand_side_by_side(emoji: Emoji) -> None:
    base = emoji.held_out.given["base"]
    assert (base[1:] == base[:-1]).float().mean() < 0.1


def test_grey_emoji_are_the_coloured_ones_as_bright_and_without_colour(emoji: Emoji) -> None:
    grey = load("grey_emoji")
    assert (grey.name, grey.modality, grey.left_out) == ("grey_emoji", PAIRS, emoji.left_out)
    for part, coloured in ((grey.train, emoji.train), (grey.held_out, emoji.held_out)):
        assert torch.equal(part.y, coloured.y)
        assert torch.equal(part.given["base"], coloured.given["base"])
        assert torch.equal(part.x.amin(1), part.x.amax(1))
        red, green, blue = part.y.unbind(1)
        assert torch.allclose(part.x[:, 1], 0.299 * red + 0.587 * green + 0.114 * blue, atol=1e-6)
    learned = {x.numpy().tobytes() for x in grey.train.x}
    assert not any(x.numpy().tobytes() in learned for x in grey.held_out.x)


DRAWN = [name for name, entry in catalogue().data.items() if entry.drawn]


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_kept_is_there_in_less_than_three_tenths_of_a_second(name: str) -> None:
    load(name)
    took = []
    for _ in range(3):
        began = time.process_time()
        load(name)
        took.append(time.process_time() - began)
    assert min(took) < 0.3


def test_another_size_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"emoji are drawn in the shapes \(3, 32, 32\) and \(3, 64, 64\), got"
    ):
        load("emoji", shape=(3, 28, 28))
