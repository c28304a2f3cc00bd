# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 7 · Three ways to marry them

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% tags=["nbval-check-output"]
from gan_course.lesson import Claim, card, claim, claims, show_source, show_table, study

card("07")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## What pixel error prefers
#
# A GAN draws sharp digits and cannot read one; a VAE reads digits and draws soft ones. Why soft?
# Below are ten held-out digits, the same digits moved by a pixel down and to the right, and the
# mean of the 25 places up to two pixels away. Which is nearer to the original?

# %%
import torch

from gan_course.data import load
from gan_course.viz import image_rows, show

digits = load("digits")
some = digits.held_out.x[:400]
steps = range(-2, 3)
places = torch.stack([some.roll((down, right), (2, 3)) for down in steps for right in steps])
original, moved, blurred = places[12], places[18], places.mean(0)
show(
    image_rows(
        {
            "held-out digits": original[:10],
            "moved by a pixel": moved[:10],
            "the mean of 25 places": blurred[:10],
        }
    ),
    alt="Ten digits; the same ten, hardly to be told from the first; and ten grey smudges.",
)

# %% [markdown]
# The moved one, you say. Pixel error says the smudge. Now let a network describe each picture by
# what it sees in it, here lesson 2's judge by its 64 features, and compare the descriptions.
#
# And suppose that a decoder knows the digit and not its place, any of the 25. Which picture should
# it draw to be least wrong on average, one of the sharp ones or the mean?

# %%
from gan_course.metrics import judge


def error(a, b):
    """Squared distance between descriptions (..., values) of the same pictures."""
    return (a - b).square().sum(-1)


table, nearer, least = {}, {}, {}
for name, seen in {"pixels": lambda x: x.flatten(1), "features": judge().features}.items():
    truth = torch.stack([seen(place) for place in places])  # (25, 400, values)
    to_moved, to_mean = (error(seen(guess), truth[12]) for guess in (moved, blurred))
    sharp, soft = (error(seen(guess), truth).mean(0) for guess in (original, blurred))
    nearer[name] = (to_mean < to_moved).double().mean()
    least[name] = (soft < sharp).double().mean()
    means = [value.mean().item() for value in (to_moved, to_mean, sharp, soft)]
    columns = ("the moved one", "the mean", "unsure: a sharp one", "unsure: the mean")
    table[f"squared error in {name}"] = dict(zip(columns, means, strict=True))
show_table(table, decimals=1)

# %%
half = {"knowing_nothing": 0.5}
claims(
    Claim("in pixels the mean is nearer than the moved one: share", nearer["pixels"], 0.99, **half),
    Claim(
        "in pixels an unsure decoder errs less with the mean: share", least["pixels"], 0.99, **half
    ),
    Claim("in features the mean is nearer: share", nearer["features"], at_most=0.01, **half),
    Claim("in features it errs less with the mean: share", least["features"], at_most=0.01, **half),
)

# %% [markdown]
# No other picture has a smaller expected squared error in pixels than the mean: so blur is no
# failure to learn, it is the right answer to the question. **Ask another question.** Three papers
# asked three of them, each by putting a discriminator into a VAE:
#
# | | the discriminator looks at | and takes the place of |
# |---|---|---|
# | **VAE-GAN** (Larsen et al., 2015) | pictures | the pixel error |
# | **AAE**, adversarial autoencoder (Makhzani et al., 2015) | codes | the KL divergence |
# | **AVB**, adversarial variational Bayes (Mescheder et al., 2017) | pairs of picture and code | the bell |
#
# ## The mathematics
#
# ### VAE-GAN: compare what the discriminator sees
#
# Who describes the pictures? A classifier needs labels. But a discriminator learns what real
# pictures look like all by itself. Let $D_l(x)$ be what it computes behind its $l$-th convolution.
# Lesson 6 took the likelihood of the pixels; take instead the likelihood of a bell of variance 1
# around the features of the picture $\tilde x$ that the decoder draws. Up to a constant its negative
# logarithm is
#
# $$L_{\text{unlike}} = \tfrac12 \lVert D_l(\tilde x) - D_l(x) \rVert^2 .$$
#
# The decoder is also a generator, of pictures drawn from codes and from noise, and must pass for
# real. So there are three networks and three losses besides the KL divergence. **Which loss
# reaches which network** is the heart of the paper:
#
# | | encoder | decoder | discriminator |
# |---|---|---|---|
# | KL divergence from the prior | ✓ | | |
# | $L_{\text{unlike}}$ | ✓ | $\times\,\gamma$ | – |
# | pass for real | – | ✓ | |
# | tell real from drawn | | – | ✓ |
#
# Where the table has a dash the gradient exists and is not used. The discriminator must not get
# $L_{\text{unlike}}$: features that are 0 for every picture would make it vanish. The weight
# $\gamma$ says how much likeness counts beside looking real. What is lost is the likelihood: a bell
# around features that change all the time is no density of pictures, and no bound is left.
#
# ### AAE: hold all codes together to the prior
#
# Draw a picture $x$ from the data and a code from $q(z \mid x)$; forget the picture. The density of
# such codes, $q(z) = \mathbb{E}_x\, q(z \mid x)$, is called the **aggregated posterior**. To draw
# digits from noise, it is $q(z)$ that has to be the prior, not each $q(z \mid x)$. What does the KL
# divergence of lesson 6 ask for? Add and subtract $\log q(z)$:
#
# $$\begin{aligned}
# \mathbb{E}_x \mathrm{KL}(q(z \mid x) \,\|\, p)
# &= \mathbb{E}_x \mathbb{E}_{q(z \mid x)} \log \frac{q(z \mid x)}{q(z)}
#  + \mathbb{E}_{q(z)} \log \frac{q(z)}{p(z)} \\
# &= I(x; z) + \mathrm{KL}(q(z) \,\|\, p).
# \end{aligned}$$
#
# The first term is the **mutual information**, what a code tells of its picture. A VAE pays for
# both: for codes that do not look like noise, and for every nat that they say. The AAE keeps only
# the second, and a discriminator of codes sees to it. Take eight pictures, and one latent
# dimension, where both can be added up on a grid:

# %%
from math import log

from gan_course.colours import EXACT, OTHERS, QUIET
from gan_course.data import Gaussian
from gan_course.likelihood import gaussian_kl
from gan_course.viz import axes

prior, dz = Gaussian(0.0, 1.0), 0.005
z = torch.arange(-5 + dz / 2, 5, dz, dtype=torch.float64)


def kl(q, p):
    """KL divergence of densities (..., 2000) on the grid `z`, in nats."""
    return (torch.xlogy(q, q) - q * p.log()).sum(-1) * dz


middles = prior.quantile((torch.arange(8, dtype=torch.float64) + 0.5) / 8)
figure, panels = axes(2, shared=True)
table, gap = {}, []
for panel, std in zip(panels, (0.85, 0.3), strict=True):
    means = middles * (1 - std**2) ** 0.5
    posteriors = torch.stack([Gaussian(mean.item(), std).density(z) for mean in means])
    together = posteriors.mean(0)
    rate = gaussian_kl(means, torch.full_like(means, 2 * log(std))).mean().item()
    parts = {"I(x; z)": kl(posteriors, together).mean().item()}
    parts["KL(q(z) ‖ p)"] = kl(together, prior.density(z)).item()
    table[f"σ = {std}"] = {"rate, closed form": rate} | parts
    gap.append(abs(rate - sum(parts.values())))
    panel.plot(z, posteriors.T / 8, color=OTHERS[1], linewidth=0.8)
    panel.plot(z, together, color=OTHERS[0], label="all together: q(z)")
    panel.plot(z, prior.density(z), "--", color=EXACT, label="prior p(z)")
    panel.set(xlabel="z", xlim=(-3.5, 3.5), title=f"σ = {std}")
panels[0].set_ylabel("density")
panels[1].legend(fontsize=8, frameon=False)
show(
    figure,
    alt="Two panels of eight thin bells, whose sum is a thick line near the dashed prior: on the "
    "left the bells are wide and overlap, on the right they are narrow and stand side by side.",
    caption="Codes of eight pictures, each an eighth of the mass: on the left they say little, on "
    "the right much. Together they look like the prior in both cases.",
)

# %% tags=["nbval-check-output"]
show_table(table)
claim("the rate is the sum of the two: largest difference", max(gap), at_most=1e-6)

# %% [markdown]
# For a VAE the codes on the right cost ten times as much. To the AAE both cost next to nothing.
#
# ### AVB: a posterior of any shape
#
# A VAE's $q(z \mid x)$ is a bell because its KL divergence has a formula. A network that is given
# $x$ and noise and answers with $z$ can draw from any shape, but then nobody knows its density.
# Mescheder et al. let a discriminator tell it. Show it pairs $(x, z)$, with $z$ from
# $q(z \mid x)$ as "real" and with $z$ from the prior as "fake". By lesson 1 its best logit is the
# logarithm of the ratio of the two densities, in which the density of $x$ cancels:
#
# $$T(x, z) = \log q(z \mid x) - \log p(z) .$$
#
# Its mean over $q$ is the KL divergence, so the bound becomes
# $\mathbb{E}_q [\log p(x \mid z) - T(x, z)]$. But $T$ depends on $q$. Must its own change with $q$
# be followed too? No: it is $\mathbb{E}_q \nabla \log q$, which is
# $\int q\, \nabla \log q = \nabla\! \int q = 0$.
#
# Try it where everything can be computed. The prior is a standard bell, and $x$ is the *amount* of
# $z$, without its sign, with noise of standard deviation ½. Who sees $x = 2$ must believe in two
# places, around 1.6 and around -1.6. A bell can take one of them, or cover both and the gap.

# %%
from gan_course.likelihood import gaussian_log_density


def log_likelihood(x, z):
    """log p(x | z) of x (..., 1), a bell around |z| of standard deviation ½: (...)."""
    return gaussian_log_density(x, z.abs(), 2 * log(0.5))


x = torch.linspace(-1.5, 4.5, 61, dtype=torch.float64)
joint = prior.density(z).log() + log_likelihood(x[:, None, None], z[:, None])  # (61, 2000)
evidence = (joint.exp().sum(1) * dz).log()  # log p(x)
share = evidence.exp() / evidence.exp().sum()  # p(x), for means over x


def bound(q):
    """The ELBO in nats, at each x, of densities q (61, 2000) on the grid `z`."""
    return ((q * joint - torch.xlogy(q, q)) * dz).sum(1)


widths, centres = torch.linspace(0.1, 1.1, 51), torch.linspace(0, 4, 81)
bells = [Gaussian(m.item(), s.item()).density(z) for s in widths for m in centres]
of_bells = torch.stack([bound(bell[None]) for bell in bells])  # (4131, 61)
best_bell = of_bells.amax(0)

# %% [markdown]
# `best_bell` is the bound of the best of 4,131 bells for each $x$: no VAE with the same decoder can
# do better. Now the game, written out:

# %%
from torch.nn.functional import softplus

from gan_course.models.base import frozen, linear_decay
from gan_course.nets import mlp

torch.manual_seed(seed)
posterior, pairs = mlp([1 + 4, 64, 64, 1]), mlp([2, 64, 64, 1])
optimizers = [
    torch.optim.Adam(network.parameters(), rate, (0.5, 0.9))
    for network, rate in ((posterior, 1e-3), (pairs, 2e-3))
]
schedules = [linear_decay(optimizer, 3000) for optimizer in optimizers]


def draw(x):
    """One z from q(z | x) for each x (N, 1): (N, 1)."""
    return posterior(torch.cat([x, torch.randn(len(x), 4)], 1))


def logit(x, z):
    """What the discriminator says of pairs, (N, 1) each: (N, 1)."""
    return pairs(torch.cat([x, z], 1))


def descend(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(3000):
    cause = torch.randn(256, 1)
    seen = cause.abs() + 0.5 * torch.randn(256, 1)
    guess = draw(seen)
    game = softplus(-logit(seen, guess.detach())) + softplus(logit(seen, torch.randn(256, 1)))
    descend(optimizers[1], game.mean())
    with frozen(pairs):
        elbo = log_likelihood(seen, guess) - logit(seen, guess).squeeze(1)
        descend(optimizers[0], -elbo.mean())
    for schedule in schedules:
        schedule.step()

# %% [markdown]
# How good is the posterior that it learned? Draw 10,000 times from it at each $x$ and count in 200
# narrow bins. The histogram is itself a distribution, with a density that can be written down, so
# its bound is a true one: no estimate, and never above $\log p(x)$. Beside it stands what the
# discriminator believes: the bound with its logits.

# %%
learned, believed = [], []
with torch.no_grad():
    for place in x.float():
        many = place.expand(10_000, 1)
        codes = draw(many)
        counts = torch.histc(codes, 200, -5, 5).double()
        learned.append((counts / counts.sum() / 0.05).repeat_interleave(10))
        logits = logit(many, codes).squeeze(1)
        believed.append((log_likelihood(many, codes) - logits).mean().double())
bounds = {
    "the best bell at every x": best_bell,
    "AVB": bound(torch.stack(learned)),
    "exact: log p(x)": evidence,
    "what AVB's discriminator believes": torch.stack(believed),
}
nats = {name: (share * value).sum().item() for name, value in bounds.items()}
show_table({name: {"mean over x, nats": value} for name, value in nats.items()})

# %%
at = 35  # x = 2
figure, (panel,) = axes()
curves_at = {
    "exact: p(z | x = 2)": ((joint[at] - evidence[at]).exp(), EXACT, "--"),
    "the best bell": (bells[of_bells[:, at].argmax()], QUIET, "-"),
    "AVB": (learned[at], OTHERS[1], "-"),
}
for name, (density, colour, style) in curves_at.items():
    panel.plot(z, density, style, color=colour, label=name)
panel.set(xlabel="z", ylabel="density", xlim=(-3.5, 3.5))
panel.legend(fontsize=8, frameon=False)
show(
    figure,
    alt="Three densities over z. The exact one has two equal peaks, at -1.6 and 1.6; the bell has "
    "the right one, twice as high; AVB's has both, unequal and ragged.",
    caption="What one should believe of z after seeing x = 2, and two guesses.",
)

# %%
claims(
    Claim(
        "bound in nats: (AVB) − (the best bell)",
        nats["AVB"] - nats["the best bell at every x"],
        at_least=0.04,
        knowing_nothing=0,
    ),
    Claim(
        "(exact log-likelihood) − (AVB's bound), in nats",
        nats["exact: log p(x)"] - nats["AVB"],
        at_least=0,
    ),
    Claim(
        "(what its discriminator believes) − (AVB's bound), in nats",
        nats["what AVB's discriminator believes"] - nats["AVB"],
        at_least=0.03,
        knowing_nothing=0,
    ),
)

# %% [markdown]
# Three things to see here. AVB's posterior has both peaks, so its bound lies above that of the best
# bell, for every seed that we tried. It is no perfect posterior: a fifth of a nat or less is
# missing, as the histogram shows. And **the discriminator flatters**: what it believes of the bound
# is too good, since it has not found all that tells the posterior from the prior. In more
# dimensions nobody can draw the histogram, and the belief is all there is.
#
# ## The code
#
# VAE-GAN first. `code` is detached, so nothing that the pictures lead to reaches the encoder before
# its own step; `frozen` lets gradients through a network and leaves its weights alone:

# %% tags=["nbval-check-output"]
from gan_course.models import AAE, AVB, VAE, VAEGAN

show_source(VAEGAN.step)
show_source(VAEGAN.discriminator_step)
show_source(VAEGAN.decoder_step)
show_source(VAEGAN.encoder_step)
show_source(VAEGAN.unlike)

# %% [markdown]
# The table of losses and networks is declared, and a test holds each method to it:

# %% tags=["nbval-check-output"]
for method, networks in VAEGAN.moves.items():
    print(f"{method:>20} moves {', '.join(networks)}")

# %% [markdown]
# The encoder's step asks the decoder again, since that has moved meanwhile. Its loss sums over
# features and over latent dimensions, as a logarithm of likelihoods does, and takes a mean over the
# batch only. Now the AAE. Its discriminator is shown codes, and *noise* plays the part of the real
# thing:

# %% tags=["nbval-check-output"]
show_source(AAE.step)
show_source(AAE.discriminator_step)
show_source(AAE.encoder_step)

# %% [markdown]
# And AVB, with the roles of section "a posterior of any shape" above:

# %% tags=["nbval-check-output"]
show_source(AVB.discriminator_step)
show_source(AVB.autoencoder_step)

# %% [markdown]
# | tensor | VAE-GAN | AAE | AVB |
# |---|---|---|---|
# | images | (32, 1, 28, 28) | (128, 1, 28, 28) | (128, 1, 28, 28) |
# | codes | (32, 12) | (128, 8) | (128, 8) |
# | what the discriminator is shown | `real` (32, 1, 28, 28), `fake` (64, 1, 28, 28) | `noise` and `z` (128, 8) | pairs (128, 1, 28, 28), (128, 8) |
# | its features $D_l$ | (32, 48, 7, 7) | | |
#
# ## Train it
#
# The main run is the VAE-GAN. Generator and discriminator are those of lesson 2 at width 12, the
# encoder is that of lesson 6. Digits stay grey: black or white would be too easy to tell from
# drawn.

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

from gan_course.models.vae_gan import PROFILES

LESSON = PROFILES["lesson"]
for name, value in asdict(LESSON).items():
    print(f"{name:>14}: {value}")

# %%
from copy import deepcopy

from gan_course.metrics import judge_distance
from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture, sample_grid

held_out, kept = digits.held_out.x, []


def look(model):
    """Keep a copy of the model; how far 2,000 of its samples are from the held-out digits."""
    kept.append(deepcopy(model))
    return judge_distance(model.sample(2000), held_out)


torch.manual_seed(seed)
model = VAEGAN(LESSON)
distances = Evaluation(look, every=LESSON.steps, also=(0, 200))
watch = LiveSamples(
    every=250, show=LivePicture(sample_grid, alt="Forty generated digits"), also=(0, 50)
)
history = fit(model, digits, hooks=[Progress(), watch, distances], seed=seed)

# %% tags=["readme-picture"]
show(
    image_rows(
        {f"step {step}": frame[:10] for step, frame in zip(watch.steps, watch.frames, strict=True)}
    ),
    alt="The same ten samples at six steps: even grey, TODO",
    caption="The same ten latent vectors at six moments of the training.",
)

# %%
from gan_course.viz import curves, history_plot
from gan_course.viz.curves import smooth

show(
    history_plot(history, reference=2),
    alt="Left: the discriminator's loss stays just below the dashed line at 2. Right: TODO",
    caption="Loss and mean scores of the discriminator, faint as recorded and bold as a running "
    "mean.",
)

# %%
show(
    curves(
        {
            name: (range(20, LESSON.steps), smooth(history[key], 20)[20:])
            for name, key in {"unlike": "unlike", "0.1 · KL divergence": "kl"}.items()
        },
        "step",
        "nats",
    ),
    alt="TODO",
    caption="The two parts of the encoder's loss, as running means.",
)

# %% [markdown]
# TODO how to read
#
# ## The evidence
#
# ### This run
#
# Beside it train a **VAE with the same encoder, the same decoder and as many steps**. Its
# likelihood is that of lesson 6 with grey left grey, and its learning rate is the best of four that
# we tried. So only the error differs, and the discriminator.

# %%
from gan_course.models.vae import PROFILES as VAES

alike = {key: asdict(LESSON)[key] for key in ("latent_dim", "width", "batch_size", "steps")}
torch.manual_seed(seed)
plain = VAE(replace(VAES["lesson"], decoder="dcgan", binarise="never", lr=4e-3, **alike))
fit(plain, digits, hooks=[Progress()], seed=seed)
both = {"VAE": plain, "VAE-GAN": model}

# %%
samples, again = {}, {}
for name, autoencoder in both.items():
    with autoencoder.evaluating():
        torch.manual_seed(seed)
        samples[name] = autoencoder.sample(2000)
        again[name] = autoencoder.decode(autoencoder.code(held_out))
show(
    image_rows(
        {"held-out digits": held_out[:10]}
        | {f"drawn again by the {name}": images[:10] for name, images in again.items()}
        | {f"samples of the {name}": images[:10] for name, images in samples.items()}
    ),
    alt="Five rows of ten digits: real ones; the VAE's, in the same place and softer; the "
    "VAE-GAN's, as sharp as the real ones and not always in the same place; soft samples, some of "
    "them no digit; sharp samples, some of them no digit.",
)

# %% [markdown]
# How sharp are they? Take the steepness of the grey at every pixel of 2,000 pictures, and its
# histogram. The **sharpness distance** is the total variation between two such histograms. It sees
# neither where the edges are nor what they draw, so it stands beside the Fréchet distance (judge).
# Beside the models stand the rungs of lesson 2's ladder and a VAE-GAN that has not been trained:

# %%
from gan_course.metrics import (
    digit_histogram,
    histogram_distance,
    label_histogram,
    ladder,
    rung_images,
    sharpness_distance,
)

drawn = {"an untrained VAE-GAN": kept[0].sample(2000)} | samples
kinds = rung_images(digits)
distance = ladder(digits) | {
    name: judge_distance(images, held_out) for name, images in drawn.items()
}
labels = label_histogram(digits.held_out.labels)
board = {
    name: {
        "Fréchet (judge)": f"{distance[name]:.1f}",
        "sharpness distance": sharpness_distance(images, held_out),
        "total variation of digits": histogram_distance(digit_histogram(images), labels),
    }
    for name, images in (kinds | drawn).items()
}
show_table(board)


# %%
def redrawn(images):
    """How far held-out digits are from `images`, themselves drawn again."""
    apart = judge().features(images) - judge().features(held_out)
    return {
        "squared error of a pixel": (images - held_out).square().mean().item(),
        "of a feature": apart.square().mean().item(),
        "sharpness distance": sharpness_distance(images, held_out),
    }


stranger = digits.train.x[:2000]
redraws = {name: redrawn(images) for name, images in again.items()}
show_table(redraws | {"another digit, whichever": redrawn(stranger)})

# %% [markdown]
# TODO this run in words
#
# ### Five seeds, and more rivals
#
# One run proves little. Here is everything once more under five seeds, beside lesson 2's GAN,
# lesson 6's VAE, and a VAE with the VAE-GAN's networks that learns as *long* as the VAE-GAN, which
# means four times as many steps. AAE and AVB have lesson 6's networks with eight latent dimensions,
# as "VAE, 8-D" has. The numbers are stored, and [the script](../benchmarks/autoencoders.py)
# measures them again. Precision, recall, density and coverage compare clouds of features by nearest
# neighbours (TODO); so does the **energy distance**, by mean distances.

# %% tags=["nbval-check-output"]
from statistics import median, stdev

runs, stored = study("autoencoders")["runs"], study("autoencoders")["seeds"]
every = {
    "distance": "Fréchet (judge)",
    "energy": "energy distance",
    "sharpness": "sharpness distance",
    "histogram": "total variation of digits",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
}


def of(kind, key):
    """What the runs of a kind measured."""
    return [run[key] for run in runs[kind]]


def milliseconds(kind):
    return 1000 * median(of(kind, "seconds")) / runs[kind][0]["steps"]


rows = {
    kind: {title: median(of(kind, key)) for key, title in every.items()}
    | {"ms a step": f"{milliseconds(kind):.0f}", "s": f"{median(of(kind, 'seconds')):.0f}"}
    for kind in runs
}
real = {title: study("autoencoders")["real"][key] for key, title in every.items()}
show_table(rows | {"real digits": real | {"ms a step": "", "s": ""}}, decimals=2)

# %%
from gan_course.viz import dot_plot

show(
    dot_plot(
        {
            every[key]: {kind: of(kind, key) for kind in runs}
            for key in ("distance", "sharpness", "coverage")
        }
    ),
    alt="TODO",
    caption="Five runs of each kind, a dot each; the bar is the median.",
)

# %% tags=["nbval-check-output"]
parts = {"pixel error": "squared error of a pixel", "feature error": "of a feature"}
parts["sharpness again"] = "sharpness distance"
show_table(
    {
        kind: {title: median(of(kind, key)) for key, title in parts.items()}
        for kind in runs
        if "pixel error" in runs[kind][0]
    }
)

# %% [markdown]
# TODO study in words
#
# ### "More stable than a GAN alone"
#
# A review says that hybrids are more stable than a GAN alone: over five trials their coverage and
# energy distance spread less. Here are the standard deviations over our five seeds, and beside them
# how far two such figures may lie apart by chance: even if all runs came from *one* bell, one pair
# in twenty would differ by more than this factor.

# %% tags=["nbval-check-output"]
from scipy.stats import f

chance = f.ppf(0.975, len(stored) - 1, len(stored) - 1) ** 0.5
spread = {
    kind: {every[key]: stdev(of(kind, key)) for key in ("coverage", "energy")} for kind in runs
}
show_table(spread)
print(f"by chance one pair in twenty differs by a factor of more than {chance:.1f}")

# %% [markdown]
# TODO
#
# ### Drawn, or copied?
#
# Lesson 2's test: a picture is suspect where it lies much nearer to one training image than to the
# next, by a threshold that 5 % of the held-out digits fall below.

# %%
from gan_course.metrics import centred, neighbour_ratio

threshold = neighbour_ratio(held_out, digits.train.x).quantile(0.05)


def suspect(images):
    """Share of `images` that lie much nearer to one training image than to the next."""
    return (neighbour_ratio(centred(images), digits.train.x) < threshold).double().mean().item()


claims(
    Claim("suspect samples of the VAE-GAN: share", suspect(drawn["VAE-GAN"]), at_most=0.05),
    Claim(
        "suspect pictures of a forger with ten a class: share",
        suspect(kinds["ten memorised pictures a class"]),
        at_least=0.5,
    ),
)

# %% [markdown]
# ## Break it
#
# Train each of these for 200 steps, and compare with the main run when it had taken 200:
#
# - **one loss**: all four rows of the table are added up, and all networks descend the sum;
# - **γ = 0**: the decoder need only look real;
# - **γ = 10**: looking real hardly counts.
#
# Before you run the cells: which one still draws digits? Which one draws *the* digit again?


# %%
from gan_course.likelihood import reparameterised


class OneLoss(VAEGAN):
    """The same losses, but added up, and every network descends the sum."""

    def step(self, batch):
        mu, log_var = self.encoder(batch.x)
        again = self.decoder(reparameterised(mu, log_var))
        fake = torch.cat([again, self.decoder(self.noise(len(mu)))])
        scores = self.discriminator(batch.x), self.discriminator(fake)
        loss = self.config.kl_weight * gaussian_kl(mu, log_var).sum(1).mean()
        loss = loss + self.unlike(again, batch.x)
        loss = loss + self.loss.generator(scores[1]) + self.loss.discriminator(*scores)
        for optimizer in self.optimizers().values():
            optimizer.zero_grad()
        loss.backward()
        for optimizer in self.optimizers().values():
            optimizer.step()
        self.ema.update(self.decoder)
        return {"loss": loss.detach()}


# %%
broken = {"unbroken": kept[1]}
for name, kind, config in (
    ("one loss", OneLoss, LESSON),
    ("γ = 0", VAEGAN, replace(LESSON, gamma=0.0)),
    ("γ = 10", VAEGAN, replace(LESSON, gamma=10.0)),
):
    torch.manual_seed(seed)
    broken[name] = kind(config)
    fit(broken[name], digits, steps=200, seed=seed)

# %%
board, pictures = {}, {"held-out digits": held_out[:10]}
for name, player in broken.items():
    with player.evaluating():
        torch.manual_seed(seed)
        drawn_now, redraw = player.sample(2000), player.decode(player.code(held_out))
        seen = player.discriminator.features(held_out[:1000], LESSON.layer).flatten(1)
        board[name] = {
            "Fréchet (judge)": judge_distance(drawn_now, held_out),
            "sharpness distance": sharpness_distance(drawn_now, held_out),
            "same digit again": (judge().read(redraw) == digits.held_out.labels)
            .double()
            .mean()
            .item(),
            "unlike": player.unlike(redraw[:1000], held_out[:1000]).item(),
            "unlike, of two digits": error(seen[:500], seen[500:]).mean().item() / 2,
        }
        pictures[f"{name}: drawn again"] = redraw[:10]
show_table(board)
show(image_rows(pictures), alt="TODO")

# %%
whole = board["unbroken"]
claims(
    Claim(
        "one loss: how unlike two digits are to the discriminator / in the unbroken run",
        board["one loss"]["unlike, of two digits"] / whole["unlike, of two digits"],
        at_most=0.01,
        knowing_nothing=1,
    ),
    Claim(
        "one loss: Fréchet distance / the unbroken run's",
        board["one loss"]["Fréchet (judge)"] / whole["Fréchet (judge)"],
        at_least=4,
        knowing_nothing=1,
    ),
    Claim(
        "γ = 10: sharpness distance / the unbroken run's",
        board["γ = 10"]["sharpness distance"] / whole["sharpness distance"],
        at_least=2,
        knowing_nothing=1,
    ),
    Claim(
        "same digit again: share with γ = 10 − share with γ = 0",
        board["γ = 10"]["same digit again"] - board["γ = 0"]["same digit again"],
        at_least=0.05,
        knowing_nothing=0,
    ),
)

# %% [markdown]
# **One loss.** $L_{\text{unlike}}$ now reaches the discriminator, and the quickest way to make all
# pictures alike is to see nothing in them: to it, two different digits have become the same. The
# loss looks splendid, and the pictures are nothing. The game is lost as well: the discriminator
# wants the score of drawn pictures low, the generator's loss wants it high, and in the sum the two
# cancel.
#
# **γ = 0.** TODO
#
# **γ = 10.** TODO
#
# ## Explore it
#
# Three small models with two latent dimensions, so that everything can be seen: lesson 6's VAE, an
# AAE with the same networks, batches and steps, and a VAE-GAN. First, where the codes of 2,000
# held-out digits lie, drawn from $q(z \mid x)$: together they are the aggregated posterior.

# %%
from gan_course.metrics import energy_distance
from gan_course.models.aae import PROFILES as AAES
from gan_course.viz import code_plot, manifold_plot

short = {"latent_dim": 2, "batch_size": 64, "steps": 600}
flat = {
    "VAE": (VAE, replace(VAES["lesson"], binarise="never", **short)),
    "AAE": (AAE, replace(AAES["lesson"], **short)),
    "VAE-GAN": (VAEGAN, replace(LESSON, latent_dim=2, steps=300)),
}
planes, codes, rate = {}, {}, {}
for name, (kind, config) in flat.items():
    torch.manual_seed(seed)
    planes[name] = kind(config)
    fit(planes[name], digits, seed=seed)
    with planes[name].evaluating():
        mu, log_var = planes[name].encoder(held_out)
        codes[name] = reparameterised(mu, log_var)
        rate[name] = gaussian_kl(mu, log_var).sum(1).mean().item()
show(
    code_plot(codes, digits.held_out.labels),
    alt="TODO",
    caption="Codes of 2,000 held-out digits, by class. The dashed circles hold half and 95 % of the "
    "prior.",
)

# %%
torch.manual_seed(seed)
noise = torch.randn(2, 2000, 2)
apart = {name: energy_distance(z, noise[0]) for name, z in codes.items()}
table = {name: {"codes from noise": apart[name], "rate, nats": rate[name]} for name in codes}
floor = energy_distance(*noise)
show_table(table | {"noise itself": {"codes from noise": floor, "rate, nats": 0.0}})
claims(
    Claim(
        "energy distance of the codes from noise: AAE / VAE",
        apart["AAE"] / apart["VAE"],
        at_most=0.5,
        knowing_nothing=1,
    ),
    Claim("rate in nats: (AAE) − (VAE)", rate["AAE"] - rate["VAE"], at_least=2, knowing_nothing=0),
)

# %% [markdown]
# Just what the formula said. The AAE's codes lie nearer to the prior, all together. And their rate
# is far higher: nobody charges it for information, so its bells are as narrow as can be.
#
# Now what is drawn at each place:

# %%
for player in planes.values():
    player.eval()
show(
    manifold_plot({name: player.decode for name, player in planes.items()}),
    alt="TODO",
    caption="What each model draws at 12 × 12 places of the plane.",
)

# %% [markdown]
# Drag the point: one z, three decoders. In the second tab choose a held-out digit, look at what each
# makes of its own code, and move it.

# %%
from gan_course.explore import LatentPlane

LatentPlane(planes, digits, judge().read).widget()

# %% [markdown]
# ## Check yourself
#
# **1.** A friend trains an autoencoder with squared error on photographs of faces. The faces are
# sharp and the hair is a brown cloud. What do you say?
#
# <details><summary>Answer</summary>
#
# The code says where eyes and mouth are, and not where every hair lies. Of all pictures that fit
# the code the decoder draws the mean, which is right for squared error. More latent dimensions
# would help, or an error that compares something else than pixels.
#
# </details>
#
# **2.** In a VAE-GAN you find that $L_{\text{unlike}}$ has fallen to a thousandth within 50 steps.
# Is that good news?
#
# <details><summary>Answer</summary>
#
# Look at how unlike two different digits are by the same measure. If that has fallen as well, the
# discriminator has stopped seeing, and you should look for the gradient of $L_{\text{unlike}}$ that
# reaches it.
#
# </details>
#
# **3.** Why do we score AVB's posterior by a histogram, when its discriminator gives the bound for
# nothing?
#
# <details><summary>Answer</summary>
#
# The discriminator's answer is the bound only if it is the best one. A weaker one sees less of the
# difference between posterior and prior, so the divergence comes out too small and the "bound" too
# high, even above $\log p(x)$. A histogram is a distribution, so its bound is one.
#
# </details>
#
# Then solve [the exercise](../exercises/07_exercise.ipynb): who descends which loss, how unlike two
# pictures are in features, and an adversary that holds codes to a prior.
#
# ## What to remember
#
# - Blur is the right answer to pixel error. To get another answer, compare something else.
# - Say for each loss which network it reaches. A discriminator that is also a ruler must not be
#   moved by what it measures.
# - The rate is information plus distance from the prior. An AAE pays for the second alone.
# - A discriminator's best logit is a log-ratio of densities, and one that is not the best flatters.
# - TODO sharp
#
# How far is this from published results? TODO
#
# **Next**: lesson 8 draws a picture from another picture.
#
# **Sources**: Larsen et al. 2015, [Autoencoding beyond pixels using a learned similarity
# metric](https://arxiv.org/abs/1512.09300), eq. 7-8 and Algorithm 1; Makhzani et al. 2015,
# [Adversarial Autoencoders](https://arxiv.org/abs/1511.05644), section 2; Mescheder et al. 2017,
# [Adversarial Variational Bayes](https://arxiv.org/abs/1701.04722), eq. 3.3 and 3.7, propositions 1
# and 2; Hoffman & Johnson 2016, "ELBO surgery" (NIPS workshop on approximate inference), for the
# two parts of the rate; Naeem et al. 2020, [Reliable Fidelity and Diversity
# Metrics](https://arxiv.org/abs/2002.09797).
