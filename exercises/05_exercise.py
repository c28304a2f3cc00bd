# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 5 · A critic that measures
#
# You write both losses of a Wasserstein GAN, the two ways to hold its critic, and the step in which
# the critic moves several times and the generator once. Then you compute the distance exactly, to
# see what the critic's number is worth, train a critic that must measure it, and let a generator go
# down the exact distance without a critic. At the end your functions train on a ring of eight
# Gaussians. Take about 80 minutes. Everything you need stands in [lesson
# 5](../chapters/05_wgan.ipynb).
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
import torch
from scipy.optimize import linear_sum_assignment

from gan_course.penalties import gradient_penalty as penalty_of
from gan_course.practice import check, total


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: two losses
#
# A critic gives each sample a score, any real number. It wants the gap
#
# $$\mathbb{E}\,[f(x)] - \mathbb{E}\,[f(G(z))]$$
#
# between real samples and fakes as wide as possible. The generator wants its own samples to score
# high. Write both losses, to be minimised: scalars, means over the batch. There are as many scores
# of real samples as of fakes.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def critic_loss(real_scores, fake_scores):
    """The critic's loss, a scalar: scores of real samples and of fakes, both (N, 1)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def generator_loss(fake_scores):
    """The generator's loss, a scalar: scores of its samples, (N, 1)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q1", critic_loss, generator_loss)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: the gradient penalty
#
# The gap is a distance only for a critic that is nowhere steeper than one. A penalty asks for that
# slope between real samples and fakes:
#
# $$\begin{aligned}
# &\mathbb{E}\left[\left(\lVert \nabla f(\hat x) \rVert_2 - 1\right)^2\right], \\
# &\hat x = \varepsilon\, x + (1 - \varepsilon)\, G(z) .
# \end{aligned}$$
#
# - Each sample has one ε, which is given. The norm is that of one sample's gradient, over all its
#   values. The mean is over the batch.
# - Samples may be points (N, 2), images (N, C, H, W), or of any other shape (N, ...). The critic
#   gives scores (N, 1), each of its own sample alone.
# - The critic learns from the penalty, so gradients must reach its weights when *you* call
#   `backward`, and not earlier. `fake` may still be tied to the generator that drew it, and the
#   penalty must leave that one alone.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def gradient_penalty(critic, real, fake, epsilon):
    """The penalty without its weight, a scalar: `real` and `fake` (N, ...), `epsilon` (N,) in [0,
    1]."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q2", gradient_penalty)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: a critic's step, clipped
#
# The older way holds the weights themselves: after each step, each parameter of the critic is
# brought back into $[-c, c]$, number by number.
#
# - `clip_weights` changes the parameters in place, since the optimiser holds them. They must go on
#   learning. Everything else in the critic, such as a buffer, stays as it is.
# - `critic_step` is one step of the critic down its loss, and then the clipping. `fake` may still be
#   tied to the generator, and the critic's parameters may still hold gradients of another loss:
#   neither may make a difference, and nothing of the critic's loss may reach the generator.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def clip_weights(critic, c):
    """Bring every parameter of `critic` into [-c, c], in place; c > 0. Returns nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def critic_step(critic, optimizer, real, fake, c):
    """One step of `critic` by its `optimizer` on samples `real` and `fake` (N, ...), its weights
    then within [-c, c]. Returns nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q3", clip_weights, critic_step)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: the critic's steps and the generator's
#
# A generator that descends a distance needs a critic that has measured it. So in one training step
# the critic takes `n_critic` steps, and then the generator takes one.
#
# - `real` holds the samples for all of the critic's steps, `n_critic * m` rows. Each step gets `m`
#   of them, and no row is used twice.
# - `update_critic(real, fake)` does one whole step of the critic, as `critic_step` does. Give it `m`
#   real samples, and `m` fakes that the generator made from fresh noise and that are no longer tied
#   to it.
# - `draw_noise(n)` draws fresh noise for `n` samples.
# - The generator's step takes fresh noise too, for `m` samples, and asks the critic as it is by
#   then. Until that step the generator does not change; during it the critic does not. Gradients of
#   an earlier call must not count.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def training_step(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    """`n_critic` steps of the critic and one of the generator: `real` (n_critic * m, ...). Returns
    nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q4", training_step)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q5_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 5: the exact distance
#
# What a critic estimates can be computed exactly for two sets of equally many samples. Pair each
# sample of one set with one of the other. The distance is the smallest mean Euclidean distance
# within the pairs, over all ways to pair them:
#
# $$W_1 = \min_{\pi} \frac{1}{N} \sum_{i=1}^{N} \lVert x_i - y_{\pi(i)} \rVert_2 .$$
#
# `linear_sum_assignment(costs)` takes a table of costs, row i for sample i of one set and column j
# for sample j of the other, as a tensor or an array. It returns the rows and the columns of the
# pairs with the least sum.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q5", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def exact_distance(a, b):
    """Wasserstein-1 distance between two sets of samples, `a` and `b` of shape (N, D); a scalar, as
    a tensor or a number."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q5_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q5", exact_distance)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q6_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 6: a critic's step, held by the penalty
#
# Now the step in which the penalty is used: one step of the critic down its loss and `weight`
# times the penalty. Nothing is clipped. As in question 3, gradients of another loss may still lie
# in the critic's parameters.
#
# This answer is judged by what it does. It is called 150 times, with a small critic and two blobs
# of points. In the end the critic must be about as steep as the penalty asks, and so the gap
# between its scores must be about the distance between the blobs.
#
# Use the library's `gradient_penalty(critic, real, fake)`, which draws ε itself, so that this
# question does not depend on your answer to the second. It is imported as `penalty_of`.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q6", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def penalised_step(critic, optimizer, real, fake, weight):
    """One step of `critic` by its `optimizer` on samples `real` and `fake` (N, ...), held by
    `weight` times the penalty. Returns nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q6_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q6", penalised_step)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q7_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 7: a step down the exact distance
#
# With the exact distance a generator can learn without any critic. Write one step of the generator
# down $W_1$ between what it makes of `noise` and the batch `real`, equally many points in the
# plane. The pairing is found anew in each step and is not differentiated: gradients run through the
# distances within the pairs.
#
# This answer is judged by what it does. It is called 150 times, with a small generator that begins
# at one of three Gaussians on a ring. In the end each of the three must hold at least 4 % of the
# samples, and a third of all samples must lie near one. Gradients of another loss may still lie in the
# generator's parameters.
#
# Before you write: what would become of the ring if each sample were simply drawn to the real one
# nearest to it?

# %% deletable=false nbgrader={"grade": false, "grade_id": "q7", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def paired_step(generator, optimizer, real, noise):
    """One step of `generator` by its `optimizer` down the exact distance: `real` and `noise` (N,
    2). Returns nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q7_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("05.q7", paired_step)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("05", globals())

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## Eight Gaussians on a ring
#
# Nothing is graded from here on. Your functions now train a generator of points in the plane. A run
# takes about five seconds.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
import math

from gan_course.data import PlaneMixture
from gan_course.nets import MLPDiscriminator, MLPGenerator

angles = [math.pi * k / 4 for k in range(8)]
ring = PlaneMixture(tuple((2 * math.cos(angle), 2 * math.sin(angle)) for angle in angles), std=0.1)


def players(seed):
    """A generator and a critic with their optimisers."""
    torch.manual_seed(seed)
    generator, critic = (
        MLPGenerator(2, (2,), (64, 64), torch.nn.ReLU),
        MLPDiscriminator((2,), (64, 64)),
    )
    optimizer_g = torch.optim.Adam(generator.parameters(), 2.5e-3, betas=(0.0, 0.9))
    optimizer_c = torch.optim.Adam(critic.parameters(), 5e-3, betas=(0.0, 0.9))
    return generator, critic, optimizer_g, optimizer_c

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "penalised_text", "locked": true, "schema_version": 3, "solution": false}
# The generator trains with `one_step`, which is your `penalised_step` with a weight as its `bound`,
# or your `critic_step` with a c.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "penalised", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]


def train(one_step, bound, seed=0, steps=800, n_critic=3, m=64):
    generator, critic, optimizer_g, optimizer_c = players(seed)
    falling = [
        torch.optim.lr_scheduler.LambdaLR(o, lambda k: 1 - k / steps)
        for o in (optimizer_g, optimizer_c)
    ]
    for _ in range(steps):
        training_step(
            generator,
            critic,
            optimizer_g,
            lambda real, fake: one_step(critic, optimizer_c, real, fake, bound),
            ring.sample(n_critic * m),
            lambda n: torch.randn(n, 2),
            n_critic,
        )
        for schedule in falling:
            schedule.step()
    return generator, critic


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "numbers_text", "locked": true, "schema_version": 3, "solution": false}
# Four numbers say how it went: how many of the eight modes hold at least 20 of 2,000 samples within
# three standard deviations; the share of samples that lie so near to a mode; the exact distance of
# 500 samples from 500 real ones, beside that of real ones from other real ones; and the critic's
# gap.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "numbers", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.metrics import count_modes


def numbers(generator, critic):
    torch.manual_seed(0)
    real, others = ring.sample(2000), ring.sample(2000)
    with torch.no_grad():
        samples = generator(torch.randn(2000, 2))
        gap = -critic_loss(critic(real), critic(samples))
    modes = count_modes(samples, ring)
    floor = exact_distance(others[:500], real[:500])
    print(f"modes found     {modes.found} of {modes.of}")
    print(f"near a mode     {modes.good:.2f}")
    print(
        f"exact distance  {float(exact_distance(samples[:500], real[:500])):.2f}  (real from real "
        f"{float(floor):.2f})"
    )
    print(f"critic's gap    {float(gap):.2f}")
    return samples


held = train(penalised_step, 1.0)
with_penalty = numbers(*held)

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "free_text", "locked": true, "schema_version": 3, "solution": false}
# All eight modes are found, and the critic's gap has the size of the exact distance, which nobody
# told it. Both are rough: the exact distance of 500 samples has a floor of its own, since not even
# 500 real ones lie where 500 others do, and the critic saw 64 at a time. The generator is not
# sharp: of perfect samples a share of 0.99 would lie near a mode, and here many lie on the way from
# one to the next.
#
# Now the same game with a weight of 0, so that nothing holds the critic. Before you run the cell:
# which of the four numbers will still mean something?

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "free", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
free = train(penalised_step, 0.0)
without = numbers(*free)

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "clipped_text", "locked": true, "schema_version": 3, "solution": false}
# The gap is now a number without a unit: this critic is always paid for being steeper, so the gap
# also says how steep it has become. It can even be negative, which no distance is.
#
# This is one run. Try other seeds in `train`, and a ring half as wide, of standard deviation 0.05:
# does a critic that nothing holds always fail? Compare its four numbers with each other. Where the
# samples are good, the gap does not say so.
#
# Last your clipped step, at c = 0.1.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "clipped", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
clipped = numbers(*train(critic_step, 0.1))

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "picture", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import plane_plot, show

groups = {"penalty": with_penalty, "nothing": without, "clipped weights": clipped}
alt = (
    "Eight discs on a ring, and dots from three generators, whose critics were held by a "
    "penalty, by nothing and by clipped weights."
)
show(plane_plot(ring, groups), alt, caption="Samples outside of the frame are drawn on its edge.")

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# Clipped at 0.1, this critic is almost flat. Its gap is near 0 while the exact distance is not, and
# its generator's samples are spread over the whole plane. Try c = 0.3 and c = 0.6 as well: the gap
# changes with c, since its unit is the largest slope that c allows, which nobody knows. The penalty
# names the slope it asks for: one.
#
# ## What you have now
#
# Two ways to hold a critic, a training step that gives it time to measure, and an exact distance to
# check it by, or to go down. Try `n_critic=1` in `train`, a weight of 0.1 or 10, and other values of c. Back to
# [lesson 5](../chapters/05_wgan.ipynb).
