"""Whoever made what the course shows is named, by the library and in NOTICE."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_course import data
from gan_course.catalogue import catalogue

NOTICE = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
OWN = "Drawn by the course"


def test_every_data_set_has_a_credit() -> None:
    assert data.credits().keys() == catalogue().data.keys()
    for name in ("digits", "emoji", "avatars"):
        assert data.load(name).credit == data.credits()[name]


@pytest.mark.parametrize("credit", sorted(set(data.credits().values()) - {OWN}))
def test_credits_of_others_and_their_licences_stand_in_the_notice(credit: str) -> None:
    by, _, licence = credit.partition("; ")
    (block,) = (block for block in NOTICE.split("\n\n") if by in block)
    assert f"Licence  {licence}, https://creativecommons.org/" in block
