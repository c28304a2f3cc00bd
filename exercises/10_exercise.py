# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 10 · From noise, step by step
#
# You write the four formulas that a diffusion model is made of, and guidance; at the end they draw
# points with a denoiser that is known exactly. Take about 60 minutes. Everything you need is in
# [lesson 10](../chapters/10_diffusion.ipynb).
#
# Times count from 0, the first step that adds noise, to `steps - 1`; the papers count from 1. A
# step keeps $\alpha_t = 1 - \beta_t$ of the image's variance, and all steps up to $t$ keep
# $\bar\alpha_t = \alpha_0 \cdots \alpha_t$. Before the first step there is the image alone:
# $\bar\alpha_{-1} = 1$.
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

from gan_course.practice import check, total


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: the cosine schedule
#
# The cosine schedule first says, by $f(s)$, how much of the image's variance is left when a share
# $s$ of the steps is done. Two neighbouring values give each $\beta$:
#
# $$\begin{aligned}
# f(s) &= \cos^2\!\Big(\frac{s + o}{1 + o} \cdot \frac{\pi}{2}\Big), \\
# \beta_t &= \min\!\Big(1 - \frac{f((t + 1) / \text{steps})}{f(t / \text{steps})},\ 0.999\Big) .
# \end{aligned}$$

# %% deletable=false nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def cosine_betas(steps, offset):
    """The betas (steps,); `offset` is o."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("10.q1", cosine_betas)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: noise in one jump
#
# $$x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon .$$
#
# Each sample has a time of its own, and samples may have any shape.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def q_sample(x0, t, noise, betas):
    """x_t of the shape of `x0` and `noise`, (N, ...), at the times `t`, int64 (N,); `betas` is of
    shape (steps,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("10.q2", q_sample)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: one step back
#
# If the image is known, one step back is a Gaussian, by Bayes' rule. Its mean and its variance are
#
# $$\begin{aligned}
# \tilde\mu_t &= \frac{\sqrt{\bar\alpha_{t-1}}\, \beta_t}{1 - \bar\alpha_t}\, x_0
# + \frac{\sqrt{\alpha_t}\, (1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}\, x_t , \\
# \tilde\beta_t &= \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\, \beta_t .
# \end{aligned}$$
#
# Before you write it: what are both at t = 0?

# %% deletable=false nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def posterior_mean(x0, x_t, t, betas):
    """The mean, of the shape of `x0` and `x_t`, (N, ...); `t` is int64 (N,), `betas` (steps,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def posterior_variance(t, betas):
    """The variance at the times `t`, both (N,); `betas` is of shape (steps,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("10.q3", posterior_mean, posterior_variance)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: a step of DDIM
#
# DDIM goes from $t$ to any earlier $t'$. It guesses the image from the noise $\hat\varepsilon$ that
# a network finds in $x_t$, and adds noise for $t'$: some of what was found, and some new noise $z$.
#
# $$\begin{aligned}
# \hat x_0 &= \big(x_t - \sqrt{1 - \bar\alpha_t}\, \hat\varepsilon\big) / \sqrt{\bar\alpha_t}, \\
# \sigma &= \eta\, \sqrt{(1 - \bar\alpha_{t'}) / (1 - \bar\alpha_t)}\,
# \sqrt{1 - \bar\alpha_t / \bar\alpha_{t'}}, \\
# x_{t'} &= \sqrt{\bar\alpha_{t'}}\, \hat x_0
# + \sqrt{1 - \bar\alpha_{t'} - \sigma^2}\, \hat\varepsilon + \sigma z .
# \end{aligned}$$
#
# At $t' = -1$ the way ends with the image.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def ddim_step(x_t, noise, t, t_next, eta, alphas_bar, z):
    """x at `t_next`: `x_t`, the predicted `noise` and the new noise `z` are (N, ...), the times
    are two int for all samples, and `alphas_bar` is of shape (steps,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("10.q4", ddim_step)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q5_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 5: guidance
#
# A network that was trained with and without classes predicts the noise both ways. Guidance starts
# at the prediction without a class and goes `scale` times the way to the one with it: 0 ignores the
# class, 1 is the class alone, and more exaggerates what is typical of it.
#
# For no class the network takes the label `nothing`, an int. It needs one label for each sample.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q5", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def guided_noise(denoise, x_t, t, labels, nothing, scale):
    """The guided prediction, of the shape of `x_t`, (N, ...); `denoise(x_t, t, labels)` takes
    times and labels of shape (N,), int64."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q5_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("10.q5", guided_noise)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("10", globals())


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## What guidance trades
#
# Nothing is graded from here on. Two classes of points lie around -1 and 1, with a spread of 1
# each. The mean noise in $x_t$ is known exactly, so only your functions and the number of steps can
# be to blame. Before you run the cell: at a scale of 4, where do the points of class 1 lie, and how
# wide?

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "draw", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
def denoise(x, t, labels):
    left = alphas_bar[t]
    side = torch.where(labels == 2, torch.tanh(left.sqrt() * x), 2.0 * labels - 1)
    return (1 - left).sqrt() * (x - left.sqrt() * side)


torch.manual_seed(0)
alphas_bar = (1 - cosine_betas(1000, 0.008)).cumprod(0)
labels = torch.ones(20000, dtype=torch.long)
for scale in (0.0, 1.0, 4.0):
    x = torch.randn(len(labels))
    for t in range(999, 0, -20):
        noise = guided_noise(denoise, x, torch.full_like(labels, t), labels, 2, scale)
        x = ddim_step(x, noise, t, max(t - 20, -1), 0.0, alphas_bar, torch.zeros_like(x))
    print(f"scale {scale:.0f}: mean {x.mean():5.2f}, standard deviation {x.std():.2f}")

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# At a scale of 0 both classes are drawn, at 1 the class as it is. Beyond that the points move away
# from the other class and crowd together: each looks more like its class, and they differ less.
#
# ## What you have now
#
# A sampler of your own, and what guidance costs. Ask for fewer steps, or for `eta` = 1 with fresh
# noise as `z`. Back to [lesson 10](../chapters/10_diffusion.ipynb).
