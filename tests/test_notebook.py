"""A lesson that runs as a plain script says in text what a notebook shows."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import IPython  # as a lesson's own imports may load it
import torch
from gan_course.data import load
from gan_course.explore import GanLab
from gan_course.lesson import Claim, card, claim, claims, show_source
from gan_course.losses import non_saturating
from gan_course.models.gan import GAN, GANConfig
from gan_course.penalties import r1
from gan_course.practice import check
from gan_course.viz import axes, show
from gan_course.viz.picture import LivePicture

card("02")
claim("one is one", 1.0, at_least=1.0)
claims(Claim("two is two", 2.0, at_least=2.0, knowing_nothing=1.0, stored=range(3)))
show_source(r1)
show(axes()[0], "an empty frame", "A caption.")
live = LivePicture(lambda samples: axes()[0], "samples")
live(torch.zeros(1), 0)
live(torch.zeros(1), 10)
check("01.q1", non_saturating.discriminator, non_saturating.generator)
GanLab(GAN(GANConfig()), load("gaussian")).widget()
"""
SAID = """
holds: one is one: 1 (must be ≥ 1)
holds: two is two: 2 (must be ≥ 2); knowing nothing: 1; stored, seeds 0-2
gan_course.penalties.r1
"""


def test_a_plain_script_prints_text() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    for mark in ("{'", "base64", "<div", "<br>", "](", "text/html", "object at 0x"):
        assert mark not in done.stdout, mark
    assert SAID in done.stdout
    assert "\n[picture: an empty frame]\nA caption.\n" in done.stdout
    assert "[picture: samples, after step 0]\n[picture: samples, after step 10]\n" in done.stdout
    assert done.stdout.endswith("01.q1 · losses from logits: right, 3 points.\n")
    assert max(map(len, done.stdout.splitlines())) < 300
