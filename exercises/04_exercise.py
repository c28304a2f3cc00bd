# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 4 · Codes that nobody explained
#
# You count in nats how much a picture tells about the code it was drawn from, once for a category
# and once for continuous codes. Then you put that number into the game, on both sides, and measure
# what the codes turned out to mean. At the end your functions train a small generator together.
# Take about 60 minutes. Everything you need is in [lesson 4](../chapters/04_infogan.ipynb).
#
# After each question a cell checks your functions on inputs drawn from a few seeds. When something
# is off, it says what kind of mistake that looks like; change your cell, run it, check again.
# Nothing is counted against you for trying; after the last question a cell adds up your points.

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import math

import torch
from scipy.optimize import linear_sum_assignment
from torch.nn.functional import cross_entropy, one_hot

from gan_course.losses import hinge
from gan_course.practice import check, total


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: nats about a category
#
# A category $c$ is drawn evenly from $K$, and the generator draws a picture from it. A reader $Q$
# looks at the picture and gives each category a probability. What the picture tells about $c$ is
# then at least
#
# $$H(c) + \mathbb{E}\big[\log Q(c \mid x)\big] ,$$
#
# where $H(c)$ is the entropy of the draw and the mean runs over the batch. Write this bound in
# nats, from $Q$'s logits and the true categories.
#
# It must be right for any $K$ and for logits in the thousands, and its gradient must reach the
# logits. The bound may be below 0.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def category_bound(logits, category):
    """Nats about a category drawn evenly from K: `logits` (N, K), `category` int64 (N,); returns a
    scalar."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("04.q1", category_bound)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: nats about each code
#
# A continuous code is drawn evenly from $[-1, 1]$. For each code $Q$ answers with a Gaussian around
# `mu`, whose variance has the logarithm `log_var`. The bound is the same as before, with densities
# in place of probabilities.
#
# Write it for each of $k$ codes by itself. The gradient must reach both `mu` and `log_var`, and the
# bound must be right where $Q$ is very sure: `log_var` may be -20.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def code_bounds(mu, log_var, codes):
    """Nats about each code, uniform in [-1, 1]: `mu`, `log_var`, `codes` (N, k); returns (k,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("04.q2", code_bounds)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: the bound in the game
#
# Both sides want $Q$ to read well: $Q$ learns to read together with the discriminator, and the
# generator learns to be read. Write the total that each side descends: its hinge loss, and the
# bound of question 1 times `weight`.
#
# - `score(x)` gives the discriminator's logits (N, 1) of samples `x`, and `read(x)` gives $Q$'s
#   logits (N, K). The losses are `hinge.discriminator(logits of real, logits of fake)` and
#   `hinge.generator(logits of fake)`. Use your `category_bound`.
# - `fake` comes straight from the generator and is not detached; fake i was drawn from
#   `category[i]`.
# - The discriminator's total teaches the score and $Q$, and its gradient must not reach the
#   generator. The generator's total must reach it through both, the score and $Q$.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def discriminator_total(score, read, real, fake, category, weight):
    """What discriminator and Q descend: `real`, `fake` (N, ...), `category` int64 (N,); returns a
    scalar."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def generator_total(score, read, fake, category, weight):
    """What the generator descends: `fake` (N, ...), `category` int64 (N,); returns a scalar."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("04.q3", discriminator_total, generator_total)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: codes and classes
#
# $Q$ can read real pictures too, and gives each of them one of $K$ codes. Nobody told it that the
# data have $K$ classes. Afterwards you get the labels: let each code stand for one class, no two
# codes for the same one, so that as many pictures as possible are read right. The **unsupervised
# accuracy** is the share that is then right.
#
# Some codes or classes may not occur at all. `linear_sum_assignment` finds the one-to-one
# assignment of rows to columns of a table with the smallest sum, or with `maximize=True` the
# largest; it returns the numbers of the rows and of their columns.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def unsupervised_accuracy(codes, labels, count):
    """Share right under the best assignment of `count` codes to classes: `codes`, `labels` int64
    (N,); returns a scalar in [0, 1]."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("04.q4", unsupervised_accuracy)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q5_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 5: codes and factors
#
# A continuous code may follow a factor of the data, the size of a shape say, along a curve and in
# either direction. Only the order counts, so values are replaced by their **ranks**, their places
# when sorted, and the correlation of the ranks is taken without its sign.
#
# - Write this number for every code with every factor. Equal values share the mean of their ranks.
#   No column is constant.
# - From a table of such numbers, find the factor of each code: no factor twice, and the sum over
#   all pairs as large as possible. There are at least as many factors as codes.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q5", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def rank_correlations(codes, factors):
    """Strength of every pair, in [0, 1]: `codes` (N, k), `factors` (N, F); returns (k, F)."""

    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def matched_factors(strengths):
    """The number of each code's factor: `strengths` (k, F) with k at most F; returns int64 (k,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q5_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("04.q5", rank_correlations, matched_factors)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("04", globals())

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## Your generator
#
# Nothing is graded from here on. Your bound and your totals now train a small InfoGAN on digits,
# and your accuracy says how well its codes match the digits. No label is used in training. The
# networks are small and see few images, so a run takes about ten seconds.
#
# $Q$ shares the discriminator's layers. It reads pictures that are moved, turned, stretched and
# made noisy, so a code must change something that is still there after all that.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "players", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from torch import nn

from gan_course.augmentation import disturbed
from gan_course.nets import ConvDiscriminator, ConvGenerator
from gan_course.nets.infogan import QHead


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = ConvDiscriminator((1, 28, 28), width=8)
        self.q_head = QHead(self.score.feature_count, categories=10, codes=0)

    def read_clean(self, x):
        return self.q_head(self.score.features(x)).logits

    def read(self, x):
        return self.read_clean(disturbed(x, shift=2, turn=0.2, stretch=0.15, noise=1.5))


# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "draw", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
def draw(generator, category):
    """Pictures of `category`, int64 (N,): noise and, after it, a one-hot vector scaled to the
    noise's standard deviation."""
    return generator(
        torch.cat([torch.randn(len(category), 16), 10 / 3 * one_hot(category, 10)], dim=1)
    )


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "train_text", "locked": true, "schema_version": 3, "solution": false}
# One step is that of lesson 2 with your totals. `weight` is the generator's; $Q$ always learns with
# weight 1.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "step", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
def step(generator, discriminator, optimizer_g, optimizer_d, real, weight):
    score, read, category = discriminator.score, discriminator.read, torch.randint(10, (len(real),))
    fake = draw(generator, category)
    optimizer_d.zero_grad()
    discriminator_total(score, read, real, fake, category, 1.0).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    generator_total(score, read, fake, category, weight).backward()
    optimizer_g.step()


# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.data import load
from gan_course.models.base import linear_decay

digits = load("digits")


def train(weight=0.3, steps=200, seed=0):
    torch.manual_seed(seed)
    generator, discriminator = ConvGenerator(16 + 10, (1, 28, 28), width=8), Discriminator()
    optimizer_g = torch.optim.Adam(generator.parameters(), 4e-3, betas=(0.0, 0.99))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), 4e-3, betas=(0.0, 0.99))
    slower = [linear_decay(optimizer, steps) for optimizer in (optimizer_g, optimizer_d)]
    for _ in range(steps):
        real = digits.train.x[torch.randint(len(digits.train.x), (48,))]
        step(generator, discriminator, optimizer_g, optimizer_d, real, weight)
        for schedule in slower:
            schedule.step()
    return generator, discriminator


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "grid_text", "locked": true, "schema_version": 3, "solution": false}
# Each column is one category, and each picture has noise of its own. Look down the columns: what do
# the pictures of one category have in common? It need not be the digit.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "grid", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import sample_grid, show

categories = torch.arange(10).repeat(50)


def pictures(generator):
    """Fifty pictures of each of the ten categories; the first four of each are shown."""
    torch.manual_seed(0)
    with torch.no_grad():
        samples = draw(generator, categories)
    show(
        sample_grid(samples[:40]),
        alt="Forty generated images in four rows: the categories 0 to 9, one a column.",
    )
    return samples


generator, discriminator = train()
samples = pictures(generator)

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "numbers_text", "locked": true, "schema_version": 3, "solution": false}
# And in numbers: how many nats a disturbed picture tells about its category, of at most log 10 =
# 2.30, and how well $Q$'s codes match the digits that people wrote. Beside that you see what ten
# clusters of raw pixels reach without any network. "Apart" is the mean Euclidean distance, over all
# pixels, between two pictures of one category.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "numbers", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.metrics import pixel_clusters, variety_within_classes

people, labels = digits.held_out.x[:1000], digits.held_out.labels[:1000]


def numbers(discriminator, samples):
    with torch.no_grad():
        told = category_bound(discriminator.read(samples), categories)
        codes = discriminator.read_clean(people).argmax(dim=1)
    print(f"nats told            {float(told):.2f}")
    print(f"accuracy on digits   {float(unsupervised_accuracy(codes, labels, 10)):.2f}")
    print(
        "apart in a category  "
        f"{variety_within_classes(samples.flatten(1), categories, 10).mean():.1f}"
    )


numbers(discriminator, samples)
print(
    "accuracy of pixel clusters "
    f"{float(unsupervised_accuracy(pixel_clusters(people, 10), labels, 10)):.2f}"
)
print(
    "people's digits, apart in a class "
    f"{variety_within_classes(people.flatten(1), labels, 10).mean():.1f}"
)

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "deaf_text", "locked": true, "schema_version": 3, "solution": false}
# Now the same game with a weight of 0: $Q$ learns to read, and the generator has no reason to be
# read. Before you run the cell: which of the three numbers will fall, which will rise, and which
# will do neither?

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "deaf", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
generator, discriminator = train(weight=0.0)
numbers(discriminator, pictures(generator))

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# The nats fall: over three seeds they were 1.91 to 2.06 with the weight and 0.60 to 1.20 without. A
# generator that is rewarded for being read draws ten kinds of picture that can be told apart, even
# when they are disturbed.
#
# Nothing in the totals says that these kinds are digits, and the accuracy shows it: 0.32 to 0.43
# with the weight, 0.27 to 0.46 without, and pixel clusters reach 0.41 to 0.46. With runs as short
# as these one seed says little: the accuracies of two seeds differ by 0.1 and more.
#
# The columns and the third number show the price. With the weight the pictures of one category are
# much more alike: 7 to 11 apart, and 15 to 17 without it. Two digits of one class that people wrote
# are 18 apart. Nothing in the bound asks for variety.
#
# ## What you have now
#
# Two bounds in nats, the totals of both sides with each gradient where it belongs, and two measures
# of meaning that need labels only afterwards. Try other seeds in `train`, more steps, or a
# weight of 1; or let $Q$ read clean pictures in `step`, and watch what the categories do then. Back
# to [lesson 4](../chapters/04_infogan.ipynb).
