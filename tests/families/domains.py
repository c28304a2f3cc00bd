"""Two domains that need no drawing: digits, and digits as negatives."""

from __future__ import annotations

from gan_course.data import Domains, UnpairedSplit
from gan_course.data.digits import packaged_digits


def tiny_domains() -> Domains:
    digits = packaged_digits()
    train, held_out = (
        UnpairedSplit(split.x, y=-split.x.flip(0)) for split in (digits.train, digits.held_out)
    )
    return Domains("tiny_domains", train, held_out, digits.credit)
