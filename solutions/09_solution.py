# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 9 · Translation without pairs
#
# You write what keeps a translation faithful when nobody shows it a pair, the pool of older fakes,
# the targets of least squares, one step of four networks that are easily mixed up, and one of two
# maps that only need to undo each other.
# At the end your functions ask what a cycle can promise. Take about 70 minutes. Everything you need
# is in [lesson 9](../chapters/09_cyclegan.ipynb).
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
    course = "gan-course[pictures] @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import torch
from torch.nn import functional as F

from gan_course.losses import least_squares
from gan_course.practice import check, total

# %% [markdown] nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: there and back, and at home
#
# There are pictures `x` of one domain and pictures `y` of another, and no pairs. The generator
# `to_y` turns pictures of the first into ones of the second, `to_x` the other way round. Two losses
# hold them, beside the adversarial ones:
#
# $$\begin{aligned}
# \mathcal{L}_\text{cycle} &= \lVert \mathrm{to}_x(\mathrm{to}_y(x)) - x \rVert_1 \\
# &\quad + \lVert \mathrm{to}_y(\mathrm{to}_x(y)) - y \rVert_1, \\
# \mathcal{L}_\text{identity} &= \lVert \mathrm{to}_x(x) - x \rVert_1
# + \lVert \mathrm{to}_y(y) - y \rVert_1 .
# \end{aligned}$$
#
# The first asks that what was translated and translated back is what it was; the second, that a
# generator leaves alone pictures that are already in the domain it leads to.
#
# Each distance is a mean over all values, without squares. A loss is `weight` times the sum of its
# two distances. Both generators learn from both losses.


# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def cycle_loss(x, y, to_y, to_x, weight):
    """Both ways there and back: `x` and `y` (N, C, H, W); returns a scalar."""
    ### BEGIN SOLUTION
    return weight * (F.l1_loss(to_x(to_y(x)), x) + F.l1_loss(to_y(to_x(y)), y))
    ### END SOLUTION


def identity_loss(x, y, to_y, to_x, weight):
    """Both domains at home: `x` and `y` (N, C, H, W); returns a scalar."""
    ### BEGIN SOLUTION
    return weight * (F.l1_loss(to_x(x), x) + F.l1_loss(to_y(y), y))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("09.q1", cycle_loss, identity_loss)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: a pool of older fakes
#
# A discriminator that only ever sees the newest fakes may forget the older ones, and a generator can
# return to them. So CycleGAN keeps a pool of `size` fakes, and shows the discriminator some of
# those. Write the function that mixes a batch with the pool, picture by picture, in order:
#
# - While the pool holds fewer than `size`, the picture goes into it, and is handed on as well.
# - After that its coin decides. Below ½, an old picture is handed on, the one at its place in the
#   pool, and the new one takes that place. Else the new one is handed on, and the pool stays as it
#   is.
# - A pool of size 0 hands on what it is given.
#
# `pool` is a list, which your function changes itself. Picture i has `coins[i]` in [0, 1) and
# `places[i]`, a place in the full pool, whether it needs them or not. Neither what is handed on nor
# what is kept may still hang on the generator.


# %% nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true}
def mix(pool, size, images, coins, places):
    """What the discriminator is shown in place of `images`, both (N, C, H, W); `pool` is a list of
    at most `size` pictures (C, H, W), `coins` and `places` are of shape (N,)."""
    ### BEGIN SOLUTION
    chosen = []
    for i, new in enumerate(images.detach()):
        chosen.append(new)
        if len(pool) < size:
            pool.append(new)
        elif size and coins[i] < 0.5:
            chosen[i], pool[places[i]] = pool[places[i]], new
    return torch.stack(chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("09.q2", mix)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: targets that fit
#
# CycleGAN takes least squares in place of the cross-entropy: each logit, the lesson's score, should
# be 1 for a real picture and 0 for a fake. A discriminator of patches gives a map of logits for each picture,
# another one a single logit, and `labels` has one number for each picture. Here PyTorch may fool
# you: where two shapes differ, it stretches one of them if it can, and says nothing.
#
# Write the loss, ½ (logit − target)² as a mean over all logits of the batch, for logits of any
# shape (N, ...). All logits of a picture have the same target: its label.


# %% nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true}
def patch_loss(logits, labels):
    """Least squares, a scalar: `logits` (N, ...), `labels` (N,), 1.0 for a real picture and 0.0 for
    a fake."""
    ### BEGIN SOLUTION
    targets = labels.reshape(-1, *[1] * (logits.ndim - 1)).expand_as(logits)
    return 0.5 * (logits - targets).square().mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("09.q3", patch_loss)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: two generators, two discriminators
#
# One step of CycleGAN moves four networks. `d_y` tells real `y` from what `to_y` draws, `d_x` real
# `x` from what `to_x` draws. Nothing complains when two of them are exchanged, since all pictures
# have one shape; the translations just go nowhere.
#
# 1. Both fakes are drawn.
# 2. The generators take one step together, with `optimizer_g`. They descend what both
#    discriminators say of the fakes, `least_squares.generator(fake_logits)`, added up, and
#    `content(x, y, to_y, to_x)`, a scalar that holds cycle and identity.
# 3. The discriminators take one step together, with `optimizer_d`, on the real pictures and on the
#    fakes of point 1. They descend `least_squares.discriminator(real, fake)`, which takes the
#    logits of both, of one and of the other, added up.
#
# In the generators' step the discriminators stay as they are, and their step does not run back into
# a generator. Gradients of an earlier step, or of somebody else's loss, must not count.


# %% nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true}
def training_step(x, y, to_y, to_x, d_y, d_x, optimizer_g, optimizer_d, content):
    """One step of all four networks: `x` and `y` (N, ...). Returns nothing."""
    ### BEGIN SOLUTION
    fake_y, fake_x = to_y(x), to_x(y)
    loss = least_squares.generator(d_y(fake_y)) + least_squares.generator(d_x(fake_x))
    loss = loss + content(x, y, to_y, to_x)
    optimizer_g.zero_grad()
    loss.backward()
    optimizer_g.step()
    loss = least_squares.discriminator(d_y(y), d_y(fake_y.detach()))
    loss = loss + least_squares.discriminator(d_x(x), d_x(fake_x.detach()))
    optimizer_d.zero_grad()
    loss.backward()
    optimizer_d.step()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("09.q4", training_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q5_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 5: a step down the cycle loss
#
# Last, the part of that step that needs no discriminator: one step of both maps, with their one
# `optimizer`, down the cycle loss of question 1, both ways there and back. `x` and `y` are points
# in space now, of shape (N, 3). As in question 4, gradients of an earlier loss must not count.
#
# This answer is judged by what it does. It is called 100 times, with two small linear maps and
# points that lie along two lines. In the end both maps must have moved, and points of either line
# that they have not seen must come back to within 0.12 of where they began, in each coordinate on
# average. A step must also leave two maps alone that already bring every point back.


# %% nbgrader={"grade": false, "grade_id": "q5", "locked": false, "schema_version": 3, "solution": true}
def cycle_step(x, y, to_y, to_x, optimizer):
    """One step of both maps by their `optimizer`: `x` and `y` (N, 3). Returns nothing."""
    ### BEGIN SOLUTION
    loss = F.l1_loss(to_x(to_y(x)), x) + F.l1_loss(to_y(to_x(y)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q5_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("09.q5", cycle_step)

# %% nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("09", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## What a cycle promises
#
# Nothing is graded from here on. In place of pictures take points: `x` lies around the three
# corners of a triangle, `y` around those of the same triangle turned a little. Your functions train
# a translation in a few seconds. Which corner goes where?

# %% nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
import math

from gan_course.data import PlaneMixture
from gan_course.nets import MLPDiscriminator, mlp


def triangle(turn):
    angles = [turn + 2 * math.pi * k / 3 for k in range(3)]
    return PlaneMixture(tuple((2 * math.cos(a), 2 * math.sin(a)) for a in angles), std=0.15)


xs, ys = triangle(0.0), triangle(0.5)


def train(cycle, identity, seed, steps=400):
    torch.manual_seed(seed)
    to_y, to_x = mlp((2, 64, 64, 2)), mlp((2, 64, 64, 2))
    d_y, d_x = MLPDiscriminator((2,), (64, 64)), MLPDiscriminator((2,), (64, 64))
    optimizer_g, optimizer_d = (
        torch.optim.Adam([*one.parameters(), *other.parameters()], rate, (0.0, 0.9))
        for one, other, rate in ((to_y, to_x, 2e-3), (d_y, d_x, 4e-3))
    )
    falling = [
        torch.optim.lr_scheduler.LinearLR(one, 1.0, 0.01, steps)
        for one in (optimizer_g, optimizer_d)
    ]

    def content(*given):
        return cycle_loss(*given, cycle) + identity_loss(*given, identity)

    for _ in range(steps):
        x, y = xs.sample(64), ys.sample(64)
        training_step(x, y, to_y, to_x, d_y, d_x, optimizer_g, optimizer_d, content)
        for schedule in falling:
            schedule.step()
    return to_y, to_x


# %% nbgrader={"grade": false, "grade_id": "compare", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
def compare(cycle, identity, seeds=3):
    for seed in range(seeds):
        to_y, to_x = train(cycle, identity, seed)
        x = xs.sample(500)
        with torch.no_grad():
            error = cycle_loss(x, to_y(x), to_y, to_x, 1.0)
            nearest = torch.cdist(to_y(torch.tensor(xs.centres)), torch.tensor(ys.centres))
        corners = " ".join(str(k) for k in nearest.argmin(dim=1).tolist())
        print(f"seed {seed}: corners 0 1 2 go to {corners}, error of the cycle {error:.2f}")


compare(cycle=2.0, identity=0.0)

# %% [markdown] nbgrader={"grade": false, "grade_id": "permuted_text", "locked": true, "schema_version": 3, "solution": false}
# The error of the cycle is small, and yet the runs need not agree: a cycle is content with *any*
# one-to-one assignment of corners, and so are the discriminators. What chose among them is the
# network, and where it began.
#
# Before you run the next cell: what will become of the corners without the cycle? And with the
# identity loss, which likes points of `y` to stay where they are?

# %% nbgrader={"grade": false, "grade_id": "others", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
print("without a cycle")
compare(cycle=0.0, identity=0.0)
print("with cycle and identity")
compare(cycle=2.0, identity=1.0)

# %% [markdown] nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# Without a cycle two corners may go to one, and then there is no way back. With the identity loss a
# corner should go to the corner next to it. But that little should change is your wish, which you
# put into the loss. The two domains do not say it.
#
# ## What you have now
#
# A CycleGAN of your own, and a measured doubt about what it promises. Turn the triangle by 1.0,
# half the way to the next corner, and ask for the identity again. Back to [lesson
# 9](../chapters/09_cyclegan.ipynb).
