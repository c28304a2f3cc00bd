# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 1 · The game, on a line

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% tags=["nbval-check-output"]
from gan_course.lesson import Claim, card, claim, claims, show_source

card("01")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# First, play. This is the game that the lesson is about, before its first move: D, the
# discriminator, tells real numbers from made ones, and G, the generator, makes them. Press *Step D*
# a few times, then *Step G*, and watch which way the arrows push what G makes. *Loss, steps and
# rates* changes the game while it is being played, and *Watch it fail* shows three ways in which it
# goes wrong. The last section comes back to it.

# %%
from gan_course.explore import explore

explore("01")

# %% [markdown]
# ## Two players
#
# You have a bag of measured numbers and want a machine that makes more like them. Nobody tells the
# machine what the numbers have in common. Instead two networks play a game. The **generator** turns
# random noise into numbers. The **discriminator** is shown numbers, real and generated mixed, and
# says for each how likely it is to be real. The discriminator learns from its mistakes; the
# generator learns from the discriminator.

# %%
from gan_course.viz import game_diagram, show

show(
    game_diagram(),
    alt="Noise z goes into G, which gives a generated x. It and a real x go into D, which gives a "
    "logit; from that come the loss of G and the loss of D. One dashed arrow leads from the loss "
    "of D back to D, another from the loss of G through D back to G.",
    caption="Solid: who is given what. Dashed: how each player learns. D (discriminator) learns "
    "from its own loss; that of G (generator) is passed back through D, which holds still "
    "meanwhile.",
)

# %% [markdown]
# The **logit** and the two losses come below. Remember one thing for now: G never sees the data.
# All it learns of them comes back through D.
#
# On a line we can see everything. Blue is the density of the real numbers, a bell around 2.
# Vermilion is that of a pretend generator, a wider bell around 0. The dashed line is the best
# answer that any discriminator can give at each point.

# %%
import torch

from gan_course.data import Gaussian, load
from gan_course.viz import decision_plot

real = load("gaussian")
fake = Gaussian(mean=0.0, std=1.5)
x = torch.linspace(-5.0, 8.0, 400, dtype=torch.float64)
best_answer = real.density(x) / (real.density(x) + fake.density(x))
show(
    decision_plot(real, fake, x, {"exact": best_answer}),
    caption='Two densities (left scale), and the best answer to "real or generated?" at each point '
    "(dashed, right scale).",
    alt="A blue bell around 2 and a wider vermilion bell around 0. A dashed curve rises from 0 on "
    "the left, passes 0.79 at 2, peaks at 0.88 near 3.6 and falls to almost 0 on the right.",
)

# %% [markdown]
# Far to the left only the generator puts anything, so "real" has probability 0 there. Around 2 the
# real numbers are denser. Beyond 3.6 the curve falls again, because the generator's bell is wider:
# from 6.3 on its rare numbers outnumber the even rarer real ones. A generator that wants to be
# believed moves its numbers **up the slope** of the answer it gets, and that slope is all it ever
# gets to know about the data. The dashed one leads into the real bell, and then past it, up to 3.6.
# That overshoot is why the discriminator must go on learning: once generated numbers pile up there,
# the slope turns round.
#
# ## What the best discriminator is
#
# Write $p(x)$ for the density of the real data and $q(x)$ for that of the generated. The generator
# $G$ turns noise $z$ into $x = G(z)$. The discriminator is a network with one output for each $x$,
# a number $a(x)$ of any size, its **logit**. The sigmoid $1 / (1 + e^{-a})$ turns it into $D(x)$,
# the probability of "real": $D$ is above ½ where $a$ is above 0. The discriminator maximises, and
# the generator minimises, the value $V$ of the game. It is high when $D$ is near 1 on real numbers
# and near 0 on generated ones:
#
# $$\begin{aligned}
# V(G, D) &= \mathbb{E}_{x \sim p}[\log D(x)] \\
# &\quad {} + \mathbb{E}_{x \sim q}[\log(1 - D(x))] \\
# &= \int \big(p \log D + q \log(1 - D)\big) \, dx.
# \end{aligned}$$
#
# $\mathbb{E}_{x \sim p}$ is the mean over $x$ drawn from $p$. Nothing in the integral links one
# point $x$ with another, so the best $D$, called $D^*$, is found point by point. For fixed numbers
# $p$ and $q$, set the derivative of $p \log D + q \log(1 - D)$ with respect to $D$ to zero: $p / D
# = q / (1 - D)$. The second derivative is negative, so this is the maximum:
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}.$$
#
# Its logit is $\log p - \log q$: put that into the sigmoid, and $p / (p + q)$ comes out.
#
# ### What its loss measures
#
# Put $D^*$ back into $V$ and compare each density with their average $m = (p + q) / 2$. Since
# $\log \frac{p}{2m} = \log \frac{p}{m} - \log 2$, and likewise for $q$,
#
# $$\begin{aligned}
# V(G, D^*) &= \int \Big(p \log \frac{p}{2m} + q \log \frac{q}{2m}\Big) \, dx \\
# &= 2\,\mathrm{JS}(p, q) - 2 \log 2, \\
# \mathrm{JS}(p, q) &= \tfrac12 \mathrm{KL}(p \,\|\, m) + \tfrac12 \mathrm{KL}(q \,\|\, m).
# \end{aligned}$$
#
# Here $\mathrm{KL}(p \,\|\, m) = \int p \log \frac{p}{m} \, dx$, the **Kullback-Leibler
# divergence**, is never negative, and zero only if the two agree. JS is the **Jensen-Shannon
# divergence**: zero when the densities agree, $\log 2$ when they do not overlap at all, since then
# $m = p / 2$ wherever $p$ is not 0, and $\log \frac{p}{m} = \log 2$. So a discriminator at its best
# measures how far apart the two are, and its loss $-V$ is at most $2 \log 2 \approx 1.386$, reached
# when there is nothing left to tell apart. There $D^* = ½$ everywhere. Against $D = ½$ no move of
# the generator changes $V$, and against $q = p$ no discriminator beats ½: neither player gains by
# moving alone. That is a **Nash equilibrium**.
#
# Does a trained network find $D^*$? Freeze the generator at the vermilion bell and train only the
# discriminator. This loop is written out once; later the library does it. The loss is $-V$, the
# **cross-entropy** of the answers on real numbers plus that on generated ones. The library's
# function takes logits.

# %%
from torch.optim import Adam

from gan_course.losses import cross_entropy_discriminator
from gan_course.nets import MLPDiscriminator


def train_discriminator(draw_real, draw_fake, steps=800):
    """A fresh discriminator, trained on batches of shape (512, 1) that the two functions draw."""
    discriminator = MLPDiscriminator(shape=(1,))
    optimizer = Adam(discriminator.parameters(), lr=5e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 5e-3 * (1 - step / steps)
        loss = cross_entropy_discriminator(
            discriminator(draw_real(512)), discriminator(draw_fake(512))
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return discriminator.requires_grad_(False)


# %%
torch.manual_seed(seed)
trained = train_discriminator(real.sample, fake.sample)
answer = trained(x[:, None].float()).sigmoid().flatten().double()
show(
    decision_plot(real, fake, x, {"exact": best_answer, "trained": answer}),
    caption="The best answer (dashed) and what a network found from samples alone (green).",
    alt="The same picture with a green curve, the trained discriminator: it lies on the dashed one "
    "where samples are common, and leaves it on the far right.",
)

# %% [markdown]
# The network knew neither density, only samples, and found $p / (p + q)$. Do not trust it on the
# far right: of the 400,000 generated numbers that it saw, about six lie beyond 6.3, so its loss
# hardly counts what it says there. To put a number on the agreement, weigh the error at each point
# by the density of samples there, $p + q$. Beside it stands the error of a discriminator that knows
# nothing and always says ½.
#
# The framed line is a **claim**: a sentence that this notebook checks each time it runs. If it does
# not hold, the notebook stops. Its bound was set from runs under five seeds, with a margin; the
# [table of measurements](../benchmarks/README.md) shows their spread.

# %%
weight = real.density(x) + fake.density(x)


def weighted_error(answer):
    return float((weight * (answer - best_answer).abs()).sum() / weight.sum())


print(f"always ½: {weighted_error(torch.full_like(x, 0.5)):.3f}")
claim(
    "a trained discriminator finds p / (p + q): weighted mean absolute error",
    weighted_error(answer),
    at_most=0.02,
)

# %% [markdown]
# And its loss measures the Jensen-Shannon divergence. In the line below, the first two numbers are
# computed from the two densities, by an integral. The last is the trained network's loss on 100,000
# new samples of each kind. It comes by another route and should agree with the second.

# %%
m = weight / 2
divergence = 0.5 * sum(
    torch.trapezoid(d * torch.log(d / m), x) for d in (real.density(x), fake.density(x))
)
loss = cross_entropy_discriminator(trained(real.sample(100_000)), trained(fake.sample(100_000)))
expected = 2 * torch.tensor(2.0).log() - 2 * divergence
print(f"JS = {divergence:.4f}   2 log 2 - 2 JS = {expected:.4f}   measured loss = {loss:.4f}")
claim(
    "the trained discriminator's loss is 2 log 2 - 2 JS: absolute difference",
    abs(loss - expected),
    at_most=0.02,
)

# %% [markdown]
# ## Two losses for the generator
#
# The generator wants the opposite: a small $V$. Only the second term depends on it, so it could
# minimise $\log(1 - D(x))$, the **minimax** loss. Goodfellow et al. noticed at once that this goes
# wrong early in training, and proposed to minimise $-\log D(x)$ instead, the **non-saturating**
# loss. Both say "be taken for real"; they differ in how loudly they say it, and when. In the
# library `minimax` and `non_saturating` are pairs of functions, one loss for each player.

# %%
from gan_course.colours import OTHERS
from gan_course.losses import minimax, non_saturating
from gan_course.viz import curves

logits = torch.linspace(-8, 8, 200, requires_grad=True)
slopes = {}
for name, pair in {
    "minimax: log(1 - D)": minimax,
    "non-saturating: -log D": non_saturating,
}.items():
    # The loss is a mean; times N, each logit has the slope that it would have alone.
    (slope,) = torch.autograd.grad(pair.generator(logits) * len(logits), logits)
    slopes[name] = (logits.tolist(), (-slope).tolist())
show(
    curves(
        slopes,
        "discriminator's logit for a generated sample",
        "push: -d loss / d logit",
        colours=dict(zip(slopes, OTHERS, strict=False)),
    ),
    caption="How hard each loss pushes a generated sample, by what the discriminator says of it: "
    "far left it is sure of a fake.",
    alt="Two curves that cross at logit 0. To the left the non-saturating push rises to 1 and the "
    "minimax push falls to 0; to the right the other way round.",
)

# %% [markdown]
# A logit of -6 means that the discriminator is sure the sample is fake. Early in training it easily
# gets that far ahead, and just there the minimax loss has almost no slope: it **saturates**. The
# non-saturating loss pushes hardest there. With respect to the logit $a$ the derivatives are $-D$
# and $-(1 - D)$, so at -6 they differ by a factor of $e^6$.

# %% tags=["nbval-check-output"]
sure = torch.tensor([-6.0], requires_grad=True)
for name, pair in {"minimax": minimax, "non-saturating": non_saturating}.items():
    (slope,) = torch.autograd.grad(pair.generator(sure), sure)
    print(f"{name:>15}: slope {slope.item():.4f} at logit -6")

# %% [markdown]
# ## The code
#
# Both losses take logits. Written with $a$, $-\log D = \log(1 + e^{-a})$, which is called
# `softplus(-a)` and stays finite where $D$ itself rounds to 0:

# %% tags=["nbval-check-output"]
show_source(non_saturating.discriminator)
show_source(non_saturating.generator)

# %% [markdown]
# This is the library's own code; the training below runs it. One step draws samples, updates the
# discriminator, then the generator, and returns a record of scalars.

# %% tags=["nbval-check-output"]
from gan_course.models import GAN

show_source(GAN.step)
show_source(GAN.discriminator_step)
show_source(GAN.generator_step)

# %% [markdown]
# Six things to notice.
#
# - `fake.detach()` cuts the path from the discriminator's loss back to the generator, whose weights
#   that loss must not move. Without it this code stops with an error: `backward` frees the
#   generator's graph, which the generator's own step still needs.
# - The two take turns: the generator's step meets a discriminator that has just moved.
# - The generator's step goes **through** the discriminator, but `frozen` keeps it from computing
#   gradients for weights that are not to move.
# - `descend` is the three lines you know: `zero_grad`, `backward`, `step`. It returns the length of
#   the gradient, for the record.
# - `schedule_d` and `schedule_g` hold the learning rates for the first half of the run, then lower
#   them in a straight line to 0.
# - `ema` keeps a running mean of the generator's weights, and `sample` draws from that mean. It and
#   `r1`, a penalty on the discriminator's slope at real points, can wait until "Break it".
#
# | tensor | shape |
# |---|---|
# | noise `z` | (512, 4) |
# | `real`, `fake` | (512, 1) |
# | logits | (512, 1) |

# %% [markdown]
# ## Train it
#
# All that can be chosen stands in one place, the configuration:

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

from gan_course.models.gan import PROFILES

LESSON = PROFILES["lesson"]

for name, value in asdict(LESSON).items():
    print(f"{name:>14}: {value}")

# %% [markdown]
# Both networks are small. The generator takes 4 numbers of noise, the discriminator one number;
# each has two layers of 32 and gives one number. The discriminator's learning rate is eight times
# the generator's, meant to let its opinion keep up with the samples. The first of the `betas` is 0,
# so Adam keeps no momentum: it could carry a player along a slope that its opponent has just
# changed. Neither choice is tested in this lesson.
#
# The picture is redrawn as the generator learns. The same noise is used each time, so that only
# learning changes it. A **hook** such as `LiveSamples` is called after each step of the run, and
# looks without touching.

# %%
from gan_course.training import LiveSamples, Progress, fit
from gan_course.viz import LivePicture, density_plot

torch.manual_seed(seed)
model = GAN(LESSON)
picture = LivePicture(
    lambda samples: density_plot(real, samples),
    alt="The real bell, and the histogram of generated samples over it",
)
history = fit(
    model, real, hooks=[Progress(), LiveSamples(every=300, n=20_000, show=picture)], seed=seed
)

# %%
from math import log

from gan_course.viz import history_plot

show(
    history_plot(history, reference=2 * log(2)),
    caption="Losses (left) and mean logits (right), faint as recorded and bold as a running mean.",
    alt="Left: after a short start the discriminator's loss lies on the dashed line, 2 log 2, and "
    "the generator's at half of it. Right: both mean logits settle at 0.",
)

# %% [markdown]
# In ordinary training a loss falls, and low is good. Here it is otherwise: after a first dip the
# discriminator's loss **rises** to $2 \log 2$, the dashed line, because its task becomes
# impossible. The generator's settles at $\log 2$, and both mean logits at 0, where $D$ is ½. Flat
# losses say that the players are balanced, not that the samples are good: two players that both
# know nothing are balanced too. So the losses cannot be the evidence.

# %% [markdown]
# ## The evidence
#
# We know the real distribution, so we can ask how far the generated samples are from it. The
# **Wasserstein-1 distance** is the least average distance by which samples must be carried to turn
# one distribution into the other. On a line it is easy to compute: sort the samples, and take the
# mean gap between each and the matching quantile of the real density. In units of the real standard
# deviation σ, read it as "samples are off by this many σ". To see whether a number is large, you
# need others beside it, so here is a **ladder**. Its last rung is the floor: no finite sample of the
# real thing scores zero.

# %%
from gan_course.metrics import wasserstein_1d

n = 100_000
samples = model.sample(n)
ladder = {
    "every sample at the mean": torch.full((n, 1), real.mean),
    "the noise N(0, 1) as it is": torch.randn(n, 1),
    "the untrained generator": GAN(LESSON).sample(n),
    "this generator": samples,
    "real samples": real.sample(n),
}
for name, values in ladder.items():
    print(f"{name:>28}: {wasserstein_1d(values, real):.4f} σ")
claim(
    "Wasserstein-1 distance of 100,000 generated samples, in σ",
    wasserstein_1d(samples, real),
    at_most=0.05,
)

# %% [markdown]
# A second, independent test needs no formula for $p$, so it works for data of any kind: hand the
# frozen generator to a **fresh** discriminator and see whether *it* can tell the samples from real
# ones. Its mean cross-entropy is half its loss: $\log 2 \approx 0.693$ if it can only guess. The
# discriminator of the training run will not do as a witness, since it could be the one that is
# stuck. Two others stand beside it: one with an easy task, trained for only 200 steps against an
# untrained generator, and one trained against a bell that is shifted by a quarter of σ.

# %%
fresh = train_discriminator(real.sample, model.sample)
cross_entropy = cross_entropy_discriminator(fresh(real.sample(n)), fresh(model.sample(n))) / 2

untrained = GAN(LESSON)
easy = train_discriminator(real.sample, untrained.sample, steps=200)
easy_entropy = cross_entropy_discriminator(easy(real.sample(n)), easy(untrained.sample(n))) / 2
shifted = Gaussian(real.mean + 0.25 * real.std, real.std)
keen = train_discriminator(real.sample, shifted.sample)
keen_entropy = cross_entropy_discriminator(keen(real.sample(n)), keen(shifted.sample(n))) / 2
print(f"against an untrained generator: {easy_entropy:.4f}")
print(f"  against a bell 0.25 σ shifted: {keen_entropy:.4f}")
print(f"                       guessing: {log(2):.4f}")
claim(
    "cross-entropy of a fresh discriminator against the trained generator",
    cross_entropy,
    at_least=log(2) - 0.002,
)

# %% [markdown]
# Of the two tests this is the blunter one. For the best discriminator, $\log 2$ minus the
# cross-entropy is the Jensen-Shannon divergence. Here is that divergence for small shifts of the
# real bell, beside the Wasserstein distance, which is the shift itself:

# %%
points = torch.linspace(-4.0, 8.0, 2000, dtype=torch.float64)
for shift in (0.05, 0.125, 0.25):
    p, q = (Gaussian(real.mean + by, real.std).density(points) for by in (0.0, shift * real.std))
    lack = sum(torch.trapezoid(d * torch.log(2 * d / (p + q)), points) for d in (p, q)) / 2
    print(f"a bell shifted by {shift:.3f} σ: Wasserstein-1 {shift:.3f} σ   JS {lack:.4f}")

# %% [markdown]
# JS shrinks with the square of the shift. The claim above lets a cross-entropy pass that lies 0.002
# below $\log 2$, so a bell that is an eighth of σ off would just pass it. The claim on the
# Wasserstein distance, with its bound of 0.05 σ, stops one that is less than half as far off.

# %% [markdown]
# ### Two bells
#
# For a single bell the generator only needs to shift and stretch its noise. For a mixture of two
# bells it must tear the noise in two, and it can fail by serving only one bell, one **mode** of the
# density (**mode collapse**, the subject of lesson 5). We give it twice the steps with half the
# batch, a generator that learns twice as fast, and five times the penalty. The baseline that knows
# nothing of modes is a single bell with the right mean and the right spread.

# %%
mixture = load("mixture")
torch.manual_seed(seed)
two_bells = GAN(replace(LESSON, r1_weight=0.1, lr_g=1e-3, batch_size=256, steps=6000))
picture = LivePicture(
    lambda samples: density_plot(mixture, samples),
    alt="Two real bells and the histogram of generated samples",
)
fit(
    two_bells,
    mixture,
    hooks=[Progress(), LiveSamples(every=500, n=20_000, show=picture)],
    seed=seed,
)

single_bell = Gaussian(mixture.mean, mixture.std)
print(
    "a single bell with the right mean and spread: "
    f"{wasserstein_1d(single_bell.sample(n), mixture):.4f} σ"
)
claim(
    "Wasserstein-1 distance on the mixture, in σ",
    wasserstein_1d(two_bells.sample(n), mixture),
    at_most=0.08,
)

# %% [markdown]
# The few samples between the bells are the price of a continuous generator: its noise has no gap,
# so its samples have none. The network can only cross the empty stretch steeply, and the steeper it
# is, the fewer samples fall there. Look closely: the bells are lumpy, and their tails are cut
# short. A small Wasserstein distance says that little mass is far from its place, not that the
# density is right everywhere.

# %% [markdown]
# ## Break it
#
# ### The loss that saturates
#
# Move the real bell away, to 8, give the discriminator a high learning rate and no penalty so that
# it is soon sure, and train once with each loss. All else is equal.

# %%
far = Gaussian(mean=8.0, std=1.0)
strong = replace(LESSON, r1_weight=0.0, lr_d=2e-2, steps=1000)
distance = {}
for loss in ("minimax", "non_saturating"):
    torch.manual_seed(seed)
    player = GAN(replace(strong, loss=loss))
    before = wasserstein_1d(player.generator(player.noise(n)).detach(), far)
    record = fit(player, far, seed=seed)
    distance[loss] = wasserstein_1d(player.generator(player.noise(n)).detach(), far)
    print(
        f"{loss:>15}: from {before:.2f} σ to {distance[loss]:.2f} σ; mean logit of generated "
        f"samples {record['score_fake'][49]:.1f} after 50 steps"
    )

# %%
claims(
    Claim(
        "minimax loss, strong discriminator: the generator stays away, distance in σ",
        distance["minimax"],
        at_least=6,
    ),
    Claim(
        "non-saturating loss, all else equal: it arrives, distance in σ",
        distance["non_saturating"],
        at_most=1,
        knowing_nothing=before,
    ),
)

# %% [markdown]
# Both generators were asked for the same thing, and the one with the minimax loss hardly moved. The
# discriminator was soon sure of its answer, and from then on that loss told the generator next to
# nothing. Adam divides each gradient by its usual size, so one might expect it to make up for a
# slope that is merely small; in this run it did not.
#
# ### Circling
#
# The second way to fail is stranger: both players learn, and neither arrives. The smallest game
# that shows it, the **Dirac-GAN**, has one number for each player (Mescheder et al., 2018). All
# real data lie at 0. The generator puts everything at $\theta$. The discriminator is a straight
# line, $a(x) = \psi x$. The equilibrium is $\theta = \psi = 0$.
#
# Take the minimax loss for both; near the equilibrium $D$ is ½, and there both losses push alike.
# At the real point 0 the logit is 0 whatever $\psi$ is, so the first term of the value is the
# constant $\log ½$. The second is $\log(1 - D)$ with $D$ the sigmoid of $\psi\theta$, and its
# derivative with respect to $\psi\theta$ is $-D$. So if both players take a step of rate $h$ at
# once, then
#
# $$\theta \leftarrow \theta + h D\,\psi, \qquad \psi \leftarrow \psi - h D\,\theta.$$
#
# Taken together the two moves are at right angles to the line that leads home, $(\psi, -\theta)
# \cdot (\theta, \psi) = 0$. By Pythagoras each step multiplies the squared distance from the
# equilibrium by $1 + h^2 D^2$: it can only grow.
#
# In **alternating** steps, as in `GAN.step`, the generator meets the discriminator that has just
# moved. With $c = h / 2$, near the equilibrium one round takes $(\theta, \psi)$ to $((1 -
# c^2)\,\theta + c\,\psi,\; \psi - c\,\theta)$. This map has determinant 1 and a trace between -2
# and 2, so its two eigenvalues are complex and of size 1. It only turns: neither growth nor
# arrival.
#
# Three remedies are tried on the simultaneous game: to average the path, to let the rate fall, and
# the **R1 penalty**, $\frac{\gamma}{2}\,\mathbb{E}\,\lVert \nabla_x a(x) \rVert^2$ over real $x$.
# Here it is $\frac{\gamma}{2} \psi^2$, with $\gamma$ its weight (`r1_weight`). It takes $h \gamma
# \psi$ from $\psi$ at each step, and so, to first order in $h$, $2 h \gamma \psi^2$ from the
# squared distance: as long as the path turns, it shrinks.

# %%
from math import exp, hypot


def dirac_gan(steps=1000, rate=0.1, alternating=False, decay=False, r1=0.0):
    """The path of (theta, psi) from (½, -½); `r1` is γ, `decay` lowers the rate to zero in a
    straight line."""
    theta, psi, path = 0.5, -0.5, [(0.5, -0.5)]
    for step in range(steps):
        h = rate * (1 - step / steps) if decay else rate
        chance = 1 / (1 + exp(-psi * theta))
        new_psi = psi - h * (chance * theta + r1 * psi)
        opponent = new_psi if alternating else psi
        theta, psi = theta + h / (1 + exp(-opponent * theta)) * opponent, new_psi
        path.append((theta, psi))
    return path


def moving_average(path, decay=0.998):
    """The average of all points so far, and from step 500 on an exponential one over about the
    last 500."""
    averaged = [path[0]]
    for step, point in enumerate(path[1:], start=2):
        weight = max(1 / step, 1 - decay)
        averaged.append(
            tuple(
                (1 - weight) * mean + weight * value
                for mean, value in zip(averaged[-1], point, strict=True)
            )
        )
    return averaged


# %% tags=["readme-picture"]
from gan_course.colours import GENERATOR, QUIET
from gan_course.viz import axes

raw = dirac_gan()
paths = {"simultaneous": raw, "alternating": dirac_gan(alternating=True)}
paths |= {
    "averaged": moving_average(raw),
    "rate decays": dirac_gan(decay=True),
    "R1 penalty": dirac_gan(r1=0.3),
}
figure, panels = axes(5, width=9.5, height=2.3, shared=True)
for panel, (name, path) in zip(panels, paths.items(), strict=True):
    panel.plot(*zip(*path, strict=True), color=GENERATOR, linewidth=0.8)
    panel.plot(*path[0], "o", color=QUIET, markersize=4)
    panel.plot(0, 0, "+", color="black")
    panel.set(xlabel="θ (generator)", aspect="equal")
    panel.set_title(name, fontsize=10)
panels[0].set_ylabel("ψ (discriminator)")
show(
    figure,
    caption="θ across and ψ upwards: five paths of the same small game, all from the grey dot at "
    "(½, -½). The cross is the equilibrium.",
    alt="Five paths from one start. Simultaneous: an outward spiral. Alternating: a circle. "
    "Averaged and R1: they wind into the centre. Decaying rate: a slower spiral.",
)

# %% [markdown]
# The last three are remedies for the first.

# %%
start = hypot(*raw[0])
away = {name: hypot(*path[-1]) / start for name, path in paths.items()}
for name, ratio in away.items():
    print(f"{name:>14}: ends at {ratio:.3f} of the distance it started from")

# %%
# Knowing nothing is to stay where one is: a ratio of 1.
claims(
    Claim(
        "simultaneous updates end further from the equilibrium than they began: ratio",
        away["simultaneous"],
        at_least=1.2,
        knowing_nothing=1,
    ),
    Claim("alternating updates come no nearer: ratio", away["alternating"], at_least=0.9),
    Claim(
        "the average of the simultaneous path lies near the equilibrium: ratio",
        away["averaged"],
        at_most=0.35,
        knowing_nothing=1,
    ),
    Claim(
        "a decaying rate slows the growth: ratio to the path without it",
        away["rate decays"] / away["simultaneous"],
        at_most=0.8,
        knowing_nothing=1,
    ),
    Claim(
        "the R1 penalty leads to the equilibrium: ratio",
        away["R1 penalty"],
        at_most=0.01,
        knowing_nothing=1,
    ),
)

# %% [markdown]
# The remedies are of different kinds. The **R1 penalty** changes the game: a slope at real data now
# costs the discriminator something, so it flattens as the generator arrives, and the rotation is
# damped. **Averaging** leaves the game as it is and reports the centre of the spiral. A **decaying
# learning rate** alone cures nothing here: it only slows the growth. Whether it helps against the
# noise of batches, this game, which has none, cannot show.
#
# ### Rates and averages in a real game
#
# Now two generators play on the single bell, without penalty and with rates that do not decay (the
# schedule is laid over twice the steps that are run). Both generators learn at the same rate. In
# one run the discriminator learns as fast as the generator, in the other 20 times slower. Every 25
# steps the generator that plays ("raw") and its moving average are measured with 10,000 samples; as
# many real ones would score about 0.01 σ.

# %%
from gan_course.training import Evaluation


def measured_run(lr_g, lr_d):
    """Distances in σ of the raw and of the averaged generator, every 25 steps of 1,000."""
    torch.manual_seed(seed)
    player = GAN(replace(LESSON, r1_weight=0.0, lr_g=lr_g, lr_d=lr_d, steps=2000))
    raw = Evaluation(lambda m: wasserstein_1d(m.generator(m.noise(10_000)), real), every=25)
    averaged = Evaluation(lambda m: wasserstein_1d(m.sample(10_000), real), every=25)
    fit(player, real, steps=1000, hooks=[raw, averaged], seed=seed)
    return raw, averaged


runs = {
    "rates 20× apart": measured_run(lr_g=4e-3, lr_d=2e-4),
    "equal rates": measured_run(lr_g=4e-3, lr_d=4e-3),
}

# %%
lines, colours = {}, {}
for (name, (raw, averaged)), colour in zip(runs.items(), OTHERS, strict=False):
    lines |= {
        f"{name}, raw": (raw.steps, raw.values),
        f"{name}, averaged": (averaged.steps, averaged.values),
    }
    colours |= {f"{name}, raw": colour, f"{name}, averaged": colour}
show(
    curves(
        lines,
        "step",
        "Wasserstein-1 distance (σ)",
        log_y=True,
        colours=colours,
        dashed=[name for name in lines if "averaged" in name],
    ),
    caption="Distance from the target during training, for two pairs of rates, raw and averaged.",
    alt="Two jagged curves, the raw generators, and two smoother ones, their averages. In the "
    "second half the run with rates 20 times apart lies above, the average of the other "
    "lowest.",
)


def late(evaluation):
    """Mean over the second half of the run: one moment of a thing that circles says little."""
    return sum(evaluation.values[20:]) / len(evaluation.values[20:])


# %%
apart, equal = runs["rates 20× apart"], runs["equal rates"]
print(f"20× apart: raw {late(apart[0]):.3f} σ, averaged {late(apart[1]):.3f} σ")
print(f"    equal: raw {late(equal[0]):.3f} σ, averaged {late(equal[1]):.3f} σ")

# %%
slower, averaged = late(apart[0]) / late(equal[0]), late(equal[1]) / late(equal[0])
claims(
    Claim(
        "raw distance with a 20 times slower discriminator, over that at equal rates",
        slower,
        at_least=1.4,
        knowing_nothing=1,
    ),
    Claim(
        "the average is nearer than the raw generator, at equal rates: ratio of distances",
        averaged,
        at_most=0.6,
        knowing_nothing=1,
    ),
)

# %% [markdown]
# The generator whose discriminator learns 20 times more slowly stays further away. This shows that
# so much slower is worse, not that faster is better.
#
# With equal rates, averaging takes away most of the distance that is left. It does not disturb the
# training, since the averaged network never plays. Its price is that it lags: while the generator
# still travels, the average can be worse than the generator itself. Look for it in the first few
# hundred steps of the picture.

# %% [markdown]
# ## Explore it: a GAN lab
#
# Take the steps yourself. **Step D** lets the discriminator learn once and moves the green curve;
# **Step G** moves the samples along the arrows. Press D × 10, then G × 10, and both again: once the
# samples have passed the real bell, more of Step D turns the arrows round. **Play 10** and
# **Play 100** let the two take turns, **Back** takes the last press back, **Rewind** starts again
# from the same weights, and a tick in the box shows the averaged generator. The lab opens after ten
# turns of each player.

# %%
from gan_course.explore import GanLab

torch.manual_seed(seed)
lab = GanLab(GAN(replace(LESSON, lr_g=5e-3, r1_weight=0.0)), real, seed=seed)
lab.play(10)
lab.widget()

# %% [markdown]
# ## Check yourself
#
# **1.** A discriminator's loss stands at 1.386 from the first step to the last. Has the generator
# learned the data?
#
# <details><summary>Answer</summary>
#
# Not necessarily. 2 log 2 only says that this discriminator cannot tell the two apart. A
# discriminator that learns nothing gives the same number. Ask a fresh one, or measure the samples.
#
# </details>
#
# **2.** Where $p$ and $q$ do not overlap, $D^*$ is 1 on the one and 0 on the other. What does the
# generator learn from this $D^*$?
#
# <details><summary>Answer</summary>
#
# Nothing. $D^*$ is 0 wherever the generator puts samples and all around, so the minimax loss has
# slope zero there, and $-\log D^*$ is infinite throughout and has no slope at all. A trained
# network is smooth and still has some, which the non-saturating loss makes the most of. Lesson 5
# gives a distance that does not have this flaw.
#
# </details>
#
# **3.** Why must the witness of the second test be a *fresh* discriminator?
#
# <details><summary>Answer</summary>
#
# The old one was trained against earlier generators and may have circled with them. That it is
# fooled may be its own weakness. A fresh one starts without that history and is trained on the one
# generator in question.
#
# </details>
#
# Then solve [the exercise](../exercises/01_exercise.ipynb): both losses, the optimal
# discriminator, and one training step with its `detach` in the right place.
#
# ## What to remember
#
# - The best discriminator is $p / (p + q)$; its loss is $2 \log 2 - 2\,\mathrm{JS}(p, q)$.
# - The minimax loss goes silent just when the generator needs help. The non-saturating one does
#   not.
# - In the smallest game, two players that follow their gradients circle. R1 damps the circle,
#   averaging reports its centre, a falling rate slows its growth.
# - Balanced losses are no evidence. A distance with a ladder beside it is, and so is a fresh
#   discriminator.
#
# **Next**: [lesson 2](02_dcgan.ipynb) plays the same game with images, where no density is known
# and evidence is harder to come by.
#
# **Sources**: Goodfellow et al. 2014, [Generative Adversarial
# Networks](https://arxiv.org/abs/1406.2661), section 3 for the two losses, section 4 for $D^*$ and
# JS; Mescheder, Geiger & Nowozin 2018, [Which Training Methods for GANs do actually
# Converge?](https://arxiv.org/abs/1801.04406), section 2 for the Dirac-GAN, eq. 9 for R1.
