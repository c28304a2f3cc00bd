# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 1 · The game, on a line
#
# You write the two losses of a GAN so that no logit can break them, the discriminator that no other
# can beat, the step that lets two networks learn against each other, and the loop around it. Take
# about 50 minutes.
# Everything you need stands in [lesson 1](../chapters/01_gaussian_gan.ipynb).
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

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import torch
from torch.nn import functional as F

from gan_course.losses import non_saturating
from gan_course.practice import check, total

# %% [markdown] nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: losses from logits
#
# A **logit** $a$ is the discriminator's output before any sigmoid, so that $D = \sigma(a) = 1 /
# (1 + e^{-a})$ is its probability of "real". Write both losses of the non-saturating game as
# functions of logits:
#
# $$\begin{aligned}
# L_D &= \operatorname{mean}\big(-\log D(\text{real})\big) \\
# &\quad {} + \operatorname{mean}\big(-\log(1 - D(\text{fake}))\big), \\
# L_G &= \operatorname{mean}\big(-\log D(\text{fake})\big)
# \end{aligned}$$
#
# Early in training a discriminator is often very sure, and sometimes it is wrong as well. Your
# losses and their gradients must stay right at logits of ±100 and beyond, where $D$ itself rounds
# to exactly 0 or 1.


# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def discriminator_loss(real_logits, fake_logits):
    """Cross-entropy of the discriminator, mean over real plus mean over fake: logits of shape (N,)
    each; returns a scalar."""
    ### BEGIN SOLUTION
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    ### END SOLUTION


def generator_loss(fake_logits):
    """Non-saturating loss of the generator, mean over the batch: logits of shape (N,); returns a
    scalar."""
    ### BEGIN SOLUTION
    return F.softplus(-fake_logits).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("01.q1", discriminator_loss, generator_loss)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: the discriminator that no other can beat
#
# Samples at $x$ come from the data with density $p(x)$ and from the generator with density $q(x)$,
# equally many of each. Write the optimal discriminator $D^*$ of lesson 1 as a function of the two
# densities. It must be right where one of them is 0 or both are tiny. Where **both** are 0 no
# sample ever falls: answer ½ there.
#
# Far out in the tails both densities round to 0, although one is still many times the other.
# Logarithms tell them apart, so write the optimal **logit** as well, the number whose sigmoid is
# $D^*$, as a function of $\log p$ and $\log q$.


# %% nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true}
def optimal_discriminator(p, q):
    """Probability that a sample at x is real: densities p(x), q(x) >= 0 of shape (N,); returns
    shape (N,), ½ where both are 0."""
    ### BEGIN SOLUTION
    nowhere = (p == 0) & (q == 0)
    return torch.where(nowhere, 0.5, p / torch.where(nowhere, 1.0, p + q))
    ### END SOLUTION


def optimal_logit(log_p, log_q):
    """The logit of the optimal discriminator: log densities of shape (N,), all finite; returns
    shape (N,)."""
    ### BEGIN SOLUTION
    return log_p - log_q
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("01.q2", optimal_discriminator, optimal_logit)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: one alternating step
#
# Write one step of training. First the discriminator takes one step down its loss on `real` and on
# what the generator makes of `noise`. Then the generator takes one step down its own loss, judged
# by the discriminator **after** that step, on the same `noise`. Each loss moves its own network
# only; the discriminator's loss must not even run backward through the generator, which would cost
# time for nothing. The step is called again and again, so nothing may be left over from one call to
# the next.
#
# Use the library's losses, `non_saturating.discriminator(real_logits, fake_logits)` and
# `non_saturating.generator(fake_logits)`, so that this question does not depend on your answer to
# the first.


# %% nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true}
def training_step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """One step of each network, the discriminator's first: `real` (N, features), `noise` (N,
    latent_dim); returns nothing."""
    ### BEGIN SOLUTION
    fake = generator(noise)
    optimizer_d.zero_grad()
    non_saturating.discriminator(discriminator(real), discriminator(fake.detach())).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    non_saturating.generator(discriminator(fake)).backward()
    optimizer_g.step()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("01.q3", training_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: the whole loop
#
# Now write the training itself, one round for each batch of `batches`. A round is a step of the
# discriminator and then one of the generator, as in question 3, on the batch and on noise that is
# drawn for this round: standard normal, of shape (N, latent_dim) for a batch of N. The two may use
# the same noise. You may call your `training_step`, if it is right.
#
# This answer is judged by what it does. It trains two tiny networks on 200 batches of numbers whose
# density is known. What the generator makes of noise in the end must lie within half a unit of that
# density, in mean distance along the line. At the start it is about three units away.


# %% nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true}
def train(generator, discriminator, optimizer_g, optimizer_d, batches, latent_dim):
    """One round for each of `batches`, (rounds, N, 1): a step of the discriminator, then one of the
    generator. Returns nothing."""
    ### BEGIN SOLUTION
    for real in batches:
        noise = torch.randn(len(real), latent_dim)
        training_step(generator, discriminator, optimizer_g, optimizer_d, real, noise)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("01.q4", train)

# %% nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("01", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# ## What you have now
#
# These functions are the core of a GAN. The GANs of the later lessons change a loss, a network,
# what the players are told, or how often each of them steps. Back to
# [lesson 1](../chapters/01_gaussian_gan.ipynb), or on to [lesson 2](../chapters/02_dcgan.ipynb),
# where the networks draw digits.
