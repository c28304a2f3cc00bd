# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 6 · A bound on the likelihood
#
# You write the four parts of a variational autoencoder: a draw that gradients pass through, the
# divergence that the draw is charged for, the loss of a batch, and a tighter bound to judge the
# model by. At the end your functions train a small one on digits. Take about 60 minutes. Everything
# you need is in [lesson 6](../chapters/06_vae.ipynb).
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
from torch.nn import functional as F

from gan_course.practice import check, total


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: a draw with a gradient
#
# For each image the encoder gives a Gaussian, with a mean $\mu$ and a variance $\sigma^2$ in each
# latent dimension. The decoder gets a draw $z$ from it, and must be able to tell the encoder how to
# change $\mu$ and $\sigma$ so that the image comes out better. So $z$ must be a function of both,
# and of noise that depends on neither:
#
# $$z = \mu + \sigma\, \varepsilon , \qquad \varepsilon \sim \mathcal{N}(0, 1) .$$
#
# The encoder gives $\log \sigma^2$, which may be any real number. Every image has an ε of its own
# in every dimension, and gets a new one in every call.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def sample_latent(mu, log_var):
    """A draw from N(mu, exp(log_var)): `mu`, `log_var` (N, D); returns (N, D)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("06.q1", sample_latent)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: what a draw costs
#
# A narrow Gaussian far from 0 tells the decoder much about the image; the prior
# $\mathcal{N}(0, 1)$ tells it nothing. The encoder's Gaussian $q$ is charged for what it tells, in
# nats, by its divergence from the prior $p$:
#
# $$\mathrm{KL} = \mathbb{E}_{z \sim q}\big[\log q(z) - \log p(z)\big] .$$
#
# For a Gaussian $q$ with mean $\mu$ and variance $\sigma^2$ it has a closed form. Derive it from
# the two log-densities (you need $\mathbb{E}[z^2]$ and $\mathbb{E}[(z - \mu)^2]$), and write it
# for each latent dimension of each image, without a sum. It must be right where the encoder is very
# sure: `log_var` may be -40.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def gaussian_kl(mu, log_var):
    """KL(N(mu, exp(log_var)) ‖ N(0, 1)) in nats: `mu`, `log_var` (N, D); returns (N, D)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("06.q2", gaussian_kl)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: the loss of a batch
#
# A VAE descends the negative of its evidence lower bound, with a weight β that is 1 in the bound
# itself:
#
# $$-\log p(x \mid z) + \beta\, \mathrm{KL} .$$
#
# - The pixels of `x` are 0 or 1. Given $z$ they are independent, and each is 1 with the probability
#   whose logit stands at its place in `logits`. Logits may lie in the hundreds.
# - The latent dimensions are independent too. Use your `gaussian_kl`.
# - The loss is what one image costs in nats, on average over the batch. What does that make a sum,
#   and what a mean?

# %% deletable=false nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def negative_elbo(logits, x, mu, log_var, beta):
    """What a VAE descends: `logits`, `x` (N, C, H, W), `mu`, `log_var` (N, D); returns a scalar."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("06.q3", negative_elbo)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: a tighter bound
#
# With $k$ draws for an image instead of one, the mean of the **weights** bounds the likelihood more
# tightly (Burda et al. 2015):
#
# $$\begin{aligned}
# &\log \frac{1}{k} \sum_{i=1}^{k} w_i , \\
# &w_i = \frac{p(x \mid z_i)\, p(z_i)}{q(z_i \mid x)} .
# \end{aligned}$$
#
# You get $\log w_i$. For an image it may be -1000 or less, and for other data +1000, and the images
# of one batch may lie hundreds of nats apart. No float holds such a weight.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def importance_bound(log_weights):
    """The bound of each image, in nats: `log_weights` of k draws (k, N); returns (N,)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("06.q4", importance_bound)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("06", globals())

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## A small VAE
#
# Nothing is graded from here on. Your functions now train a small VAE on the digits, each pixel
# black or white, and say how many nats a held-out digit costs it. A run takes about ten seconds.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.data import load
from gan_course.nets.vae import ConvDecoder, ConvEncoder

digits = load("digits")
white, held_out = (digits.train.x > 0).float(), (digits.held_out.x[:200] > 0).float()


def train(beta, steps=600, seed=0):
    torch.manual_seed(seed)
    encoder, decoder = ConvEncoder((1, 28, 28), 10, width=8), ConvDecoder(10, (1, 28, 28), width=8)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 3e-3)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, steps)
    for _ in range(steps):
        x = white[torch.randint(len(white), (64,))]
        mu, log_var = encoder(2 * x - 1)
        loss = negative_elbo(decoder(sample_latent(mu, log_var)), x, mu, log_var, beta)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    return encoder, decoder


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "judge_text", "locked": true, "schema_version": 3, "solution": false}
# The bound of question 4 needs the log-weights of many draws. With $k = 1$ it is the evidence lower
# bound itself.

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "judge", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.likelihood import bernoulli_log_likelihood, gaussian_log_density


@torch.no_grad()
def judge(encoder, decoder, draws=100):
    mu, log_var = encoder(2 * held_out - 1)
    rows = []
    for z in (sample_latent(mu, log_var) for _ in range(draws)):
        rows.append(bernoulli_log_likelihood(decoder(z), held_out) + gaussian_log_density(z))
        rows[-1] -= gaussian_log_density(z, mu, log_var)
    for k in (1, 10, draws):
        bound = importance_bound(torch.stack(rows[:k])).mean()
        print(f"a digit costs at most {-bound:5.1f} nats  (k = {k})")
    kl = gaussian_kl(mu, log_var).mean(dim=0)
    print(f"KL {kl.sum():.1f} nats, above 0.01 in {(kl > 0.01).sum()} of {len(kl)} dimensions")


as_it_is = train(beta=1.0)
judge(*as_it_is)

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "heavy_text", "locked": true, "schema_version": 3, "solution": false}
# More draws, a tighter bound, by a few nats: the encoder's Gaussians are not the true posteriors.
#
# Before you run the next cell: with β = 10, which of these numbers rise, and which fall?

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "heavy", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
heavy = train(beta=10.0)
judge(*heavy)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "picture", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import image_rows, show

torch.manual_seed(0)
z = torch.randn(10, 10)
with torch.no_grad():
    drawn = {
        f"β = {beta}": 2 * decoder(z).sigmoid() - 1
        for beta, (_, decoder) in {1: as_it_is, 10: heavy}.items()
    }
show(image_rows(drawn), "Ten digits from noise at β = 1, and ten from the same noise at β = 10.")

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# At β = 10 each nat in the code must save ten in the picture, so the code says little: some of its
# dimensions say less than a hundredth of a nat, the digits are blurred, and one costs tens of nats
# more. And $k$ matters more than before.
#
# This is one run of each. Try other values of β and other seeds, and print `gaussian_kl` for each
# dimension: at which β is the last one gone?
#
# ## What you have now
#
# A VAE of your own, a loss in nats, and a bound to judge it by. Back to [lesson
# 6](../chapters/06_vae.ipynb).
