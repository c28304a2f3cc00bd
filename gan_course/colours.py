"""Every colour of the course, once, with what it means: in pictures, in explorers and in what a
check or a claim says.

Most are from the palette of Okabe and Ito. Any two can be told apart with any kind of colour
vision, and each has a contrast of at least 3 to 1 with the white paper of a picture. `ON_PAGES`
also stand out from a dark page. Tests compute both. The palette's orange, sky blue and yellow are
too pale for a line on white; darkened, they look like others.
"""

from __future__ import annotations

REAL = "#0072B2"  # blue: real data
FAKE = "#D55E00"  # vermilion: generated data
GENERATOR = "#CC79A7"  # reddish purple: the generator, its loss, its push
DISCRIMINATOR = "#009E73"  # bluish green: the discriminator or critic, its loss, its answer
EXACT = "#222222"  # near black, dashed: what is known in closed form; also words in pictures
QUIET = "#707070"  # grey: baselines, thresholds, where something starts
OTHERS = ("#7D5936", "#9933FF", "#332288")  # brown, violet, indigo: what has no role of its own

# Of ten classes, in their order: to be told apart from each other, not from the roles above.
CLASSES = (
    *("#0207FB", "#791037", "#23A774", "#F9144D", "#5F0FA6"),
    *("#595211", "#D46FC6", "#094276", "#FD2CFD", "#E37407"),
)

# Blue and vermilion are the two that readers of every kind of colour vision tell apart best. Beside
# either stands a mark or a sentence, since colour alone tells a reader nothing.
HOLDS = REAL  # a claim holds, an answer is right
FAILS = FAKE  # a claim does not hold, an answer is not right yet

PAPER = "#FFFFFF"  # what pictures are drawn on
TRACK = "#EEEEEE"  # behind a bar: how long it could be at most

ON_PAGES = (REAL, FAKE, GENERATOR, DISCRIMINATOR, QUIET, HOLDS, FAILS)
